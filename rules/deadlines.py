"""Due dates (domain 7): from events, years of service, and dates that are facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from rules.calendar import add_months, extended_due
from rules.verdict import DueDate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules.case import Case, Event
    from rules.conditions import Evaluation
    from rules.facts import Value
    from rules.pack import Deadline
    from rules.ruleset import RuleSet


def due_dates(
    rules: RuleSet, case: Case, facts: Mapping[str, Value], evaluation: Evaluation
) -> tuple[DueDate, ...]:
    """Return every due date of a case, soonest first; a condition that is unknown gives none.

    Args:
        rules: the rules.
        case: for its events.
        facts: the facts with defaults filled in.
        evaluation: the rules' conditions over them.
    """
    found: list[DueDate] = []
    for deadline in rules.pack.deadlines:
        if evaluation.test(deadline.when):
            inferred = bool(deadline.inferred_when) and evaluation.test(deadline.inferred_when) is True
            holds = bool(deadline.done_when) and evaluation.test(deadline.done_when) is True
            found += [
                DueDate(
                    deadline=deadline,
                    due=span.due,
                    extended_due=extended_due(span.due),
                    inferred=inferred,
                    is_done=holds or _is_done(deadline, span, case),
                    since=None if deadline.each == "fact" else span.first,
                )
                for span in _spans(deadline, case, facts)
            ]
    return tuple(sorted(found, key=lambda item: item.due))


class _Span(NamedTuple):
    """A due date, and the days on which an event shows that it was met."""

    due: date
    first: date
    last: date = date.max


def _is_done(deadline: Deadline, span: _Span, case: Case) -> bool:
    return any(
        event.kind == deadline.done_by and span.first <= event.date <= span.last for event in case.events
    )


def _spans(deadline: Deadline, case: Case, facts: Mapping[str, Value]) -> Iterator[_Span]:
    match deadline.each:
        case "event":
            for event in case.events:
                if event.kind == deadline.event and (due := _after(deadline, event, facts)):
                    yield _Span(due, event.date)
        case "year":
            start, end = _date(facts, deadline.from_), _date(facts, deadline.to)
            on = deadline.next_year_on
            if start and end and on:
                for year in range(start.year + 1, end.year + 2 if end >= start else start.year):
                    yield _Span(date(year, on.month, on.day), date(year, 1, 1), date(year, 12, 31))
        case "fact":
            if day := _date(facts, deadline.fact):
                yield _Span(day, date.min)


def _after(deadline: Deadline, event: Event, facts: Mapping[str, Value]) -> date | None:
    if deadline.on == "due":
        return event.due
    after = deadline.after
    months = after.months
    if after.months_from:
        given = facts.get(after.months_from)
        if not isinstance(given, int):
            return None
        months = given
    return add_months(event.date, months) + timedelta(days=after.days)


def _date(facts: Mapping[str, Value], name: str) -> date | None:
    value = facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None
