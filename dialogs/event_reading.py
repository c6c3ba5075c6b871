"""Reading what a sentence reports: 中标价467.8万，5月31日收到中标通知书."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from dialogs.display import date_text
from dialogs.draft import Report
from dialogs.event_words import (
    has_happened,
    is_fact,
    is_of_another_project,
    is_only_held,
    is_past,
    is_question,
    named_events,
    names_any,
)
from dialogs.parsing.award_sums import said_sum
from dialogs.parsing.numerals import number
from dialogs.parsing.past_days import blanked, said_days
from dialogs.parsing.text import excerpt, normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import date

    from dialogs.event_words import Named
    from dialogs.parsing.award_sums import SaidSum
    from dialogs.parsing.past_days import SaidDay
    from dialogs.view import View
    from rules.pack import EventRule

_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_SLASHED = re.compile(r"(?<![0-9./])(1[0-2]|0?[1-9])/(3[01]|[12][0-9]|0?[1-9])(?![0-9./])")
_DOTTED = re.compile(
    r"(?<![0-9./])(1[0-2]|0?[1-9])\.(3[01]|[12][0-9]|0?[1-9])(?=[日号]? ?(?:收到|拿到|通过|完成|接到))"
)
_WITHIN = re.compile("[日天月年][之以]?内")
_SO_MANY_DAYS = re.compile("([0-9]{1,3}|[一二两三四五六七八九十]{1,3})个?[日天][之以]?内")
_CLAUSE = re.compile("[^,;。!?]+[,;。!?]*")


class Heard(NamedTuple):
    """What a sentence reports.

    Attributes:
        reports: what happened, in the order said.
        problems: why something that was said cannot be registered.
        question: what is asked besides; empty where nothing is named.
        tells: it says that something has happened, or when.
    """

    reports: tuple[Report, ...] = ()
    problems: tuple[Text, ...] = ()
    question: str = ""
    tells: bool = False


def read_reports(view: View, typed: str, *, is_named: bool = False) -> Heard:
    """Read what has happened; what is only planned, supposed, denied or asked is no report.

    Args:
        view: the project.
        typed: what was said.
        is_named: it was said in order to be registered (登记 …), so it need not say that it has happened.
    """
    text = _DOTTED.sub(
        r"\1月\2日", _SLASHED.sub(r"\1月\2日", _THOUSANDS.sub("", normalise(typed)).casefold())
    )
    days = said_days(text, view.as_of)
    plain = blanked(text, days)
    if not names_any(view.rules.event_words, plain):
        return Heard()
    is_other = is_of_another_project(text)
    named = [] if is_other else named_events(view.rules.event_rules.values(), plain)
    clauses: list[_Clause] = []
    asked: list[str] = []
    for found in _CLAUSE.finditer(plain):
        start, end = found.span()
        words = text[start:end]
        if is_question(words):
            asked.append(words)
            continue
        own = [day for day in days if start <= day.start < end]
        inside = [each for each in named if start <= each.start < end] if is_fact(words) else []
        clauses.append(_Clause(words, own, _of_one_strength(inside), is_named or has_happened(words)))
    return _Reading(view, typed, clauses, said_sum(plain)).heard("".join(asked))


def names_event(view: View, words: str) -> bool:
    """Say whether words name a kind of event at all, whether it has happened or not."""
    text = normalise(words).casefold()
    return bool(named_events(view.rules.event_rules.values(), blanked(text, said_days(text, view.as_of))))


def not_yet(day: date) -> Text:
    """Return why something of that day cannot be registered."""
    return T("{day}还没到：只登记已经发生的事，到那天以后再说一声。", day=date_text(day))


def fits(view: View, rule: EventRule) -> bool:
    """Say whether a kind of event can happen to this project; as long as nobody knows, it can.

    One that completes no step of its route can, if something falls due because of it: a small project that only
    files is awarded too.
    """
    test, pack = view.seen.evaluation.test, view.rules.pack
    if view.is_over or test(rule.when) is False:
        return False
    conditions = [step.when for step in pack.route if step.id in rule.completes]
    conditions += [deadline.when for deadline in pack.deadlines if deadline.event == rule.id]
    return not rule.completes or any(test(condition) is not False for condition in conditions)


class _Clause(NamedTuple):
    """A part of a sentence: its text without days, its days, what it names, whether it says that it happened."""

    text: str
    days: list[SaidDay]
    named: list[Named]
    tells: bool

    @property
    def happened(self) -> list[SaidDay]:
        return [day for day in self.days if not day.is_limit]


def _of_one_strength(named: list[Named]) -> list[Named]:
    """Return what a clause means for certain, each kind once; only without that, what it may mean."""
    sure = [each for each in named if each.is_said] or named
    return list({each.kind: each for each in reversed(sure)}.values())[::-1]


class _Reading:
    """Makes reports of the clauses of one sentence."""

    def __init__(self, view: View, typed: str, clauses: list[_Clause], total: SaidSum | None) -> None:
        self.view = view
        self.words = excerpt(typed)
        self.clauses = clauses
        self.total = total
        self.reports: list[Report] = []
        self.problems: list[Text] = []
        self.tells = False

    def heard(self, question: str) -> Heard:
        of_their_own = {named.kind for clause in self.clauses for named in clause.named if named.is_said}
        for clause in self.clauses:
            if clause.named and clause.named[0].is_said:
                for index, named in enumerate(clause.named):
                    self.add(clause, (named.kind,), self.day_of(clause, index), is_sure=True)
            elif not of_their_own.intersection(named.kind for named in clause.named):
                kinds = tuple(dict.fromkeys(named.kind for named in clause.named))
                self.add(clause, kinds, self.day_of(clause, 0), is_sure=False)
        return Heard(tuple(self.reports), tuple(self.problems), question, tells=self.tells)

    def add(self, clause: _Clause, kinds: tuple[str, ...], day: SaidDay | None, *, is_sure: bool) -> None:
        rules = self.view.rules
        fitting = tuple(kind for kind in kinds if fits(self.view, rules.event_rules[kind]))
        is_ahead = day is not None and day.day is not None and day.day > self.view.as_of
        if (
            not kinds
            or (is_ahead and not clause.tells)
            or self.has(fitting)
            or self.is_limited(clause, kinds)
        ):
            return
        if not fitting:
            if is_sure:
                label = Text(rules.event_kinds[kinds[0]].label)
                self.problems.append(
                    T(
                        "按现在的答案，这个项目没有「{event}」这一步，没有登记；答案不对请先改答案。",
                        event=label,
                    )
                )
            return
        if day is not None and day.day is not None and is_ahead:
            self.problems.append(not_yet(day.day))
            return
        if day is not None and day.problem is not None:
            self.problems.append(day.problem)
        is_dated = day is not None and day.day is not None
        is_told = clause.tells or (is_sure and (is_dated or (self.sets_day(kinds) and bool(self.limits))))
        self.tells = self.tells or is_told
        report = Report(self.words, fitting, is_sure=is_sure and is_told and not is_only_held(clause.text))
        self.reports.append(self.with_details(self.with_day(report, clause, day)))

    def is_limited(self, clause: _Clause, kinds: tuple[str, ...]) -> bool:
        """Say whether a clause says only by when it is to happen: 3月底前完成招标, 30日内备案."""
        is_limit = any(day.is_limit for day in clause.days) or _WITHIN.search(clause.text) is not None
        return is_limit and not (clause.happened or self.sets_day(kinds) or is_past(clause.text))

    @property
    def limits(self) -> list[date]:
        """The days by which something is to be done."""
        return [day.day for clause in self.clauses for day in clause.days if day.is_limit and day.day]

    def sets_day(self, kinds: tuple[str, ...]) -> bool:
        return any(self.view.rules.event_kinds[kind].due for kind in kinds)

    def has(self, kinds: tuple[str, ...]) -> bool:
        return bool(kinds) and any(set(kinds) <= set(report.kinds) for report in self.reports)

    def day_of(self, clause: _Clause, index: int) -> SaidDay | None:
        """Return the day of what a clause names: its only one, or the one that stands at the same place."""
        happened = clause.happened
        if len(happened) == 1:
            return happened[0]
        if happened:
            return happened[index] if len(happened) == len(clause.named) else None
        elsewhere = [day for other in self.clauses if not other.named for day in other.happened]
        return elsewhere[0] if len(elsewhere) == 1 else None

    def with_day(self, report: Report, clause: _Clause, day: SaidDay | None) -> Report:
        if day is not None and day.day is not None and day.is_certain:
            return replace(report, day=day.day)
        said = (
            [day]
            if day is not None
            else clause.happened or [day for other in self.clauses for day in other.happened]
        )
        days = dict.fromkeys(
            each.day for each in said if each.day is not None and each.day <= self.view.as_of
        )
        return replace(report, days=tuple(days))

    def with_details(self, report: Report) -> Report:
        """Add the sum and the day by which something is to be done, to a kind that has one."""
        kinds = [self.view.rules.event_kinds[kind] for kind in report.kinds]
        if any(kind.amount for kind in kinds) and self.total is not None and self.total.amount is not None:
            report = replace(report, amount=self.total.amount, is_amount_settled=True)
        limits = self.limits
        spans = [found for clause in self.clauses for found in _SO_MANY_DAYS.finditer(clause.text)]
        if any(kind.due for kind in kinds) and len(limits) == 1:
            return replace(report, due=limits[0])
        if any(kind.due for kind in kinds) and report.day is not None and not limits and len(spans) == 1:
            return replace(report, due=report.day + timedelta(days=int(number(spans[0][1]) or 0)))
        return report
