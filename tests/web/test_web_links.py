"""Linking chats on the page, and projects shared with somebody who does not own them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, PROJECT_NAME, Talk
from test_people import NAMED, TELEGRAM, code_of
from visiting import Browser, server_site, whole_project

from bot.web.settings import TelegramBot

if TYPE_CHECKING:
    from visiting import People

    from bot.web.site import Site
    from storage.database import Database


@pytest.fixture
def telegram(site: Site) -> Talk:
    return Talk(site.conversation, "42", TELEGRAM)


def shown_code(browser: Browser) -> str:
    browser.opens("/links")
    browser.sends("/links/code")
    return code_of(browser.text)


def invited(browser: Browser, path: str) -> str:
    browser.opens(f"{path}/members")
    browser.sends(f"{path}/members/invite")
    return code_of(browser.text)


# --- linking ------------------------------------------------------------------------------------------------


def test_a_project_of_the_page_goes_on_in_the_chat_and_back(everybody: People, telegram: Talk) -> None:
    path = whole_project(everybody.member, "member", NAMED)
    telegram.says(f"绑定 {shown_code(everybody.member)}")
    telegram.says("街道平台", "480万")
    assert everybody.member.opens(path).status_code == 200
    assert "480" in everybody.member.opens(f"{path}/form").text
    page = everybody.member.opens("/links").text
    assert "Telegram" in page
    assert "正常" in page


def test_a_code_of_the_chat_is_used_on_the_page_and_projects_move_after_a_tick(
    everybody: People, telegram: Talk
) -> None:
    telegram.arrives()
    telegram.says(*NAMED)
    member, code = everybody.member, code_of(telegram.says("绑定"))
    member.opens("/links")
    member.sends("/links/redeem", code=code.lower())
    assert "1 个项目" in member.text
    assert "街道平台" not in member.opens("/projects").text
    member.opens("/links")
    member.sends("/links/redeem", code=code, confirmed="1")
    assert "街道平台" in member.opens("/projects").text
    assert "街道平台" in telegram.arrives()
    assert "街道平台" in everybody.colleague.opens("/projects").text


def test_wrong_and_used_codes_get_one_sentence_and_are_counted(everybody: People, telegram: Talk) -> None:
    member, code = everybody.member, shown_code(everybody.member)
    telegram.says(f"绑定 {code}")
    member.opens("/links")
    assert "用过了" in member.sends("/links/redeem", code=code).text
    for _ in range(4):
        assert member.sends("/links/redeem", code="AAAA-AAAA").status_code == 422
    assert "输错的码太多了" in member.sends("/links/redeem", code="AAAA-AAAA").text
    stranger = everybody.stranger
    stranger.opens("/links")
    assert "不对" in stranger.sends("/links/redeem", code="AAAA-AAAA").text


def test_a_chat_is_unlinked_only_by_its_person(everybody: People, telegram: Talk, site: Site) -> None:
    telegram.says(f"绑定 {shown_code(everybody.member)}")
    for browser, status in ((everybody.colleague, 404), (everybody.member, 200)):
        browser.opens("/links")
        assert browser.sends("/links/remove", channel=TELEGRAM, user="42").status_code == status
    with site.conversation.database.unit_of_work() as work:
        contact = work.contacts.get(TELEGRAM, "42")
    assert contact is not None
    assert contact.person == f"{TELEGRAM}:42"


def test_a_chat_that_blocked_the_bot_is_shown_as_such(everybody: People, telegram: Talk, site: Site) -> None:
    telegram.says(f"绑定 {shown_code(everybody.member)}")
    with site.conversation.database.unit_of_work() as work:
        work.contacts.block(TELEGRAM, "42", CLOCK.now())
    assert "收不到消息" in everybody.member.opens("/links").text


def test_the_page_links_to_the_bot_that_the_settings_name(database: Database) -> None:
    from visiting import people

    site = server_site(database, telegram=(TelegramBot(name="shenbao_bot"), TelegramBot()))
    member = people(site).member
    code = shown_code(member).replace("-", "")
    assert f"https://t.me/shenbao_bot?start=link_{code}" in member.text
    assert member.text.count("https://t.me/") == 1


def test_an_officers_chat_does_not_open_the_projects_of_their_unit(
    everybody: People, telegram: Talk, site: Site
) -> None:
    telegram.says(f"绑定 {shown_code(everybody.officer)}")
    with site.conversation.database.unit_of_work() as work:
        contact = work.contacts.get(TELEGRAM, "42")
    assert contact is not None
    assert contact.owner == contact.person


def test_in_local_mode_the_page_is_the_person_of_the_terminal(browser: Browser, database: Database) -> None:
    conversation = browser.site.conversation
    terminal, telegram = Talk(conversation, "user"), Talk(conversation, "42", TELEGRAM)
    terminal.arrives()
    terminal.says(*NAMED)
    telegram.says(f"绑定 {shown_code(browser)}")
    assert "街道平台" in telegram.arrives()
    other = Talk(conversation, "43", TELEGRAM)
    browser.opens("/links")
    browser.sends("/links/redeem", code=code_of(other.says("绑定")), confirmed="1")
    with database.unit_of_work() as work:
        persons = {contact.person for contact in work.contacts.of_owner(f"{TELEGRAM}:43")}
        assert len(work.projects.list_for(f"{TELEGRAM}:43")) == 1
    assert persons == {f"{TELEGRAM}:43"}
    assert "街道平台" in browser.opens("/projects").text


def test_words_about_the_account_lead_to_the_page(member: Browser) -> None:
    path = member.begins_project("否")
    for words in ("绑定", "我的数据", "删除我的数据", "邀请"):
        member.opens(path)
        member.says(words)
        assert "请打开页面上方的「账号」" in member.text or "「同事」" in member.text


# --- shared projects ----------------------------------------------------------------------------------------


def test_somebody_of_another_unit_works_on_a_shared_project_but_does_not_own_it(everybody: People) -> None:
    path = whole_project(everybody.member, "member")
    stranger = everybody.stranger
    assert stranger.opens(path).status_code == 404
    stranger.opens("/links")
    assert stranger.sends("/links/redeem", code=invited(everybody.member, path)).url.path == path
    page = stranger.opens("/projects").text
    assert PROJECT_NAME in page
    assert "受邀一起填" in page
    for action in ("submit", "delete", "duplicate", "archive"):
        assert f"{path}/{action}" not in page
        assert stranger.sends(f"{path}/{action}", confirmed="1").status_code == 404
    assert stranger.sends(f"{path}/members/invite").status_code == 404
    assert stranger.opens(f"{path}/export.zip").status_code == 200
    stranger.opens(path)
    stranger.says("修改 总投资 改为 490万", "确认修改")
    shown = everybody.member.opens(path).text
    assert "490 万元" in shown
    assert "stranger" in shown, "who is at it now is named"


def test_a_removed_colleague_finds_nothing_any_more(everybody: People) -> None:
    path = whole_project(everybody.member, "member")
    member, stranger = everybody.member, everybody.stranger
    stranger.opens("/links")
    stranger.sends("/links/redeem", code=invited(member, path))
    page = member.opens(f"{path}/members").text
    assert "stranger" in page
    tag = re.search(r'name="member" value="([0-9a-f]{8})"', page)
    assert tag is not None
    member.sends(f"{path}/members/remove", member=tag[1])
    assert "还没有别的成员" in member.text
    assert stranger.opens(path).status_code == 404
    assert PROJECT_NAME not in stranger.opens("/projects").text


def test_who_was_invited_may_leave(everybody: People) -> None:
    path = whole_project(everybody.member, "member")
    stranger = everybody.stranger
    stranger.opens("/links")
    stranger.sends("/links/redeem", code=invited(everybody.member, path))
    stranger.opens(f"{path}/members")
    stranger.sends(f"{path}/members/leave")
    assert stranger.opens(path).status_code == 404


def test_an_officer_joins_no_project(everybody: People) -> None:
    path = whole_project(everybody.member, "member")
    everybody.officer.opens("/links")
    shown = everybody.officer.sends("/links/redeem", code=invited(everybody.member, path))
    assert "数据局人员不能加入" in shown.text


# --- one's own data -----------------------------------------------------------------------------------------


def test_the_page_hands_over_what_is_kept_of_the_user(everybody: People) -> None:
    whole_project(everybody.member, "member")
    data = everybody.member.opens("/links/mydata.zip").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.read("我的数据.json").decode()
    assert PROJECT_NAME in listed
    assert "signed_in" not in listed or "member" in listed


def test_forgetting_on_the_page_keeps_what_is_the_units(everybody: People, telegram: Talk) -> None:
    path = whole_project(everybody.member, "member")
    member = everybody.member
    telegram.says(f"绑定 {shown_code(member)}")
    page = member.opens("/links").text
    assert "属于单位" in page
    assert member.sends("/links/forget").status_code == 422
    member.sends("/links/forget", confirmed="1")
    assert "还没有绑定的聊天" in member.opens("/links").text
    assert member.opens(path).status_code == 200
    assert "街道" not in telegram.arrives()
