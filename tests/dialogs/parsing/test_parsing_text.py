"""Free text is kept as typed, without what cannot be seen and what cannot be printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.result import Parsed, Rejected
from dialogs.parsing.text import clean_text, excerpt, normalise


def kept(typed: str, max_length: int = 100) -> str:
    result = clean_text(typed, max_length=max_length)
    assert isinstance(result, Parsed), result
    return result.value


def refusal(typed: str, max_length: int = 100) -> str:
    result = clean_text(typed, max_length=max_length)
    assert isinstance(result, Rejected), result
    return result.message.render()


def test_invisible_and_direction_characters_go_and_line_ends_become_one_kind():
    assert kept("\ufeff a\u200bb\u202ec\x07\x1c\r\nd\re\u2028f \t") == "abc\nd\ne\nf"


@pytest.mark.parametrize(
    "text", ["政务信息化〔2026〕1号【平台】", "25℃、100㎡、★※→①", "𠮷𠀀\U00031350", "Wi-Fi & <b>"]
)
def test_ordinary_and_rare_characters_stay(text: str):
    assert kept(text) == text


@pytest.mark.parametrize(
    ("typed", "named"),
    [("好的😀👍", "😀 👍"), ("1️⃣", "1️⃣"), ("我❤️你", "❤"), ("\ue000字", "U+E000"), ("\ud800", "U+D800")],
)
def test_what_a_form_cannot_print_is_named(typed: str, named: str):
    assert named in refusal(typed)


def test_only_the_first_few_of_many_unprintable_characters_are_named():
    assert len(refusal("".join(chr(0x1F600 + index) for index in range(50)))) < 60


def test_accents_that_were_kept_apart_by_an_invisible_character_are_joined():
    assert kept("e\u200b\u0301") == "é"


@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b\u202e"])
def test_nothing_to_keep_is_refused(typed: str):
    assert "空白" in refusal(typed)


def test_too_long_names_both_counts():
    assert kept(" 123 ", 3) == "123"
    assert "3 个字" in refusal("1234", 3)
    assert "4 个" in refusal("1234", 3)


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str):
    result = clean_text(typed, max_length=10_000)
    if isinstance(result, Parsed):
        assert kept(result.value, 10_000) == result.value


def test_normalising_makes_full_width_half_width_and_collapses_spaces():
    assert normalise("　６８０　 万\u200b元\n") == "680 万元"


@given(st.text())
def test_an_excerpt_is_one_short_encodable_line(typed: str):
    words = excerpt(typed)
    assert len(words) <= 41
    assert "\n" not in words
    words.encode()
