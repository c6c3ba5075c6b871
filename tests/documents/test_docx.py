from __future__ import annotations

import io
import zipfile

import docx
import msgspec
import pytest
from document_samples import AWKWARD, CHECKLIST, DECLARATION, awkward_text, texts_of
from hypothesis import HealthCheck, given, settings

from documents.characters import clean
from documents.content import ChecklistItem, ChecklistLabels, ChecklistStage, Declaration
from documents.docx import render_docx
from documents.page import BLANK_DATE


def opened(content) -> docx.document.Document:
    return docx.Document(io.BytesIO(render_docx(content)))


def all_text(document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def header(document) -> str:
    return document.sections[0].header.paragraphs[0].text


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_every_text_is_on_the_page(content):
    text = all_text(opened(content))
    shown = texts_of(content)
    if content is CHECKLIST:
        shown.remove(content.labels.draft_mark)
    assert [words for words in shown if words not in text] == []


def test_each_answer_stands_in_its_own_cell():
    table = opened(DECLARATION).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    unit, lead, phone = DECLARATION.unit_name, DECLARATION.project_lead, DECLARATION.phone
    assert rows[0] == ["项目建设单位", unit, unit, "项目负责人", lead]
    assert rows[1] == ["项目建设单位", unit, unit, "联系电话", phone]
    assert rows[2] == ["参与建设单位", *[DECLARATION.partner_units] * 4]
    assert rows[3] == ["项目名称", *[DECLARATION.project_name] * 2, "项目类别", "新建"]
    assert rows[4] == ["项目建设地址", *[DECLARATION.project_address] * 4]
    assert rows[5] == ["项目建设依据", *[DECLARATION.project_basis] * 4]
    assert rows[6] == ["项目计划时间", *["起始时间：2026年3月1日\t完成时间：2027年2月28日"] * 4]
    assert rows[7] == ["项目准备情况", *[DECLARATION.readiness] * 4]
    assert rows[8] == ["项目预计\n总投资（万元）", "680.5", "680.5", "本年度预计\n投入（万元）", "400"]
    assert rows[9] == ["计划资金来源", "国家资金", "自治区资金", "市级资金", "社会资金"]
    assert rows[10] == ["计划资金来源", "11", "222", "333.5", "114"]
    assert rows[11] == ["申报材料", *["1. 初步设计\n2. 信息资源目录"] * 4]
    assert rows[12] == ["备注", *[DECLARATION.remarks] * 4]


def test_labels_are_merged_as_on_the_official_form():
    table = opened(DECLARATION).tables[0]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(1, 2)._tc
    assert table.cell(9, 0)._tc is table.cell(10, 0)._tc
    assert table.cell(12, 1)._tc is table.cell(12, 4)._tc


@pytest.mark.parametrize("words", AWKWARD)
def test_text_that_looks_like_markup_survives_exactly(words):
    names = [
        name
        for name, value in msgspec.structs.asdict(DECLARATION).items()
        if value and isinstance(value, str)
    ]
    content = Declaration(**dict.fromkeys(names, words))
    document = opened(content)
    rows = document.tables[0].rows
    assert document.paragraphs[0].text == words
    assert document.paragraphs[1].text == f"项目申报单位：{words}\t{words}"
    assert rows[6].cells[1].text == f"起始时间：{words}\t完成时间：{words}"
    answers = [rows[number].cells[1].text for number in (0, 2, 3, 4, 5, 7, 8, 10, 12)]
    assert answers == [words] * 9


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(awkward_text)
def test_any_text_survives_but_for_control_characters(words):
    content = Declaration(remarks=words, materials=(words, words))
    rows = opened(content).tables[0].rows
    assert rows[12].cells[1].text == clean(words)
    assert rows[11].cells[1].text == f"{clean(words)}\n{clean(words)}"


def test_awkward_text_survives_in_lists():
    items = tuple(ChecklistItem(number=str(n), title=words) for n, words in enumerate(AWKWARD))
    content = msgspec.structs.replace(
        CHECKLIST, notes=AWKWARD, stages=(ChecklistStage(title=AWKWARD[2], items=items),)
    )
    document = opened(content)
    assert [row.cells[1].text for row in document.tables[0].rows[1:]] == list(AWKWARD)
    notes = [paragraph.text for paragraph in document.paragraphs][-len(AWKWARD) :]
    assert notes == list(AWKWARD)


def test_a_blank_stays_blank():
    document = opened(Declaration())
    rows = document.tables[0].rows
    assert document.paragraphs[1].text == f"项目申报单位：\t{BLANK_DATE}"
    assert [cell.text for cell in rows[10].cells[1:]] == [""] * 4
    assert {rows[number].cells[1].text for number in (0, 2, 3, 4, 5, 7, 8, 11, 12)} == {""}
    assert rows[6].cells[1].text == "起始时间：\t完成时间："


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_only_a_draft_bears_the_mark(content):
    assert header(opened(content)) == ""
    assert header(opened(msgspec.structs.replace(content, draft=True))) == "草稿"


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_same_content_same_bytes_and_no_moment_or_name_in_them(content):
    data = render_docx(content)
    assert data == render_docx(content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "dcterms:created" not in core
    assert "<dc:creator></dc:creator>" in core
    assert content.title in core


def test_an_empty_section_leaves_nothing_behind():
    bare = msgspec.structs.replace(CHECKLIST, findings=(), route=(), deadlines=(), notes=(), summary=())
    document = opened(bare)
    assert len(document.tables) == len(CHECKLIST.stages)
    labels = CHECKLIST.labels
    text = all_text(document)
    assert not any(words in text for words in (labels.findings, labels.route, labels.deadlines, labels.notes))


def test_the_fixed_words_can_be_in_another_language():
    words = {name: f"label {name}" for name in ChecklistLabels.__struct_fields__}
    document = opened(msgspec.structs.replace(CHECKLIST, draft=True, labels=ChecklistLabels(**words)))
    text = all_text(document) + header(document)
    assert [label for label in words.values() if label not in text] == []
    assert not any(label in text for label in ("序号", "截止日期", "草稿"))


def test_a_long_row_may_break_and_a_short_one_may_not():
    items = (ChecklistItem(title="短"), ChecklistItem(title="长", because="说" * 2000))
    document = opened(msgspec.structs.replace(CHECKLIST, stages=(ChecklistStage(items=items),)))
    head, short, long = document.tables[0].rows
    assert [row._tr.xpath("./w:trPr/w:cantSplit/@w:val") for row in (short, long)] == [["true"], ["false"]]
    assert head._tr.xpath("./w:trPr/w:tblHeader")
