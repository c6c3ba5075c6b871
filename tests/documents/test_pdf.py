from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections import Counter

import msgspec
import pytest
from document_samples import AWKWARD, CHECKLIST, DECLARATION, awkward_text, pdf_text, squeezed, texts_of
from hypothesis import HealthCheck, given, settings
from pypdf import PdfReader

from documents.characters import GETA, clean, fit_to_font
from documents.content import Checklist, ChecklistItem, ChecklistLabels, ChecklistStage, Declaration
from documents.pdf import render_pdf


def pages(content) -> int:
    return len(PdfReader(io.BytesIO(render_pdf(content).data)).pages)


def right_edge(data: bytes) -> float:
    """Return how far right, in points, the start of any piece of text lies."""
    edge = 0.0

    def look(text, _matrix, position, _font, _size):
        nonlocal edge
        if text.strip():
            edge = max(edge, position[4])

    for page in PdfReader(io.BytesIO(data)).pages:
        page.extract_text(visitor_text=look)
    return edge


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_every_text_is_on_the_page(content):
    document = render_pdf(content)
    text = pdf_text(document.data)
    shown = texts_of(content)
    if content is CHECKLIST:
        shown.remove(content.labels.draft_mark)
    assert [words for words in shown if squeezed(words) not in text] == []
    assert document.missing_characters == ()


def test_a_blank_form_bears_the_official_words_and_nothing_else():
    text = pdf_text(render_pdf(Declaration(title="申报表")).data)
    # a cell that spans rows is drawn after its row, so the order is not that of reading
    assert sorted(text) == sorted(
        "申报表项目申报单位：年月日项目建设单位项目负责人联系电话参与建设单位项目名称项目类别项目建设地址"
        "项目建设依据项目计划时间起始时间：完成时间：项目准备情况项目预计总投资（万元）本年度预计投入（万元）"
        "计划资金来源国家资金自治区资金市级资金社会资金申报材料备注"
    )


def test_an_empty_and_an_ordinary_form_take_one_page():
    assert pages(Declaration(title=DECLARATION.title)) == 1
    assert pages(DECLARATION) == 1


@pytest.mark.parametrize("words", AWKWARD)
def test_text_that_looks_like_markup_survives_exactly(words):
    text = pdf_text(render_pdf(Declaration(remarks=words, fund_city=words)).data)
    assert text.endswith("备注" + squeezed(words))
    assert text.count(squeezed(words)) == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(awkward_text)
def test_any_text_prints_or_is_reported(words):
    document = render_pdf(Declaration(title=words, remarks=words))
    printed, missing = fit_to_font(clean(words))
    assert set(document.missing_characters) == missing
    assert pdf_text(document.data).endswith("备注" + squeezed(printed))


def test_a_character_that_the_font_lacks_is_marked_and_reported():
    document = render_pdf(Declaration(project_lead="王𠮷", remarks="🙂好🙂"))
    assert document.missing_characters == ("🙂", "𠮷")
    text = pdf_text(document.data)
    assert f"王{GETA}" in text
    assert f"{GETA}好{GETA}" in text


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_only_a_draft_bears_the_mark(content):
    assert "草稿" not in pdf_text(render_pdf(content).data)
    assert "草稿" in pdf_text(render_pdf(msgspec.structs.replace(content, draft=True)).data)


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_our_font_alone_is_in_the_file(content):
    reader = PdfReader(io.BytesIO(render_pdf(content).data))
    names, embedded = set(), set()
    for page in reader.pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            names.add(str(font["/BaseFont"]).partition("+")[2].partition("-Identity")[0])
            embedded.add("/FontFile2" in descriptor)
    assert names == {"ShenbaoSerif-Regular"}
    assert embedded == {True}


def test_it_declares_itself_pdf_a_2b_and_bears_its_title():
    reader = PdfReader(io.BytesIO(render_pdf(DECLARATION).data))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert reader.metadata.title == DECLARATION.title
    assert reader.metadata.author is None


@pytest.mark.parametrize("content", [DECLARATION, CHECKLIST], ids=["declaration", "checklist"])
def test_same_content_same_bytes_on_every_thread(content):
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(render_pdf(content))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [render_pdf(content)] * 2


def test_nothing_of_one_page_is_left_in_the_next():
    render_pdf(DECLARATION)
    assert DECLARATION.project_name not in pdf_text(render_pdf(Declaration()).data)


def test_ten_thousand_characters_go_over_to_further_pages_complete():
    words = "".join(chr(0x4E00 + number % 5000) for number in range(10_000))
    data = render_pdf(Declaration(project_basis=words, remarks="完")).data
    assert words in pdf_text(data)
    assert len(PdfReader(io.BytesIO(data)).pages) > 5


def test_a_very_long_row_of_a_list_goes_over_to_further_pages_complete():
    words = "说明" * 2000
    content = Checklist(stages=(ChecklistStage(items=(ChecklistItem(because=words),)),))
    data = render_pdf(content).data
    # the head of the table, repeated on every page, and the number of the page stand between the pieces
    assert pdf_text(data).count("说明") > 2000
    assert len(PdfReader(io.BytesIO(data)).pages) > 3


@pytest.mark.parametrize(
    "word",
    ["W" * 400, "https://example.org/" + "a1-_" * 60, "9" * 200, "，" * 200, "（" * 200, "\u00a0甲" * 200],
)
def test_a_word_longer_than_its_cell_is_broken_not_cut(word):
    names = (
        "title",
        "applicant_unit",
        "form_date",
        "unit_name",
        "phone",
        "planned_start",
        "fund_social",
        "remarks",
    )
    data = render_pdf(Declaration(**dict.fromkeys(names, word))).data
    # counted, because what breaks over a page is interleaved with the cell beside it
    printed, typed = Counter(pdf_text(data)), Counter(squeezed(word))
    assert [each for each, times in typed.items() if printed[each] < times * len(names)] == []
    margin = 26 / 25.4 * 72
    assert right_edge(data) < 595 - margin


def test_the_fixed_words_can_be_in_another_language():
    words = {name: f"label {name}" for name in ChecklistLabels.__struct_fields__}
    labelled = msgspec.structs.replace(CHECKLIST, draft=True, labels=ChecklistLabels(**words))
    text = pdf_text(render_pdf(labelled).data)
    assert [label for label in words.values() if squeezed(label) not in text] == []
    assert not any(label in text for label in ("序号", "截止日期", "草稿"))


def test_an_empty_section_leaves_nothing_behind():
    assert pdf_text(render_pdf(Checklist(title="清单")).data) == "清单项目名称：申报单位：日期：—1—"


def test_importing_the_renderers_loads_neither_library():
    code = "import sys, documents.docx, documents.pdf; sys.exit('docxtpl' in sys.modules or 'typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
