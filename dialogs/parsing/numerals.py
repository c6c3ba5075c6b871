"""Chinese, Arabic and mixed numerals as exact numbers: 680, 六百八十, 1亿2000万, 二〇二七.

Written here and not taken from a library because an amount must be exact (no floats), and because a numeral that
can be read in two ways (一亿二千, 二三百) must not be read at all.
"""

from __future__ import annotations

import re
from decimal import Decimal

NUMERAL_CHARACTERS = "0-9.点零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億"
"""For use inside a character class of a regular expression."""

_ONE_SPELLING = str.maketrans("〇两壹贰叁肆伍陆柒捌玖拾佰仟萬億", "零二一二三四五六七八九十百千万亿")
_DIGITS = "零一二三四五六七八九"
_ARABIC = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,10})?")
_BIG_UNITS = (("亿", 8), ("万", 4))
_SMALL_UNITS = (("千", 3), ("百", 2), ("十", 1))
_LONGEST = 40
_SHORTEST_DIGIT_STRING = 3


def number(text: str, *, loose: bool = True) -> Decimal | None:
    """Return the number that ``text`` spells, or None when it spells none or more than one.

    Args:
        text: a numeral without spaces, separators, sign or measure word.
        loose: also read a bare last digit as spoken: 一百五 is 150, 1万5 is 15000.
    """
    text = text.translate(_ONE_SPELLING)
    if not text or len(text) > _LONGEST:
        return None
    if len(text) >= _SHORTEST_DIGIT_STRING and all(char in _DIGITS for char in text):
        return _digit_string(text)
    return _value(text, loose=loose)


def _value(text: str, *, loose: bool) -> Decimal | None:
    for unit, power in _BIG_UNITS:
        head, found, tail = text.partition(unit)
        if found:
            times = Decimal("0.5") if head == "半" else _value(head, loose=False)
            return _sum(times, tail, power, loose=loose)
    whole, point, fraction = text.partition("点")
    if point:
        return _with_fraction(_value(whole, loose=False), fraction)
    for unit, power in _SMALL_UNITS:
        head, found, tail = text.partition(unit)
        if found:
            times = Decimal(1) if unit == "十" and not head else _coefficient(head)
            return _sum(times, tail, power, loose=loose)
    return _coefficient(text)


def _sum(times: Decimal | None, tail: str, power: int, *, loose: bool) -> Decimal | None:
    """Return ``times`` of the unit 10**power plus what follows the unit."""
    if times is None:
        return None
    rest = Decimal(0)
    if tail:
        found = _rest(tail, power, loose=loose)
        if found is None or found >= Decimal(1).scaleb(power):
            return None
        rest = found
    return times.scaleb(power) + rest


def _rest(tail: str, power: int, *, loose: bool) -> Decimal | None:
    if tail.startswith("零"):
        return _value(tail.lstrip("零"), loose=False)
    if len(tail) == 1 and tail != "十" and power > 1:
        digit = _coefficient(tail)
        return digit.scaleb(power - 1) if loose and digit is not None else None
    if power == _BIG_UNITS[0][1] and "万" not in tail:
        return None  # 一亿二千 is said for 1.2 亿 and written for 100,002,000
    return _value(tail, loose=loose)


def _coefficient(text: str) -> Decimal | None:
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    if len(text) == 1 and text in _DIGITS:
        return Decimal(_DIGITS.index(text))
    return None


def _with_fraction(whole: Decimal | None, fraction: str) -> Decimal | None:
    if whole is None or not fraction or not all(char in _DIGITS or char in "0123456789" for char in fraction):
        return None
    digits = "".join(str(_DIGITS.index(char)) if char in _DIGITS else char for char in fraction)
    return whole + Decimal(f"0.{digits[:15]}")


def _digit_string(text: str) -> Decimal:
    return Decimal("".join(str(_DIGITS.index(char)) for char in text))
