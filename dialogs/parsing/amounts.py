"""Typed amounts of money as 分: 680万, 六百八十万元, 6,800,000元, 1.2亿."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from dialogs.parsing.numerals import number
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.amounts import AmountError, fen_from_wan, format_wan
from rules.text import T, Text

UNIT_UNSURE_FROM = Decimal(10_000)
"""From here on a number without a unit may be 元 as well as 万元."""

_YUAN_LIKELIER_FROM = Decimal(100_000)
_NO_PROJECT_FROM = Decimal(10) ** 12
_APART = re.compile(r"\d \d")
_LATIN_WAN = re.compile(r"(?<=[\d ])w(?:an)?(?=$|[^a-z])", re.ASCII)
_LATIN_YUAN = re.compile(r"(?<=[\d 万亿])(?:yuan|rmb|cny)\b")
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_YUAN = re.compile("(?:元|圆|块钱?)$")
_UNIT = re.compile("([十百千]*)([万亿]+(?:元|圆|块钱?)?|元|圆|块钱?)$")
_RANGE = re.compile("(?:到|至|~|-|—|–|〜)+")
_FRAME = re.compile(
    "^(?:总投资|投资|预算|概算|总额|金额|共计|合计|总计|总共|一共|共|人民币|rmb|cny|¥|为|是|:)+"
    "|(?:人民币|整|正|[。!.,、;])+$"
)
_HEDGE = re.compile(
    "^(?:大约|大概|大致|约|差不多|将近|接近|近|不到|不足|不超过|最多|至多|至少|最少|不少于|不低于|超过|超"
    "|估计|预计|可能|应该|about|around|approx|~|≈)+"
    "|(?:左右|上下|以内|之内|以下|以上|内|出头|不到|多|余|吧)+$"
    "|(?<=[0-9十百千万亿])[多余来](?=[百千万亿元])"
)


class Figure(msgspec.Struct, frozen=True):
    """A number with or without a unit: ``number`` counts 元 when ``has_unit``, else nobody knows what."""

    number: Decimal
    has_unit: bool


def parse_amount(typed: str) -> Parsed[int] | Unclear[int] | Rejected:
    """Return the amount as 分.

    A number below 10000 without a unit is 万元; a larger one is asked about, as are ranges and estimates.
    """
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER or _APART.search(text):
        return _not_an_amount(typed)
    text, hedged = without_hedges(compact(_THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)))
    if text.startswith(("-", "−", "负")):
        return Rejected(T("金额不能是负数（收到「{typed}」），请填 0 或正数。", typed=excerpt(typed)))
    try:
        parts = _RANGE.split(text)
        if len(parts) == 1:
            return _single(text, typed, hedged=hedged)
        if len(parts) == 2:  # noqa: PLR2004 - from and to
            return _range(parts[0], parts[1], typed)
    except AmountError as error:
        return Rejected(error.text)
    return _not_an_amount(typed)


def compact(text: str) -> str:
    """Return normalised text in the spelling that `figure` reads: no spaces, 680w as 680万, 0.6个亿 as 0.6亿."""
    text = _LATIN_WAN.sub("万", text)
    text = _LATIN_YUAN.sub("元", text).replace(" ", "")
    return re.sub("个(?=多?[万亿])", "", text)


def without_hedges(text: str) -> tuple[str, bool]:
    """Return the text without 约, 左右, 总投资, ¥ and the like, and whether it was an estimate."""
    hedged = False
    while True:
        bare = _FRAME.sub("", text)
        shorter = _HEDGE.sub("", bare)
        hedged = hedged or shorter != bare
        if shorter == text:
            return text, hedged
        text = shorter


def figure(text: str) -> Figure | None:
    """Return the number in compact text and whether 元, 万 or 亿 says what it counts; None when unreadable."""
    body = _YUAN.sub("", text)
    has_yuan = body != text
    value = number(body, loose=not has_yuan)  # 一千五 is 1500, but 一千五元 is nobody's spelling
    if value is None:
        return None
    return Figure(value, has_unit=has_yuan or "万" in body or "亿" in body)


def fen_of(read: Figure) -> int:
    """Return the amount in 分; a number without a unit counts 万元.

    Raises:
        AmountError: too large, too small or too fine.
    """
    return fen_from_wan(read.number.scaleb(-4) if read.has_unit else read.number)


def _single(text: str, typed: str, *, hedged: bool) -> Parsed[int] | Unclear[int] | Rejected:
    read = figure(text)
    if read is None:
        return _not_an_amount(typed)
    if not read.has_unit and read.number >= UNIT_UNSURE_FROM:
        readings = _either_unit(read.number)
    else:
        fen = fen_of(read)
        if not hedged:
            wan = format_wan(fen)
            as_typed = text in {f"{wan}万", f"{wan}万元"}
            return Parsed(fen, None if as_typed else T("按 {wan} 万元记。", wan=wan))
        readings = (Reading(fen, _in_wan(fen)),)
    if hedged:
        return Unclear(
            T("「{typed}」是大概数，申报表上要一个确定的数。就按下面的数记吗？", typed=excerpt(typed)),
            readings,
            "approximate",
        )
    return Unclear(T("「{typed}」的单位是元还是万元？", typed=excerpt(typed)), readings, "unit")


def _either_unit(bare: Decimal) -> tuple[Reading[int], ...]:
    """Return the number as 元 and as 万元, likeliest first, without what could not be a project's sum.

    Raises:
        AmountError: it is too large or too fine for either.
    """
    as_wan = Figure(bare, has_unit=False)
    as_yuan = Figure(bare, has_unit=True)
    likely, other = (as_wan, as_yuan) if bare < _YUAN_LIKELIER_FROM else (as_yuan, as_wan)
    readings: list[Reading[int]] = []
    refusal: AmountError | None = None
    for read in (likely, other):
        try:
            fen = fen_of(read)
        except AmountError as error:
            refusal = refusal or error
            continue
        label = _in_wan(fen)
        if read.has_unit:
            label = T("{yuan} 元，即 {wan} 万元", yuan=f"{bare:f}", wan=format_wan(fen))
        readings.append(Reading(fen, label))
    if refusal is not None and (not readings or bare >= _NO_PROJECT_FROM):
        raise refusal
    return tuple(readings)


def _range(left: str, right: str, typed: str) -> Parsed[int] | Unclear[int] | Rejected:
    left, right = left + _shared_unit(left, right), right + _shared_unit(right, left)
    ends = [figure(left), figure(right)]
    low, high = ends
    if low is None or high is None:
        return _not_an_amount(typed)
    if any(not end.has_unit and end.number >= UNIT_UNSURE_FROM for end in (low, high)):
        return Rejected(
            T(
                "「{typed}」没有写单位，而且是一个范围；请写一个确定的数和单位，例如 680 万元。",
                typed=excerpt(typed),
            )
        )
    sums = sorted({fen_of(low), fen_of(high)})
    if len(sums) == 1:
        return Parsed(sums[0], T("按 {wan} 万元记。", wan=format_wan(sums[0])))
    return Unclear(
        T(
            "「{typed}」是一个范围，申报表上要一个确定的数。按哪个记？也可以直接写出金额。",
            typed=excerpt(typed),
        ),
        tuple(Reading(fen, _in_wan(fen)) for fen in sums),
        "range",
    )


def _shared_unit(part: str, other: str) -> str:
    """Return the unit that ``part`` borrows from the other end: 480到520万 is 480万 to 520万, 3到5百万 is 3百万."""
    unit = _UNIT.search(other)
    if unit is None or _UNIT.search(part):
        return ""
    one_digit = len(part) == 1 and part not in "十百千"
    return (unit[1] if one_digit else "") + unit[2]


def _in_wan(fen: int) -> Text:
    return T("{wan} 万元", wan=format_wan(fen))


def _not_an_amount(typed: str) -> Rejected:
    return Rejected(
        T(
            "没看懂「{typed}」是多少钱，请写一个数和单位，例如 680 万元、1.2 亿或 6800000 元。",
            typed=excerpt(typed),
        )
    )
