"""Typed lengths of time as whole months: 36, 三年, 两年半, 一年零三个月."""

from __future__ import annotations

import re
from decimal import Decimal

from dialogs.parsing.amounts import without_hedges
from dialogs.parsing.numerals import number
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.text import T

LONGEST = 600
"""Months: fifty years."""

_PROBABLY_YEARS = 5
_NUMBER = "[0-9.点一二两三四五六七八九十百〇]+"
_LENGTH = re.compile(rf"(?:(?P<years>{_NUMBER})年(?P<half>半)?)?[零又]?(?:(?P<months>{_NUMBER})个?月)?")
_ENGLISH = (
    (re.compile(r"\bmonths?\b"), "个月"),
    (re.compile(r"\byears?\b"), "年"),
    (re.compile(r"\band\b"), ""),
)


def parse_months(typed: str) -> Parsed[int] | Unclear[int] | Rejected:
    """Return the length in months, 1 to `LONGEST`; a number from 6 on without a unit counts months."""
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _not_a_length(typed)
    text, hedged = without_hedges(_english(text).replace(" ", ""))
    bare = number(text)
    if bare is not None and bare == bare.to_integral_value() and 1 <= bare <= _PROBABLY_YEARS:
        return _years_or_months(int(bare), typed)
    months = read_months(text) if bare is None else bare
    if months is None:
        return _not_a_length(typed)
    if months != months.to_integral_value() or not 1 <= months <= LONGEST:
        return Rejected(
            T(
                "「{typed}」不行，请写 1 到 {longest} 之间的整月数，例如 36 个月或三年。",
                typed=excerpt(typed),
                longest=LONGEST,
            )
        )
    kept = int(months)
    if hedged:
        return Unclear(
            T("「{typed}」是大概数，就按下面的月数记吗？", typed=excerpt(typed)),
            (Reading(kept, T("{months} 个月", months=kept)),),
            "approximate",
        )
    return Parsed(kept, None if text == f"{kept}个月" else T("按 {months} 个月记。", months=kept))


def read_months(text: str) -> Decimal | None:
    """Return the months that ``text`` spells with 年 or 月 (spaces already removed), or None."""
    if text == "半年":
        return Decimal(6)
    found = _LENGTH.fullmatch(text)
    if found is None or not (found["years"] or found["months"]):
        return None
    years = number(found["years"]) if found["years"] else Decimal(0)
    months = number(found["months"]) if found["months"] else Decimal(0)
    if years is None or months is None or (found["half"] and months):
        return None
    return years * 12 + months + (6 if found["half"] else 0)


def _english(text: str) -> str:
    for words, chinese in _ENGLISH:
        text = words.sub(chinese, text)
    return text


def _years_or_months(count: int, typed: str) -> Unclear[int]:
    return Unclear(
        T("「{typed}」是年还是月？", typed=excerpt(typed)),
        (
            Reading(12 * count, T("{years} 年，即 {months} 个月", years=count, months=12 * count)),
            Reading(count, T("{months} 个月", months=count)),
        ),
        "unit",
    )


def _not_a_length(typed: str) -> Rejected:
    return Rejected(
        T("没看懂「{typed}」是多长时间，请写月数，例如 36 个月、三年或两年半。", typed=excerpt(typed))
    )
