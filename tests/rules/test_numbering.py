"""Numbers of articles are read in every spelling, and citations as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.numbering import chinese, numeral, read_citation


@given(st.integers(1, 9999))
def test_numbers_are_written_and_read_back(number: int) -> None:
    assert numeral(chinese(number)) == numeral(str(number)) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("一百一十", 110),
        ("一百十", 110),
        ("一〇三", 103),
        ("一百零三", 103),
        ("两", 2),
        ("１３", 13),
        ("一 十", 10),
    ],
)
def test_numbers_are_read_in_every_spelling(written: str, number: int) -> None:
    assert numeral(written) == number


@pytest.mark.parametrize(
    "written", ["", "零", "0", "十十", "百", "三十百", "12345", "1.5", "-1", "甲", "一万"]
)
def test_what_is_no_number_of_an_article(written: str) -> None:
    assert numeral(written) is None


@pytest.mark.parametrize(
    ("said", "citation"),
    [
        ("13", "13"),
        ("第十三条", "13"),
        ("第十三条第一项", "13(1)"),
        ("13（1）", "13(1)"),
        ("第 13 条 （七） 项", "13(7)"),
        ("第十三条之一", "13之1"),
        ("附件一", "附件1"),
        ("附件 2", "附件2"),
        ("民法典203", "民法典203"),
        ("", ""),
    ],
)
def test_citations_are_read_as_people_say_them(said: str, citation: str) -> None:
    assert read_citation(said) == citation
