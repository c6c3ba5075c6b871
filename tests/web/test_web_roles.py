"""What the officer and the operator do on the page, and how people get in."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from talking import CLOCK, PROJECT_NAME
from visiting import PASSWORD, Browser, whole_project

if TYPE_CHECKING:
    from visiting import People

    from bot.web.site import Site

LINK = re.compile(r"https://shenbao\.example(/invitations/[\w-]+)")


def submit(browser: Browser, path: str) -> None:
    """Submit a project as it is."""
    with browser.site.conversation.database.unit_of_work() as work:
        work.projects.submit(int(path.rsplit("/", 1)[1]), at=CLOCK.now())


@pytest.fixture
def submitted(everybody: People) -> str:
    """The number of a whole project that a unit of the county has submitted."""
    path = whole_project(everybody.member, "member")
    submit(everybody.member, path)
    return path.rsplit("/", 1)[1]


def test_an_officer_sees_what_the_area_has_submitted(everybody: People, submitted: str) -> None:
    for officer in (everybody.officer, everybody.city_officer):
        assert PROJECT_NAME in officer.opens("/submitted").text
        page = officer.opens(f"/submitted/{submitted}")
        assert page.status_code == 200
        assert "示例区青山街道办事处" in page.text
        assert officer.client.get(f"/projects/{submitted}/preview/declaration/0.svg").status_code == 200


def test_an_officer_of_another_area_sees_nothing_of_it(everybody: People, submitted: str) -> None:
    other = everybody.other_officer
    assert PROJECT_NAME not in other.opens("/submitted").text
    assert other.opens(f"/submitted/{submitted}").status_code == 404
    assert other.opens(f"/projects/{submitted}/preview/declaration/0.svg").status_code == 404
    assert other.opens("/submitted/summary.xlsx").status_code == 404


def test_what_is_not_submitted_is_seen_by_no_officer(everybody: People) -> None:
    path = whole_project(everybody.member, "member")
    number = path.rsplit("/", 1)[1]
    assert PROJECT_NAME not in everybody.officer.opens("/submitted").text
    assert everybody.officer.opens(f"/submitted/{number}").status_code == 404


def test_an_officer_changes_nothing(everybody: People, submitted: str) -> None:
    officer = everybody.officer
    officer.opens(f"/submitted/{submitted}")
    for action in ("say", "take-over"):
        assert officer.sends(f"/projects/{submitted}/{action}", text="返回").status_code == 404


@pytest.mark.usefixtures("submitted")
def test_the_summary_lists_every_submitted_project_once(everybody: People) -> None:
    data = everybody.officer.opens("/submitted/summary.xlsx").content
    cells = [str(cell.value) for row in load_workbook(BytesIO(data)).worksheets[0] for cell in row]
    assert cells.count(PROJECT_NAME) == 1
    assert "青山街道办事处" in cells


def test_a_submitted_project_takes_no_more_answers(everybody: People, submitted: str) -> None:
    member = everybody.member
    member.opens(f"/projects/{submitted}")
    member.says("修改 总投资 改为 700万", "确认修改")
    assert "已经提交" in member.text
    assert "480" in everybody.officer.opens(f"/submitted/{submitted}").text


def test_an_invitation_opens_one_account_and_only_one(everybody: People, site: Site) -> None:
    operator = everybody.operator
    operator.opens("/admin")
    unit = re.search(r'<option value="(\d+)">青山街道', operator.text)
    assert unit is not None
    operator.sends("/admin/invitations", unit=unit[1], role="member")
    found = LINK.search(operator.text)
    assert found is not None
    new = {"login": "新人", "name": "王芳", "password": PASSWORD, "again": PASSWORD}
    guest = Browser(site)
    assert "青山街道办事处" in guest.opens(found[1]).text
    guest.sends(found[1], **new)
    assert guest.path == "/projects"
    assert Browser(site).signs_in("新人").url.path == "/projects"
    late = Browser(site)
    assert late.opens(found[1]).status_code == 404
    assert late.sends(found[1], **new | {"login": "另一人"}).status_code == 404


def test_an_invitation_ends(everybody: People, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody.operator.opens("/admin")
    everybody.operator.sends("/admin/invitations", unit="", role="operator")
    found = LINK.search(everybody.operator.text)
    assert found is not None
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(hours=73))
    assert Browser(site).opens(found[1]).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "short", "again": "short"}, "密码要 10 到 200 个字符"),
        ({"again": "something else"}, "两次输入的密码不一样"),
        ({"login": "a b<c>"}, "用户名要 2 到 60 个字"),
        ({"login": "MEMBER"}, "已经有人用了"),
        ({"name": "  "}, "请写上姓名"),
    ],
)
def test_a_bad_registration_gets_one_sentence_and_keeps_the_invitation(
    everybody: People, site: Site, wrong: dict[str, str], sentence: str
) -> None:
    everybody.operator.opens("/admin")
    everybody.operator.sends("/admin/invitations", unit="", role="operator")
    found = LINK.search(everybody.operator.text)
    assert found is not None
    right = {"login": "新人", "name": "王芳", "password": PASSWORD, "again": PASSWORD}
    guest = Browser(site)
    guest.opens(found[1])
    shown = guest.sends(found[1], **right | wrong)
    assert shown.status_code == 422
    assert sentence in shown.text
    guest.sends(found[1], **right)
    assert guest.path == "/admin"


def test_a_closed_account_is_out_at_once_and_cannot_come_back(everybody: People, site: Site) -> None:
    operator = everybody.operator
    operator.opens("/admin")
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login("stranger")
    assert account is not None
    operator.sends(f"/admin/accounts/{account.id}", active="0")
    assert everybody.stranger.opens("/projects").url.path == "/sign-in"
    assert Browser(site).signs_in("stranger").status_code == 422
    operator.sends(f"/admin/accounts/{account.id}", active="1")
    assert Browser(site).signs_in("stranger").url.path == "/projects"


def test_who_forgot_the_password_sets_a_new_one_by_a_link_that_works_once(
    everybody: People, site: Site
) -> None:
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login("stranger")
    assert account is not None
    everybody.operator.opens("/admin")
    everybody.operator.sends(f"/admin/accounts/{account.id}/reset")
    found = LINK.search(everybody.operator.text)
    assert found is not None
    guest = Browser(site)
    assert 'name="login"' not in guest.opens(found[1]).text
    new = "another horse battery"
    guest.sends(found[1], password=new, again=new)
    assert guest.path == "/projects"
    assert everybody.stranger.opens("/projects").url.path == "/sign-in"  # older sessions have ended
    assert Browser(site).signs_in("stranger").status_code == 422
    assert Browser(site).signs_in("stranger", new).url.path == "/projects"
    assert Browser(site).opens(found[1]).status_code == 404


def test_an_operator_does_not_lock_themselves_out(everybody: People, site: Site) -> None:
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login("operator")
    assert account is not None
    everybody.operator.opens("/admin")
    assert everybody.operator.sends(f"/admin/accounts/{account.id}", active="0").status_code == 422
    assert everybody.operator.opens("/admin").status_code == 200


@pytest.mark.usefixtures("submitted")
def test_the_log_tells_who_did_what_and_no_answers(everybody: People) -> None:
    everybody.officer.opens("/submitted/summary.xlsx")
    log = everybody.operator.opens("/audit").text
    assert "导出备案汇总" in log
    assert "officer" in log
    assert PROJECT_NAME not in log


def test_wrong_passwords_are_stopped_and_names_are_not_told(everybody: People, site: Site) -> None:
    guest = Browser(site)
    unknown = guest.signs_in("nobody knows", "wrong password")
    known = guest.signs_in("member", "wrong password")
    assert (unknown.status_code, known.status_code) == (422, 422)
    assert "用户名或密码不对" in unknown.text
    assert "用户名或密码不对" in known.text
    for _ in range(site.settings.sign_in_limit):
        last = guest.signs_in("member", "wrong password")
    assert last.status_code == 429
    assert guest.signs_in("member").status_code == 429  # also with the right one
    assert everybody.member.opens("/projects").status_code == 200  # who is in stays in


def test_the_printed_address_works_once(browser: Browser) -> None:
    assert browser.path == "/projects"
    other = Browser(browser.site)
    other.opens("/open?token=guess")
    assert other.shown is not None
    assert other.shown.status_code == 403
    assert other.opens("/projects").url.path == "/sign-in"


def test_signing_out_ends_the_session(member: Browser) -> None:
    member.opens("/projects")
    kept = member.client.cookies.get(member.site.cookie)
    member.sends("/sign-out")
    member.client.cookies.set(member.site.cookie, kept)
    assert member.opens("/projects").url.path == "/sign-in"
