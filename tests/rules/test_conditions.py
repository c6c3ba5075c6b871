"""Three-valued logic, and what the compiler says of a bad condition."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.conditions import BOOL, INT, STRINGS, ConditionError, Conditions

NAMES = {"a": BOOL, "b": BOOL, "n": INT, "words": STRINGS}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a && b", {"a": False}, False),
        ("a && b", {"b": False}, False),
        ("a && b", {"a": True}, None),
        ("a || b", {"b": True}, True),
        ("a || b", {"b": False}, None),
        ("!a", {}, None),
        ("a && n > 5", {"a": False}, False),
        ("n >= wan(60)", {"n": 60_000_000}, True),
        ("n >= wan(60)", {"n": 59_999_999}, False),
        ("'x' in words", {"words": ["x"]}, True),
        ("words.size() > 0", {}, None),
        ("", {}, True),
    ],
)
def test_unknown_is_absorbed_only_where_it_cannot_matter(
    text: str, values: dict[str, Any], expected: bool | None
) -> None:
    conditions = Conditions(NAMES)
    if text:
        conditions.compile(text)
    assert conditions.bind(values).test(text) is expected


@pytest.mark.parametrize("text", ["a &&", "c", "n == 'x'", "n", "a && unknown_name", "wan('60') > 1"])
def test_a_bad_condition_does_not_compile(text: str) -> None:
    with pytest.raises(ConditionError) as refused:
        Conditions(NAMES).compile(text)
    assert refused.value.reason


def test_names_in_a_condition_leave_out_strings_and_fields() -> None:
    conditions = Conditions(NAMES)
    assert conditions.names_in("a && words.exists(w, w == 'b') && n > 1") == ("a", "words", "n")


def test_the_first_that_holds_stops_at_an_unknown() -> None:
    conditions = Conditions(NAMES)
    for text in ("a", "b"):
        conditions.compile(text)
    assert conditions.bind({"a": False, "b": True}).first(["a", "b"]) == 1
    assert conditions.bind({"b": True}).first(["a", "b"]) is None


TEXTS = (
    "a",
    "a && b",
    "a || n > 5",
    "words.size() > 0 || !a",
    "'x' in words && n >= wan(60)",
    r"'it\'s a' == 'b' || b",
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.booleans(),
        "b": st.booleans(),
        "n": st.sampled_from([0, 1, 6, 60_000_000]),
        "words": st.sampled_from([(), ("x",), ("x", "y"), ["x"], [{"x": "y"}]]),
    },
)


def compiled() -> Conditions:
    conditions = Conditions(NAMES)
    for text in TEXTS:
        conditions.compile(text)
    return conditions


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(VALUES, st.sets(st.sampled_from(TEXTS))), max_size=6))
def test_what_was_found_before_is_taken_over_only_while_it_holds(
    steps: list[tuple[dict[str, Any], set[str]]],
) -> None:
    conditions, evaluation = compiled(), None
    for values, wanted in steps:
        evaluation = conditions.bind(values, evaluation)
        for text in wanted:
            assert evaluation.test(text) is compiled().bind(values).test(text)


def test_a_name_in_a_quoted_word_does_not_hide_what_a_condition_reads() -> None:
    conditions = compiled()
    before = conditions.bind({"b": True})
    assert before.test(TEXTS[-1]) is True
    assert conditions.bind({"b": False}, before).test(TEXTS[-1]) is False
