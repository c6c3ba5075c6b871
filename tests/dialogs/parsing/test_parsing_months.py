"""Lengths of time are whole months, and a small bare number is asked about."""

import pytest

from dialogs.parsing.months import parse_months
from dialogs.parsing.result import Parsed, Rejected, Unclear


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("36", 36),
        ("36个月", 36),
        ("３６月", 36),
        ("三十六个月", 36),
        ("三年", 36),
        ("3 years", 36),
        ("两年半", 30),
        ("1.5年", 18),
        ("一年零三个月", 15),
        ("一年三个月", 15),
        ("1 year and 3 months", 15),
        ("半年", 6),
        ("6", 6),
        ("50年", 600),
    ],
)
def test_lengths_are_read_as_months(typed: str, months: int):
    result = parse_months(typed)
    assert isinstance(result, Parsed), result
    assert result.value == months


@pytest.mark.parametrize("count", range(1, 6))
def test_a_small_number_may_be_years_or_months(count: int):
    result = parse_months(str(count))
    assert isinstance(result, Unclear)
    assert [reading.value for reading in result.readings] == [12 * count, count]


def test_about_three_years_is_asked():
    result = parse_months("三年左右")
    assert isinstance(result, Unclear)
    assert result.kind == "approximate"


@pytest.mark.parametrize(
    "typed", ["0", "-3", "601", "51年", "1.3年", "0.5", "很久", "", "年", "两年半三个月"]
)
def test_what_is_no_whole_number_of_months_is_refused(typed: str):
    assert isinstance(parse_months(typed), Rejected)
