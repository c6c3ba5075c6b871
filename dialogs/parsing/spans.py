"""Words for a day, a month, a quarter or a year as the days they cover: 3月上旬, 明年上半年, 年底."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from dialogs.parsing.numerals import number
from dialogs.parsing.result import Rejected
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_YEAR, LAST_YEAR = 2000, 2100

_CHINESE_NUMBER = re.compile("[零〇一二三四五六七八九十]+(?=[年月日号]|季)")
_NUMERIC = re.compile(
    r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?[日号]?|([0-9]{4})([0-9]{2})([0-9]{2})?"
)
_RELATIVE_YEARS = {
    "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年度": 0, "本年": 0, "当年": 0,
    "明年": 1, "来年": 1, "次年": 1, "下一年": 1, "后年": 2, "大后年": 3,
}  # fmt: skip
_RELATIVE_MONTHS = {
    "上个月": -1, "上月": -1, "本月": 0, "这个月": 0, "当月": 0, "下个月": 1, "下月": 1, "下下个月": 2,
}  # fmt: skip
_RELATIVE_DAYS = {"昨天": -1, "今天": 0, "今日": 0, "明天": 1, "后天": 2, "大后天": 3}
_IN_WORDS = re.compile(
    rf"(?:(?P<year>[0-9]{{4}})年?|(?P<short>[0-9]{{2}})年(?=.)|(?P<relative>{'|'.join(_RELATIVE_YEARS)}))?"
    r"(?P<rest>(?P<whole>全年|整年|年内|内)|年?(?P<point>[底末初中])|(?P<half>[上下])半年|第?(?P<quarter>[1-4])季度?"
    rf"|(?:(?P<month>[0-9]{{1,2}})月份?|(?P<relmonth>{'|'.join(_RELATIVE_MONTHS)})|(?P<thismonth>月))"
    r"(?:(?P<third>[上中下])旬|(?P<monthpoint>[初中底末])|(?P<day>[0-9]{1,2})[日号]?)?"
    r"|(?P<dayonly>[0-9]{1,2})[日号])?"
)
_YEAR_POINTS = {"初": 1, "中": 6, "底": 12, "末": 12}
_LEAP_YEARS_APART = 8
"""Within so many years there is always a 29 February."""


class Span(msgspec.Struct, frozen=True):
    """The days that the words cover, from ``first`` to ``last``; equal when they name one day.

    Attributes:
        first: the first day covered.
        last: the last day covered.
        is_spelled_out: the words named year, month and day, so nothing had to be filled in.
        has_own_year: the year was said, not inferred.
    """

    first: date
    last: date
    is_spelled_out: bool = False
    has_own_year: bool = True


def arabic(text: str) -> str:
    """Return normalised text with Chinese numbers before 年, 月, 日, 号, 季 in digits, and without spaces."""

    def digits(found: re.Match[str]) -> str:
        value = number(found[0])
        return found[0] if value is None else str(value)

    text = _CHINESE_NUMBER.sub(digits, text.replace(" ", "").replace("元月", "1月").replace("〇", "零"))
    return re.sub("q([1-4])$", r"\1季度", text)


def read_span(text: str, *, as_of: date, anchor: date | None = None) -> Span | Rejected | None:
    """Return what the words cover, a refusal of an impossible day, or None when they are no date.

    Args:
        text: what `arabic` returned.
        as_of: today; words without a year mean the next such day, month or quarter that is not over.
        anchor: when given, words without a year or month take them from this day instead.
    """
    if text in _RELATIVE_DAYS:
        return _moved(as_of, _RELATIVE_DAYS[text])
    found = _NUMERIC.fullmatch(text)
    if found:
        year, month, day = (found[index] or found[index + 3] for index in (1, 2, 3))
        return _month(int(year), int(month)) if day is None else _day(int(year), int(month), int(day))
    found = _IN_WORDS.fullmatch(text)
    if not found or not text or text in {"内", "底", "末", "初", "中", "月"}:
        return None
    year = _said_year(found, as_of)
    nearby = anchor or as_of
    if found["thismonth"] or found["relmonth"] or found["dayonly"]:
        if year is not None:
            return None
        ahead = _RELATIVE_MONTHS.get(found["relmonth"] or "", 0)
        span = _in_month(found, *_months_ahead(as_of if found["relmonth"] else nearby, ahead))
        is_over = isinstance(span, Span) and span.last < as_of
        if is_over and anchor is None and not found["relmonth"]:
            return _in_month(found, *_months_ahead(as_of, 1))
        return span
    if year is not None:
        return _in_year(found, year)
    if found["whole"]:
        return _in_year(found, nearby.year)
    return _next(lambda some_year: _in_year(found, some_year), as_of, anchor)


def _said_year(found: re.Match[str], as_of: date) -> int | None:
    if found["year"]:
        return int(found["year"])
    if found["short"]:
        return FIRST_YEAR + int(found["short"])
    if found["relative"]:
        return as_of.year + _RELATIVE_YEARS[found["relative"]]
    return None


def _next(build: Callable[[int], Span | Rejected], as_of: date, anchor: date | None) -> Span | Rejected:
    """Return the first such span that is not over at ``as_of``, or the one in the anchor's year."""
    if anchor is not None:
        span = build(anchor.year)
        return span if isinstance(span, Rejected) else _inferred(span)
    for year in range(as_of.year, as_of.year + _LEAP_YEARS_APART + 1):
        span = build(year)
        if isinstance(span, Span) and span.last >= as_of:
            return _inferred(span)
    return build(as_of.year)


def _inferred(span: Span) -> Span:
    return Span(span.first, span.last, has_own_year=False)


def _in_year(found: re.Match[str], year: int) -> Span | Rejected:
    if found["month"]:
        return _in_month(found, year, int(found["month"]))
    if found["quarter"]:
        first = 3 * int(found["quarter"]) - 2
        return _months(year, first, first + 2)
    if found["half"]:
        return _months(year, 1, 6) if found["half"] == "上" else _months(year, 7, 12)
    if found["point"]:
        return _month(year, _YEAR_POINTS[found["point"]])
    return _months(year, 1, 12)


def _in_month(found: re.Match[str], year: int, month: int) -> Span | Rejected:
    day = found["day"] or found["dayonly"]
    if day:
        span = _day(year, month, int(day))
        if isinstance(span, Span) and not (found["year"] and found["month"]):
            return Span(span.first, span.last)
        return span
    whole = _month(year, month)
    if isinstance(whole, Rejected):
        return whole
    part = found["third"] or found["monthpoint"]
    if part in {"底", "末"}:
        return Span(whole.last, whole.last)
    if part in {"上", "初"}:
        return Span(whole.first, whole.first.replace(day=10))
    if part == "中":
        return Span(whole.first.replace(day=11), whole.first.replace(day=20))
    if part == "下":
        return Span(whole.first.replace(day=21), whole.last)
    return whole


def _day(year: int, month: int, day: int) -> Span | Rejected:
    whole = _month(year, month)
    if isinstance(whole, Rejected):
        return whole
    if not 1 <= day <= whole.last.day:
        return Rejected(
            T(
                "{year}年{month}月没有 {day} 日，这个月的最后一天是 {last}，请核对后再发。",
                year=year,
                month=month,
                day=day,
                last=day_text(whole.last),
            )
        )
    exact = date(year, month, day)
    return Span(exact, exact, is_spelled_out=True)


def _month(year: int, month: int) -> Span | Rejected:
    return _months(year, month, month)


def _months(year: int, first: int, last: int) -> Span | Rejected:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Rejected(
            T(
                "年份 {year} 不像项目的日期，请写 {first} 到 {last} 之间的年份。",
                year=year,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    if not 1 <= first <= 12:  # noqa: PLR2004 - months
        return Rejected(T("没有 {month} 月，月份是 1 到 12，请核对后再发。", month=first))
    return Span(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _moved(day: date, days: int) -> Span | Rejected:
    if not date.min.year < day.year < date.max.year:
        return _month(day.year, day.month)
    moved = day + timedelta(days=days)
    span = _day(moved.year, moved.month, moved.day)
    return span if isinstance(span, Rejected) else Span(moved, moved)


def _months_ahead(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1


def day_text(day: date) -> Text:
    """Return the day as it is written in a form: 2027年3月5日, without padding."""
    return T("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)
