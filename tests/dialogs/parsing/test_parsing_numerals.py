"""Numerals are exact, and those with two readings have none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.numerals import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("680", 680),
        ("0.1", "0.1"),
        ("六百八十", 680),
        ("十二", 12),
        ("一百一十", 110),
        ("一千零五", 1005),
        ("一百五", 150),
        ("1万5", 15_000),
        ("二〇二七", 2027),
        ("六百八十点五", "680.5"),
        ("两千万", 20_000_000),
        ("1千5百万", 15_000_000),
        ("1亿2000万", 120_000_000),
        ("一亿零五万", 100_050_000),
        ("半亿", 50_000_000),
        ("2万亿", 2_000_000_000_000),
        ("陆佰捌拾萬", 6_800_000),
    ],
)
def test_numerals_are_read_exactly(text: str, value: int | str):
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["一亿二千", "二三百", "百万", "万", "半", "十十", "点五", "1.2.3", "1e5", "-1", "", "٣", "一百零"],
)
def test_what_is_no_numeral_or_two_is_not_read(text: str):
    assert number(text) is None


def test_a_spoken_last_digit_is_read_only_when_allowed():
    assert number("一千五", loose=False) is None


@given(st.integers(0, 9999))
def test_every_number_below_ten_thousand_survives_being_spelled(value: int):
    assert number(spelled(value)) == value


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_sections_of_ten_thousand_add_up(high: int, low: int):
    assert number(f"{spelled(high)}亿{spelled(low)}万") == high * 10**8 + low * 10**4


def spelled(value: int) -> str:
    digits = [int(digit) for digit in f"{value:04}"]
    words = ""
    for digit, unit in zip(digits, ("千", "百", "十", ""), strict=True):
        words += f"{'零一二三四五六七八九'[digit]}{unit}" if digit else "零"
    while "零零" in words:
        words = words.replace("零零", "零")
    return words.strip("零") or "零"
