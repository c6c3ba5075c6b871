"""Days named in a report of what happened: 5月31日, 昨天, 上周五. They lie in the past, unlike those of a plan."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dialogs.parsing.numerals import number
from dialogs.parsing.result import Rejected
from dialogs.parsing.spans import Span, arabic, read_span

if TYPE_CHECKING:
    from rules.text import Text

_N = "(?:[0-9]{1,2}(?![0-9])|[零〇一二三四五六七八九十]{1,3})"
_WEEK = "(?:周|星期|礼拜)"
_DAY = re.compile(
    r"(?P<whole>(?<![0-9])(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|20[0-9]{6})(?![0-9]))"
    rf"|(?P<ago>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})个?(?P<unit>天|{_WEEK})(?:之|以)?前"
    rf"|(?P<which>上上?|这|本|下)?个?{_WEEK}(?P<weekday>[一二三四五六日天])"
    r"|(?P<named>大前天|前[天日]|昨[天日晚]|今[天日早晨晚]|明[天日早晚]|大?后天"
    r"|\b(?:yesterday|today|tomorrow)\b)"
    rf"|(?P<words>(?:(?:(?:[0-9]{{4}}|[0-9]{{2}}|[零〇一二三四五六七八九]{{4}})年|[今去前明后]年|本年)?{_N}月份?"
    rf"|(?:上上?个?|本|这个|当|下个?)月(?:份)?)(?:{_N}[日号]?|[上中下]旬|[初中底末])?"
    rf"|{_N}[日号](?![内楼机院线系标包段]|[之以]内))"
)
_NAMED = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "明天": 1, "明日": 1, "明早": 1,
    "明晚": 1, "后天": 2, "大后天": 3, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_WEEKS = {"上上": -2, "上": -1, "下": 1}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_DAY_ALONE = re.compile("([0-9]{1,2})[日号]")
_LIMIT_AFTER = re.compile("[之以]?[前内]|为止|截止")
_LIMIT_BEFORE = re.compile("(?:截至|截止到?|限(?:期|于|在)?|不晚于|最迟|期限[为是到:]?)$")
_ABOUT = re.compile("[底末]$")
_DAYS_A_WEEK = 7
_LONG_AGO = timedelta(days=183)
_VERY_LONG_AGO = timedelta(days=3 * 365)


class SaidDay(NamedTuple):
    """A day that a text names.

    Attributes:
        start, end: where it stands in the text.
        day: None when the words cover more than one day (5月, 上旬) or name none that exists.
        problem: why there is no such day.
        is_certain: nobody has to be asked whether this day of this year is meant.
        is_limit: the latest day of something (12月15日前), not the day on which it happened.
    """

    start: int
    end: int
    day: date | None
    problem: Text | None = None
    is_certain: bool = True
    is_limit: bool = False


def said_days(text: str, as_of: date) -> list[SaidDay]:
    """Return the days that normalised text names, in order; without a year, the latest one up to today."""
    return [_read(found, text, as_of) for found in _DAY.finditer(text)]


def blanked(text: str, days: list[SaidDay]) -> str:
    """Return the text with blanks in place of its days, of the same length."""
    for said in days:
        text = text[: said.start] + " " * (said.end - said.start) + text[said.end :]
    return text


def _read(found: re.Match[str], text: str, as_of: date) -> SaidDay:
    is_limit = bool(_LIMIT_AFTER.match(text, found.end()) or _LIMIT_BEFORE.search(text[: found.start()]))
    said = SaidDay(found.start(), found.end(), None, is_limit=is_limit)
    if found["named"]:
        return said._replace(day=_moved(as_of, _NAMED.get(found["named"], 0)))
    if found["ago"]:
        count = int(number(found["ago"]) or 0)
        days = count if found["unit"] == "天" else count * _DAYS_A_WEEK
        return said._replace(day=_moved(as_of, -days), is_limit=False)
    if found["weekday"]:
        return _weekday(said, found, as_of)
    words = arabic(found[0])
    alone = _DAY_ALONE.fullmatch(words)
    return _day_of_month(said, int(alone[1]), as_of) if alone else _in_words(said, words, as_of)


def _weekday(said: SaidDay, found: re.Match[str], as_of: date) -> SaidDay:
    index = _WEEKDAYS[found["weekday"]]
    weeks = _WEEKS.get(found["which"] or "", 0)
    day = _moved(as_of, weeks * _DAYS_A_WEEK - as_of.weekday() + index)
    if day and found["which"] is None and day > as_of and not said.is_limit:
        return said._replace(day=_moved(day, -_DAYS_A_WEEK), is_certain=False)
    return said._replace(day=day)


def _day_of_month(said: SaidDay, day: int, as_of: date) -> SaidDay:
    """Read 5号: of this month, or of the last one when this month's is still to come."""
    this = read_span(f"{as_of:%Y-%m}-{day}", as_of=as_of)
    if isinstance(this, Span) and (this.first <= as_of or said.is_limit):
        return said._replace(day=this.first)
    last = read_span(f"{as_of.replace(day=1) - timedelta(days=1):%Y-%m}-{day}", as_of=as_of)
    if isinstance(last, Span):
        return said._replace(day=last.first, is_certain=False)
    return said if last is None else said._replace(problem=last.message)


def _in_words(said: SaidDay, words: str, as_of: date) -> SaidDay:
    span = read_span(words, as_of=as_of, anchor=as_of)
    is_of_last_year = (
        isinstance(span, Span) and not span.has_own_year and span.first > as_of and not said.is_limit
    )
    if is_of_last_year:
        span = read_span(words, as_of=as_of, anchor=date(as_of.year - 1, 1, 1))
    if isinstance(span, Rejected):
        return said._replace(problem=span.message)
    if span is None or span.first != span.last or _ABOUT.search(words):
        return said
    is_certain = as_of - span.first <= (_LONG_AGO if is_of_last_year else _VERY_LONG_AGO)
    return said._replace(day=span.first, is_certain=is_certain)


def _moved(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
