"""Changes by the form: consequences confirmed first, colleagues not overwritten, nothing applied twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from form_filling import facts, fills, form_of, opens_section, sends
from talking import CLOCK

if TYPE_CHECKING:
    from visiting import Browser, People

FIRST = ("否", "市级", "政府", "新建", "工程", "680万")


@pytest.fixture
def project(browser: Browser) -> str:
    """A project of which the total is known."""
    return browser.begins_project(*FIRST)


def test_what_was_not_changed_is_not_part_of_the_change(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    shown = fills(browser)
    assert "没有新的改动" in shown.text
    assert browser.opens(project).text.count("在表单里") == 0


def test_the_same_form_sent_twice_is_applied_once(browser: Browser, project: str) -> None:
    form = opens_section(browser, project, "investment")
    for _ in range(2):
        shown = sends(browser, form, a_this_year_investment="100")
        assert shown.status_code == 200
    assert browser.opens(project).text.count("在表单里填了") == 1


def test_other_answers_on_a_page_that_was_gone_back_to_are_not_dropped_silently(
    browser: Browser, project: str
) -> None:
    form = opens_section(browser, project, "investment")
    sends(browser, form, a_this_year_investment="100")
    shown = sends(browser, form, a_this_year_investment="200")
    assert shown.status_code == 409
    assert "100 万元" in shown.text
    assert form_of(browser).fields["a_this_year_investment"] == ["200"]
    fills(browser)
    assert facts(browser, project)["this_year_investment"] == 200_000_000


def test_a_change_with_consequences_is_confirmed_before_anything_is_kept(
    browser: Browser, project: str
) -> None:
    opens_section(browser, project, "investment")
    shown = fills(browser, total_investment="1500", this_year_investment="100")
    assert 'class="changes"' in shown.text
    assert "要增加的材料：可行性研究报告" in shown.text
    assert "由「680 万元」改为「1500 万元」" in shown.text
    assert facts(browser, project)["total_investment"] == 680_000_000
    assert "this_year_investment" not in facts(browser, project)
    sends(browser, form_of(browser), decision="yes")
    assert facts(browser, project)["total_investment"] == 1_500_000_000
    assert facts(browser, project)["this_year_investment"] == 100_000_000


def test_a_change_that_is_refused_leaves_the_answer_and_keeps_the_rest(
    browser: Browser, project: str
) -> None:
    opens_section(browser, project, "investment")
    fills(browser, total_investment="1500", this_year_investment="100")
    shown = sends(browser, form_of(browser), decision="no")
    assert "原来的答案没有改" in shown.text
    assert facts(browser, project)["total_investment"] == 680_000_000
    assert facts(browser, project)["this_year_investment"] == 100_000_000


def test_consequences_that_are_no_longer_those_shown_are_shown_again(browser: Browser, project: str) -> None:
    opens_section(browser, project, "investment")
    fills(browser, total_investment="1500")
    form = form_of(browser)
    shown = sends(browser, form, decision="yes", a_total_investment="5000")
    assert "改为「5000 万元」" in shown.text
    assert facts(browser, project)["total_investment"] == 680_000_000


def test_a_first_answer_needs_no_confirmation(browser: Browser) -> None:
    path = browser.begins_project(*FIRST[:-1])
    opens_section(browser, path, "investment")
    fills(browser, total_investment="1500")
    assert facts(browser, path)["total_investment"] == 1_500_000_000


def test_a_correction_without_consequences_needs_no_confirmation(browser: Browser, project: str) -> None:
    opens_section(browser, project, "form")
    fills(browser, project_name="平台")
    fills(browser, project_name="综合平台")
    assert facts(browser, project)["project_name"] == "综合平台"


def test_what_colleagues_changed_meanwhile_is_shown_next_to_what_was_typed(everybody: People) -> None:
    member, colleague = everybody.member, everybody.colleague
    path = member.begins_project(*FIRST)
    mine = opens_section(member, path, "form")
    colleague.sends(f"{path}/take-over", csrf=csrf(colleague))
    opens_section(colleague, path, "form")
    fills(colleague, project_name="同事起的名字", project_lead="王芳")
    shown = sends(member, mine, a_project_name="我起的名字", a_unit_name="青山街道办事处", take_over="1")
    assert shown.status_code == 409
    assert "同事起的名字" in shown.text
    fields = form_of(member).fields
    assert fields["a_project_name"] == ["我起的名字"]
    assert fields["a_project_lead"] == ["王芳"]  # it was not touched here
    assert facts(member, path)["unit_name"] == "青山街道办事处"
    assert facts(member, path)["project_name"] == "同事起的名字"
    fills(member)
    assert facts(member, path)["project_name"] == "我起的名字"


def csrf(browser: Browser) -> str:
    browser.opens("/projects")
    return browser.hidden["csrf"]


def test_while_a_colleague_edits_nothing_is_kept_and_nothing_typed_is_lost(everybody: People) -> None:
    member, colleague = everybody.member, everybody.colleague
    path = member.begins_project(*FIRST)
    opens_section(colleague, path, "form")
    assert "member 正在填这个项目" in colleague.text
    shown = fills(colleague, unit_name="青山街道办事处", phone="12")
    assert shown.status_code == 409
    assert "member 正在填这个项目" in shown.text
    assert form_of(colleague).fields["a_unit_name"] == ["青山街道办事处"]
    assert form_of(colleague).fields["a_phone"] == ["12"]
    assert "unit_name" not in facts(member, path)
    shown = sends(colleague, form_of(colleague), take_over="1", a_phone="0952-2012345")
    assert shown.status_code == 200
    assert facts(member, path)["unit_name"] == "青山街道办事处"


def test_a_submitted_project_is_read_only(browser: Browser, project: str) -> None:
    form = opens_section(browser, project, "form")
    with browser.site.conversation.database.unit_of_work() as work:
        work.projects.submit(int(project.rpartition("/")[2]), at=CLOCK.now())
    shown = sends(browser, form, a_unit_name="青山街道办事处")
    assert shown.status_code == 409
    assert "已经提交" in shown.text
    assert "青山街道办事处" in shown.text  # not lost, only not kept
    assert "unit_name" not in facts(browser, project)
    opens_section(browser, project, "form")
    assert "readonly" in browser.text
    assert "go" not in form_of(browser).offered
