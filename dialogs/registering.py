"""Registering what has happened: taking a report, asking for what it lacks, saying what follows, taking it back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dialogs import machine as states
from dialogs.answers import read_answer
from dialogs.display import date_text
from dialogs.draft import Offer, Pending, Report
from dialogs.event_reading import fits, names_event, not_yet, read_reports
from dialogs.event_words import is_about
from dialogs.offers import chosen_offer
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.dates import parse_date
from dialogs.parsing.numerals import number
from dialogs.parsing.past_days import said_days
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import excerpt, normalise
from dialogs.parsing.yes_no import match_yes_no
from dialogs.registered import register
from rules.case import Event
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from dialogs.event_reading import Heard
    from dialogs.turn import Turn

_LONGEST_REPORT = 150
_LONGEST_HINT = 40
_LONGEST_NAME = 12
_MONTH_DAY = re.compile(r"^([0-9]{1,2})[./-]([0-9]{1,2})$")
_NO_SUM = re.compile("^(?:没有?|不知道|不清楚|不确定|暂无|暂时没有|还没有?|无|忘了|skip|unknown)[了吧。.]*$")
_SUM_OF = re.compile("^(?:中标|成交|合同)(?:价格?|金额|总?额)?[为是:]?")
_WITHIN = re.compile("([0-9]{1,3}|[一二两三四五六七八九十]{1,3})[天日][之以]?内")


def take_report(turn: Turn, typed: str) -> str | None:
    """Register what was said to have happened.

    Returns:
        what was asked besides, empty for nothing; None when this is no report, or may be an answer.
    """
    if len(typed) > _LONGEST_REPORT or turn.view.is_over or turn.awaits_secrecy or turn.takes_words:
        return None
    heard = read_reports(turn.view, typed)
    if not (heard.reports or heard.problems) or _is_answer(turn, typed, heard):
        return None
    if heard.reports and not heard.tells:
        return None
    if heard.question and not (turn.is_under_way and _is_complete(heard)):
        return None  # 1月31日收到中标通知书，最晚哪天备案: before there is an award, it is only an example
    if len(typed) > _LONGEST_HINT and not all(report.is_sure for report in heard.reports):
        return None
    _take(turn, heard)
    return heard.question


def offer_report(turn: Turn, typed: str) -> bool:
    """Ask whether bare words (初验) tell of something that happened, where nothing else is to be answered."""
    draft = turn.draft
    is_free = draft.state in (states.REVIEW, states.PACKAGE, states.TRACKING) and draft.pending is None
    if not is_free or len(typed) > _LONGEST_NAME or turn.view.is_over:
        return False
    heard = read_reports(turn.view, typed)
    known = [report for report in heard.reports if len(report.kinds) == 1]
    if not known or heard.question:
        return False
    _go_on(turn, tuple(known))
    return True


def register_said(turn: Turn, words: str) -> bool:
    """登记 …: register what follows, or ask what has happened; False: nothing of this is known."""
    if turn.view.is_over or turn.awaits_secrecy:
        turn.say(T("现在还不能登记：先确认项目不涉密、适用本办法。"), "error")
        return True
    if words:
        heard = read_reports(turn.view, words, is_named=True)
        if heard.reports or heard.problems:
            _take(turn, heard)
            return True
        kind = _named_kind(turn, words)
        if kind is None and not names_event(turn.view, words):
            return False
        if kind is None:
            turn.say(
                T(
                    "「{words}」不像已经发生的事：打算办的、还没办成的不登记，办成以后再说一声。",
                    words=verbatim(excerpt(words)),
                ),
                "error",
            )
            return True
        _go_on(turn, (Report(excerpt(words), (kind,)),))
        return True
    kinds = _fitting(turn)
    report = Report("", tuple(kinds), is_sure=False)
    _go_on(turn, (report,))
    return True


def settle_report(turn: Turn, pending: Pending, typed: str) -> bool:
    """Take the input as what a report lacks; False: it is an answer to the question of the pack."""
    match pending.kind:
        case "event":
            return _settle_kind(turn, pending, typed)
        case "day":
            _settle_day(turn, pending, typed)
        case "due":
            _settle_due(turn, pending, typed)
        case _:
            _settle_amount(turn, pending, typed)
    return True


def pass_over_amount(turn: Turn, pending: Pending) -> None:
    """Register without the sum."""
    first = replace(pending.reports[0], amount=None, is_amount_settled=True)
    _go_on(turn, (first, *pending.reports[1:]))


def _take(turn: Turn, heard: Heard) -> None:
    for problem in heard.problems:
        turn.say(problem, "error")
    if heard.reports:
        _go_on(turn, heard.reports)


def _is_answer(turn: Turn, typed: str, heard: Heard) -> bool:
    """Say whether the words may answer what is open, or name something without telling that it happened."""
    draft, question = turn.draft, turn.question
    if draft.pending is not None:
        return chosen_offer(draft.pending, typed, turn.translate) is not None
    if question is None:
        return False
    kinds = {kind for report in heard.reports for kind in report.kinds}
    asked = f"{question.text} {question.label}"
    if any(is_about(turn.rules.event_rules[kind], asked) for kind in kinds):
        return True
    read = read_answer(turn.view, question, typed, turn.translate)
    return not isinstance(read, Rejected) and not _is_complete(heard)


def _is_complete(heard: Heard) -> bool:
    """Say whether it is certain what happened, and when."""
    return bool(heard.reports) and all(report.is_sure and report.day for report in heard.reports)


def _go_on(turn: Turn, reports: tuple[Report, ...]) -> None:
    """Register reports one after another, up to the first that lacks something; that is asked."""
    while reports:
        pending = _lacking(turn, reports)
        if pending is not None:
            turn.ask_first(pending)
            return
        first, reports = reports[0], reports[1:]
        if first.day is not None:
            register(turn, Event(first.kinds[0], first.day, first.amount, first.due))
    turn.ask_held()


def _lacking(turn: Turn, reports: tuple[Report, ...]) -> Pending | None:
    """Return the question for what the first report lacks; None when nothing is."""
    first = reports[0]
    if not first.is_sure or len(first.kinds) != 1:
        return _ask_kind(turn, reports)
    kind = turn.rules.event_kinds[first.kinds[0]]
    if first.day is None:
        return _ask_day(turn, reports)
    if kind.amount and not first.is_amount_settled:
        text = T("中标（成交）金额是多少？（单位：万元；不知道可以「跳过」）")
        return Pending("amount", text, reports=reports)
    if kind.due and (first.due is None or first.due < first.day):
        text = T("「{event}」要求在哪一天前完成？（例如 12月15日）", event=Text(kind.label))
        return Pending("due", text, reports=reports)
    return None


def _ask_kind(turn: Turn, reports: tuple[Report, ...]) -> Pending:
    first = reports[0]
    offers = tuple(Offer(Text(turn.rules.event_kinds[kind].label), value=kind) for kind in first.kinds)
    if not first.words:
        text = T("登记哪一件事？")
    elif len(offers) == 1:
        text = T("「{words}」是说「{event}」吗？", words=verbatim(first.words), event=offers[0].label)
    else:
        text = T("「{words}」是说下面哪一件事？", words=verbatim(first.words))
    return Pending("event", text, offers=offers, reports=reports)


def _ask_day(turn: Turn, reports: tuple[Report, ...]) -> Pending:
    first = reports[0]
    kind = first.kinds[0]
    label, meaning = Text(turn.rules.event_kinds[kind].label), turn.rules.event_rules[kind].meaning
    days = first.days or (turn.as_of, turn.as_of - timedelta(days=1))
    names = {turn.as_of: T("今天"), turn.as_of - timedelta(days=1): T("昨天")}
    offers = tuple(
        Offer(
            T("{name}（{day}）", name=names[day], day=date_text(day)) if day in names else date_text(day),
            value=day.isoformat(),
        )
        for day in days
    )
    if len(first.days) == 1:
        text = T("「{event}」是 {day} 吗？不是就说是哪一天。", event=label, day=date_text(first.days[0]))
    elif meaning:
        text = T("「{event}」是哪一天？（{meaning}；例如 5月31日）", event=label, meaning=Text(meaning))
    else:
        text = T("「{event}」是哪一天？（例如 5月31日）", event=label)
    return Pending("day", text, offers=offers, reports=reports)


def _settle_kind(turn: Turn, pending: Pending, typed: str) -> bool:
    chosen = chosen_offer(pending, typed, turn.translate)
    if chosen is None:
        question = turn.question
        if question is not None and isinstance(
            read_answer(turn.view, question, typed, turn.translate), Parsed
        ):
            turn.ask_held()
            return False
        turn.say(T("请从上面的编号里选一个。"), "error")
    elif chosen == len(pending.offers):
        _drop_first(turn, pending)
    else:
        kind = pending.offers[chosen].value
        first = replace(pending.reports[0], kinds=(kind,), is_sure=True)
        _go_on(turn, (_fitting_details(turn, first), *pending.reports[1:]))
    return True


def _settle_day(turn: Turn, pending: Pending, typed: str) -> None:
    read = read_day(typed, turn.as_of)
    if isinstance(read, Rejected):
        chosen = chosen_offer(pending, typed, turn.translate)
        if chosen is None:
            turn.say(read.message, "error")
            return
        if chosen == len(pending.offers) and len(pending.reports[0].days) == 1 and _is_no(typed):
            _go_on(turn, (replace(pending.reports[0], days=()), *pending.reports[1:]))
            return
        if chosen == len(pending.offers):
            _drop_first(turn, pending)
            return
        read = Parsed(date.fromisoformat(pending.offers[chosen].value))
    first = pending.reports[0]
    if isinstance(read, Unclear):
        first = replace(first, day=None, days=tuple(reading.value for reading in read.readings))
    else:
        first = replace(first, day=read.value)
    _go_on(turn, (first, *pending.reports[1:]))


def read_day(typed: str, as_of: date) -> Parsed[date] | Unclear[date] | Rejected:
    """Read the day on which something happened; a day to come is refused."""
    text = _MONTH_DAY.sub(r"\1月\2日", normalise(typed).casefold())
    days = said_days(text, as_of)
    if len(days) != 1:
        return Rejected(
            T(
                "没看懂「{typed}」是哪一天，请说「今天」「昨天」或一个日期，例如 5月31日。",
                typed=excerpt(typed),
            )
        )
    said = days[0]
    if said.problem is not None:
        return Rejected(said.problem)
    if said.day is None:
        return Rejected(T("「{typed}」不止一天，请说是哪一天，例如 5月31日。", typed=excerpt(typed)))
    if said.day > as_of:
        return Rejected(not_yet(said.day))
    if not said.is_certain:
        return Unclear(T("是这一天吗？"), (Reading(said.day, date_text(said.day)),), "date")
    return Parsed(said.day)


def _settle_amount(turn: Turn, pending: Pending, typed: str) -> None:
    first, rest = pending.reports[0], pending.reports[1:]
    if pending.offers:
        chosen = chosen_offer(pending, typed, turn.translate)
        if chosen is not None and chosen < len(pending.offers):
            amount = int(pending.offers[chosen].value)
            _go_on(turn, (replace(first, amount=amount, is_amount_settled=True), *rest))
            return
        if chosen is not None:
            _go_on(turn, pending.reports)
            return
    if _NO_SUM.search(normalise(typed)):
        pass_over_amount(turn, pending)
        return
    read = parse_amount(_SUM_OF.sub("", normalise(typed)))
    match read:
        case Parsed(value=amount, echo=echo):
            if echo is not None:
                turn.say(echo, "echo")
            _go_on(turn, (replace(first, amount=amount, is_amount_settled=True), *rest))
        case Unclear(message=message, readings=readings):
            offers = tuple(Offer(reading.label, value=str(reading.value)) for reading in readings)
            turn.ask_first(Pending("amount", message, offers=offers, reports=pending.reports))
        case Rejected(message=message):
            turn.say(message, "error")


def _settle_due(turn: Turn, pending: Pending, typed: str) -> None:
    first, rest = pending.reports[0], pending.reports[1:]
    happened = first.day or turn.as_of
    chosen = chosen_offer(pending, typed, turn.translate)
    within = _WITHIN.search(normalise(typed))
    if chosen is not None and chosen == len(pending.offers):
        _drop_first(turn, pending)
        return
    if chosen is not None:
        due = date.fromisoformat(pending.offers[chosen].value)
    elif within is not None:
        due = happened + timedelta(days=int(number(within[1]) or 0))
    else:
        read = parse_date(typed, as_of=happened, edge="end")
        if isinstance(read, Rejected):
            turn.say(read.message, "error")
            return
        if isinstance(read, Unclear):
            offers = tuple(Offer(reading.label, value=reading.value.isoformat()) for reading in read.readings)
            turn.ask_first(Pending("due", read.message, offers=offers, reports=pending.reports))
            return
        due = read.value
    if due < happened:
        turn.say(T("要求完成的日子不能早于 {day}，请核对后再说。", day=date_text(happened)), "error")
        return
    _go_on(turn, (replace(first, due=due), *rest))


def _drop_first(turn: Turn, pending: Pending) -> None:
    turn.say(T("好，没有登记。"), "echo")
    _go_on(turn, pending.reports[1:])


def _is_no(typed: str) -> bool:
    """Say whether 不是 denies the day, where the number of the last choice would leave the whole thing."""
    said = match_yes_no(typed, allow_unsure=False)
    return isinstance(said, Parsed) and said.value is False and not normalise(typed).isdigit()


def _fitting_details(turn: Turn, report: Report) -> Report:
    """Forget what a kind does not have, once it is settled which one is meant."""
    kind = turn.rules.event_kinds[report.kinds[0]]
    if not kind.amount:
        report = replace(report, amount=None)
    return report if kind.due else replace(report, due=None)


def _fitting(turn: Turn) -> list[str]:
    """Return the kinds of event that can be registered now, in the order of the pack."""
    known = {event.kind for event in turn.draft.events}
    return [
        kind
        for kind, rule in turn.rules.event_rules.items()
        if fits(turn.view, rule) and (rule.repeats or kind not in known)
    ]


def _named_kind(turn: Turn, words: str) -> str | None:
    """Return the kind of event that is named by its label, in any language."""
    options = [
        Option(
            key=kind,
            label=turn.translate(turn.rules.event_kinds[kind].label),
            synonyms=(turn.rules.event_kinds[kind].label,),
        )
        for kind in turn.rules.event_rules
        if fits(turn.view, turn.rules.event_rules[kind])
    ]
    found = match_one(words, options)
    return found.value if isinstance(found, Parsed) else None
