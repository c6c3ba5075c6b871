from __future__ import annotations

import pytest
from document_samples import pdf_text
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from documents.characters import FONTS, clean, fit_to_font, font_characters
from documents.content import Declaration
from documents.pdf import render_pdf


def gb2312() -> str:
    rows = range(0xA1, 0xF8)
    pairs = (bytes((lead, trail)) for lead in rows for trail in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)


@pytest.fixture(scope="module")
def font():
    with TTFont(FONTS / "ShenbaoSerif-Regular.ttf", lazy=True) as opened:
        yield opened


def test_the_font_has_every_character_of_gb2312():
    assert set(gb2312()) - font_characters() == set()


def test_the_font_has_the_marks_of_official_documents():
    assert set("〔〕〓〇①⑳㈠℃㎡№…—·“”‘’《》「」￥½ÉßⅢ䶮") - font_characters() == set()


def test_the_written_ranges_are_those_of_the_font(font):
    assert font_characters() == {chr(code) for code in font.getBestCmap()}


def test_the_changed_font_has_given_up_its_old_name_and_keeps_its_licence(font):
    names = {record.nameID: str(record) for record in font["name"].names}
    assert {names[1], names[4], names[6]} == {"Shenbao Serif", "ShenbaoSerif-Regular"}
    assert "Open Font License" in names[13]
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert names[0] in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.mark.slow
def test_every_character_of_gb2312_can_be_read_back_from_a_pdf():
    characters = "".join(gb2312().split())
    document = render_pdf(Declaration(remarks=characters))
    assert document.missing_characters == ()
    assert set(characters) - set(pdf_text(document.data)) == set()


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_end_becomes_one(ending):
    assert clean(f"甲{ending}乙") == "甲\n乙"


def test_what_no_format_can_keep_is_left_out():
    assert clean("甲\x00\x07\x1b\x7f\ud800\uffff乙\t丙") == "甲乙\t丙"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_fitted_text_holds_nothing_that_the_font_lacks(text):
    fitted, missing = fit_to_font(clean(text))
    assert set(fitted) <= font_characters() | {"\n", "\t"}
    assert missing.isdisjoint(font_characters())


def test_accents_typed_apart_are_put_together():
    assert fit_to_font("Cafe\u0301") == ("Café", set())


def test_invisible_marks_are_neither_printed_nor_reported():
    assert fit_to_font("甲\u200b\ufeff\u200d乙\ufe0f\u2003丙") == ("甲乙 丙", set())
