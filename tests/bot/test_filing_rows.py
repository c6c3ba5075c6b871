"""A project as a line of the 备案 summary: what is known, what is missing, and nothing of a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from running import EXAMPLES

from bot.filing_summary import filing_labels, filing_row
from bot.packs import installed_pack
from bot.reading import parse_yaml
from bot.translation import translator
from dialogs.draft import Draft
from dialogs.reading import read_fact
from dialogs.view import View
from documents.filing_summary import FilingLabels, FilingRow, write_filing_summary
from rules.case import parse_case

RULES = installed_pack()[0]
TODAY = date(2026, 11, 23)
SUBMITTED = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # already the 23rd in China
CITY = {"classified": "no", "unit_level": "city", "unit_kind": "government"}
CONSTRUCT = CITY | {"nature": "new", "category": "engineering", "total_investment": "1500.5"}
OPERATION = CITY | {"nature": "operation", "category": "service", "total_investment": 320}
SERVICE = CITY | {
    "nature": "purchased_service",
    "category": "service",
    "total_investment": 320,
    "infrastructure_items": [],
}


def viewed(facts: dict[str, Any], documents: Any = None, events: Any = (), as_of: date = TODAY) -> View:
    raw = {"facts": facts, "documents": documents or {}, "events": list(events)}
    case = parse_case(RULES, raw, today=as_of)
    return View(
        RULES, Draft(state="review", facts=case.facts, documents=case.documents, events=case.events), as_of
    )


def line(facts: dict[str, Any], documents: Any = None, events: Any = ()) -> FilingRow:
    return filing_row(
        viewed(facts, documents, events), 1, unit_name="示例市政务服务局", submitted_at=SUBMITTED
    )


def example(name: str) -> View:
    [path] = [path for path in EXAMPLES if path.stem == name]
    data = parse_yaml(path.read_text("utf-8")).data
    case = parse_case(RULES, data, today=TODAY, read_fact=lambda fact, raw: read_fact(fact, raw, as_of=TODAY))
    draft = Draft(state="review", facts=case.facts, documents=case.documents, events=case.events)
    return View(RULES, draft, case.as_of)


def test_a_whole_project() -> None:
    shown = filing_row(example("county-service-480"), 7, unit_name="示例区数据局", submitted_at=SUBMITTED)
    assert shown == FilingRow(
        number=7,
        unit_name="示例区数据局",
        project_name="青山街道网格化服务平台租用服务",
        nature="购买服务",
        category="服务类（含运维）",
        total_investment=Decimal(480),
        funds="自治区资金 200 万元、其他资金 280 万元、其他资金来源 区本级财政",
        scope="适用本办法",
        documents_missing="齐全",
        findings="需要确认 1 项",
        settlement="待结算",
        service_period="2027年1月1日至2029年12月31日、36 个月",
        submitted_at="2026年11月23日",
        next_deadline="2029年12月31日 服务期满",
        contact="李明 0952-2012345",
    )


def test_words_of_the_filing_form_are_taken_over() -> None:
    facts = CONSTRUCT | {
        "mlps_level": "3",
        "mlps_filed": "no",
        "crypto_assessment": "done",
        "crypto_summary": "密" * 200,
    }
    shown = line(facts, events=[{"kind": "project_approved", "date": "2026-11-01"}])
    assert shown.mlps.splitlines()[:2] == ["定级：第三级。", "尚未办理等级保护备案。"]
    assert shown.crypto == "密" * 60 + "…\n密码应用安全性评估已完成。", "a long text does not hide the state"
    assert (shown.approver, shown.settlement, shown.winner) == ("石嘴山市审批服务管理局", "待结算", "")


def test_an_operation_has_its_funds_and_its_period_too() -> None:
    facts = OPERATION | {"fund_city": 320, "fund_social": 0, "service_start": "2026-07-01"}
    shown = line(facts | {"service_end": "2029-06-30"})
    assert shown.funds == "市级资金 320 万元", "a source that pays nothing is not named"
    assert shown.service_period == "2026年7月1日至2029年6月30日、36 个月"
    assert line(SERVICE | {"service_months": 12}).service_period == "12 个月"


def test_what_is_not_known_is_blank_and_never_nought() -> None:
    shown = line({})
    assert shown.total_investment is None
    assert (shown.project_name, shown.nature, shown.funds, shown.contact, shown.next_deadline) == ("",) * 5
    assert shown.scope == "待定"
    assert filing_row(viewed({}), 1, unit_name="", submitted_at=None).submitted_at == ""


def test_the_smallest_amount_stays_exact() -> None:
    assert line(CONSTRUCT | {"total_investment": "59.999999"}).total_investment == Decimal("59.999999")


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_of_a_project_that_may_be_secret_nothing_typed_is_shown(answer: str) -> None:
    facts = CONSTRUCT | {"project_name": "代号", "project_lead": "某人", "phone": "13900000000"}
    shown = line(facts | {"classified": answer})
    scope = "不适用本办法" if answer == "yes" else "待定"
    assert shown == FilingRow(
        number=1, unit_name="示例市政务服务局", scope=scope, submitted_at="2026年11月23日"
    )


def test_a_project_out_of_scope_is_said_to_be_and_not_to_be_without_fault() -> None:
    shown = line(CONSTRUCT | {"unit_kind": "other", "project_name": "平台"})
    assert (shown.scope, shown.findings, shown.documents_missing) == ("不适用本办法", "", "")
    assert shown.project_name == "平台"


# --- documents and findings ---------------------------------------------------------------------------------


def test_missing_documents_are_named_with_those_of_filing_and_not_those_of_acceptance() -> None:
    missing = line(CONSTRUCT | {"nature": "rebuild", "industry_project": "no"}).documents_missing.split("、")
    assert {"可行性研究报告", "初步设计", "信息资源目录"} <= set(missing)
    assert "前期项目第三方评价报告（备案时交）" in missing
    assert not any("竣工验收" in title for title in missing)
    assert not {"申报表", "备案信息"} & set(missing), "what is made from the answers is not missing"


def test_a_document_that_was_handed_in_is_not_missing() -> None:
    before, after = (
        line(SERVICE | {"industry_project": "no"}, documents).documents_missing
        for documents in ({}, {"preliminary_design": "provided"})
    )
    assert (before, after) == ("初步设计", "齐全")


def test_a_catalogue_of_entries_is_not_missing() -> None:
    entry = {"name": "办件信息", "share": "unconditional"}
    facts = CONSTRUCT | {"catalogue_provided": "yes", "catalogue": [entry]}
    assert "信息资源目录" not in line(facts).documents_missing.split("、")


def test_what_cannot_be_decided_does_not_read_as_in_order() -> None:
    shown = line(SERVICE | {"industry_project": "unsure"}, {"preliminary_design": "provided"})
    assert shown.documents_missing == "自治区行业主管部门意见书（待定）"
    unsure = line(CONSTRUCT | {"superior_approved": "unsure", "duplicates_existing": "yes"})
    assert unsure.findings.startswith("原则上不受理 1 项")
    assert "还判断不了的" in unsure.findings


# --- deadlines and languages --------------------------------------------------------------------------------


def test_the_next_deadline_is_the_first_that_is_not_over() -> None:
    facts = OPERATION | {"service_start": "2025-01-01", "service_end": "2026-12-31"}
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 12, 31), date(2027, 2, 1)]
    rows = [filing_row(viewed(facts, as_of=day), 1, unit_name="", submitted_at=None) for day in days]
    assert [shown.next_deadline for shown in rows] == [
        "2026年1月31日 运维资金年度备案",
        "2026年12月31日 服务期满",
        "2026年12月31日 服务期满",
        "",
    ]


def test_labels_are_in_the_language_of_the_reader() -> None:
    view = example("county-service-480")
    shown = filing_row(view, 1, unit_name="", submitted_at=SUBMITTED, translate=translator("en"))
    assert (shown.nature, shown.submitted_at) == ("Purchased service", "2026-11-23")
    assert shown.settlement == "待结算", "the filing form is Chinese in every language"


def test_the_labels_are_those_of_the_sheet() -> None:
    assert filing_labels() == FilingLabels()
    marked = filing_labels(lambda words: f"[{words}]")
    assert marked.crypto == "[密码应用、安全性评估情况]"
    assert "{count}" in marked.total_partly


def test_the_sheet_can_be_written_in_every_language() -> None:
    for language in ("zh", "en"):
        translate = translator(language)
        rows = [filing_row(example(path.stem), 1, unit_name="", submitted_at=None) for path in EXAMPLES]
        assert write_filing_summary("x", "y", rows, filing_labels(translate)).startswith(b"PK")
