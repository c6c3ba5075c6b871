"""Typed sources of money: 市级500万、自治区180万, four numbers in column order, or 全部市级.

The tables of the regulation (附件1 计划资金来源) have four columns. Money of a county, a park or the unit itself has
none, and is kept apart as ``fund_other`` rather than called 社会资金.
"""

from __future__ import annotations

import re

import msgspec

from dialogs.parsing.amounts import Figure, compact, fen_of, figure
from dialogs.parsing.numerals import NUMERAL_CHARACTERS
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.amounts import AmountError, format_wan
from rules.text import T, Text, joined

COLUMNS: tuple[str, ...] = ("fund_national", "fund_regional", "fund_city", "fund_social")
"""In the order of the form."""
OTHER = "fund_other"

_UNIT_UNSURE_FROM = 10_000
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?=(?:\.\d+)? ?(?:元|块))")
_PIECE = re.compile(
    # 区级 can mean the region or a district: never the region's money unless it says 自治区.
    r"(?P<fund_regional>自治区|宁夏|autonomous region|region(?:al)?)"
    r"|(?P<fund_other>市辖区|县[市区]?[级里]?|区县|园区|开发区|区[级里]|区(?=财政|本级)|本?单位自[有筹]|自[有筹]|其[他它]"
    r"|self-raised|other|county|district|park|own)"
    r"|(?P<fund_national>国家|中央|国债|国拨|national|central|state)"
    r"|(?P<fund_city>市(?![县区辖场])|city|municipal)"
    r"|(?P<fund_social>社会|企业|民间|民营|social|private|enterprise)"
    r"|(?P<all>全部|全额|全是|全由|全靠|全都?是?|都[是由]|均[为由]|100%|all|entirely)"
    r"|(?P<hedge>大约|大概|约|左右|上下|近|不到|不超过|预计|估计|about|around|~)"
    r"|(?P<filler>一共|总共|共计|合计|财政|本级|资金|投资|资本|预算内|专项|专款|超长期|长期|特别|补助|拨款|补贴"
    r"|层面|方面|部分|配套|政府|安排|承担|解决|来源|出资|级|里|出|是|为|有|由|用|和|与|及|另|还|的|来"
    r"|funds?|funding|capital|money|from|the|and|is|by"
    r"|[\s、,;。:=/+\n]+)"
    rf"|(?P<amount>[{NUMERAL_CHARACTERS}]+ ?个?(?:[万亿]+|w(?:an)?(?![a-z]))? ?(?:元|块钱?|yuan)?整?|没有|无)"
)
_NAMES = (*COLUMNS, OTHER)


class _Part(msgspec.Struct, frozen=True):
    """A source (``kind`` is its key) or an amount, with the words that said it."""

    kind: str
    words: str


class _Pieces(msgspec.Struct):
    parts: list[_Part]
    is_all: bool = False
    is_estimate: bool = False
    unread: str = ""


def parse_funds(
    typed: str, *, total: int | None
) -> Parsed[dict[str, int]] | Unclear[dict[str, int]] | Rejected:
    """Return 分 by source: always the four `COLUMNS`, and ``fund_other`` only when it was named.

    Args:
        typed: sources with their amounts, or four amounts; a number without a unit is 万元.
        total: 总投资 in 分, when it is known; needed for "全部市级".
    """
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _ask_again(typed)
    pieces = _pieces(_THOUSANDS.sub(lambda found: found[0].replace(",", ""), text))
    if pieces.unread.startswith("-"):
        return Rejected(T("每项资金请写一个确定的数，不能是负数或范围，例如「市级 480、自治区 200」。"))
    if pieces.unread:
        return Rejected(
            T(
                "没认出「{words}」是哪一项资金，请按「国家、自治区、市级、社会、其他」分别写金额。",
                words=excerpt(pieces.unread),
            )
        )
    named = [part for part in pieces.parts if part.kind in _NAMES]
    amounts = [part for part in pieces.parts if part.kind == "amount"]
    if not named:
        pairs = _by_column(amounts, typed)
    elif pieces.is_all and (not amounts or len(named) > 1):
        return _all_from(named, total, typed)
    else:
        pairs = _paired(pieces.parts)
    if isinstance(pairs, Rejected):
        return pairs
    funds = _sums(pairs, total)
    if isinstance(funds, Rejected):
        return funds
    if pieces.is_estimate:
        return Unclear(
            T("申报表上要确定的数。就按下面的数记吗？"), (Reading(funds, _listed(funds)),), "approximate"
        )
    return Parsed(funds, _listed(funds))


def _pieces(text: str) -> _Pieces:
    """Cut the text into sources and amounts; the first words that are neither end up in ``unread``."""
    pieces = _Pieces([])
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            pieces.unread = re.split(r"[\s、,;。\d]", text[at:], maxsplit=1)[0] or text[at]
            return pieces
        kind = found.lastgroup or ""
        if kind == "all":
            pieces.is_all = True
        elif kind == "hedge":
            pieces.is_estimate = True
        elif kind == "filler" or (pieces.parts and kind != "amount" and kind == pieces.parts[-1].kind):
            pass  # 市本级、市财政 500 and 县级自筹 50 say one source twice
        else:
            pieces.parts.append(_Part(kind, found[0].strip()))
        at = found.end()
    return pieces


def _by_column(amounts: list[_Part], typed: str) -> list[tuple[str, _Part]] | Rejected:
    if len(amounts) != len(COLUMNS):
        return _ask_again(typed)
    return list(zip(COLUMNS, amounts, strict=True))


def _paired(parts: list[_Part]) -> list[tuple[str, _Part]] | Rejected:
    """Give every source its amount: the one after it, or, when the first comes before a source, the one before."""
    amount_first = parts[0].kind == "amount"
    pairs: list[tuple[str, _Part]] = []
    at = 0
    while at < len(parts):
        pair = parts[at : at + 2]
        amount, source = (pair[0], pair[-1]) if amount_first else (pair[-1], pair[0])
        if source.kind == "amount":
            return Rejected(
                T(
                    "「{amount}」没有写是哪一项资金，请像「市级 500、自治区 180」这样一项一项写。",
                    amount=excerpt(source.words),
                )
            )
        if amount.kind != "amount":
            return Rejected(
                T(
                    "「{source}」没有写金额，请像「市级 500、自治区 180」这样一项一项写。",
                    source=_name(source.kind),
                )
            )
        if any(source.kind == kind for kind, _ in pairs):
            return Rejected(T("{source}写了两次，请把它合成一个数再发。", source=_name(source.kind)))
        pairs.append((source.kind, amount))
        at += 2
    return pairs


def _sums(pairs: list[tuple[str, _Part]], total: int | None) -> dict[str, int] | Rejected:
    funds = dict.fromkeys(COLUMNS, 0)
    for key, part in pairs:
        read = _read(part.words)
        if read is None:
            return Rejected(
                T(
                    "没看懂{source}的金额「{amount}」，请写成 500 或 500 万元这样的数。",
                    source=_name(key),
                    amount=excerpt(part.words),
                )
            )
        try:
            fen = fen_of(read)
        except AmountError as error:
            return Rejected(error.text)
        if not read.has_unit and read.number >= _UNIT_UNSURE_FROM and total is not None and fen > total:
            return Rejected(
                T(
                    "{source}「{amount}」按万元算超过了总投资，请写明是元还是万元。",
                    source=_name(key),
                    amount=excerpt(part.words),
                )
            )
        funds[key] = fen
    return funds


def _read(words: str) -> Figure | None:
    if words in {"没有", "无"}:
        return figure("0")
    return figure(compact(words).removesuffix("整"))


def _all_from(named: list[_Part], total: int | None, typed: str) -> Parsed[dict[str, int]] | Rejected:
    if len({part.kind for part in named}) != 1:
        return _ask_again(typed)
    if total is None:
        return Rejected(
            T(
                "还不知道总投资，没法算出{source}是多少，请写出金额，例如「市级 500」。",
                source=_name(named[0].kind),
            )
        )
    funds = dict.fromkeys(COLUMNS, 0) | {named[0].kind: total}
    return Parsed(funds, _listed(funds))


def _listed(funds: dict[str, int]) -> Text:
    return joined(
        [T("{source} {wan} 万元", source=_name(key), wan=format_wan(fen)) for key, fen in funds.items()]
    )


def _name(key: str) -> Text:
    names = {
        "fund_national": T("国家资金"),
        "fund_regional": T("自治区资金"),
        "fund_city": T("市级资金"),
        "fund_social": T("社会资金"),
        OTHER: T("其他资金（县区、园区、自筹）"),
    }
    return names[key]


def _ask_again(typed: str) -> Rejected:
    return Rejected(
        T(
            "没看懂「{typed}」里各项资金是多少，请按「国家、自治区、市级、社会」的顺序写四个数（万元），"
            "例如 0,200,480,0，或写「市级 480、自治区 200」。",
            typed=excerpt(typed),
        )
    )
