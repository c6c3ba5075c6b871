from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import msgspec
import pytest
from document_samples import pdf_text, squeezed, texts_of

from bot.bundle import ANSWERS_FILE, CONTENTS_FILE, Upload, make_bundle, produce
from bot.forms import form_contents
from bot.package import render_package
from bot.packs import installed_pack
from bot.reading import parse_yaml
from dialogs.draft import Draft
from dialogs.machine import REVIEW
from dialogs.reading import read_fact
from dialogs.view import View, mark_drafted
from documents.content import Declaration
from documents.papers import Report, SecurityReview
from documents.pdf import render_pdf
from rules.case import parse_case
from rules.forms import FIXED_CELLS

RULES = installed_pack()[0]
TODAY = date(2026, 11, 23)
EXAMPLES = Path(__file__).parents[2] / "examples"
LITTLE = """
facts: {classified: no, unit_level: city, unit_kind: government, nature: new, category: engineering,
        total_investment: 600}
"""


def view_of(text: str) -> View:
    case = parse_case(
        RULES,
        parse_yaml(text).data,
        today=TODAY,
        read_fact=lambda fact, value: read_fact(fact, value, as_of=TODAY),
    )
    draft = Draft(
        state=REVIEW,
        facts=case.facts,
        documents=case.documents,
        events=case.events,
        materials_checked=True,
    )
    mark_drafted(View(RULES, draft, TODAY))
    return View(RULES, draft, TODAY)


def example(name: str) -> View:
    return view_of((EXAMPLES / f"{name}.yaml").read_text("utf-8"))


def names(view: View) -> list[str]:
    return [name for name, _ in render_package(view).files]


def both(*stems: str) -> list[str]:
    return [f"{stem}{ending}" for stem in stems for ending in (".docx", ".pdf")]


def test_a_construction_gets_every_paper_in_the_order_of_handing_in():
    assert names(example("engineering-5600")) == both(
        "01_申报表",
        "02_申报材料清单",
        "03_附件2_网络安全和密码保护审查表",
        "04_附件3_需求分析报告",
        "05_后续运维资金来源说明",
        "06_真实性承诺书",
        "07_备案信息",
    )


def test_the_numbers_leave_no_gap_where_a_paper_does_not_apply():
    assert names(example("operation-320")) == both(
        "01_申报表", "02_申报材料清单", "03_真实性承诺书", "04_备案信息"
    )


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*.yaml"))])
def test_a_complete_project_leaves_no_gap_and_no_draft_mark(name):
    contents = form_contents(example(name))
    words = [text for _, content in contents for text in texts_of(content)]
    assert [text for text in words if "待补充" in text or "{" in text] == []
    assert not any(content.draft for _, content in contents)


def test_what_is_printed_is_what_was_answered():
    view = example("engineering-5600")
    printed = {form.id: pdf_text(render_pdf(content).data) for form, content in form_contents(view)}
    in_review = ("construction_content", "security_summary", "crypto_summary", "project_name", "phone")
    report = ("unit_profile", "background", "current_state", "significance", "business_analysis", "goals")
    for form, facts in {"security_review": in_review, "requirements_report": report}.items():
        assert [fact for fact in facts if squeezed(str(view.facts[fact])) not in printed[form]] == []
    assert str(view.facts["operation_funding_source"]) in printed["operation_funding"]


def test_a_little_known_project_gets_drafts_with_its_gaps_marked():
    contents = {form.id: content for form, content in form_contents(view_of(LITTLE))}
    assert all(content.draft for content in contents.values())
    report = contents["requirements_report"]
    assert isinstance(report, Report)
    assert all(section.paragraphs for chapter in report.chapters for section in chapter.sections)
    assert contents["security_review"] == SecurityReview(
        title=RULES.forms["security_review"].title,
        draft=True,
        form_date="2026年11月23日",
        project_category="工程类（新建）",
    )


def test_the_declaration_lists_what_goes_with_it_and_nothing_that_comes_later():
    declaration = form_contents(view_of(LITTLE))[0][1]
    assert isinstance(declaration, Declaration)
    assert declaration.materials == (
        "后续运维资金来源说明",
        "网络安全和密码保护审查表（附件2）",
        "项目需求分析报告（附件3）",
        "申报材料真实性承诺书",
    )


def test_a_document_that_was_handed_in_is_not_called_drafted():
    view = view_of(f"{LITTLE}\ndocuments: {{requirements_report: provided}}")
    statuses = {need.document.id: need.status for need in view.verdict.wanted}
    assert statuses["requirements_report"] == "provided"
    assert statuses["security_review_form"] == "drafted"


def test_same_answers_same_bytes_written_or_not(tmp_path):
    view = example("city-platform-1500")
    rendered = render_package(view)
    assert rendered == render_package(example("city-platform-1500"))
    produced = produce(view, tmp_path / "out")
    written = [(path.name, path.read_bytes()) for path in produced.paths]
    assert written[1 : 1 + len(rendered.files)] == rendered.files
    assert produced.missing_characters == rendered.missing_characters == ()


def test_characters_that_no_font_has_are_reported_once():
    view = view_of(LITTLE.replace("total", "project_name: 𠮷祥, project_lead: 王𠮷, total"))
    assert render_package(view).missing_characters == ("𠮷",)


@pytest.mark.parametrize(("layout", "paper"), [("declaration", Declaration), ("review", SecurityReview)])
def test_the_cells_that_rules_demand_are_those_that_the_page_prints(layout, paper):
    assert FIXED_CELLS[layout] == set(msgspec.structs.asdict(paper())) - {"title", "draft"}


# --- the zip ------------------------------------------------------------------------------------------------


def test_the_zip_is_the_same_for_the_same_answers_and_its_names_are_utf_8():
    bundle = make_bundle(example("city-platform-1500"))
    assert bundle.data == make_bundle(example("city-platform-1500")).data
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        members = archive.infolist()
    assert [member.filename for member in members] == [name for name, _ in bundle.files]
    assert all(member.flag_bits & 0x800 for member in members if not member.filename.isascii())
    assert bundle.name.endswith("_申报材料.zip")


def test_the_answers_in_the_zip_make_the_same_zip():
    view = example("engineering-5600")
    bundle = make_bundle(view)
    again = view_of(dict(bundle.files)[ANSWERS_FILE].decode())
    assert make_bundle(again).data == bundle.data


def test_a_zip_that_lacks_something_says_so_in_its_name_and_contents():
    bundle = make_bundle(view_of(LITTLE))
    assert bundle.name.endswith("_草稿.zip")
    contents = dict(bundle.files)[CONTENTS_FILE].decode("utf-8-sig")
    assert "还缺的材料：初步设计" in contents
    assert "还没答的题：" in contents


def test_uploads_are_numbered_behind_the_papers():
    uploads = [Upload("初步设计", ".pdf", b"%PDF-1.7")]
    names = [name for name, _ in make_bundle(example("operation-320"), uploads).files]
    papers = [name for name in names if name[:2].isdigit()]
    assert papers[-1].endswith("_初步设计.pdf")
    assert papers == sorted(papers)


def test_papers_that_no_longer_apply_are_removed(tmp_path):
    produce(example("engineering-5600"), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    produced = produce(example("operation-320"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in produced.paths} | {
        "notes.txt"
    }
