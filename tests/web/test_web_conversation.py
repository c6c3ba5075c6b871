"""The conversation on the web page: by a browser without scripts, and by one with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visiting import Browser, People

FIRST = ("否", "市级", "政府", "新建", "工程")
FRAGMENT = {"HX-Request": "true"}


def test_a_project_is_begun_and_answered_without_scripts(browser: Browser) -> None:
    browser.begins_project(*FIRST)
    assert "总投资" in browser.question
    assert "工程类" in browser.text


def test_the_same_form_sent_twice_is_applied_once(browser: Browser) -> None:
    path = browser.begins_project()
    fields = {**browser.hidden, "text": "否"}
    for _ in range(2):
        browser.client.post(f"{path}/say", data=fields)
    browser.opens(path)
    assert "哪一级" in browser.question
    assert browser.text.count('class="said"') == 1


def test_a_new_project_asked_for_twice_is_begun_once(browser: Browser) -> None:
    browser.opens("/projects")
    fields = browser.hidden
    first = browser.client.post("/projects", data=fields)
    second = browser.client.post("/projects", data=fields)
    assert first.url == second.url
    with browser.site.conversation.database.unit_of_work() as work:
        assert len(work.projects.list_for("terminal:user")) == 1


def test_an_answer_to_a_question_that_was_answered_elsewhere_is_not_taken_for_the_next(
    browser: Browser,
) -> None:
    path = browser.begins_project("否")
    stale = browser.hidden
    browser.opens(path)
    browser.says("市级")
    shown = browser.client.post(f"{path}/say", data={**stale, "text": "县区"})
    assert shown.status_code == 409
    assert "刚才已经在别处答过" in shown.text
    assert "县区</textarea>" in shown.text  # what was typed is still there
    assert "哪一类" in shown.text


def test_another_answer_on_a_page_that_was_gone_back_to_is_not_dropped_silently(browser: Browser) -> None:
    path = browser.begins_project("否")
    gone_back_to = browser.hidden
    browser.says("市级")
    shown = browser.client.post(f"{path}/say", data={**gone_back_to, "text": "县区"})
    assert "刚才已经在别处答过" in shown.text
    assert "县区</textarea>" in shown.text


def test_nothing_typed_is_kept_before_it_is_settled_that_the_project_is_not_secret(browser: Browser) -> None:
    browser.begins_project()
    browser.says("某某秘密工程一号")
    assert "秘密工程" not in browser.opens(browser.path).text


def test_a_fragment_holds_only_what_the_page_does_not_show_yet(browser: Browser) -> None:
    path = browser.begins_project("否")
    fields = {**browser.hidden, "text": "市级"}
    shown = browser.client.post(f"{path}/say", data=fields, headers=FRAGMENT)
    assert shown.status_code == 200
    assert "<html" not in shown.text
    assert shown.text.count('class="turn"') == 1
    assert shown.headers["HX-Trigger"] == "taken"


def test_a_colleague_sees_it_live_and_can_take_over(everybody: People) -> None:
    path = everybody.member.begins_project("否")
    colleague = everybody.colleague
    assert "member 正在填" in colleague.opens(path).text
    seen = {name: colleague.hidden[name] for name in ("after", "state")}
    assert colleague.client.get(f"{path}/live", params=seen, headers=FRAGMENT).status_code == 204
    everybody.member.says("市级")
    assert "市级" in colleague.client.get(f"{path}/live", params=seen, headers=FRAGMENT).text
    colleague.sends(f"{path}/say", text="政府")
    assert "哪一类" in colleague.question  # not taken while the other edits
    colleague.sends(f"{path}/take-over")
    assert "哪一种" in colleague.says("政府")
    assert "colleague 正在填" in everybody.member.opens(path).text
