"""Money goes to the source that was named, and to no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.funds import COLUMNS, OTHER, parse_funds
from dialogs.parsing.result import Parsed, Rejected, Unclear
from rules.amounts import FEN_PER_WAN

TOTAL = 680 * FEN_PER_WAN


def funds(typed: str, total: int | None = TOTAL) -> dict[str, float]:
    """Return the sources that are not zero, in 万元."""
    result = parse_funds(typed, total=total)
    assert isinstance(result, Parsed), result
    assert set(COLUMNS) <= result.value.keys()
    assert result.echo is not None
    return {key: fen / FEN_PER_WAN for key, fen in result.value.items() if fen}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("市级500万、自治区180万", {"fund_city": 500, "fund_regional": 180}),
        ("国家0 自治区200 市级280 社会0", {"fund_regional": 200, "fund_city": 280}),
        ("0,200,280,0", {"fund_regional": 200, "fund_city": 280}),
        ("0，200，280，0", {"fund_regional": 200, "fund_city": 280}),
        ("0 200万 280 0", {"fund_regional": 200, "fund_city": 280}),
        ("500万市级、180万自治区", {"fund_city": 500, "fund_regional": 180}),
        ("全部市级", {"fund_city": 680}),
        ("全是自治区资金", {"fund_regional": 680}),
        ("中央财政300万，市财政 200 万", {"fund_national": 300, "fund_city": 200}),
        ("超长期特别国债500", {"fund_national": 500}),
        ("宁夏补助180，市里出500", {"fund_regional": 180, "fund_city": 500}),
        ("市本级出资五百万元；自治区财政一百八十万元", {"fund_city": 500, "fund_regional": 180}),
        ("企业投资200、市级480", {"fund_social": 200, "fund_city": 480}),
        ("社会资金：无；市级：500万", {"fund_city": 500}),
        ("市级6,800,000元", {"fund_city": 680}),
        ("city 500, regional 180", {"fund_city": 500, "fund_regional": 180}),
    ],
)
def test_sources_are_read_in_every_usual_spelling(typed: str, expected: dict[str, float]):
    assert funds(typed) == expected


@pytest.mark.parametrize(
    "source", ["区级", "县级", "县区财政", "区财政", "园区", "自筹", "单位自有资金", "其他"]
)
def test_money_without_a_column_is_kept_apart_and_never_called_social(source: str):
    assert funds(f"{source}100") == {OTHER: 100}


def test_other_money_appears_only_when_it_is_named():
    plain = parse_funds("市级680", total=TOTAL)
    named = parse_funds("市级680、其他0", total=TOTAL)
    assert isinstance(plain, Parsed)
    assert isinstance(named, Parsed)
    assert OTHER not in plain.value
    assert named.value[OTHER] == 0


def test_the_echo_lists_every_column():
    result = parse_funds("市级500万", total=TOTAL)
    assert isinstance(result, Parsed)
    assert result.echo is not None
    assert result.echo.render() == "国家资金 0 万元、自治区资金 0 万元、市级资金 500 万元、社会资金 0 万元"


def test_an_estimate_is_asked_about():
    result = parse_funds("市级约500万", total=TOTAL)
    assert isinstance(result, Unclear)
    assert result.kind == "approximate"
    assert result.readings[0].value["fund_city"] == 500 * FEN_PER_WAN


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("市级500，市财政200", "市级资金写了两次"),
        ("市级500，300", "「300」没有写是哪一项"),
        ("企业投资200、社会资金：无", "社会资金写了两次"),
        ("市级和自治区500", "「市级资金」没有写金额"),
        ("省级500", "省级"),
        ("市县配套100", "市县"),
        ("1,2,3", "四个数"),
        ("500", "四个数"),
        ("市级-5", "负数"),
        ("市级400-500万", "范围"),
        ("市级6800000", "元还是万元"),
        ("市级0.001", "100 元"),
        ("市级一亿二千", "没看懂"),
        ("全部市级500，自治区180", "没看懂"),
        (" ", "空白"),
    ],
)
def test_what_cannot_be_placed_is_named_and_refused(typed: str, says: str):
    result = parse_funds(typed, total=TOTAL)
    assert isinstance(result, Rejected), result
    assert says in result.message.render()


def test_everything_from_one_source_needs_the_total():
    result = parse_funds("全部市级", total=None)
    assert isinstance(result, Rejected)
    assert "总投资" in result.message.render()


@given(st.lists(st.integers(0, 9999), min_size=4, max_size=4))
def test_four_numbers_fill_the_columns_in_order(amounts: list[int]):
    result = parse_funds(",".join(map(str, amounts)), total=None)
    assert isinstance(result, Parsed)
    assert [fen // FEN_PER_WAN for fen in result.value.values()] == amounts
