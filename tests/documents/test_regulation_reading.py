"""Official texts are read from Word and from plain text in every usual encoding, with the numbers Word counts."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from file_samples import changed, doc, part, pdf, png, xlsx
from filled_forms import rewritten, saved, strict

from documents.guard import RefusedFileError
from documents.regulation_reading import read_regulation
from documents.word_reading import MOST_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document

TEXT = "示例办法\n\n第一条  为了试验，制定本办法。\n第二条　分两种：\n（一）甲；\n（二）乙。\n"
W = nsdecls("w")
CHAPTER, ARTICLE, ITEM, SUB_ITEM = range(4)
LEVELS = (
    ("chineseCountingThousand", "第%1章", ""),
    ("chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>'),
    ("chineseCounting", "（%3）", ""),
    ("decimal", "%4.", ""),
)


class Numbered:
    """A Word document whose numbers are counted by Word."""

    def __init__(self, levels: tuple[tuple[str, str, str], ...] = LEVELS) -> None:
        self.document = docx.Document()
        self.lists = self.document.part.numbering_part.element
        inner = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
            for n, (kind, text, more) in enumerate(levels)
        )
        self.lists.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{inner}</w:abstractNum>'))
        self.list("90")

    def list(self, name: str, override: str = "") -> None:
        """Add a list of the same looks."""
        self.lists.append(
            parse_xml(f'<w:num {W} w:numId="{name}"><w:abstractNumId w:val="90"/>{override}</w:num>')
        )

    def add(self, words: str, level: int | None = None, name: str = "90") -> None:
        paragraph = self.document.add_paragraph(words)
        if level is not None:
            place = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(place))

    @property
    def lines(self) -> list[str]:
        return lines(self.document)


def lines(document: Document) -> list[str]:
    return read_regulation(saved(document)).splitlines()


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedFileError) as refused:
        read_regulation(data)
    return refused.value.text.render()


# Plain text.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_plain_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert read_regulation(mark + TEXT.encode(encoding)).removeprefix("\ufeff") == TEXT


def test_line_ends_of_every_system_end_lines() -> None:
    for end in ("\n", "\r\n", "\r", "\f", "\u2028"):
        assert read_regulation(TEXT.replace("\n", end).encode()).splitlines() == TEXT.splitlines()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\xd8",
        TEXT.encode("utf-16-le"),
        b"\xef\xbb\xbf\xff\xff",
        b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"),
        bytes(range(256)),
        b"abc\x00def",
        "第一条\x1b[31m".encode(),
        pdf(),
        png(),
    ],
    ids=[
        "half a character", "half a pair", "UTF-16 unmarked", "bad UTF-8", "UTF-32", "bytes", "NUL", "escape", "pdf", "png"
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_one_sentence(data: bytes) -> None:
    assert "另存为" in refusal(data)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u3000".encode()])
def test_a_file_without_words_is_refused(data: bytes) -> None:
    assert "没有文字" in refusal(data)


def test_a_text_that_is_too_long_is_refused() -> None:
    assert read_regulation(b"a" * MOST_TEXT)
    assert "太多" in refusal(b"a" * (MOST_TEXT + 1))


# Word.


def test_a_word_document_gives_the_lines_of_the_text() -> None:
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    assert lines(document) == TEXT.splitlines()


def test_a_line_break_in_a_paragraph_begins_a_line() -> None:
    document = docx.Document()
    document.add_paragraph("第一条  甲。\n第二条  乙。")
    assert lines(document) == ["第一条  甲。", "第二条  乙。"]


def test_cells_of_a_table_are_lines_and_merged_ones_stand_once() -> None:
    document = docx.Document()
    document.add_paragraph("附件1")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "单位"
    table.cell(0, 1).text = "甲\n乙"
    table.cell(1, 1).text = "丙"
    document.add_paragraph("备注")
    assert [line for line in lines(document) if line] == ["附件1", "单位", "甲", "乙", "丙", "备注"]


def test_deleted_words_are_left_out_and_inserted_ones_stay() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("第一条  ")
    for wrapper, tag, words in (("del", "delText", "旧"), ("ins", "t", "新")):
        paragraph._p.append(
            parse_xml(
                f'<w:{wrapper} {W} w:id="1" w:author="x"><w:r><w:{tag}>{words}</w:{tag}></w:r></w:{wrapper}>'
            )
        )
    assert lines(document) == ["第一条  新"]


# Numbers that Word counts.


def test_numbers_that_word_counts_are_written_out() -> None:
    word = Numbered()
    word.add("示例办法")
    word.add("总则", CHAPTER)
    word.add("甲。", ARTICLE)
    word.add("分两种：", ARTICLE)
    for words, level in (
        ("子：", ITEM),
        ("寅；", SUB_ITEM),
        ("卯；", SUB_ITEM),
        ("丑：", ITEM),
        ("辰。", SUB_ITEM),
    ):
        word.add(words, level)
    word.add("附则", CHAPTER)
    word.add("丙。", ARTICLE)
    assert word.lines == [
        "示例办法", "第一章 总则", "第一条 甲。", "第二条 分两种：", "（一） 子：", "1. 寅；", "2. 卯；", "（二） 丑：",
        "1. 辰。", "第二章 附则", "第三条 丙。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "third"),
    [
        ("decimal", "第%1条", "第3条"),
        ("decimalFullWidth", "%1、", "3、"),
        ("decimalEnclosedCircle", "%1", "③"),
        ("decimalEnclosedCircleChinese", "%1", "③"),
        ("decimalEnclosedParen", "%1", "(3)"),
        ("decimalEnclosedFullstop", "%1", "3."),
        ("chineseCounting", "（%1）", "（三）"),
        ("ideographDigital", "%1、", "三、"),
        ("japaneseCounting", "第%1条", "第三条"),
        ("taiwaneseCountingThousand", "第%1条", "第三条"),
    ],
)
def test_every_kind_of_numeral(kind: str, text: str, third: str) -> None:
    word = Numbered(((kind, text, ""),))
    for words in "甲乙丙":
        word.add(words, 0)
    assert word.lines[2] == f"{third} 丙"


@pytest.mark.parametrize(
    ("kind", "text"),
    [("bullet", "●"), ("lowerRoman", "%1."), ("none", "%1"), ("decimal", "%3"), ("decimal", "")],
)
def test_other_lists_give_no_number_and_keep_their_place(kind: str, text: str) -> None:
    word = Numbered(((kind, text, ""),))
    word.add("甲", 0)
    word.add("乙")
    assert word.lines == ["甲", "乙"]


def test_a_high_number_and_one_too_high() -> None:
    word = Numbered((("chineseCountingThousand", "第%1条", ""),))
    word.list("91", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="123"/></w:lvlOverride>')
    word.list("92", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9999"/></w:lvlOverride>')
    for name in ("91", "91", "92", "92"):
        word.add("甲", 0, name)
    assert word.lines == ["第一百二十三条 甲", "第一百二十四条 甲", "第九千九百九十九条 甲", "甲"]


def test_a_list_that_begins_anew_and_one_that_goes_on() -> None:
    word = Numbered((("decimal", "%1、", ""),))
    word.list("91")
    word.list("92", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    for name in ("90", "91", "92", "92"):
        word.add("甲", 0, name)
    assert word.lines == ["1、 甲", "2、 甲", "1、 甲", "2、 甲"]


def test_a_style_numbers_its_paragraphs_and_those_based_on_it() -> None:
    word = Numbered()
    for name, base in (("Heading 3", ""), ("Heading 4", "Heading3")):
        style = word.document.styles[name].element
        if base:
            style.find(f"{{{style.nsmap['w']}}}basedOn").set(f"{{{style.nsmap['w']}}}val", base)
        else:
            place = parse_xml(f'<w:numPr {W}><w:ilvl w:val="{ARTICLE}"/><w:numId w:val="90"/></w:numPr>')
            style.get_or_add_pPr().append(place)
    word.document.add_paragraph("甲。", style="Heading 3")
    word.document.add_paragraph("乙。", style="Heading 4")
    word.add("丙。", ARTICLE)
    word.add("丁。", name="0", level=0)
    assert word.lines == ["第一条 甲。", "第二条 乙。", "第三条 丙。", "丁。"]


def test_a_deleted_paragraph_is_not_counted() -> None:
    word = Numbered()
    word.add("甲。", ARTICLE)
    word.add("", ARTICLE)
    word.document.paragraphs[-1]._p.pPr.append(
        parse_xml(f'<w:rPr {W}><w:del w:id="1" w:author="x"/></w:rPr>')
    )
    word.add("乙。", ARTICLE)
    assert [line for line in word.lines if line] == ["第一条 甲。", "第二条 乙。"]


def test_strict_documents_are_numbered_too() -> None:
    word = Numbered()
    word.add("甲。", ARTICLE)
    data = strict(saved(word.document))
    assert read_regulation(data).splitlines() == ["第一条 甲。"]


HOSTILE: dict[str, Callable[[str], str]] = {
    "no lists": lambda _: f"<w:numbering {W}/>",
    "list without looks": lambda xml: xml.replace('<w:abstractNumId w:val="90"/>', ""),
    "numbers that are none": lambda xml: re.sub(r'w:(start|ilvl)([^>]*)val="\d+"', r'w:\1\2val="🙂"', xml),
    "levels that are none": lambda xml: xml.replace('w:ilvl="1"', 'w:ilvl="99999999999999999999"'),
    "a number without end": lambda xml: xml.replace('w:start w:val="1"', f'w:start w:val="{"9" * 5000}"'),
    "looks without end": lambda xml: xml.replace("第%2条", "%1%2%3" * 20_000),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_odd_lists_do_not_keep_the_words_from_being_read(change: Callable[[str], str]) -> None:
    word = Numbered()
    word.add("甲。", ARTICLE)
    read = read_regulation(rewritten(saved(word.document), change, "word/numbering.xml"))
    assert read.endswith("甲。")
    assert len(read) < 1_000


def test_styles_based_on_each_other_come_to_an_end() -> None:
    word = Numbered()
    word.document.add_paragraph("甲。", style="Heading 3")
    data = rewritten(
        saved(word.document),
        lambda xml: re.sub(r'<w:basedOn w:val="[^"]*"/>', '<w:basedOn w:val="Heading3"/>', xml),
        "word/styles.xml",
    )
    assert read_regulation(data) == "甲。"


def test_a_document_without_styles_or_lists_is_read() -> None:
    word = Numbered()
    word.add("甲。", ARTICLE)
    data = changed(saved(word.document), {"word/styles.xml": None, "word/numbering.xml": None})
    assert read_regulation(data) == "甲。"


# Files that are none, or made to do harm.


def with_dtd(name: str) -> bytes:
    data = saved(Numbered().document)
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return changed(data, {name: bomb + re.sub(rb"^<\?xml.*?\?>", b"", part(data, name))})


@pytest.mark.parametrize(
    "data",
    [
        doc(),
        xlsx(),
        b"PK\x03\x04" + bytes(100),
        saved(docx.Document())[:2_000],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        changed(saved(docx.Document()), {"word/vbaProject.bin": b"x"}),
        changed(saved(docx.Document()), {"word/document.xml": b"<a>"}),
        changed(saved(docx.Document()), {"word/document.xml": b"<a/>"}),
        changed(saved(docx.Document()), {"word/numbering.xml": b"<a>"}),
        with_dtd("word/document.xml"),
        with_dtd("word/numbering.xml"),
        with_dtd("word/styles.xml"),
    ],
    ids=[
        "doc", "xlsx", "no zip", "cut off", "old or locked", "macros", "broken", "another document", "broken lists",
        "DTD", "DTD in the lists", "DTD in the styles",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused_in_one_sentence(data: bytes) -> None:
    sentence = refusal(data)
    assert sentence.endswith(("。", "！"))
    assert "\n" not in sentence


def test_a_document_with_more_words_than_a_text_has_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        words = "".join(f"<w:p><w:r><w:t>{n:06}{'甲' * 94}</w:t></w:r></w:p>" for n in range(MOST_TEXT // 90))
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{words}</w:body></w:document>")
    assert "太多" in refusal(out.getvalue())
