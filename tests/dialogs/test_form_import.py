"""The words of a filled form become facts; what is not plain is asked about, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import installed_pack
from dialogs.draft import Draft
from dialogs.form_import import CellResult, FormImport, GivenCell, import_declaration
from dialogs.form_report import form_report, form_verdict
from dialogs.messages import Say
from dialogs.parsing.checkboxes import read_boxes
from rules.amounts import fen_from_wan

RULES = installed_pack()[0]
TODAY = date(2026, 11, 23)
WHOLE = {
    "applicant_unit": "示例市水务局（盖章）",
    "form_date": "2026年11月23日",
    "unit_name": "示例市水务局",
    "project_lead": "李明",
    "phone": "0952-2012345",
    "partner_units": "无",
    "project_name": "智慧水务综合管理平台",
    "project_category": "工程类（改建）",
    "project_address": "示例区青山路 1 号",
    "project_basis": "年度重点工作安排",
    "planned_start": "2027年3月1日",
    "planned_end": "2027年12月31日",
    "readiness": "需求调研已完成",
    "total_investment": "680",
    "this_year_investment": "400",
    "fund_national": "0",
    "fund_regional": "200",
    "fund_city": "480",
    "fund_social": "0",
    "materials": "1.初步设计\n2.信息资源目录",
    "remarks": "",
}


def read(labels: dict[str, str] | None = None, **changed: str) -> FormImport:
    words = WHOLE | changed
    cells = {name: GivenCell(text, (labels or {}).get(name, "")) for name, text in words.items()}
    return import_declaration(RULES, cells, as_of=TODAY)


def cell(form: FormImport, name: str) -> CellResult:
    return next(result for result in form.cells if result.id == name)


def said(form: FormImport, name: str) -> str:
    note = cell(form, name).note
    return note.render() if note else ""


def findings(form: FormImport) -> list[str]:
    return [found.finding.id for found in form_verdict(RULES, form, as_of=TODAY).findings]


def test_a_whole_form_gives_every_fact_and_no_problem():
    form = read()
    assert form.problems == 0
    assert form.facts["applicant_unit"] == "示例市水务局"
    assert form.facts["total_investment"] == fen_from_wan("680")
    assert (form.facts["category"], form.facts["nature"]) == ("engineering", "rebuild")
    assert (form.facts["planned_start"], form.facts["planned_end"]) == ("2027-03-01", "2027-12-31")
    assert form.documents == {"preliminary_design": "provided", "data_catalogue": "provided"}
    assert "partner_units" not in form.facts
    assert form.skipped == ("partner_units",)
    assert [result.id for result in form.cells] == [each.id for each in RULES.forms["declaration"].cells]


@pytest.mark.parametrize(
    ("written", "label", "wan"),
    [
        ("680", "项目预计总投资（万元）", "680"),
        ("６８０．５０", "", "680.5"),
        ("680万元", "", "680"),
        ("680\n万元", "", "680"),
        ("1,280.00", "", "1280"),
        ("六百八十万元", "", "680"),
        ("￥680万元整", "", "680"),
        ("____680____", "", "680"),
        ("0.1亿元", "", "1000"),
    ],
)
def test_an_amount_is_read_in_any_spelling(written, label, wan):
    form = read({"total_investment": label}, total_investment=written)
    assert form.facts["total_investment"] == fen_from_wan(wan)
    assert not cell(form, "total_investment").is_problem


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("6,800,000元", "（万元）"),
        ("6800000元", ""),
        ("6800000", "总投资（元）"),
        ("人民币6,800,000.00元整", ""),
    ],
)
def test_yuan_are_understood_and_are_to_be_rewritten(written, label):
    form = read({"total_investment": label}, total_investment=written)
    assert form.facts["total_investment"] == fen_from_wan("680")
    result = cell(form, "total_investment")
    assert (result.status, result.is_problem) == ("accepted", True)
    assert "680 万元" in said(form, "total_investment")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("6800000", "元还是万元"),
        ("约680", "大概"),
        ("600-700", "范围"),
        ("680（含税）", "680 万元吗"),
        ("/", "没有就写 0"),
        ("无", "没有就写 0"),
    ],
)
def test_an_amount_that_is_not_plain_is_asked_about_and_not_kept(written, words):
    form = read(total_investment=written)
    assert "total_investment" not in form.facts
    assert cell(form, "total_investment").status == "confirm"
    assert words in said(form, "total_investment")


@pytest.mark.parametrize("written", ["XX", "待定", "很多", "-5", "680、700"])
def test_what_is_no_amount_is_wrong(written):
    form = read(total_investment=written)
    assert "total_investment" not in form.facts
    assert cell(form, "total_investment").status == "wrong"


def test_a_blank_column_of_money_is_blank_and_not_zero():
    form = read(fund_national="", fund_social="")
    assert not {"fund_national", "fund_social"} & form.facts.keys()
    assert cell(form, "fund_national").status == "blank"
    assert not cell(form, "fund_national").is_problem, "the others add up"
    short = read(fund_national="", fund_social="", fund_city="100")
    assert cell(short, "fund_national").is_problem


def test_inconsistencies_come_from_the_rules():
    form = read(fund_city="400", this_year_investment="900", planned_end="2026年12月31日")
    assert {"funding_mismatch", "this_year_exceeds_total", "schedule_reversed"} <= set(findings(form))
    assert not {"funding_mismatch", "this_year_exceeds_total", "schedule_reversed"} & set(findings(read()))


def test_dates_are_compared_even_when_the_total_is_not_known():
    assert findings(read(total_investment="", planned_end="2026年12月31日")) == ["schedule_reversed"]
    assert findings(read(total_investment="")) == []


def test_money_without_a_column_is_taken_from_the_remarks():
    own = "第一期\n另有其他资金 100 万元，申报表没有对应栏目，在此列明。\n其他资金来源：区财政。\n投资概算 700 万元。"
    form = read(fund_city="380", remarks=own)
    assert form.facts["fund_other"] == fen_from_wan("100")
    assert form.facts["fund_other_note"] == "区财政"
    assert form.facts["budget_estimate"] == fen_from_wan("700")
    assert form.facts["remarks"] == "第一期"
    assert "funding_mismatch" not in findings(form)
    hand = read(fund_city="380", remarks="另有县级配套资金100万元")
    assert hand.facts["fund_other"] == fen_from_wan("100")
    assert hand.facts["remarks"] == "另有县级配套资金100万元"
    column = read({"fund_other": "自筹资金"}, fund_city="380", fund_other="100")
    assert column.facts["fund_other_note"] == "自筹资金"


def test_several_other_funds_in_the_remarks_are_asked_about():
    form = read(remarks="县级资金20万元，单位自筹30万元")
    assert "fund_other" not in form.facts
    assert cell(form, "remarks").status == "confirm"


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        ("工程类（改建）", {"category": "engineering", "nature": "rebuild"}),
        ("工程类", {"category": "engineering"}),
        ("新建", {"nature": "new"}),
        ("新建项目", {"nature": "new"}),
        ("服务类（含运维）（运行维护）", {"category": "service", "nature": "operation"}),
        ("服务类", {"category": "service"}),
        ("运维", {"nature": "operation"}),
        ("政府购买服务", {"nature": "purchased_service"}),
        ("工程类□ 货物类☑ 服务类□", {"category": "goods"}),
        ("□工程类 □货物类 ☑服务类（含运维）", {"category": "service"}),
        ("工程类( √ ) 货物类(  ) 服务类(  )", {"category": "engineering"}),
        ("☑工程类 □货物类 □服务类\n□新建 ☑扩建 □改建", {"category": "engineering", "nature": "expansion"}),
        ("工程类 √□ 货物类 □ 服务类 □", {"category": "engineering"}),
    ],
)
def test_the_category_is_what_the_words_say(written, facts):
    form = read(project_category=written)
    assert {name: form.facts[name] for name in ("category", "nature") if name in form.facts} == facts
    assert cell(form, "project_category").status == "accepted"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("信息化", "confirm"),
        ("非工程类", "confirm"),
        ("工程类□ 货物类□ 服务类□", "wrong"),
        ("☑工程类 ☑货物类 □服务类", "wrong"),
        ("新建/扩建", "wrong"),
        ("服务类（新建）", "wrong"),
        ("", "blank"),
    ],
)
def test_a_category_that_is_not_said_is_left_open(written, status):
    form = read(project_category=written)
    assert not {"category", "nature"} & form.facts.keys()
    assert cell(form, "project_category").status == status
    assert cell(form, "project_category").is_problem


@pytest.mark.parametrize(
    ("written", "status", "day"),
    [
        ("2027年3月1日", "accepted", "2027-03-01"),
        ("2027-3-1", "accepted", "2027-03-01"),
        ("2027.03.01", "accepted", "2027-03-01"),
        ("２０２７年３月", "accepted", "2027-03-01"),
        ("二〇二七年三月一日", "accepted", "2027-03-01"),
        ("2027年 3 月 1 日（暂定）", "accepted", "2027-03-01"),
        ("3月1日", "confirm", None),
        ("明年3月", "confirm", None),
        ("2027年2月30日", "wrong", None),
        ("年   月   日", "wrong", None),
        ("合同签订后", "wrong", None),
        ("____", "blank", None),
    ],
)
def test_a_day_needs_its_year(written, status, day):
    form = read(planned_start=written)
    assert cell(form, "planned_start").status == status
    assert form.facts.get("planned_start") == day


def test_dates_in_one_cell_are_both_read():
    form = read(planned_start="", planned_end="", schedule="2027年3月至2027年12月")
    assert (form.facts["planned_start"], form.facts["planned_end"]) == ("2027-03-01", "2027-12-31")
    length = read(planned_start="", planned_end="", schedule="12个月")
    assert "planned_start" not in length.facts
    assert cell(length, "planned_start").status == "wrong"


def test_money_in_one_cell_is_told_apart():
    empty = dict.fromkeys(("fund_national", "fund_regional", "fund_city", "fund_social"), "")
    form = read(**empty, funds="市级资金480万元，自治区资金200万元")
    assert form.facts["fund_city"] == fen_from_wan("480")
    assert form.facts["fund_regional"] == fen_from_wan("200")
    assert "fund_social" not in form.facts, "not named, so blank and not zero"
    assert cell(read(**empty, funds="财政解决"), "fund_city").status == "wrong"


@pytest.mark.parametrize(
    ("written", "status", "phone"),
    [
        ("０９５２－２０１２３４５", "accepted", "0952-2012345"),
        ("138 0000 0000", "accepted", "13800000000"),
        ("2012345", "wrong", None),
        ("王五 13800000000", "confirm", None),
        ("1380000", "wrong", None),
    ],
)
def test_a_phone_number_is_read_or_asked_about(written, status, phone):
    form = read(phone=written)
    assert cell(form, "phone").status == status
    assert form.facts.get("phone") == phone


def test_a_name_with_its_number_is_two_answers():
    form = read(project_lead="李明 13800000000", phone="")
    assert (form.facts["project_lead"], form.facts["phone"]) == ("李明", "13800000000")


@pytest.mark.parametrize("written", ["XX", "×××", "____ ", "/", "无", "待定", "（请填写）"])
def test_a_placeholder_is_no_name(written):
    form = read(project_name=written)
    assert "project_name" not in form.facts
    assert cell(form, "project_name").is_problem


def test_a_name_with_a_hole_in_it_is_asked_about():
    form = read(unit_name="示例市XX局")
    assert cell(form, "unit_name").status == "confirm"
    assert "unit_name" not in form.facts


def test_a_name_broken_over_lines_is_one_and_a_long_text_keeps_its_lines():
    form = read(project_name="智慧水务\n综合管理平台", project_basis="一\n二")
    assert form.facts["project_name"] == "智慧水务综合管理平台"
    assert form.facts["project_basis"] == "一\n二"


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("《初步设计》、信息资源目录", {"preliminary_design", "data_catalogue"}),
        (
            "（1）可行性研究报告；（2）网络安全和密码保护审查表",
            {"feasibility_report", "security_review_form"},
        ),
        ("需求分析报告 1份\n县区数据局审核意见", {"requirements_report", "county_opinion"}),
        ("☑初步设计\n□信息资源目录", {"preliminary_design"}),
        ("初步设计（正在编制）\n信息资源目录", {"data_catalogue"}),
        ("1.初步设计 2.信息资源目录", {"preliminary_design", "data_catalogue"}),
        ("①初步设计②信息资源目录", {"preliminary_design", "data_catalogue"}),
        ("营业执照", set()),
    ],
)
def test_documents_are_ticked_off_by_their_titles(written, ids):
    form = read(materials=written)
    assert set(form.documents) == ids


def test_a_document_of_nearly_that_name_is_asked_about():
    form = read(materials="项目初步设计方案")
    assert form.documents == {}
    assert cell(form, "materials").status == "confirm"
    assert "初步设计" in said(form, "materials")


def test_a_label_that_is_not_on_the_form_is_said_to_be_missing():
    cells = {name: GivenCell(text) for name, text in WHOLE.items() if name != "readiness"}
    form = import_declaration(RULES, cells, as_of=TODAY)
    assert "没有找到" in said(form, "readiness")
    assert cell(form, "readiness").is_problem


def test_the_draft_goes_on_with_what_is_missing():
    draft = Draft(state="")
    read(total_investment="").fill(draft)
    assert "total_investment" not in draft.facts
    assert draft.facts["project_name"] == WHOLE["project_name"]
    assert draft.skipped == ["partner_units"]
    assert draft.materials_checked


def test_the_report_says_what_the_form_cannot_tell_and_assumes_nothing_silently():
    form = read()
    verdict = form_verdict(RULES, form, as_of=TODAY)
    assert verdict.known.scope == "undetermined"
    assert verdict.assumed.scope == "applies"
    lines = [
        message.text.render() for message in form_report(RULES, form, verdict, ()) if isinstance(message, Say)
    ]
    assert any("不能判断是否适用" in line for line in lines)
    assert any("是否涉密" in line for line in lines)
    small = form_verdict(
        RULES,
        read(total_investment="50", fund_city="50", fund_regional="0", this_year_investment="50"),
        as_of=TODAY,
    )
    assert small.assumed.scope == "reference_only"


@given(st.dictionaries(st.sampled_from([*WHOLE, "schedule", "funds", "fund_other"]), st.text(max_size=40)))
def test_no_text_at_all_breaks_the_import(words):
    form = import_declaration(
        RULES, {name: GivenCell(text, text) for name, text in words.items()}, as_of=TODAY
    )
    assert len(form.cells) >= len(WHOLE)
    form_report(RULES, form, form_verdict(RULES, form, as_of=TODAY), ())


def test_boxes_stand_before_or_behind_their_names():
    assert read_boxes("□甲 ☑乙") == [("甲", False), ("乙", True)]
    assert read_boxes("甲□ 乙☑") == [("甲", False), ("乙", True)]
    assert read_boxes("(√)甲 ( )乙") == [("甲", True), ("乙", False)]
    assert read_boxes("甲、乙") is None
