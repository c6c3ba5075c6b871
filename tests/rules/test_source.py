"""YAML as users write it: exact numbers, line numbers, and nothing that can end the process."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.source import SourceError, load_yaml


def test_numbers_are_exact_and_dates_stay_text() -> None:
    data = load_yaml("a: 59.99\nb: 60\nc: 2027-03-01\nd: '007'\ne: 007\nf: yes\ng: no\nh:\n").data
    assert data == {
        "a": Decimal("59.99"), "b": 60, "c": "2027-03-01", "d": "007", "e": "007", "f": True, "g": False, "h": None,
    }  # fmt: skip


def test_every_entry_knows_its_line() -> None:
    lines = load_yaml("facts:\n  a: 1\n  b:\n    - x\n    - y\n").lines
    assert lines[("facts", "a")] == 2
    assert lines[("facts", "b", 1)] == 5


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "a: &x [1]\nb: *x",
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000 + "x",
        "? [1]\n: 2",
        "a: [1, 2",
        "a: " + "9" * 5_000,
        "a: 1\n---\nb: 2",
        "a\x00b",
        "%YAML 9",
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str) -> None:
    with pytest.raises(SourceError) as refused:
        load_yaml(text)
    assert refused.value.text.render()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        load_yaml(text)
    except SourceError:
        return
