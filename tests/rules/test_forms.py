from datetime import date
from typing import Any

import pytest

from bot.packs import installed_pack
from rules.assessment import Assessment
from rules.case import parse_case
from rules.check import check_pack
from rules.forms import BLANK, LONGEST_LIST, drafted_documents, fill_form, filled_cells, form_notes, forms_of

RULES = installed_pack()[0]
TODAY = date(2026, 1, 5)
CITY = {"classified": "no", "unit_level": "city", "unit_kind": "government"}
CONSTRUCT = CITY | {"nature": "new", "category": "engineering", "total_investment": 600}


def seen(facts: dict[str, Any], documents: dict[str, str] | None = None, events: Any = ()) -> Assessment:
    raw = {"facts": facts, "documents": documents or {}, "events": list(events)}
    return Assessment(RULES, parse_case(RULES, raw, today=TODAY))


def filled(facts: dict[str, Any], handed_in: list[str] | None = None) -> dict[str, str]:
    return fill_form(seen(facts), "declaration", handed_in or [])


def filing(
    facts: dict[str, Any], documents: dict[str, str] | None = None, events: Any = ()
) -> dict[str, str]:
    """Return the labels and texts of the shape of 备案信息 that the facts lead to."""
    case = seen(facts, documents, events)
    [form] = [form for form in forms_of(case) if form.document == "filing_form"]
    return {
        found.cell.label: found.text for found in filled_cells(case, form, []) if found.cell.place == "body"
    }


def entry(name: str, share: str, **more: str) -> dict[str, str]:
    return {"name": name, "share": share, **more}


def test_the_pack_is_sound() -> None:
    assert check_pack(RULES) == []


def test_an_empty_form_is_blank_but_for_its_date() -> None:
    cells = filled({})
    assert {name for name, text in cells.items() if text} == {"form_date"}
    assert cells["form_date"] == "2026年1月5日"


def test_cells_hold_what_was_answered() -> None:
    cells = filled(
        {
            "nature": "rebuild",
            "category": "engineering",
            "total_investment": "59.90",
            "planned_start": "2027-03-01",
        },
        ["初步设计", "信息资源目录"],
    )
    assert cells["project_category"] == "工程类（改建）"
    assert cells["total_investment"] == "59.9"
    assert cells["planned_start"] == "2027年3月1日"
    assert cells["materials"] == "初步设计\n信息资源目录"


def test_many_documents_run_on_so_that_the_form_stays_on_its_page() -> None:
    assert filled({}, list("甲乙丙丁戊己庚"))["materials"] == "甲；乙；丙；丁；戊；己；庚"


def test_money_without_a_column_goes_to_the_remarks() -> None:
    cells = filled({"fund_other": 280, "remarks": "分两年实施。", "fund_social": 0})
    assert cells["remarks"].splitlines() == [
        "分两年实施。",
        "另有其他资金 280 万元，申报表没有对应栏目，在此列明。",
    ]
    assert cells["fund_social"] == "0"


def test_no_other_money_is_not_mentioned() -> None:
    assert filled({"fund_other": 0})["remarks"] == ""


def test_an_estimate_that_differs_is_stated() -> None:
    assert "投资概算 499 万元。" in filled({"total_investment": 520, "budget_estimate": 499})["remarks"]
    assert filled({"total_investment": 520})["remarks"] == ""


@pytest.mark.parametrize(
    ("facts", "files"),
    [
        ({}, ["申报表"]),
        (CITY | {"nature": "new", "total_investment": 40}, ["申报表", "真实性承诺书", "备案信息"]),
        (CITY | {"nature": "operation", "total_investment": 320}, ["申报表", "真实性承诺书", "备案信息"]),
        (
            CONSTRUCT,
            [
                "申报表",
                "附件2_网络安全和密码保护审查表",
                "附件3_需求分析报告",
                "后续运维资金来源说明",
                "真实性承诺书",
                "备案信息",
            ],
        ),
    ],
    ids=["nothing known", "reference only", "operation", "construct"],
)
def test_the_forms_that_apply_are_made_in_the_order_of_handing_in(facts: Any, files: list[str]) -> None:
    assert [form.file for form in forms_of(seen(facts))] == files


def test_a_document_counts_as_drafted_only_when_its_form_is_made() -> None:
    assert drafted_documents(seen({})) == {"declaration_form"}
    assert "security_review_form" in drafted_documents(seen(CONSTRUCT))


FUNDS = {"fund_national": 0, "fund_regional": 200, "fund_city": 400, "fund_social": 0}


def test_filing_of_a_construction_has_the_items_of_the_law() -> None:
    cells = filing(CONSTRUCT | FUNDS | {"construction_content": "七个子系统。", "mlps_level": "3"})
    assert list(cells) == [
        "项目名称",
        "主要功能",
        "中标单位",
        "结算金额",
        "审批部门",
        "资金来源",
        "信息资源目录",
        "信息共享开放",
        "政务信息化系统网络安全等级保护备案情况",
        "密码应用、安全性评估情况",
    ]
    assert cells["结算金额"] == "待结算"
    assert cells["主要功能"] == "七个子系统。"
    assert cells["资金来源"] == "自治区资金 200 万元\n市级资金 400 万元"
    assert cells["政务信息化系统网络安全等级保护备案情况"] == "定级：第三级。"
    blank = {"项目名称", "中标单位", "审批部门", "信息资源目录", "信息共享开放", "密码应用、安全性评估情况"}
    assert {label for label, text in cells.items() if not text} == blank


@pytest.mark.parametrize("nature", ["expansion", "rebuild"])
def test_filing_of_an_extension_asks_for_the_evaluation_of_what_went_before(nature: str) -> None:
    facts = CONSTRUCT | {"nature": nature}
    assert filing(facts)["前期项目第三方评价报告"] == ""
    assert filing(facts, {"prior_evaluation": "provided"})["前期项目第三方评价报告"] == "随附"


@pytest.mark.parametrize(
    ("nature", "category"), [("purchased_service", "service"), ("goods_purchase", "goods")]
)
def test_filing_of_a_purchase_has_the_items_of_the_law(nature: str, category: str) -> None:
    facts = CITY | {"nature": nature, "category": category, "total_investment": 100}
    facts |= {"service_start": "2027-01-01", "service_end": "2029-12-31"}
    cells = filing(facts)
    assert list(cells) == [
        "项目名称",
        "服务内容",
        "中标单位",
        "结算金额",
        "审批部门",
        "资金来源",
        "服务期限",
    ]
    period = "2027年1月1日至2029年12月31日\n共 36 个月" if category == "service" else ""
    assert {label: text for label, text in cells.items() if text} == {"结算金额": "待结算"} | (
        {"服务期限": period} if period else {}
    )


def test_filing_of_goods_says_that_the_law_gives_it_no_shape() -> None:
    def notes(nature: str) -> tuple[str, ...]:
        case = seen(CITY | {"nature": nature, "total_investment": 100})
        return form_notes(case, RULES.forms["filing_service"])

    assert notes("purchased_service") == ()
    assert notes("goods_purchase") == ("注：第十八条没有单列采购货物的备案事项，参照购买服务类填写。",)


def test_filing_of_an_operation_has_the_items_of_the_law() -> None:
    facts = CITY | {"nature": "operation", "category": "service", "total_investment": 320}
    facts |= FUNDS | {"project_name": "平台运维"}
    assert filing(facts) == {
        "项目名称": "平台运维",
        "运维服务内容": "",
        "中标单位": "",
        "结算金额": "待结算",
        "资金使用情况": "",
    }


def test_an_award_is_not_a_settlement_and_an_approval_names_who_gave_it() -> None:
    events = [
        {"kind": "project_approved", "date": "2026-01-02"},
        {"kind": "award_notice", "date": "2026-01-03", "amount": 550},
    ]
    cells = filing(CONSTRUCT, events=events)
    assert cells["结算金额"] == "待结算"
    assert cells["审批部门"] == "石嘴山市审批服务管理局"


def test_security_that_is_not_done_yet_leaves_room_for_its_date() -> None:
    facts = CONSTRUCT | {"mlps_level": "undetermined", "mlps_filed": "no", "crypto_assessment": "planned"}
    cells = filing(facts)
    assert cells["政务信息化系统网络安全等级保护备案情况"].splitlines() == [
        "尚未定级。",
        "尚未办理等级保护备案。",
        "计划办理时间：____年____月____日",
    ]
    assert cells["密码应用、安全性评估情况"].splitlines() == [
        "密码应用安全性评估已列入计划。",
        "计划完成时间：____年____月____日",
    ]
    unsure = filing(facts | {"mlps_filed": "unsure"})
    assert unsure["政务信息化系统网络安全等级保护备案情况"] == "尚未定级。"


def test_a_filing_names_the_entries_of_the_catalogue_and_how_they_are_shared() -> None:
    entries = [
        entry("甲", "unconditional", open="yes"),
        entry("乙", "none", basis="某法"),
        entry("丙", "none"),
    ]
    cells = filing(CONSTRUCT | {"catalogue_provided": "yes", "catalogue": entries})
    assert cells["信息资源目录"] == "甲\n乙\n丙"
    assert cells["信息共享开放"] == "信息资源目录共 3 条：无条件共享 1 条，不予共享 2 条，向社会开放 1 条。"


def test_a_long_catalogue_is_counted_and_not_written_out() -> None:
    entries = [entry(f"条目{number}", "unconditional") for number in range(LONGEST_LIST + 1)]
    lines = filing(CONSTRUCT | {"catalogue_provided": "yes", "catalogue": entries})[
        "信息资源目录"
    ].splitlines()
    assert len(lines) == LONGEST_LIST + 1
    assert lines[-1] == f"……（共 {LONGEST_LIST + 1} 条，详见信息资源目录）"


OUTLINE = {
    "一、项目基本信息": [
        "（一）项目名称",
        "（二）项目建设单位概况和负责人、项目责任人",
        "（三）项目建设相关依据文件",
        "（四）项目概况",
    ],
    "二、项目建设的必要性": [
        "（一）项目提出的背景和依据",
        "（二）现有信息系统装备和信息化应用状况及存在问题和差距",
        "（三）项目建设的意义和必要性",
    ],
    "三、需求分析": [
        "（一）业务功能、业务流程、业务量分析",
        "（二）运行环境需求分析（政务网络、公共云平台、大数据服务平台等基础资源）",
        "（三）功能和性能需求分析",
        "（四）政务信息共享开放需求分析",
    ],
    "四、项目建设需求": ["（一）建设目标", "（二）建设规模和内容"],
    "五、项目投资估算及资金筹措": [],
    "附件：编制依据及与项目有关的政策、技术、经济资料": [],
}


def test_the_report_follows_the_outline_of_annex_3() -> None:
    outline: dict[str, list[str]] = {}
    for cell in RULES.forms["requirements_report"].cells:
        if cell.heading:
            outline[cell.heading] = []
        outline[[*outline][-1]] += [cell.label] if cell.label else []
    assert outline == OUTLINE


def test_every_gap_of_the_report_says_what_belongs_there_and_nothing_is_invented() -> None:
    case = seen(CONSTRUCT)
    cells = filled_cells(case, RULES.forms["requirements_report"], [])
    stated = [line.text for found in cells for line in found.lines if not line.is_gap]
    assert stated == ["项目性质为新建，按工程类申报。", "项目预计总投资 600 万元。"]
    assert all(found.lines for found in cells)
    gaps = [line.text for found in cells for line in found.lines if line.is_gap]
    assert all(gap.startswith("【待补充：") and "{" not in gap for gap in gaps)


def test_what_an_answer_says_itself_is_not_said_twice() -> None:
    facts = CONSTRUCT | {"on_government_cloud": "yes"}

    def environment(facts: dict[str, Any]) -> list[str]:
        return fill_form(seen(facts), "requirements_report", [])["environment_needs"].splitlines()

    assert environment(facts)[-1] == "系统部署在自治区政务云平台。"
    assert environment(facts | {"environment_needs": "用政务云。"}) == ["用政务云。"]


def test_a_statement_leaves_room_for_what_is_not_known() -> None:
    case = seen(CONSTRUCT)
    texts = fill_form(case, "operation_funding", [])
    assert texts["project"].startswith(f"我单位申报的“{BLANK}”为工程类项目，免费运维期为 {BLANK} 个月。")
    assert texts["funding"].startswith("【待补充：")
    assert texts["unit_name"] == ""
