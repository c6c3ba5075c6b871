"""How the oracle reads one case: three-valued logic, dates, facts with their defaults, and scope.

Sections 1, 2 and 7 of the domain notes; nothing here imports the product. None is unknown throughout.
"""

import calendar
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import chinese_calendar

Truth = bool | None

CONSTRUCT = {"new", "expansion", "rebuild"}
AMOUNTS = {"total_investment", "counted_investment", "budget_estimate", "this_year_investment"}
FUNDS = ("fund_national", "fund_regional", "fund_city", "fund_social", "fund_other")
DATES = {"service_start", "service_end", "planned_start", "planned_end"}


# Three-valued logic (section 1): false and anything is false, true or anything is true, else unknown.


def and3(*values: Truth) -> Truth:
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def or3(*values: Truth) -> Truth:
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def not3(value: Truth) -> Truth:
    return None if value is None else not value


def some3(values: Iterable[Truth]) -> Truth:
    return or3(*values)


def equal(left: Any, right: Any) -> Truth:
    return None if left is None or right is None else left == right


def less(left: Any, right: Any) -> Truth:
    return None if left is None or right is None else left < right


def at_least(left: Any, right: Any) -> Truth:
    return not3(less(left, right))


def within(value: Any, choices: set[str]) -> Truth:
    return None if value is None else value in choices


def nonempty(value: Any) -> Truth:
    """Whether a text (blank counts as empty) or a list holds anything."""
    return None if value is None else bool(value.strip() if isinstance(value, str) else value)


# Dates (section 7).


def add_months(start: date, months: int) -> date:
    """The corresponding day `months` later, else the last day of that month."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month0 + 1, min(start.day, calendar.monthrange(year, month0 + 1)[1]))


def months_between(start: date, end: date) -> int:
    """The least n with start + n months > end (section 1)."""
    months = 0
    while add_months(start, months) <= end:
        months += 1
    return months


def next_working_day(due: date) -> date | None:
    """`due`, or the next working day when it is a day off; None when the holidays of a year are not known."""
    try:
        while chinese_calendar.is_holiday(due):
            due += timedelta(days=1)
    except NotImplementedError:
        return None
    return due


class Case:
    """The input of section 8 as conditions read it: None is unknown, amounts are Decimal 万元, dates are dates."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.facts: dict[str, Any] = {k: v for k, v in raw.get("facts", {}).items() if v is not None}
        self.documents: dict[str, str] = raw.get("documents", {})
        self.events: list[dict[str, Any]] = raw.get("events", [])

    def __call__(self, name: str) -> Any:
        value = self.facts.get(name)
        if value is None or value == "unsure":
            return None
        if name in AMOUNTS or name in FUNDS:
            return Decimal(str(value))
        return date.fromisoformat(value) if name in DATES else value

    # The exceptions of section 1: facts with a default.

    @property
    def total(self) -> Decimal | None:
        return self("total_investment")

    @property
    def counted(self) -> Decimal | None:
        return self.total if self("counted_investment") is None else self("counted_investment")

    @property
    def budget(self) -> Decimal | None:
        return self.total if self("budget_estimate") is None else self("budget_estimate")

    @property
    def fund_other(self) -> Decimal:
        return self("fund_other") or Decimal(0)

    @property
    def funds(self) -> Decimal | None:
        amounts = [*(self(name) for name in FUNDS[:4]), self.fund_other]
        return None if None in amounts else sum(amounts, Decimal(0))

    @property
    def service_months(self) -> int | None:
        given, start, end = self("service_months"), self("service_start"), self("service_end")
        return months_between(start, end) if given is None and start and end else given

    # Words used all over the tables.

    @property
    def construct(self) -> Truth:
        return within(self("nature"), CONSTRUCT)

    @property
    def county(self) -> Truth:
        return equal(self("unit_level"), "county")

    @property
    def mlps_level(self) -> int | None:
        level = self("mlps_level")
        return None if level in (None, "undetermined") else int(level)

    @property
    def infrastructure(self) -> Truth:
        return nonempty(self("infrastructure_items"))

    @property
    def domains(self) -> Truth:
        return nonempty(self("service_domains"))

    def category(self, name: str) -> Truth:
        return equal(self("category"), name)

    def entries(self, test: Callable[[dict[str, Any]], bool]) -> Truth:
        """Whether some entry of the catalogue is kept from sharing and passes `test`."""
        if self("catalogue") is None:
            return None
        return any(entry.get("share") == "none" and test(entry) for entry in self("catalogue"))

    def dated(self, kind: str) -> list[date]:
        return [date.fromisoformat(event["date"]) for event in self.events if event["kind"] == kind]

    @property
    def award_exceeds(self) -> Truth:
        amounts = [event.get("amount") for event in self.events if event["kind"] == "award_notice"]
        return some3(less(self.budget, Decimal(str(amount))) for amount in amounts if amount is not None)

    @property
    def live_unaccepted(self) -> Truth:
        accepted = self.dated("final_acceptance")
        return any(not any(day <= live for day in accepted) for live in self.dated("go_live"))

    # Scope (section 2).

    @property
    def out(self) -> Truth:
        kind = self("unit_kind")
        unfunded = and3(equal(kind, "vertical"), not3(self("uses_city_funds")))
        return or3(self("classified"), equal(kind, "other"), unfunded)

    @property
    def small(self) -> Truth:
        return or3(less(self.total, 60), less(self.counted, 60))

    @property
    def scope(self) -> str:
        if self.out is not False:
            return "out_of_scope" if self.out else "undetermined"
        return {True: "reference_only", False: "applies", None: "undetermined"}[self.small]

    @property
    def applies(self) -> Truth:
        return None if self.scope == "undetermined" else self.scope == "applies"

    @property
    def covered(self) -> Truth:
        """Applies or reference_only."""
        return None if self.scope == "undetermined" else self.scope in ("applies", "reference_only")
