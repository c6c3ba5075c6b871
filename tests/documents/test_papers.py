from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

import docx
import msgspec
import pytest
from document_samples import AWKWARD, pdf_text, squeezed, texts_of
from paper_samples import PAPERS, REPORT, REVIEW, STATEMENT, TABLE
from pypdf import PdfReader

from documents.characters import GETA
from documents.docx import render_docx
from documents.page import BLANK_DATE
from documents.papers import (
    Chapter,
    FormRow,
    FormTable,
    Line,
    Report,
    ReportSection,
    SecurityReview,
    Statement,
)
from documents.pdf import render_pdf

if TYPE_CHECKING:
    from documents.page import Content

every_paper = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
UNANSWERED = ["审查结果：（符合/不符合）", "审查单位：", "20   年   月   日"]


def opened(paper: Content) -> docx.document.Document:
    return docx.Document(io.BytesIO(render_docx(paper)))


def paragraphs(paper: Content) -> list[str]:
    return [paragraph.text for paragraph in opened(paper).paragraphs]


def rows(paper: Content) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in opened(paper).tables[0].rows]


def page_count(paper: Content) -> int:
    return len(PdfReader(io.BytesIO(render_pdf(paper).data)).pages)


@every_paper
def test_every_text_is_in_the_docx(paper):
    document = opened(paper)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    assert [words for words in texts_of(paper) if words not in text] == []


@every_paper
def test_every_text_is_in_the_pdf(paper):
    document = render_pdf(paper)
    text = pdf_text(document.data)
    assert [words for words in texts_of(paper) if squeezed(words) not in text] == []
    assert document.missing_characters == ()


@every_paper
def test_same_content_same_bytes(paper):
    assert render_docx(paper) == render_docx(paper)
    assert render_pdf(paper) == render_pdf(paper)


@every_paper
def test_only_a_draft_bears_the_mark(paper):
    marked = msgspec.structs.replace(paper, draft=True)
    assert opened(paper).sections[0].header.paragraphs[0].text == ""
    assert opened(marked).sections[0].header.paragraphs[0].text == "草稿"
    assert "草稿" not in pdf_text(render_pdf(paper).data)
    assert "草稿" in pdf_text(render_pdf(marked).data)


@every_paper
def test_a_title_over_two_lines_is_one_name(paper):
    name = "".join(paper.title.split("\n"))
    assert opened(paper).core_properties.title == name
    assert PdfReader(io.BytesIO(render_pdf(paper).data)).metadata.title == name


@every_paper
def test_an_ordinary_paper_takes_one_page(paper):
    assert page_count(paper) == 1


def test_the_review_is_laid_out_as_annex_2():
    assert [[row[0], row[1], row[-1]] for row in rows(REVIEW)] == [
        ["项目建设单位", REVIEW.unit_name, REVIEW.project_lead],
        ["项目建设单位", REVIEW.unit_name, REVIEW.phone],
        ["项目名称", REVIEW.project_name, REVIEW.project_category],
        ["项目建设内容", *[REVIEW.construction_content] * 2],
        ["网络安全保护\n基本情况", *[REVIEW.security_summary] * 2],
        ["网络安全审查", *["\n".join(UNANSWERED)] * 2],
        ["密码保护应用\n基本情况", *[REVIEW.crypto_summary] * 2],
        ["密码保护审查", *["\n".join(UNANSWERED)] * 2],
    ]


def test_a_blank_review_bears_the_words_of_the_annex_and_nothing_else():
    printed = pdf_text(render_pdf(SecurityReview(title="审查表")).data)
    assert Counter(printed) == Counter(
        squeezed(
            "审查表项目申报单位：年月日项目建设单位项目负责人联系电话项目名称项目类别项目建设内容"
            "网络安全保护基本情况网络安全审查密码保护应用基本情况密码保护审查" + "".join(UNANSWERED * 2)
        )
    )


def test_a_row_without_an_answer_is_a_blank_cell():
    assert rows(TABLE) == [["项目名称", "智慧水务运维"], ["中标单位", ""], ["结算金额", "待结算"]]
    assert paragraphs(TABLE)[1] == f"{TABLE.head.text}\t{BLANK_DATE}"


def test_a_report_keeps_its_order_and_the_lines_of_an_answer_are_paragraphs():
    assert paragraphs(REPORT) == [
        "需求分析报告",
        "一、项目基本信息",
        "（一）项目名称",
        "智慧水务综合管理平台",
        "（二）概况",
        "第一段。",
        "第二段。",
        "【待补充：责任人】",
        "五、投资估算",
        "总投资 680.5 万元。",
    ]


def test_a_statement_ends_with_the_lines_to_sign_and_a_blank_date():
    assert [line for line in paragraphs(STATEMENT) if line][-3:] == [
        *(line.text for line in STATEMENT.signature),
        BLANK_DATE,
    ]


def test_text_that_looks_like_markup_survives_exactly():
    names = [name for name, value in msgspec.structs.asdict(REVIEW).items() if isinstance(value, str)]
    for words in AWKWARD:
        table = rows(SecurityReview(**dict.fromkeys(names, words)))
        assert {table[number][1] for number in (0, 2, 3, 4, 6)} == {words}
    table = FormTable(title="表", rows=tuple(FormRow(words, words) for words in AWKWARD), notes=AWKWARD)
    assert rows(table) == [[words, words] for words in AWKWARD]
    lines = [line for words in AWKWARD for line in words.split("\n")]
    report = Report(title="报告", chapters=(Chapter("章", (ReportSection("节", AWKWARD),)),))
    assert paragraphs(report)[3:] == lines
    statement = Statement(title="说明", paragraphs=tuple(Line(words) for words in AWKWARD))
    assert paragraphs(statement)[1 : 1 + len(lines)] == lines
    for paper in (table, report, statement):
        printed = pdf_text(render_pdf(paper).data)
        assert [words for words in AWKWARD if squeezed(words) not in printed] == []


def test_long_answers_go_over_to_further_pages_complete():
    words = "".join(chr(0x4E00 + number) for number in range(5_000))
    report = Report(title="报告", chapters=(Chapter("章", (ReportSection("节", (words,)),)),))
    # the number of each page stands between the pieces
    assert Counter(words) - Counter(pdf_text(render_pdf(report).data)) == Counter()
    for paper in (FormTable(rows=(FormRow("项", words),)), SecurityReview(construction_content=words)):
        assert words in pdf_text(render_pdf(paper).data)


def test_a_character_that_the_font_lacks_is_marked_and_reported():
    document = render_pdf(Statement(title="说明", paragraphs=(Line("王𠮷"),)))
    assert document.missing_characters == ("𠮷",)
    assert f"王{GETA}" in pdf_text(document.data)
