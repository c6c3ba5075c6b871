"""What is said of several sources of money at once, or without a sum: 各340万, 全部市级, 没有社会资金."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.extraction.money_roles import MONEY, SOURCES, TOTAL
from dialogs.parsing.funds import COLUMNS, OTHER

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes
    from dialogs.extraction.money import Sum

_END = "(?=$|[，,。;；、)\\n])"


def _either(number: int) -> str:
    return "|".join(f"(?P<{fact}_{number}>{words})" for fact, words in SOURCES)


_EACH = re.compile(
    f"(?:{_either(1)})(?:{MONEY})*[、和与及跟](?:{_either(2)}|(?P<city>市))(?:{MONEY}|分别)*各(?:{MONEY}|自|分担)*$"
)
_ALL_FROM = tuple(
    (
        fact,
        re.compile(
            "(?:资金|经费|投资|钱|费用)?(?:来源)?[为是:：]?(?:全部|全额|均|全都?|都)"
            f"(?:由|为|是|靠|来自于?|来源于|从|用|使用|申请|走)?(?:{words})(?:{MONEY})*(?:的钱|掏|掏钱|出钱|的资金)?{_END}"
            f"|(?:{words})(?:财政|本级|级|资金|预算)*(?:全额|全部|足额|全)"
            f"(?:保障|承担|解决|出资?|安排|负担|投入|拨付){_END}"
        ),
    )
    for fact, words in SOURCES
)
_TALK = tuple(
    (fact, re.compile(f"(?:资金|经费|钱)(?:来源)?(?:[为是:：由]|来自|从|走)+(?:{words})"))
    for fact, words in SOURCES
)
_NO_FUND_OF = {
    "国家": "fund_national",
    "中央": "fund_national",
    "自治区": "fund_regional",
    "社会": "fund_social",
}
_NO_FUND = re.compile(
    "(?:^|(?<=[，,。;；、:：|\\n\0]))(?P<listed>国家|中央|自治区|社会)(?:财政|级)?(?:资金|资本)[:：|](?:无|没有|/|-+|—+|零)(?=$|[，,。;；、|)\\n])|"
    "(?:没有|无|不(?:使用|用|需要|涉及|申请|含)|未申请)(?P<source>国家|中央|自治区|社会)(?:财政|级)?(?:资金|资本|投资|补助)(?=$|[，,。;；、)\\n]|和|与)"
)


def read_shares(notes: Notes, sums: list[Sum]) -> None:
    """Note the sources; the total, if it is said, has been noted before."""
    _each(notes, sums)
    _all_from_one(notes)
    _no_fund(notes)


def _each(notes: Notes, sums: list[Sum]) -> None:
    """Read 市级、自治区各340万元."""
    for one in sums:
        left = notes.text[max(0, one.start - 40) : one.start]
        found = _EACH.search(left)
        if not found or one.figure is None:
            continue
        fen = one.fen()
        kinds = [name[:-2] for name, words in found.groupdict().items() if words and name != "city"]
        if fen is not None and len(set(kinds)) == 2:  # noqa: PLR2004 - one and the other
            start = one.start - len(left) + found.start()
            for kind in kinds:
                notes.say(kind, fen, start, one.end)


def _all_from_one(notes: Notes) -> None:
    """Read 全部由市财政承担: all of the total, when that is settled."""
    total = notes.value(TOTAL)
    for fact, pattern in _ALL_FROM:
        others = [name for name in (*COLUMNS, OTHER) if name != fact and notes.of(name)]
        for found in pattern.finditer(notes.text):
            if isinstance(total, int) and not others:
                notes.say(fact, total, *found.span())
            else:
                notes.doubt(fact, *found.span(), "unclear", is_weak=True)
    for fact, pattern in _TALK:
        for found in pattern.finditer(notes.text):
            notes.doubt(fact, *found.span(), "partial", is_weak=True)


def _no_fund(notes: Notes) -> None:
    for found in _NO_FUND.finditer(notes.text):
        notes.say(_NO_FUND_OF[found["source"] or found["listed"]], 0, *found.span())
