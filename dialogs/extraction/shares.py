"""What is said of several sources of money at once, or without a sum: 各340万, 全部市级, 没有社会资金."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.extraction.money_roles import MONEY, SOURCES, TOTAL
from dialogs.parsing.funds import COLUMNS, OTHER

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes
    from dialogs.extraction.money import Sum

_BOTH_EACH = re.compile("[、和与及跟]")

_ALL_FROM = re.compile(
    "(?:资金|经费|投资|钱|费用)?(?:来源)?[为是:：]?(?:全部|全额|均|全都?|都)(?:由|为|是|靠|来自于?|来源于|从|用|使用|申请|"
    "走)?(?P<source>{words})(?:{money})*"
    "(?=$|[，,。;；、)\\n])"
)
_FROM_ALL = re.compile(
    "(?P<source>{words})(?:财政|本级|级|资金|预算)*(?:全额|全部|足额|全)(?:保障|承担|解决|出资?|安排|负担|投入|拨付)(?=$|[，,。;；、)\\n])"
)
_NO_FUND = re.compile(
    "(?:没有|无|不(?:使用|用|需要|涉及|申请|含)|未申请)(?P<source>国家|中央|自治区|社会)(?:财政|级)?(?:资金|资本|投资|补助)(?=$|[，,。;；、)\\n]|和|与)"
)
_FUND_TALK = re.compile("(?:资金|经费|钱)(?:来源)?(?:[为是:：由]|来自|从|走)+(?P<source>{words})")


def read_shares(notes: Notes, sums: list[Sum]) -> None:
    """Note the sources; the total, if it is said, has been noted before."""
    _each(notes, sums)
    _all_from_one(notes)
    _no_fund(notes)


def _each(notes: Notes, sums: list[Sum]) -> None:
    """Read 市级、自治区各340万元."""
    names = "|".join(f"(?P<{fact}_{{n}}>{words})" for fact, words in SOURCES)
    first, second = names.replace("{n}", "1"), names.replace("{n}", "2")
    pattern = re.compile(
        f"(?:{first})(?:{MONEY})*[、和与及跟](?:{second}|(?P<city>市))(?:{MONEY}|分别)*各(?:{MONEY}|自|分担)*$"
    )
    for one in sums:
        left = notes.text[max(0, one.start - 40) : one.start]
        found = pattern.search(left)
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
    for fact, words in SOURCES:
        pattern = re.compile(_ALL_FROM.pattern.replace("{words}", words).replace("{money}", MONEY))
        whole = re.compile(_FROM_ALL.pattern.replace("{words}", words))
        for found in (*pattern.finditer(notes.text), *whole.finditer(notes.text)):
            if isinstance(total, int) and not any(
                notes.of(name) for name in (*COLUMNS, OTHER) if name != fact
            ):
                notes.say(fact, total, *found.span())
            else:
                notes.doubt(fact, *found.span(), "unclear", is_weak=True)
        for found in re.finditer(_FUND_TALK.pattern.replace("{words}", words), notes.text):
            notes.doubt(fact, *found.span(), "partial", is_weak=True)


def _no_fund(notes: Notes) -> None:
    names = {
        "国家": "fund_national",
        "中央": "fund_national",
        "自治区": "fund_regional",
        "社会": "fund_social",
    }
    for found in _NO_FUND.finditer(notes.text):
        notes.say(names[found["source"]], 0, *found.span())
