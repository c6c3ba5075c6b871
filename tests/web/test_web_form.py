"""The form of a project: the same questions and checks as the conversation, for a browser without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from form_filling import draft_of, facts, fills, form_of, opens_section, sends

if TYPE_CHECKING:
    from visiting import Browser, People

FIRST = ("否", "市级", "政府", "新建", "工程", "680万")


@pytest.fixture
def project(browser: Browser) -> str:
    """A project of which the total is known."""
    return browser.begins_project(*FIRST)


def test_a_whole_project_is_done_by_the_form_alone(browser: Browser) -> None:
    path = browser.begins_project()
    browser.opens(f"{path}/form")
    fills(browser, classified="no")
    fills(browser, go="next", unit_level="county", unit_kind="government")
    fills(browser, go="next", nature="purchased_service", category="service")
    fills(browser, category="service")
    fills(
        browser,
        total_investment="480万",
        this_year_investment="１６０",
        fund_regional="200",
        fund_other="280 万元",
        service_start="2027年1月1日至2029年12月31日",
        includes_construction="no",
    )
    fills(browser, go="next", fund_other_note="区本级财政")
    opens_section(browser, path, "red_lines")
    fills(
        browser, go="next", infrastructure_items=["", "none"], industry_project="no", city_system_exists="no"
    )
    fills(browser, go="next", prefers_domestic="yes")
    shown = fills(
        browser,
        go="next",
        unit_name="示例区青山街道办事处",
        applicant_unit="同上",
        project_lead="李明",
        phone="0952 2012345",
        project_name="青山街道网格化服务",
        project_address="示例区青山路 1 号",
        project_basis="年度重点工作安排",
        planned_start="明年1月",
        planned_end="2029年12月",
        readiness="需求调研已完成",
    )
    assert shown.url.path == f"{path}/documents"
    view = browser.site.conversation.view(int(path.rpartition("/")[2]))
    assert view.open == []
    kept = facts(browser, path)
    assert kept["this_year_investment"] == 160_000_000
    assert kept["fund_city"] == 0  # 空着的按 0 记
    assert kept["applicant_unit"] == "示例区青山街道办事处"
    assert (kept["service_start"], kept["service_end"]) == ("2027-01-01", "2029-12-31")
    assert (kept["planned_start"], kept["planned_end"]) == ("2027-01-01", "2029-12-31")
    assert kept["phone"] == "0952-2012345"


def test_going_from_conversation_to_form_and_back_keeps_everything(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    assert 'value="680"' in browser.text
    fills(browser, this_year_investment="100")
    browser.opens(project)
    assert "资金分别从哪里来" in browser.question
    assert "在表单里填了：本年度预计投入" in browser.text
    browser.says("全部市级")
    assert opens_section(browser, project, "investment").fields["a_fund_city"] == ["680"]


def test_a_cell_of_the_preview_leads_to_its_question(browser: Browser, project: str) -> None:
    assert f'href="{project}/form?question=phone#q-phone"' in browser.opens(f"{project}?pane=side").text
    browser.opens(f"{project}/form?question=phone")
    assert 'id="q-phone"' in browser.text
    assert form_of(browser).fields["section"] == ["form"]


@pytest.mark.parametrize("wanted", ["no_such", "fund_other_note", "'\"><script>", "", "免费"])
def test_a_question_that_is_not_asked_leads_to_the_first_that_is(
    browser: Browser, project: str, wanted: str
) -> None:
    shown = browser.client.get(
        f"{project}/form", params={"question": wanted, "section": wanted, "saved": wanted}
    )
    assert shown.status_code == 200
    assert 'id="q-total_investment"' in shown.text


def test_a_fault_stands_beside_its_field_and_the_rest_is_kept(browser: Browser, project: str) -> None:
    opens_section(browser, project, "form")
    shown = fills(
        browser, phone="2012345", unit_name="青山街道办事处", planned_start="去哪", project_lead="李明"
    )
    assert shown.status_code == 422
    assert 'href="#f-phone"' in shown.text
    assert 'aria-describedby="e-phone" aria-invalid="true"' in shown.text
    assert "少了区号" in shown.text
    fields = form_of(browser).fields
    assert fields["a_phone"] == ["2012345"]
    assert fields["a_planned_start"] == ["去哪"]
    assert facts(browser, project)["unit_name"] == "青山街道办事处"
    fills(browser, phone="0952-2012345", planned_start="")
    assert facts(browser, project)["phone"] == "0952-2012345"


def test_an_unclear_amount_is_settled_with_one_button(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    shown = fills(browser, this_year_investment="500000")
    assert shown.status_code == 422
    form = form_of(browser)
    assert form.offered["take"] == ["this_year_investment=50", "this_year_investment=500000万元"]
    sends(browser, form, take=form.offered["take"][0])
    assert facts(browser, project)["this_year_investment"] == 50_000_000


def test_an_emptied_answer_is_taken_back_and_can_be_given_again(browser: Browser, project: str) -> None:
    opens_section(browser, project, "form")
    fills(browser, remarks="一句话", planned_start="2027-03-01", planned_end="2027年12月")
    fills(browser, remarks="", planned_end="")
    kept = draft_of(browser, project)
    assert "remarks" not in kept.facts
    assert "remarks" in kept.skipped
    assert kept.facts["planned_start"] == "2027-03-01"
    assert "planned_end" not in kept.facts
    fills(browser, remarks="又一句")
    assert facts(browser, project)["remarks"] == "又一句"


def test_a_choice_is_taken_back(browser: Browser, project: str) -> None:
    opens_section(browser, project, "security")
    assert "" in form_of(browser).offered["a_mlps_filed"]
    fills(browser, mlps_filed="unsure", mlps_level="2", crypto_assessment="planned")
    assert facts(browser, project)["mlps_filed"] == "unsure"
    fills(browser, mlps_filed="")
    assert "mlps_filed" not in facts(browser, project)


def test_an_answer_that_everything_rests_on_cannot_be_emptied(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    shown = fills(browser, total_investment=" ")
    assert shown.status_code == 422
    assert "这一题不能留空" in shown.text
    assert facts(browser, project)["total_investment"] == 680_000_000


def test_nothing_but_whether_it_is_secret_is_asked_first(browser: Browser) -> None:
    path = browser.begins_project()
    form = opens_section(browser, path, "form")
    assert {name for name in form.fields if name.startswith("was_")} == {"was_classified"}
    assert "data-keep" not in browser.text
    shown = sends(browser, form, a_unit_name="某某秘密单位", section="form")
    assert "某某秘密单位" not in shown.text
    assert facts(browser, path) == {}


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_a_secret_project_stops_and_nothing_typed_is_kept(browser: Browser, answer: str) -> None:
    path = browser.begins_project("否")
    opens_section(browser, path, "scope")
    shown = fills(browser, classified=answer, unit_level="city")
    assert "保密" in shown.text
    assert 'id="q-unit_level"' not in shown.text
    assert "data-stopped" in shown.text
    assert "已保存" not in shown.text
    assert set(facts(browser, path)) == {"classified"}
    fills(browser, classified="no")
    assert 'id="q-unit_level"' in browser.text


def test_outside_the_regulation_only_what_was_answered_can_be_changed(browser: Browser) -> None:
    path = browser.begins_project("否", "市级")
    opens_section(browser, path, "scope")
    shown = fills(browser, unit_kind="other", go="next")
    assert "不适用" in shown.text
    assert 'id="q-nature"' not in shown.text
    fills(browser, unit_kind="government")
    assert facts(browser, path)["unit_kind"] == "government"
    assert 'section=classification"' in browser.text


def test_options_that_earlier_answers_exclude_are_not_offered(browser: Browser, project: str) -> None:
    form = opens_section(browser, project, "classification")
    assert form.offered["a_category"] == ["engineering", "goods"]
    assert sends(browser, form, a_category="service").status_code == 422
    assert facts(browser, project)["category"] == "engineering"


def test_the_catalogue_shows_its_entries_and_loses_those_that_are_ticked(
    browser: Browser, project: str
) -> None:
    opens_section(browser, project, "data_sharing")
    fills(browser, catalogue_provided="yes")
    browser.sends(f"{project}/say", edit="catalogue")
    for words in ("人员名册", "街道", "名册", "电子表格", "姓名", "无条件共享", "共享平台", "否", "每年"):
        browser.says(words)
    browser.says(
        "事件台账",
        "街道",
        "台账",
        "数据库",
        "时间",
        "不予共享",
        "某条例第三条",
        "法律",
        "共享平台",
        "否",
        "每日",
    )
    form = opens_section(browser, project, "data_sharing")
    assert "不予共享" in browser.text
    assert len(form.offered["a_catalogue"]) == 2
    sends(browser, form, a_catalogue=form.offered["a_catalogue"][:1])
    if "decision" in form_of(browser).offered:
        sends(browser, form_of(browser), decision="yes")
    assert [entry["name"] for entry in facts(browser, project)["catalogue"]] == ["事件台账"]


def test_funds_typed_in_one_line_are_put_in_their_columns(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    fills(browser, fund_city="市级500万、自治区180万")
    assert form_of(browser).fields["a_fund_regional"] == ["180"]


def test_a_problem_of_the_project_stands_at_the_question_that_can_mend_it(
    browser: Browser, project: str
) -> None:
    opens_section(browser, project, "investment")
    shown = fills(browser, free_operation_months="两年")
    question = shown.text.partition('id="q-free_operation_months"')[2].partition('class="question"')[0]
    assert "提交前要改" in question


def test_a_stranger_sees_nothing(everybody: People) -> None:
    path = everybody.member.begins_project("否")
    for other in (everybody.stranger, everybody.officer, everybody.operator):
        assert other.opens(f"{path}/form").status_code == 404
        other.opens("/")
        shown = other.sends(f"{path}/form", a_unit_level="city")
        assert shown.status_code == 404
    assert "unit_level" not in facts(everybody.member, path)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "</textarea><b>x",
        "{{ 7*7 }}",
        "a\nb\n",
    ],
)
def test_what_is_typed_is_shown_as_it_is_and_does_nothing(browser: Browser, project: str, typed: str) -> None:
    opens_section(browser, project, "form")
    fills(browser, project_basis=typed, project_name=typed.strip().replace("\n", ""), phone=typed)
    assert form_of(browser).fields["a_project_basis"] == [typed.strip().replace("\n", "\r\n")]
    assert form_of(browser).fields["a_phone"][0].replace("\r", "") == typed
    assert "<script>alert" not in browser.text
    assert "<img" not in browser.text


@pytest.mark.parametrize(
    "fields",
    [
        {"a_unit_name": "\x00\u202e\ud7ff" * 10},
        {"a_unit_name": "字" * 90_000},
        {"a_unit_name": "😀"},
        {"a_total_investment": ["1", "2"]},
        {"a_infrastructure_items": ["none", "server", "; DROP TABLE project"]},
        {"a_nature": "__proto__", "was_nature": "?"},
        {"a_catalogue": ["x" * 999]},
        {"a_classified": ["no", "yes"]},
        {"a_planned_start": "9999年99月", "a_planned_end": "-1"},
        {"take": "no_such_fact=1"},
        {"take": "="},
        {"section": "../..", "go": "next", "turn": "x" * 999},
        {"decision": "yes", "confirmed": "0" * 16, "a_total_investment": "6000"},
    ],
)
def test_no_form_breaks_the_page(browser: Browser, project: str, fields: dict[str, Any]) -> None:
    before = facts(browser, project)
    form = opens_section(browser, project, "form")
    assert sends(browser, form, **fields).status_code in (200, 409, 422)
    after = facts(browser, project)
    assert {name: after[name] for name in before} == before
    assert browser.opens(f"{project}/form").status_code == 200
