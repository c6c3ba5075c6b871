"""What an officer sees of what is overdue: of submitted projects of the area, until it is done; and what members see."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from kept_projects import keep_example, owner_of
from talking import CLOCK

from bot.reminders.schedule import Opened, sync
from dialogs.draft import dump_draft
from rules.case import Event

if TYPE_CHECKING:
    from visiting import People

    from bot.web.site import Site
    from storage.deadlines import DeadlineRow

NAME = "青山街道网格化平台"
AWARDED = Event("award_notice", date(2026, 9, 25))  # to be filed by 25 October, 29 days ago
ORDERED = Event("rectification_ordered", date(2026, 11, 1), due=date(2026, 11, 20))


def submitted(site: Site, *events: Event, owner: str = "", is_submitted: bool = True) -> str:
    """Keep a project in which something happened; return its path."""
    path = keep_example(site, owner=owner, project_name=NAME)
    conversation, project_id = site.conversation, number_of(path)
    with conversation.database.unit_of_work() as work:
        opened = conversation.load(work, project_id)
        project, draft = opened.project, opened.draft.copy()
        draft.events, draft.submitted = events, is_submitted
        work.projects.save(
            project_id,
            expected_version=project.version,
            state=dump_draft(draft),
            name=project.name,
            at=CLOCK.now(),
        )
        if is_submitted:
            work.projects.submit(project_id, at=CLOCK.now())
        sync(work, project_id, Opened.of(conversation, work, project_id).view, CLOCK.now())
    return path


def rows_of(site: Site, path: str) -> dict[str, DeadlineRow]:
    with site.conversation.database.unit_of_work() as work:
        return {row.deadline_id: row for row in work.deadlines.list_for(number_of(path))}


def number_of(path: str) -> int:
    return int(path.rpartition("/")[2])


def test_an_officer_sees_what_is_overdue_where_and_for_how_long(everybody: People, site: Site) -> None:
    submitted(site, AWARDED, ORDERED)
    page = everybody.officer.opens("/overdue").text
    for words in ("青山街道办事处", NAME, "招标后备案", "2026年10月25日", "29 天", "整改期限", "3 天"):
        assert words in page
    assert page.index("招标后备案") < page.index("整改期限"), "the longest overdue first"
    assert "逾期 2 项" in everybody.officer.opens("/submitted").text
    assert 'href="/overdue"' in everybody.officer.text


@pytest.mark.parametrize("who", ["other_officer", "officer"])
def test_another_area_and_what_is_not_submitted_stay_hidden(everybody: People, site: Site, who: str) -> None:
    submitted(site, AWARDED, is_submitted=who == "other_officer")
    page = getattr(everybody, who).opens("/overdue").text
    assert NAME not in page
    assert "没有逾期的事项" in page
    assert "逾期 1 项" not in getattr(everybody, who).opens("/submitted").text


def test_the_city_sees_every_county_and_units_of_all(everybody: People, site: Site) -> None:
    submitted(site, AWARDED)
    submitted(site, AWARDED, owner=owner_of(site, "stranger"))
    page = everybody.city_officer.opens("/overdue").text
    assert "青山街道办事处" in page
    assert "绿水街道办事处" in page


def test_what_is_done_or_has_only_ended_is_not_overdue(everybody: People, site: Site) -> None:
    submitted(site, AWARDED, Event("filed", date(2026, 11, 2)))
    path = submitted(site, ORDERED)
    with site.conversation.database.unit_of_work() as work:
        [row] = work.deadlines.list_for(number_of(path))
        work.deadlines.mark_done(row.id, at=CLOCK.now(), by="somebody")
    assert "没有逾期的事项" in everybody.officer.opens("/overdue").text


def test_an_archived_project_is_overdue_all_the_same(everybody: People, site: Site) -> None:
    path = submitted(site, AWARDED)
    everybody.member.opens("/projects")
    everybody.member.sends(f"{path}/archive")
    assert rows_of(site, path)["filing_after_award"].next_at is None
    assert NAME in everybody.officer.opens("/overdue").text
    everybody.member.opens("/projects")
    everybody.member.sends(f"{path}/reopen")
    assert rows_of(site, path)["filing_after_award"].next_at is not None


def test_a_project_that_turns_out_secret_is_no_longer_shown(everybody: People, site: Site) -> None:
    path = submitted(site, AWARDED)
    conversation = site.conversation
    with conversation.database.unit_of_work() as work:
        opened = conversation.load(work, number_of(path))
        project, draft = opened.project, opened.draft.copy()
        draft.facts["classified"] = "unsure"
        work.projects.save(
            project.id, expected_version=project.version, state=dump_draft(draft), name="", at=CLOCK.now()
        )
    assert "没有逾期的事项" in everybody.officer.opens("/overdue").text


def test_members_say_on_the_time_line_that_it_is_done(everybody: People, site: Site) -> None:
    path, member = submitted(site, ORDERED), everybody.member
    number = rows_of(site, path)["rectification"].id
    page = member.opens(f"{path}?side=route").text
    assert f'value="办好了 {number}"' in page
    assert "已过期" in page
    member.sends(f"{path}/say", words=f"办好了 {number}")
    assert "记下了" in member.text
    page = member.opens(f"{path}?side=route").text
    assert f'value="办好了 {number}"' not in page
    assert "已办</span>" in page
    assert "已过的期限" not in member.opens("/projects").text
    officer = everybody.officer.opens(f"/submitted/{number_of(path)}?side=route").text
    assert "办好了" not in officer
