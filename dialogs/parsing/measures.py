"""Amounts, lengths of time and article numbers where they stand in running text: 八百来万, 36个月, 第十三条第一项."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from dialogs.parsing.numerals import NUMERAL_CHARACTERS, number

_FIRST = frozenset("0123456789.零〇一二两三四五六七八九十百千万亿半几上第")
"""What any of these begins with; most characters need no closer look."""
_MEASURE = re.compile(
    rf"(?P<amount>[{NUMERAL_CHARACTERS}]{{1,20}}?|[几上][十百千])[多来几余]? ?(?P<wan>个亿|亿|万|w)[元块]?钱?"
    r"|(?P<yuan>[0-9]{5,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})元"
    r"|(?P<day>[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号]?|(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月)?)"
    rf"|(?P<length>[{NUMERAL_CHARACTERS}半]{{1,20}})个?(?P<unit>年|月|天|日|周|星期|小时|工作日)(?!份|底|初)"
)
_ARTICLE = re.compile(
    r"(?:第(?P<article>[0-9]{1,3}|[一二三四五六七八九十百]{1,5})|(?P<bare>[0-9]{2}))条"
    r"(?:之?第?\(?(?P<item>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)?[项款点])?"
    r"|(?<![0-9])(?P<short>[0-9]{1,2})\((?P<short_item>[0-9]{1,2})\)"
)
_SAID_LOOSELY = {
    "几十": Decimal(50), "上十": Decimal(20), "几百": Decimal(300), "上百": Decimal(150), "几千": Decimal(3000),
    "上千": Decimal(1100),
}  # fmt: skip
_YUAN_PER_WAN = _WAN_PER_YI = 10_000
_MONTHS_A_YEAR = 12


class Amount(NamedTuple):
    """So many 万元; 几十万 and its like are taken as what is mostly meant."""

    wan: Decimal


class Length(NamedTuple):
    """A length of time; whole years of months are years. Without a value it is a day of the calendar."""

    unit: str
    value: Decimal | None


class Reference(NamedTuple):
    """An article as packs cite it: 13, 13(1)."""

    article: str


def read_measure(text: str, at: int) -> tuple[int, Amount | Length | Reference] | None:
    """Return where the amount, length or article number that begins at ``at`` ends, and what it is; else None."""
    if text[at] not in _FIRST:
        return None
    if found := _ARTICLE.match(text, at):
        return found.end(), Reference(_citation(found))
    found = _MEASURE.match(text, at)
    measure = _measure(found) if found else None
    return (found.end(), measure) if found and measure else None


def _measure(found: re.Match[str]) -> Amount | Length | None:
    if found["yuan"]:
        return Amount(Decimal(found["yuan"].replace(",", "")) / _YUAN_PER_WAN)
    if found["wan"]:
        value = _SAID_LOOSELY.get(found["amount"]) or number(found["amount"])
        times = _WAN_PER_YI if "亿" in found["wan"] else 1
        return None if value is None else Amount(value * times)
    if found["day"]:
        return Length("day", None)
    value = number(found["length"])
    if value is None:
        return None
    if found["unit"] == "月" and value and value % _MONTHS_A_YEAR == 0:
        return Length("年", value / _MONTHS_A_YEAR)
    return Length(found["unit"], value)


def _citation(found: re.Match[str]) -> str:
    article = number(found["article"] or found["bare"] or found["short"])
    item = found["item"] or found["short_item"]
    return f"{article}({number(item)})" if item else f"{article}"
