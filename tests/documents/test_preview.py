from __future__ import annotations

import io
import threading

import pytest
from document_samples import AWKWARD, CHECKLIST, DECLARATION, awkward_text, squeezed
from hypothesis import HealthCheck, given, settings
from lxml import etree
from paper_samples import PAPERS, REVIEW
from pypdf import PdfReader

from documents.characters import clean, fit_to_font
from documents.content import Checklist, ChecklistItem, ChecklistStage, Declaration
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
from documents.preview import Area, Preview, render_preview
from rules.forms import FIXED_CELLS

A4 = (595.28, 841.89)
ANNEXES = {
    "declaration": DECLARATION,
    "review": REVIEW,
    "blank declaration": Declaration(title=DECLARATION.title),
    "blank review": SecurityReview(title=REVIEW.title),
}
EVERY_KIND = {"declaration": DECLARATION, "checklist": CHECKLIST, **PAPERS}
LENGTHY = "".join(chr(0x4E00 + number) for number in range(1_500))
LONG = {
    "declaration": Declaration(
        title="表", unit_name=LENGTHY[:400], readiness=LENGTHY, planned_end="日" * 300
    ),
    "checklist": Checklist(stages=(ChecklistStage(items=(ChecklistItem(because=LENGTHY),)),)),
    "review": SecurityReview(title="表", phone=LENGTHY[:300], security_summary=LENGTHY),
    "table": FormTable(
        title="表",
        rows=(FormRow("一", LENGTHY[:380], "a"), FormRow("二", LENGTHY, "b"), FormRow("三", id="c")),
    ),
    "report": Report(
        title="报告",
        chapters=(
            Chapter(
                "章", (ReportSection("节", (LENGTHY,), "a"), ReportSection("节（二）", ("（短）",), "b"))
            ),
        ),
    ),
    "statement": Statement(
        title="书", paragraphs=(Line(LENGTHY, "a"), Line("“短”", "b")), signature=(Line("单位：", "c"),)
    ),
}
HOSTILE = (
    "<script>alert(1)</script>",
    '"/><image href="https://example.org/a.png"/>',
    "</svg><foreignObject>&lt;b&gt;&xxe;]]>",
    '#let page = 1; #metadata("甲")<cell> #import "style.typ"',
    r"\u{202e} \\ C:\路径",
    *AWKWARD,
)
XLINK = "{http://www.w3.org/1999/xlink}href"

annex = pytest.mark.parametrize("content", ANNEXES.values(), ids=ANNEXES.keys())
every_kind = pytest.mark.parametrize("content", EVERY_KIND.values(), ids=EVERY_KIND.keys())


def cells(preview: Preview) -> list[str]:
    return [area.cell for area in preview.areas]


def parts(preview: Preview, cell: str) -> list[Area]:
    return [area for area in preview.areas if area.cell == cell]


def overlap(one: Area, other: Area) -> bool:
    """Say whether two areas share more than an edge, which may lie a hundredth of a point off."""
    return (
        one.page == other.page
        and min(one.x + one.width, other.x + other.width) - max(one.x, other.x) > 0.05
        and min(one.y + one.height, other.y + other.height) - max(one.y, other.y) > 0.05
    )


def is_sound(preview: Preview) -> bool:
    """Say whether every area lies on its page, can be hit, and no two of them overlap."""
    return all(
        0 <= area.page < len(preview.pages)
        and area.width > 20
        and area.height > 12
        and min(area.x, area.y) > 0
        and area.x + area.width < preview.width
        and area.y + area.height < preview.height
        and not any(overlap(area, other) for other in preview.areas[place + 1 :])
        for place, area in enumerate(preview.areas)
    )


def is_harmless(page: bytes) -> bool:
    """Say whether an SVG consists of outlines only and refers to nothing but its own."""
    root = etree.fromstring(page, etree.XMLParser(resolve_entities=False))
    elements = list(root.iter())
    names = {etree.QName(element).localname for element in elements}
    attributes = {name for element in elements for name in element.attrib}
    targets = [element.get(XLINK) for element in elements if element.get(XLINK) is not None]
    known = {element.get("id") for element in elements}
    return (
        names <= {"svg", "g", "path", "defs", "symbol", "use"}
        and not any(name.startswith("on") or name in {"href", "src", "style"} for name in attributes)
        and all(target.startswith("#") and target[1:] in known for target in targets)
        and "url(" not in page.decode()
        and not any((element.text or "").strip() or (element.tail or "").strip() for element in elements)
    )


@annex
def test_every_cell_of_an_annex_has_one_area_whether_filled_or_empty(content):
    preview = render_preview(content)
    layout = "declaration" if isinstance(content, Declaration) else "review"
    assert sorted(cells(preview)) == sorted(FIXED_CELLS[layout])
    assert is_sound(preview)


def test_areas_are_in_the_order_of_reading():
    assert cells(render_preview(DECLARATION)) == [
        *("applicant_unit", "form_date", "unit_name", "project_lead", "phone", "partner_units"),
        *("project_name", "project_category", "project_address", "project_basis"),
        *("planned_start", "planned_end", "readiness", "total_investment", "this_year_investment"),
        *("fund_national", "fund_regional", "fund_city", "fund_social", "materials", "remarks"),
    ]
    assert cells(render_preview(REVIEW))[-5:] == [
        *("project_name", "project_category", "construction_content", "security_summary", "crypto_summary"),
    ]


def test_the_cells_of_a_row_fill_it_without_a_gap():
    areas = {area.cell: area for area in render_preview(Declaration(title="表")).areas}
    start, end = areas["planned_start"], areas["planned_end"]
    assert (start.y, start.height) == (end.y, end.height)
    assert start.x + start.width == pytest.approx(end.x, abs=0.02)
    assert start.width + end.width == pytest.approx(areas["remarks"].width, abs=0.02)
    funds = [areas[f"fund_{source}"] for source in ("national", "regional", "city", "social")]
    assert sum(fund.width for fund in funds) == pytest.approx(areas["remarks"].width, abs=0.05)
    # a cell beside two rows is as high as both
    rows = areas["project_lead"].height + areas["phone"].height
    assert areas["unit_name"].height == pytest.approx(rows, abs=0.02)


def test_an_empty_cell_is_as_large_as_one_with_a_word():
    blank = render_preview(Declaration(title=DECLARATION.title))
    word = dict.fromkeys(sorted(FIXED_CELLS["declaration"] - {"materials"}), "词")
    filled = render_preview(Declaration(title=DECLARATION.title, materials=("词",), **word))
    assert blank.areas == filled.areas


def test_text_over_two_pages_has_an_area_on_both():
    preview = render_preview(Declaration(project_basis="依据" * 700, remarks="完"))
    first, second = parts(preview, "project_basis")
    assert (first.page, second.page) == (0, 1)
    assert (first.x, first.width) == (second.x, second.width)
    below = parts(preview, "planned_start")[0]
    assert below.page == 1
    assert below.y == pytest.approx(second.y + second.height, abs=0.02)
    assert set(cells(preview)) == FIXED_CELLS["declaration"]
    assert is_sound(preview)


@pytest.mark.parametrize("name", ["unit_name", "planned_start", "phone", "fund_city", "applicant_unit"])
def test_any_cell_may_go_over_to_further_pages(name):
    preview = render_preview(Declaration(**{name: "长" * 2500}))
    pages = [area.page for area in parts(preview, name)]
    assert len(pages) > 1
    assert pages == list(range(pages[0], pages[-1] + 1))
    assert set(cells(preview)) == FIXED_CELLS["declaration"]
    assert is_sound(preview)


def test_rows_of_a_form_have_areas_under_their_ids():
    rows = (
        FormRow("项目名称", "智慧水务", "project_name"),
        FormRow("中标单位", id="winner"),
        FormRow("无号"),
    )
    preview = render_preview(FormTable(title="备案信息", head=Line("单位：某局", "unit_name"), rows=rows))
    assert cells(preview) == ["unit_name", "project_name", "winner"]
    assert parts(preview, "winner")[0].height == parts(preview, "project_name")[0].height
    assert is_sound(preview)


def test_a_section_of_a_report_is_one_area_from_its_title_to_its_last_line():
    sections = (
        ReportSection("（一）名称", ("智慧水务",), "project_name"),
        ReportSection("（二）概况", ("第一段。\n第二段。", "第三段。"), "overview"),
        ReportSection("", ("没有号的段落。",)),
    )
    preview = render_preview(Report(title="报告", chapters=(Chapter("一、信息", sections),)))
    name, overview = preview.areas
    assert (name.cell, overview.cell) == ("project_name", "overview")
    # lines stand 28 points apart
    assert overview.height - name.height == pytest.approx(2 * 28, abs=0.02)
    assert overview.y - name.y == pytest.approx(2 * 28, abs=0.02)
    assert is_sound(preview)


def test_a_long_section_has_an_area_on_every_page_and_the_next_begins_below_it():
    sections = (ReportSection("（一）", ("长" * 1500,), "long"), ReportSection("（二）", ("短",), "short"))
    preview = render_preview(Report(title="报告", chapters=(Chapter("章", sections),)))
    assert [area.page for area in parts(preview, "long")] == list(range(len(preview.pages)))
    assert is_sound(preview)


def test_paragraphs_and_signatures_of_a_statement_have_areas():
    statement = Statement(
        title="承诺书",
        paragraphs=(
            Line("我单位承诺：", "project"),
            Line("一、真实。", "truth"),
            Line("二、负责。", "truth"),
            Line("", "close"),
        ),
        signature=(Line("单位（盖章）：某局", "unit_name"), Line("负责人（签字）：", "signer")),
    )
    preview = render_preview(statement)
    assert cells(preview) == ["project", "truth", "close", "unit_name", "signer"]
    assert is_sound(preview)


def test_rows_of_the_checklist_say_where_they_stand_in_the_content():
    preview = render_preview(CHECKLIST)
    assert cells(preview) == [
        *("stages.0.items.0", "stages.0.items.1", "stages.1.items.0", "findings.0", "deadlines.0"),
    ]
    assert is_sound(preview)


def test_a_row_of_the_checklist_over_many_pages_has_an_area_on_each():
    item = ChecklistItem(because="说明" * 2000)
    preview = render_preview(Checklist(stages=(ChecklistStage(items=(item,)),)))
    assert [area.page for area in preview.areas] == list(range(len(preview.pages)))
    assert is_sound(preview)


@every_kind
def test_the_preview_has_the_pages_of_the_pdf_and_their_size(content):
    preview = render_preview(content)
    assert len(preview.pages) == len(PdfReader(io.BytesIO(render_pdf(content).data)).pages)
    assert (preview.width, preview.height) == pytest.approx(A4, abs=0.01)
    for page in preview.pages:
        root = etree.fromstring(page)
        assert [float(side) for side in root.get("viewBox").split()] == pytest.approx([0, 0, *A4], abs=0.01)


@pytest.mark.parametrize("content", LONG.values(), ids=LONG.keys())
def test_every_page_of_the_preview_shows_what_that_page_of_the_pdf_shows(content):
    pdf = PdfReader(io.BytesIO(render_pdf(content).data))
    printed = [len(squeezed(page.extract_text())) for page in pdf.pages]
    assert len(printed) > 1
    assert [page.count(b"<use ") for page in render_preview(content).pages] == printed


@every_kind
def test_same_content_same_preview_on_every_thread(content):
    seen: list[Preview] = []
    threads = [threading.Thread(target=lambda: seen.append(render_preview(content))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [render_preview(content)] * 2


def test_a_pdf_made_after_a_preview_bears_no_trace_of_it():
    before = render_pdf(DECLARATION)
    render_preview(DECLARATION)
    assert render_pdf(DECLARATION) == before


def test_the_areas_are_those_of_this_content_and_not_of_the_one_before():
    render_preview(Declaration(title="表", readiness="长" * 2000))
    short = render_preview(Declaration(title="表"))
    assert len(short.pages) == 1
    assert {area.page for area in short.areas} == {0}


@every_kind
def test_a_page_is_outlines_and_nothing_else(content):
    assert all(is_harmless(page) for page in render_preview(content).pages)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_drawn_and_never_read(words):
    fields = dict.fromkeys(sorted(FIXED_CELLS["declaration"] - {"materials"}), words)
    preview = render_preview(Declaration(title=words, materials=(words,), **fields))
    assert all(is_harmless(page) for page in preview.pages)
    assert set(cells(preview)) == FIXED_CELLS["declaration"]
    assert is_sound(preview)


def test_a_character_that_the_font_lacks_is_reported():
    assert render_preview(Declaration(project_lead="王𠮷", remarks="🙂好🙂")).missing_characters == (
        "🙂",
        "𠮷",
    )
    # 〓 itself stands in its place
    assert render_preview(Declaration(remarks="🙂")).pages == render_preview(Declaration(remarks="〓")).pages


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(awkward_text)
def test_any_text_has_its_areas(words):
    preview = render_preview(Declaration(title="表", unit_name=words, planned_end=words, fund_social=words))
    assert set(preview.missing_characters) == fit_to_font(clean(words))[1]
    assert sorted(cells(preview)) == sorted(FIXED_CELLS["declaration"])
    assert is_sound(preview)
