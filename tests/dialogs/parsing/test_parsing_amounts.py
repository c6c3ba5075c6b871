"""Amounts are exact 分; doubtful units, ranges and estimates are asked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.result import Parsed, Rejected, Unclear
from rules.amounts import FEN_PER_WAN, format_wan

WAN = FEN_PER_WAN


@pytest.mark.parametrize(
    ("typed", "wan"),
    [
        ("680", 680),
        ("680万", 680),
        ("680 万元", 680),
        ("６８０万", 680),
        ("680w", 680),
        ("680 wan", 680),
        ("￥680万", 680),
        ("680万元。", 680),
        ("总投资680万", 680),
        ("六百八十万元", 680),
        ("人民币陆佰捌拾万元整", 680),
        ("6,800,000元", 680),
        ("６，８００，０００元", 680),
        ("6800000 元", 680),
        ("6800000 yuan", 680),
        ("1.2亿", 12_000),
        ("1亿2000万", 12_000),
        ("两千万", 2000),
        ("1千5百万", 1500),
        ("0.6个亿", 6000),
        ("半个亿", 5000),
        ("9999", 9999),
        ("0", 0),
        ("0万元", 0),
        ("480-480万", 480),
    ],
)
def test_every_usual_spelling_is_read(typed: str, wan: int):
    result = parse_amount(typed)
    assert isinstance(result, Parsed), result
    assert result.value == wan * WAN


def test_decimals_are_exact():
    result = parse_amount("680.50万元")
    assert isinstance(result, Parsed)
    assert result.value == 680_500_000


@pytest.mark.parametrize("typed", ["680", "6800000元", "1.2亿", "六百八十万"])
def test_an_amount_not_typed_in_wan_is_echoed_in_wan(typed: str):
    result = parse_amount(typed)
    assert isinstance(result, Parsed)
    assert result.echo is not None
    assert f"{format_wan(result.value)} 万元" in result.echo.render()


def test_an_amount_typed_in_wan_needs_no_echo():
    assert parse_amount("680 万元") == Parsed(680 * WAN)


@pytest.mark.parametrize(
    ("typed", "kind", "wan"),
    [
        ("10000", "unit", [10_000, 1]),
        ("99999", "unit", [99_999, 9.9999]),
        ("100000", "unit", [10, 100_000]),
        ("6,800,000", "unit", [680, 6_800_000]),
        ("12345.6789", "unit", [12345.6789]),
        ("200000000", "unit", [20_000]),
        ("约680万", "approximate", [680]),
        ("680万左右", "approximate", [680]),
        ("680多万", "approximate", [680]),
        ("大概六百八", "approximate", [680]),
        ("不超过1.2亿", "approximate", [12_000]),
        ("约6800000", "approximate", [680, 6_800_000]),
        ("480到520万", "range", [480, 520]),
        ("480-520万元", "range", [480, 520]),
        ("480万~520万", "range", [480, 520]),
        ("五百至六百万", "range", [500, 600]),
        ("600到500万", "range", [500, 600]),
        ("三到五百万", "range", [300, 500]),
        ("9000万—1.2亿", "range", [9000, 12_000]),
        ("480万到520", "range", [480, 520]),
        ("4800000-5200000元", "range", [480, 520]),
        ("480-520", "range", [480, 520]),
    ],
)
def test_what_is_not_definite_is_asked_with_the_likeliest_reading_first(
    typed: str, kind: str, wan: list[float]
):
    result = parse_amount(typed)
    assert isinstance(result, Unclear), result
    assert result.kind == kind
    assert [reading.value for reading in result.readings] == [round(each * WAN) for each in wan]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("-680", "负数"),
        ("负5万", "负数"),
        ("0.001", "不到 100 元"),
        ("1000000000000", "大得不像"),
        ("10^12", "没看懂"),
        ("1e400", "没看懂"),
        ("很多", "没看懂"),
        ("十几万", "没看懂"),
        ("一亿二千", "没看懂"),
        ("1 200万", "没看懂"),
        ("6,80万", "没看懂"),
        ("1到2到3万", "没看懂"),
        ("0.0000001万", "100 元"),
        ("5000-20000", "单位"),
        ("\u200b", "空白"),
    ],
)
def test_what_is_no_amount_is_refused_with_one_sentence(typed: str, says: str):
    result = parse_amount(typed)
    assert isinstance(result, Rejected), result
    assert says in result.message.render()


@given(st.integers(1, 10**10))
def test_an_amount_survives_being_written_in_wan(hundreds: int):
    fen = hundreds * 10_000
    assert parse_amount(f"{format_wan(fen)}万元") == Parsed(fen)
