"""A declaration filled in Word is read cell by cell, whatever hand and program it comes from."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import filled_forms as forms
import msgspec
import pytest
from document_samples import AWKWARD, DECLARATION, awkward_text
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from filled_forms import FILLED, SOURCES, TITLE, official, rewritten, saved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.characters import clean
from documents.content import Declaration
from documents.docx import render_docx
from documents.form_labels import LABELS, label_of
from documents.form_reading import ReadForm, read_declaration
from documents.guard import RefusedFileError
from documents.word_reading import LARGEST_PART, MOST_CELLS

LAYOUTS = {
    "official": official,
    "two columns with other names": forms.narrow,
    "values beneath": forms.value_beneath,
    "label and value in one cell": forms.same_cell,
    "no table": forms.paragraphs_only,
    "over two tables": forms.two_tables,
    "tables in a table": forms.nested,
    "extra and split cells": forms.extra_cells,
}
WORD_PROCESSING = {
    "runs of one letter": forms.split_runs,
    "tracked changes": forms.tracked,
    "content controls": forms.controlled,
    "strict namespaces": forms.strict,
}

FORM_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/>'
    "</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
    "<w:r><w:t>服务类</w:t></w:r>"
)


def texts(form: ReadForm) -> dict[str, str]:
    return {name: cell.text for name, cell in form.cells.items()}


def read(document: docx.document.Document) -> ReadForm:
    return read_declaration(saved(document))


def squeezed(words: str) -> str:
    return words.replace("\n", "").removesuffix("万元").removesuffix("（盖章）")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_field_is_found_in_every_layout(layout):
    form = read(layout(FILLED))
    found = texts(form)
    assert {name: squeezed(found[name]) for name in FILLED} == {
        name: squeezed(words) for name, words in FILLED.items()
    }
    assert form.missing == ()
    assert form.strays == ()


@pytest.mark.parametrize("change", WORD_PROCESSING.values(), ids=WORD_PROCESSING.keys())
def test_every_field_is_found_whatever_stands_between_its_letters(change):
    form = read_declaration(change(saved(official())))
    assert {name: texts(form)[name] for name in FILLED} == FILLED


def test_a_form_in_a_text_box_is_read_once():
    form = read_declaration(forms.in_text_box(FILLED))
    assert {name: texts(form)[name] for name in FILLED} == FILLED
    assert form.strays == ()


def test_a_cell_says_where_it_stands_and_what_its_label_says():
    cell = read(official()).cells["total_investment"]
    assert (cell.table, cell.row, cell.label) == (1, 9, "项目预计 总投资（万元）")


def test_an_empty_form_has_every_label_and_nothing_under_any():
    form = read(official(dict.fromkeys(FILLED, "") | {"applicant_unit": "    ", "form_date": "年   月   日"}))
    assert set(texts(form).values()) == {""}
    assert form.missing == ()


def test_a_label_that_is_not_there_is_missing_and_stray_words_are_kept():
    document = official()
    table = document.tables[0]._tbl
    table.remove(table.findall(qn("w:tr"))[4])
    document.add_paragraph("另附说明三页")
    form = read(document)
    assert form.missing == ("project_address",)
    assert [stray.text for stray in form.strays] == ["另附说明三页"]


def test_words_under_a_label_that_the_form_does_not_have_do_not_join_its_neighbour():
    document = forms.blank_document(FILLED)
    rows = [["项目名称", "平台", "项目编号", "2026-01"], ["联系人", "王五", "联系电话", "13800000000"]]
    forms.plain_rows(document, [*rows, *forms.narrow_rows(FILLED)[3:]])
    form = read(document)
    assert form.cells["project_name"].text == "平台"
    assert form.cells["phone"].text == "13800000000"
    assert "联系人：王五" in [stray.text for stray in form.strays]


@pytest.mark.parametrize(
    ("header", "unit", "day"),
    [
        ("项目申报单位：示例市水务局                 2026年11月23日", "示例市水务局", "2026年11月23日"),
        (
            "项目申报单位： 示例市水务局\t２０２６ 年 １１ 月 ２３ 日",
            "示例市水务局",
            "２０２６ 年 １１ 月 ２３ 日",
        ),
        ("申报单位:示例市水务局  2026-11-23", "示例市水务局", "2026-11-23"),
        ("项目申报单位：示例市水务局        年   月   日", "示例市水务局", ""),
        ("项目申报单位：                    年   月   日", "", ""),
        (
            "项 目 申 报 单 位 ：示例市水务局 填报日期：二〇二六年十一月二十三日",
            "示例市水务局",
            "二〇二六年十一月二十三日",
        ),
    ],
)
def test_the_header_line_holds_the_unit_and_the_day(header, unit, day):
    document = official(FILLED | {"applicant_unit": ""})
    document.tables[0]._tbl.addprevious(docx.Document().add_paragraph(header)._p)
    found = texts(read(document))
    assert (found["applicant_unit"], found["form_date"]) == (unit, day)


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("项目预计\n总投资（万元）", "total_investment"),
        ("*项 目 名 称：", "project_name"),
        ("（一）项目建设依据（文件名称、文号）", "project_basis"),
        ("项目单位", "unit_name"),
        ("联系人电话", "phone"),
        ("项目投资(万元)", "total_investment"),
        ("2027年预计投入[万元]", "this_year_investment"),
        ("项目负责人及联系电话", "project_lead"),
        ("自治区资金", "fund_regional"),
        ("区级资金", ""),
        ("承建单位", ""),
        ("建设单位意见", "foreign"),
        ("项目名称变更情况", ""),
        ("", ""),
    ],
)
def test_a_label_is_recognised_in_other_words_but_not_in_any(label, cell):
    assert label_of(label) == cell


def test_dates_and_money_in_words_of_their_own_are_kept_under_the_group():
    said = FILLED | dict.fromkeys(SOURCES, "")
    document = official(said)
    table = document.tables[0]
    table._tbl.remove(table.rows[6]._tr)
    for _ in range(2):
        table._tbl.remove(table.rows[8]._tr)
    forms.plain_rows(document, [["项目计划时间", "2027年3月至12月"], ["计划资金来源", "全部由市财政安排"]])
    form = read(document)
    assert form.cells["schedule"].text == "2027年3月至12月"
    assert form.cells["funds"].text == "全部由市财政安排"
    assert form.missing == ()


def test_money_listed_downwards_is_not_taken_for_heads_with_amounts_beneath():
    document = official(FILLED)
    table = document.tables[0]._tbl
    for row in table.findall(qn("w:tr"))[9:11]:
        table.remove(row)
    added = document.add_table(rows=4, cols=3)
    forms.merged(added, 0, 0, 0, "计划资金来源（元）", bottom=3)
    for row, (name, label) in enumerate(SOURCES.items()):
        forms.write(added.cell(row, 1), label)
        forms.write(added.cell(row, 2), "" if name == "fund_national" else FILLED[name])
    cells = read(document).cells
    assert {name: cells[name].text for name in SOURCES} == {
        name: "" if name == "fund_national" else FILLED[name] for name in SOURCES
    }
    assert cells["fund_city"].label == "市级资金（元）"


def test_the_other_annexes_in_the_same_file_are_left_alone():
    document = official()
    document.add_paragraph("附件 2")
    document.add_paragraph("石嘴山市政务信息化项目网络安全和密码保护审查表")
    document.add_paragraph("项目申报单位：别的单位")
    forms.plain_rows(document, [["项目建设单位", "别的单位"], ["项目名称", "别的项目"], ["备注", "别的"]])
    form = read(document)
    assert {name: texts(form)[name] for name in FILLED} == FILLED
    assert form.strays == ()


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>货物类</w:t></w:r>', "☑货物类"),
        (
            '<w:r><w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>£</w:t></w:r><w:r><w:t>工程类</w:t></w:r>',
            "□工程类",
        ),
        (
            FORM_FIELD,
            "☑服务类",
        ),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt>",
            "",
        ),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>可见</w:t></w:r>", "可见"),
        (
            "<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:noBreakHyphen/><w:t>字</w:t></w:r>",
            "链接-字",
        ),
        (
            "<w:ruby><w:rt><w:r><w:t>pīn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby>",
            "拼",
        ),
    ],
    ids=["symbol", "symbol font", "form field", "placeholder", "hidden", "link", "ruby"],
)
def test_what_stands_for_letters_in_word_is_read_as_it_looks(run, words):
    document = official(FILLED | {"project_category": ""})
    paragraph = document.tables[0].cell(3, 4).paragraphs[0]._p
    for element in parse_xml(f"<w:p {forms.W}>{run}</w:p>"):
        paragraph.append(element)
    assert read(document).cells["project_category"].text == words


def test_a_deleted_row_is_gone():
    document = official()
    row = document.tables[0].rows[12]._tr
    row.insert(0, parse_xml(f'<w:trPr {forms.W}><w:del w:id="9" w:author="a"/></w:trPr>'))
    assert read(document).missing == ("remarks",)


def picture() -> io.BytesIO:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b""))


def test_a_picture_in_a_cell_is_noted():
    document = official(FILLED | {"materials": ""})
    document.tables[0].cell(11, 1).paragraphs[0].add_run().add_picture(picture())
    cell = read(document).cells["materials"]
    assert cell.has_image
    assert cell.text == ""


# Our own form, printed and read back.

IN_CELLS = [
    name
    for name in LABELS
    if name not in ("applicant_unit", "form_date", "planned_start", "planned_end", "materials")
    and name not in SOURCES
]
label_words = st.sampled_from([name for row in LABELS.values() for name in row.split()])
cell_text = st.one_of(awkward_text, label_words, label_words.map(lambda word: f"{word}：某事"))


def as_read(typed: str) -> str:
    words = clean(typed).strip()
    return "" if re.fullmatch(r"[\s_＿]*", words) else words


def test_our_own_form_is_read_back_as_it_was_typed():
    form = read_declaration(render_docx(DECLARATION))
    printed = msgspec.structs.asdict(DECLARATION)
    del printed["title"], printed["draft"]
    printed["materials"] = "\n".join(printed["materials"])
    assert {name: texts(form)[name] for name in printed} == printed
    assert form.missing == ()
    assert form.strays == ()


def test_our_own_blank_form_is_read_back_blank():
    form = read_declaration(render_docx(Declaration(title=TITLE)))
    assert set(texts(form).values()) == {""}


@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_texts_are_read_back_in_every_cell(awkward):
    form = read_declaration(
        render_docx(msgspec.structs.replace(DECLARATION, **dict.fromkeys(IN_CELLS, awkward)))
    )
    assert {name: texts(form)[name] for name in IN_CELLS} == dict.fromkeys(IN_CELLS, as_read(awkward))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries(dict.fromkeys(IN_CELLS, cell_text)))
def test_any_text_is_read_back_even_when_it_reads_like_a_label(said):
    form = read_declaration(render_docx(msgspec.structs.replace(DECLARATION, **said)))
    assert {name: texts(form)[name] for name in said} == {
        name: as_read(words) for name, words in said.items()
    }


# Files that are no form, or are made to do harm.


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in members.items():
            archive.writestr(name.replace("__", "/"), held)
    return out.getvalue()


def with_document(xml: str) -> bytes:
    return rewritten(saved(official()), lambda _: xml)


def many_cells() -> bytes:
    row = f"<w:tr>{'<w:tc><w:p/></w:tc>' * 60}</w:tr>"
    rows = row * (MOST_CELLS // 60 + 1)
    return with_document(f"<w:document {forms.W}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>")


def huge_spans() -> bytes:
    span = "<w:tc><w:tcPr><w:gridSpan w:val='999999999'/></w:tcPr><w:p/></w:tc>"
    table = f"<w:tbl><w:tr>{span * 50}</w:tr></w:tbl>"
    return with_document(f"<w:document {forms.W}><w:body>{table}</w:body></w:document>")


def deep_tables() -> bytes:
    return with_document(
        f"<w:document {forms.W}><w:body>{'<w:tbl><w:tr><w:tc>' * 80}{'</w:tc></w:tr></w:tbl>' * 80}</w:body></w:document>"
    )


def scanned() -> bytes:
    document = docx.Document()
    document.add_picture(picture())
    return saved(document)


def broken() -> bytes:
    data = bytearray(saved(official()))
    at = data.index(b"word/document.xml") + 200
    data[at : at + 40] = bytes(40)
    return bytes(data)


def entities() -> bytes:
    dtd = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return rewritten(saved(official()), lambda xml: xml.replace("<w:document", f"{dtd}<w:document", 1))


def bomb() -> bytes:
    return with_document(f"<w:document {forms.W}>{' ' * 30_000_000}</w:document>")


def large() -> bytes:
    rows = "".join(f"<w:p><w:r><w:t>{number}</w:t></w:r></w:p>" for number in range(LARGEST_PART // 36))
    return with_document(f"<w:document {forms.W}><w:body>{rows}</w:body></w:document>")


def annex_two() -> bytes:
    document = docx.Document()
    document.add_paragraph("项目申报单位：示例市水务局  2026年11月23日")
    forms.plain_rows(
        document,
        [
            ["项目建设单位", "甲"],
            ["项目负责人", "乙"],
            ["联系电话", "1"],
            ["项目名称", "丙"],
            ["项目类别", "丁"],
        ],
    )
    return saved(document)


def letter() -> bytes:
    document = docx.Document()
    document.add_paragraph("关于申报项目的函")
    return saved(document)


HOSTILE = {
    "nothing": (lambda: b"", "不是 Word 文档"),
    "a PDF": (lambda: b"%PDF-1.7 ...", "不是 Word 文档"),
    "an old .doc or a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式"),
    "cut off": (lambda: saved(official())[:-900], "不完整"),
    "broken inside": (broken, "损坏"),
    "a spreadsheet": (lambda: zipped(xl__workbook="<workbook/>"), "不是 Word 文档"),
    "macros": (lambda: zipped(**{"word__document.xml": "<a/>", "word__vbaProject.bin": "x"}), "宏"),
    "external entities": (entities, "外部引用"),
    "a zip bomb": (bomb, "膨胀"),
    "more text than a form": (large, "文件"),
    "more cells than a form": (many_cells, "太多"),
    "cells as wide as the world": (huge_spans, "没有找到"),
    "tables in tables in tables": (deep_tables, "文件"),
    "not XML": (lambda: with_document("<w:document"), "无法读取"),
    "no body": (lambda: with_document("<x/>"), "不是 Word 文档"),
    "a letter": (letter, "没有找到申报表"),
    "annex 2": (annex_two, "没有找到申报表"),
    "a scan": (scanned, "图片"),
    "a path name": (lambda: zipped(**{"word__document.xml": "<a/>", "..__x": ""}), "路径"),
}


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(make, words):
    with pytest.raises(RefusedFileError) as refused:
        read_declaration(make())
    sentence = refused.value.text.render()
    assert words in sentence
    assert "\n" not in sentence
