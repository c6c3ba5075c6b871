"""The sum of an award in a report: 中标价 472.6万. What is called 预算 or 概算 beside it is another sum."""

from __future__ import annotations

import re
from typing import NamedTuple

from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.result import Parsed

_DIGITS = "[0-9][0-9,.]*"
_HAN = "[一二两三四五六七八九十百千零〇点]+"
_SUM = re.compile(
    rf"(?P<label>[^,;。!?0-9]{{0,10}}?)[:： ]*"
    rf"(?P<sum>(?:{_DIGITS}|{_HAN}) ?[万亿][一二两三四五六七八九十百千零〇万0-9]*元?"
    rf"|(?:{_DIGITS}|{_HAN}) ?(?:元|w)|(?<=[价额为是:： ]){_DIGITS}(?![0-9年月日号.]))"
)
_OF_AWARD = re.compile("中标|成交|合同|中了|价格?[为是]?$|金额[为是]?$")
_OTHER = re.compile("预算|概算|控制价|限价|总投资|保证金|服务费|节[约省]|下浮|优惠|结余|定金")
_ROUGH = re.compile("约|大概|左右|上下|近|超|不到|多")


class SaidSum(NamedTuple):
    """A sum that a text names as the award's: its place, and 分 when it says exactly how much."""

    start: int
    end: int
    amount: int | None


def said_sum(text: str) -> SaidSum | None:
    """Return the sum of the award in normalised text without days; None when there is none, or more than one."""
    found = [match for match in _SUM.finditer(text) if not _OTHER.search(match["label"])]
    named = [match for match in found if _OF_AWARD.search(match["label"])] or found
    if len(named) != 1:
        return None
    (match,) = named
    start, end = match.span("sum")
    is_rough = _ROUGH.search(match["label"][-2:]) or _ROUGH.match(text[end : end + 2].strip())
    read = parse_amount(match["sum"])
    amount = read.value if isinstance(read, Parsed) and not is_rough else None
    return SaidSum(start, end, amount)
