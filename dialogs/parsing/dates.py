"""Typed dates and periods: 2027年3月5日, 明年上半年, 3月到12月, 明年3月开始三年."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dialogs.parsing.months import LONGEST, parse_months, read_months
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.spans import LAST_YEAR, Span, arabic, day_text, read_span
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["Edge", "Period", "parse_date", "parse_months", "parse_period"]

Edge = Literal["start", "end"]
Period = tuple[date, date]

_LEAD = re.compile("^(?:预计|计划|拟|打算|准备|争取|力争|自|从|于|在|:)+")
_TRAIL = re.compile("(?:开始|启动|开工|动工|起|完成|完工|竣工|结束|建成|上线|实施|交付|为止|止|[。.!,、;])+$")
_HEDGE = re.compile("^(?:大约|大概|约|差不多|可能|应该|估计)+|(?:左右|前后|上下|吧)+$")
_HEDGE_WORDS = ("左右", "前后", "大概", "大约")
_BEFORE = re.compile("[之以]?前$")
_SEPARATORS = tuple(re.compile(pattern) for pattern in ("到|至|~|—+|–|〜", " -+ ", "-", " "))
_UNIT = re.compile("(?:[月日号年]|季度?)$")
_DURATION = re.compile(
    "(.+?)(?:(?:开始|起算|起始|起)[,、]?(?:为期|历时|持续|工期|服务期|期限|[一总]?共计?|合计)?"
    "|[,、]?(?:为期|历时|持续|工期|服务期|期限|[一总]?共计?|合计)):?([^,、]+)"
)


def parse_date(typed: str, *, as_of: date, edge: Edge) -> Parsed[date] | Unclear[date] | Rejected:
    """Return the day.

    Args:
        typed: a date, or words that cover more days (2027年3月, 年底).
        as_of: today, for words without a year.
        edge: which of several days is kept: the first (``start``) or the last (``end``); the echo names it.
    """
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _not_a_date(typed)
    text, hedged = _bare(arabic(text))
    if _BEFORE.search(text) and text not in {"前", "之前", "以前"}:
        return _before(_BEFORE.sub("", text), typed, as_of)
    span = read_span(text, as_of=as_of)
    if span is None:
        return _not_a_date(typed)
    if isinstance(span, Rejected):
        return span
    day = span.first if edge == "start" else span.last
    if hedged:
        message = T("「{typed}」是大概的时间，表上要一个确定的日子。就按下面这天记吗？", typed=excerpt(typed))
        return Unclear(message, (Reading(day, day_text(day)),), "approximate")
    return Parsed(day, None if span.is_spelled_out else _kept(day))


def parse_period(typed: str, *, as_of: date) -> Parsed[Period] | Unclear[Period] | Rejected:
    """Return the first and the last day of the period, first ≤ last.

    Args:
        typed: two dates, words that cover several days, or a start with a length.
        as_of: today, for words without a year.
    """
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _not_a_period(typed)
    whole, hedged = _bare(arabic(text))
    found = read_span(whole, as_of=as_of)
    if isinstance(found, Span):
        if found.first == found.last:
            return Rejected(
                T(
                    "只收到 {day} 一天，请把起止两个日期都写上，例如 2027年3月至12月。",
                    day=day_text(found.first),
                )
            )
        period: Period | Rejected | None = (found.first, found.last)
    else:
        period = found or _from_length(whole, as_of) or _from_two(text, as_of)
    if period is None:
        return _not_a_period(typed)
    if isinstance(period, Rejected):
        return period
    first, last = period
    label = T("{first}至{last}", first=day_text(first), last=day_text(last))
    if hedged or any(word in text for word in _HEDGE_WORDS):
        message = T("「{typed}」是大概的时间，表上要确定的日子。就按下面的记吗？", typed=excerpt(typed))
        return Unclear(message, (Reading(period, label),), "approximate")
    return Parsed(period, T("记为 {period}。", period=label))


def _bare(text: str) -> tuple[str, bool]:
    """Return the text without 计划, 开始, 左右 and the like, and whether it was only about right."""
    hedged = False
    while True:
        plain = _TRAIL.sub("", _LEAD.sub("", text))
        shorter = _HEDGE.sub("", plain)
        hedged = hedged or shorter != plain
        if shorter == text:
            return text, hedged
        text = shorter


def _before(text: str, typed: str, as_of: date) -> Parsed[date] | Unclear[date] | Rejected:
    """Read 3月底前 as that day, and ask about 3月前: before the month or before it is over?"""
    span = read_span(text, as_of=as_of)
    if span is None:
        return _not_a_date(typed)
    if isinstance(span, Rejected):
        return span
    if span.first == span.last or text.endswith(("底", "末", "旬", "内")):
        return Parsed(span.last, _kept(span.last))
    days = (span.first - timedelta(days=1), span.last)
    return Unclear(
        T("「{typed}」最晚是哪一天？", typed=excerpt(typed)),
        tuple(Reading(day, day_text(day)) for day in days),
        "date",
    )


def _from_length(text: str, as_of: date) -> Period | Rejected | None:
    """Read 明年3月开始三年: the start and so many months."""
    found = _DURATION.fullmatch(text)
    months = read_months(found[2]) if found else None
    if found is None or months is None:
        return None
    start = read_span(found[1], as_of=as_of)
    if not isinstance(start, Span):
        return start
    if months != months.to_integral_value() or not 1 <= months <= LONGEST:
        return Rejected(T("期限要是 1 到 {longest} 之间的整月数，例如 36 个月或三年。", longest=LONGEST))
    end = _after_months(start.first, months)
    if end.year > LAST_YEAR:
        return Rejected(T("这个期限到了 {year} 年以后，请核对起始时间和期限。", year=LAST_YEAR))
    return start.first, end


def _after_months(first: date, months: Decimal) -> date:
    """Return the last day of so many months that begin on ``first``."""
    year, month = divmod(first.year * 12 + first.month - 1 + int(months), 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(first.day, last_day)) - timedelta(days=1)


def _from_two(text: str, as_of: date) -> Period | Rejected | None:
    for separator in _SEPARATORS:
        parts = [_bare(arabic(part))[0] for part in separator.split(text)]
        if len(parts) == 2:  # noqa: PLR2004 - from and to
            period = _between(parts[0], parts[1], as_of)
            if period is not None:
                return period
    return None


def _between(left: str, right: str, as_of: date) -> Period | Rejected | None:
    start = read_span(left, as_of=as_of)
    unit = _UNIT.search(right)
    if start is None and unit:  # 2027年3-12月
        start = read_span(left + unit[0], as_of=as_of)
    if not isinstance(start, Span):
        return start
    end = read_span(right, as_of=as_of, anchor=start.first)
    if isinstance(end, Span) and end.last < start.first and not end.has_own_year:
        end = read_span(right, as_of=as_of, anchor=date(start.first.year + 1, 1, 1))
    if not isinstance(end, Span):
        return end
    if end.last < start.first:
        return Rejected(
            T(
                "结束（{last}）早于开始（{first}），请核对哪个在先，再把起止日期发一次。",
                first=day_text(start.first),
                last=day_text(end.last),
            )
        )
    return start.first, end.last


def _kept(day: date) -> Text:
    return T("记为 {day}。", day=day_text(day))


def _not_a_date(typed: str) -> Rejected:
    return Rejected(
        T("没看懂「{typed}」是哪一天，请写年月日，例如 2027年3月5日 或 2027-03-05。", typed=excerpt(typed))
    )


def _not_a_period(typed: str) -> Rejected:
    return Rejected(
        T(
            "没看懂「{typed}」的起止时间，请写两个日期，例如 2027年3月至12月 或 2027-03-01 至 2027-12-31。",
            typed=excerpt(typed),
        )
    )
