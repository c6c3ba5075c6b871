"""The page of all projects, and what can be done with a whole project."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from icalendar import Calendar
from kept_projects import OPERATION, PDF, keep_example, owner_of
from talking import CLOCK, PROJECT_NAME, WHOLE_PROJECT, bytes_of, execute
from visiting import Browser, local_site, whole_project

from bot.updates import Incoming

if TYPE_CHECKING:
    from visiting import People

    from bot.web.site import Site
    from storage.audit import AuditEntry
    from storage.database import Database
    from storage.projects import Project

NAME = "示例市一体化政务服务平台"


def number_of(path: str) -> int:
    return int(path.rsplit("/", 1)[1])


def kept(site: Site, path: str) -> Project:
    with site.conversation.database.unit_of_work() as work:
        return work.projects.get(number_of(path))


def facts_of(site: Site, path: str) -> dict[str, Any]:
    return json.loads(kept(site, path).state)["facts"]


def log_of(site: Site, path: str) -> list[str]:
    return [entry.action for entry in entries_of(site, path)]


def entries_of(site: Site, path: str) -> list[AuditEntry]:
    with site.conversation.database.unit_of_work() as work:
        return work.audit.latest(limit=100, project_id=number_of(path))[::-1]


def card(browser: Browser, path: str) -> str:
    """Return what the list says of a project."""
    text = browser.opens("/projects").text
    found = re.search(rf'<article class="card" id="project-{number_of(path)}".*?</article>', text, re.DOTALL)
    return found[0] if found else ""


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the list -----------------------------------------------------------------------------------------------


def test_without_projects_the_page_says_what_this_is_for_and_how_to_begin(member: Browser) -> None:
    page = member.opens("/projects").text
    assert 'class="empty"' in page
    assert "要不要申报" in page
    assert "新建一个项目" in page


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({}, "待提交"),
        ({"superior_approved": False}, "填写中"),
        ({"unit_kind": "other"}, "不适用"),
        ({"classified": True}, "涉密不收集"),
        ({"classified": "unsure"}, "涉密不收集"),
    ],
)
def test_the_state_is_said_in_words(member: Browser, site: Site, facts: dict[str, Any], label: str) -> None:
    path = keep_example(site, **facts)
    badges = re.findall(r'<h2.*?class="badge [^>]*>([^<]+)<', card(member, path), re.DOTALL)
    assert badges == [label]


def test_what_is_missing_is_listed_with_a_link_to_each_place(member: Browser, site: Site) -> None:
    path = keep_example(
        site, without=("phone",), documents={}, security_planned=False, superior_approved="unsure"
    )
    shown = card(member, path)
    assert f"{path}/documents#document-preliminary_design" in shown
    assert f"{path}/form?question=phone#q-phone" in shown
    assert "原则上不受理" in shown
    assert f"{path}/form?question=crypto_planned#q-crypto_planned" in shown
    assert "还判断不了" in shown  # 不清楚 is no pass
    assert "#document-declaration_form" not in shown  # that one we make


def test_every_link_of_the_list_leads_somewhere(member: Browser, site: Site) -> None:
    path = keep_example(site, without=("phone", "goals"), documents={}, superior_approved=False)
    links = set(re.findall(r'href="(/[^"#]*)', card(member, path)))
    assert len(links) > 5
    assert {link: member.opens(link.replace("&amp;", "&")).status_code for link in links} == dict.fromkeys(
        links, 200
    )


def test_the_next_deadline_is_shown_with_the_days_that_are_left(member: Browser, site: Site) -> None:
    shown = card(member, keep_example(site, OPERATION))
    assert "2027年1月31日" in shown
    assert "还有 69 天" in shown


def test_a_deadline_that_is_over_is_no_next_one_but_is_not_hidden(member: Browser, site: Site) -> None:
    path = keep_example(site, OPERATION, service_start="2024-01-01", service_end="2025-12-31")
    shown = card(member, path)
    assert "下一个期限" not in shown
    assert "已过的期限" in shown
    assert "请核对是否已办" in shown


def test_the_last_editor_is_named_to_colleagues(everybody: People) -> None:
    path = everybody.member.begins_project("否")
    everybody.colleague.opens(path)
    everybody.colleague.sends(f"{path}/take-over")
    everybody.colleague.says("市级")
    assert "，colleague" in card(everybody.member, path)


def test_a_name_that_looks_like_markup_stays_a_name(member: Browser, site: Site) -> None:
    path = keep_example(site, project_name="<script>alert(1)</script>")
    for page in ("/projects", f"{path}/submit", f"{path}/delete", f"{path}/documents"):
        assert "<script>alert" not in member.opens(page).text
        assert "&lt;script&gt;alert" in member.text


def test_another_unit_sees_nothing_of_it(everybody: People, site: Site) -> None:
    path = keep_example(site)
    stranger = everybody.stranger
    assert NAME not in stranger.opens("/projects").text
    for page in ("submit", "delete", "export.zip", "deadlines.ics"):
        assert stranger.opens(f"{path}/{page}").status_code == 404
    stranger.opens("/projects")
    for action in ("duplicate", "archive", "reopen", "submit", "recall", "delete"):
        assert stranger.sends(f"{path}/{action}", confirmed="1").status_code == 404
    assert (kept(site, path).status, kept(site, path).submitted_at) == ("open", None)
    assert NAME.encode() not in stranger.opens("/deadlines.ics").content


# --- copying ------------------------------------------------------------------------------------------------


def test_a_copy_has_the_answers_but_asks_first_whether_it_is_secret(member: Browser, site: Site) -> None:
    path = keep_example(site, partner_units="示例市大数据中心", remarks="示例")
    member.opens("/projects")
    member.sends(f"{path}/duplicate")
    copy = member.path
    assert copy != path
    assert "国家秘密" in member.question
    before, after = facts_of(site, path), facts_of(site, copy)
    assert after == {name: value for name, value in before.items() if name != "classified"} | {
        "project_name": f"{NAME}（副本）"
    }
    state = json.loads(kept(site, copy).state)
    assert (state["documents"], state["events"]) == ({}, [])
    assert log_of(site, copy) == ["duplicated"]
    member.says("否")
    assert facts_of(site, copy)["classified"] is False
    assert "哪些已经备好" in member.question  # every other answer is there


def test_a_copy_asked_for_twice_is_made_once(member: Browser, site: Site) -> None:
    path = keep_example(site)
    member.opens("/projects")
    fields = member.hidden
    places = {str(member.client.post(f"{path}/duplicate", data=fields).url) for _ in range(2)}
    assert len(places) == 1
    assert execute(site.conversation.database, "SELECT count(*) FROM project") == 2


def test_a_copy_of_a_copy_has_a_name_that_the_forms_can_hold(member: Browser, site: Site) -> None:
    path = keep_example(site, project_name="长" * 100)
    member.opens("/projects")
    member.sends(f"{path}/duplicate")
    name = facts_of(site, member.path)["project_name"]
    assert len(name) == 100
    assert name.endswith("（副本）")


def test_a_project_that_may_be_secret_is_not_copied(member: Browser, site: Site) -> None:
    path = keep_example(site, classified=True)
    assert "duplicate" not in card(member, path)
    member.sends(f"{path}/duplicate")
    assert execute(site.conversation.database, "SELECT count(*) FROM project") == 1


def test_a_copy_hands_nothing_in_before_it_is_known_not_to_be_secret(member: Browser, site: Site) -> None:
    path = keep_example(site)
    member.opens("/projects")
    member.sends(f"{path}/duplicate")
    copy = member.path
    assert f"{copy}/submit" not in card(member, copy)
    member.sends(f"{copy}/submit", confirmed="1")
    assert kept(site, copy).submitted_at is None


# --- putting aside ------------------------------------------------------------------------------------------


def test_an_archived_project_is_folded_away_and_comes_back(member: Browser, site: Site) -> None:
    path = keep_example(site)
    for _ in range(2):
        member.opens("/projects")
        member.sends(f"{path}/archive")
    assert kept(site, path).status == "archived"
    page = member.opens("/projects").text
    assert page.index('id="archived"') < page.index(NAME)
    assert NAME.encode() not in member.opens("/deadlines.ics").content
    for _ in range(2):
        member.opens("/projects")
        member.sends(f"{path}/reopen")
    assert kept(site, path).status == "open"
    assert log_of(site, path) == ["archived", "reopened"]


# --- submitting ---------------------------------------------------------------------------------------------


def test_a_complete_project_is_submitted_and_taken_back(everybody: People, site: Site) -> None:
    path, member = keep_example(site), everybody.member
    assert "市数据局" in member.opens(f"{path}/submit").text
    for _ in range(2):
        member.sends(f"{path}/submit")
    assert kept(site, path).submitted_at == CLOCK.now()
    assert "已提交" in card(member, path)
    assert NAME in everybody.officer.opens("/submitted").text
    assert "提交" in member.opens(f"{path}/documents").text
    member.opens("/projects")
    for _ in range(2):
        member.sends(f"{path}/recall")
    assert kept(site, path).submitted_at is None
    assert NAME not in everybody.officer.opens("/submitted").text
    assert log_of(site, path) == ["submitted", "recalled"]


def test_what_is_missing_is_shown_before_submitting_and_may_be_accepted(member: Browser, site: Site) -> None:
    path = keep_example(site, documents={})
    page = member.opens(f"{path}/submit").text
    assert "还没有齐" in page
    assert "初步设计" in page
    refused = member.sends(f"{path}/submit")
    assert refused.status_code == 422
    assert "请先勾选" in refused.text
    assert kept(site, path).submitted_at is None
    member.sends(f"{path}/submit", confirmed="1")
    assert kept(site, path).submitted_at is not None


def test_the_papers_that_we_make_are_submitted_with_the_project(member: Browser, site: Site) -> None:
    path = keep_example(site, documents={})
    member.opens(f"{path}/submit")
    member.sends(f"{path}/submit", confirmed="1")
    documents = json.loads(kept(site, path).state)["documents"]
    assert documents["requirements_report"] == "drafted"
    assert "preliminary_design" not in documents


@pytest.mark.parametrize("facts", [{"unit_kind": "other"}, {"classified": True}])
def test_what_does_not_apply_is_not_submitted(member: Browser, site: Site, facts: dict[str, Any]) -> None:
    path = keep_example(site, **facts)
    assert member.opens(f"{path}/submit").url.path == "/projects"
    member.sends(f"{path}/submit", confirmed="1")
    assert kept(site, path).submitted_at is None


def test_nobody_submits_or_deletes_what_a_colleague_is_editing(everybody: People, site: Site) -> None:
    path = everybody.colleague.begins_project(*WHOLE_PROJECT[:4])
    member = everybody.member
    member.opens(f"{path}/submit")
    for action in ("submit", "delete"):
        refused = member.sends(f"{path}/{action}", confirmed="1")
        assert refused.status_code == 409
        assert "colleague 正在填" in refused.text
    assert kept(site, path).submitted_at is None


def test_in_local_mode_submitting_is_only_a_mark_and_says_so(browser: Browser) -> None:
    path = keep_example(browser.site, owner="terminal:user")
    page = browser.opens(f"{path}/submit").text
    assert "不会把任何东西发给别人" in page
    assert "标为已提交" in page


# --- the calendar -------------------------------------------------------------------------------------------


def test_deadlines_come_as_a_calendar_of_one_project_or_of_all(member: Browser, site: Site) -> None:
    first, second = keep_example(site, OPERATION), keep_example(site, OPERATION, project_name="另一个项目")
    for page, names in ((f"{first}/deadlines.ics", 1), ("/deadlines.ics", 2)):
        answer = member.opens(page)
        assert answer.headers["Content-Type"].startswith("text/calendar")
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert date(2027, 1, 31) in {event.decoded("dtstart") for event in events}
        assert len({str(event["summary"]).partition("：")[2] for event in events}) == names
    assert second != first


# --- the export ---------------------------------------------------------------------------------------------


@pytest.fixture
def talked_about(everybody: People) -> str:
    """A whole project of which every answer was said, with two versions of a file under a hostile name."""
    path = whole_project(everybody.member, "member")
    for data in (PDF, PDF + b" "):
        everybody.member.opens(f"{path}/documents")
        name = "../..\\设计<1>\u202e.html"
        everybody.member.sends(f"{path}/documents/preliminary_design/upload", files={"file": (name, data)})
    return path


def test_the_export_holds_everything_to_be_read_without_this_program(
    member: Browser, site: Site, talked_about: str
) -> None:
    answer = member.opens(f"{talked_about}/export.zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    files = unpacked(answer.content)
    versions = [name for name in files if name.startswith("交过的文件/初步设计/")]
    assert [files[name] for name in versions] == [PDF, PDF + b" "]
    assert all(name.endswith(".pdf") and ".." not in name and "\\" not in name for name in versions)
    assert "申报材料/01_申报表.docx" in files
    assert "申报材料/答案.yaml" in files
    talk = files["对话记录.txt"].decode("utf-8-sig")
    assert "您说：480万" in talk
    assert "上传「初步设计」" in talk
    changes = json.loads(files["修改记录.json"])
    assert {"answers", "upload"} <= {change["kind"] for change in changes}
    assert member.opens(f"{talked_about}/export.zip").content == answer.content
    assert "exported" in log_of(site, talked_about)


def test_what_was_taken_back_is_not_exported(member: Browser, talked_about: str) -> None:
    member.opens(f"{talked_about}/documents")
    member.sends(f"{talked_about}/documents/preliminary_design/2/withdraw")
    names = unpacked(member.opens(f"{talked_about}/export.zip").content)
    assert [name[:17] for name in names if name.startswith("交过")] == ["交过的文件/初步设计/01_设计_"]


def test_the_conversation_is_exported_in_the_language_of_the_page(member: Browser, talked_about: str) -> None:
    member.opens("/projects")
    member.sends("/language", language="en")
    talk = unpacked(member.opens(f"{talked_about}/export.zip").content)["对话记录.txt"].decode()
    assert "Total investment" in talk or "total investment" in talk


def test_a_project_that_may_be_secret_exports_only_what_was_said(member: Browser, talked_about: str) -> None:
    member.opens(talked_about)
    member.says("修改 涉密", "是", "1")
    assert "涉密不收集" in card(member, talked_about)
    files = unpacked(member.opens(f"{talked_about}/export.zip").content)
    assert set(files) == {"答案.yaml", "对话记录.txt", "修改记录.json"}
    assert "classified: true" in files["答案.yaml"].decode()


def test_an_archived_project_can_be_exported(member: Browser, talked_about: str) -> None:
    member.opens("/projects")
    member.sends(f"{talked_about}/archive")
    assert "对话记录.txt" in unpacked(member.opens(f"{talked_about}/export.zip").content)


# --- deleting -----------------------------------------------------------------------------------------------


def test_the_page_of_deleting_says_what_will_be_gone_and_offers_the_export(
    member: Browser, talked_about: str
) -> None:
    page = member.opens(f"{talked_about}/delete").text
    assert "传上来的文件 2 个" in page
    assert f"{talked_about}/export.zip" in page
    assert page.index("export.zip") < page.index("永久删除")


def test_deleting_needs_a_tick(member: Browser, site: Site, talked_about: str) -> None:
    member.opens(f"{talked_about}/delete")
    assert member.sends(f"{talked_about}/delete").status_code == 422
    assert kept(site, talked_about).name == PROJECT_NAME


def test_a_submitted_project_is_not_deleted(member: Browser, site: Site) -> None:
    path = keep_example(site)
    member.opens(f"{path}/submit")
    member.sends(f"{path}/submit")
    refused = member.sends(f"{path}/delete", confirmed="1")
    assert refused.status_code == 409
    assert "先收回" in refused.text
    assert kept(site, path).name == NAME


def test_deleting_leaves_no_byte_but_the_note_that_it_was_done(
    member: Browser, site: Site, talked_about: str
) -> None:
    database = site.conversation.database
    for page in ("documents", "export.zip", "package.zip", "documents/preliminary_design/1"):
        member.opens(f"{talked_about}/{page}")
    execute(database, "PRAGMA secure_delete = ON")
    assert PROJECT_NAME.encode() in bytes_of(database)
    member.opens(f"{talked_about}/delete")
    for _ in range(2):
        assert member.sends(f"{talked_about}/delete", confirmed="1").url.path == "/projects"
    everything = bytes_of(database)
    for word in (PROJECT_NAME, "李明", "示例区青山路"):
        assert word.encode() not in everything
    assert "设计_1_".encode() not in everything
    assert list(database.blobs) == []
    assert log_of(site, talked_about)[-1] == "deleted"
    assert entries_of(site, talked_about)[-1].detail == b"{}"
    assert member.opens(talked_about).status_code == 404


def test_deleting_takes_along_what_the_terminal_was_told(database: Database) -> None:
    site = local_site(database)
    visitor = Browser(site)
    visitor.opens(site.local_address.partition(str(site.settings.port))[2])
    conversation = site.conversation

    def says(*lines: str | None) -> None:
        for line in lines:
            number = execute(database, "SELECT count(*) FROM inbox")
            conversation.receive(Incoming("terminal", f"line {number}", "user", line))
            for delivery in conversation.waiting("terminal", "user"):
                conversation.delivered(delivery)

    says(None, *WHOLE_PROJECT, None)  # the last one lists the projects by name
    says("1", "项目", "新项目", "否")
    execute(database, "PRAGMA secure_delete = ON")
    with database.unit_of_work() as work:
        (path,) = [f"/projects/{each.id}" for each in work.projects.list_for("terminal:user") if each.name]
    visitor.opens(f"{path}/delete")
    visitor.sends(f"{path}/delete", confirmed="1")
    assert PROJECT_NAME.encode() not in bytes_of(database)
    assert execute(database, "SELECT count(*) FROM project") == 1


def test_a_project_of_another_unit_that_was_deleted_tells_nothing(everybody: People, site: Site) -> None:
    path = keep_example(site, owner=owner_of(site, "stranger"))
    everybody.stranger.opens(f"{path}/delete")
    everybody.stranger.sends(f"{path}/delete", confirmed="1")
    everybody.member.opens("/projects")
    assert everybody.member.sends(f"{path}/delete", confirmed="1").status_code == 404


def test_what_a_copy_was_told_is_kept_as_a_reply(member: Browser, site: Site) -> None:
    path = keep_example(site)
    member.opens("/projects")
    member.sends(f"{path}/duplicate")
    assert "的副本" in member.text
    with site.conversation.database.unit_of_work() as work:
        (entry,) = work.history.latest(number_of(member.path), limit=5)
    assert msgspec.json.decode(entry.reply)["project_id"] == number_of(member.path)
