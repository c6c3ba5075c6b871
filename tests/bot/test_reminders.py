"""Reminders: each once, to whom they concern, not in the night, and none of what was met, muted or is secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from reminded import CONSTRUCT, OPERATION, TELEGRAM, World, at

from bot import conversation as conversation_module
from bot.packs import installed_pack
from bot.reminders.promote import NEVER, next_promotion
from bot.reminders.schedule import resync_all
from rules.loader import load_rules
from storage.database import open_database

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.database import Database

AWARD = {"kind": "award_notice", "date": "2026-06-15"}  # due 15 July 2026, a Wednesday
FILED = {"kind": "filed", "date": "2026-07-02"}


@pytest.fixture
def world(database: Database) -> World:
    made = World(database, "2026-06-20 10:00")
    made.talk()
    made.promote()
    return made


def chats(found: list[tuple[str, datetime, str]]) -> list[str]:
    return [chat for chat, _, _ in found]


# --- kept in step -------------------------------------------------------------------------------------------


def test_an_event_makes_a_due_date_that_is_reminded_of_next(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    assert world.rows(project) == []
    world.change(project, AWARD)
    [row] = world.rows(project)
    assert (row.key, row.due) == ("filing_after_award.2026-06-15", "2026-07-15")
    assert row.next_at == at("2026-07-01 09:00")


def test_nothing_is_written_when_nothing_changed(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    before = world.rows(project)
    assert resync_all(world.conversation) == 1
    assert world.rows(project) == before


def test_a_due_date_that_came_while_nobody_looked_is_not_lost_by_working_it_out_anew(world: World) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    world.clock.moment = at("2026-07-09 12:00")
    resync_all(world.conversation)
    assert world.promote() == 1


def test_what_the_rules_know_to_be_met_is_done_and_open_again_when_it_is_not(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    world.change(project, FILED)
    [row] = world.rows(project)
    assert (row.done_by, row.next_at) == ("rules", None)
    with world.database.unit_of_work() as work:
        opened = world.conversation.load(work, project)
    assert len(opened.draft.events) == 2
    assert opened.project.version > 1
    _take_back(world, project, "filed")
    [row] = world.rows(project)
    assert row.done_at is None
    assert row.next_at == at("2026-07-01 09:00")


def test_what_somebody_said_was_done_stays_done_until_its_day_moves(world: World) -> None:
    project = world.project("系统运维", OPERATION)
    service = next(row for row in world.rows(project) if row.key == "service_end")
    with world.database.unit_of_work() as work:
        work.deadlines.mark_done(service.id, at=world.clock.now(), by="somebody")
    world.change(project, total_investment=400)
    assert next(row for row in world.rows(project) if row.key == "service_end").done_by == "somebody"
    world.change(project, service_end="2027-06-30")
    moved = next(row for row in world.rows(project) if row.key == "service_end")
    assert (moved.id, moved.due, moved.done_at) == (service.id, "2027-06-30", None)
    assert moved.next_at == at("2027-05-31 09:00")


@pytest.mark.parametrize("facts", [{"classified": "yes"}, {"classified": "unsure"}, {"unit_kind": "other"}])
def test_a_project_that_is_not_declared_has_no_due_dates(world: World, facts: dict[str, str]) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    world.promote("2026-07-01 23:00")
    assert len(world.queued()) == 1
    world.change(project, **facts)
    assert world.rows(project) == []
    assert world.queued() == [], "it waited for the morning"
    assert world.promote("2026-08-01 09:00") == 0


def test_an_archived_project_is_not_reminded_of_until_it_is_taken_up_again(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    with world.database.unit_of_work() as work:
        work.projects.archive(project, at=world.clock.now())
    world.change(project)
    assert [row.next_at for row in world.rows(project)] == [None]
    assert world.promote("2026-07-08 10:00") == 0
    with world.database.unit_of_work() as work:
        work.projects.reopen(project, at=world.clock.now())
    world.change(project)
    assert [row.next_at for row in world.rows(project)] == [at("2026-07-10 09:00")]


def test_a_new_edition_of_the_rules_moves_nothing_of_a_project_that_is_pinned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    texts = dict(installed_pack()[1])
    texts["deadlines.yaml"] = texts["deadlines.yaml"].replace("after: {months: 1}", "after: {months: 2}")
    rules = load_rules(texts)
    monkeypatch.setattr(conversation_module, "installed_pack", lambda *_: (rules, texts))
    resync_all(World(world.database, "2026-06-20 10:00").conversation)
    assert [row.due for row in world.rows(project)] == ["2026-07-15"]


# --- once ---------------------------------------------------------------------------------------------------


def test_a_reminder_says_what_is_due_when_and_what_to_do(world: World) -> None:
    world.change(world.project("街道平台", CONSTRUCT), AWARD)
    assert world.promote("2026-07-01 09:00") == 1
    [(chat, when, said)] = world.sent()
    assert (chat, when) == ("telegram.1:10", at("2026-07-01 09:00"))
    assert said.splitlines() == [
        "「街道平台」的「招标后备案」2026年7月15日到期，还有 14 天。",
        "收到中标（成交）通知书后一个月内备案。（依据：第18条（送审稿））",
        "[办好了] [稍后提醒] [不再提醒]",
    ]


def test_promoting_again_sends_nothing_again(world: World) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    assert world.promote("2026-07-01 09:00") == 1
    assert world.promote() == 0
    world.sent()
    assert world.promote("2026-07-02 09:00") == 0


def test_after_a_long_stop_only_the_last_of_several_reminders_goes_out(world: World) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    assert world.promote("2026-07-30 11:00") == 1
    [(_, _, said)] = world.sent()
    assert "已逾期 15 天" in said
    assert world.promote("2026-08-05 08:59") == 0
    assert world.promote("2026-08-05 09:00") == 1


def test_what_was_met_in_the_meantime_is_not_reminded_of(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    world.promote("2026-07-01 23:00")
    world.change(project, FILED)
    assert world.queued() == []
    assert world.promote("2026-07-15 09:00") == 0


def test_workers_that_promote_at_once_queue_each_reminder_once(tmp_path: Path) -> None:
    with open_database(tmp_path / "shenbao.db") as database:
        database.migrate()
        world = World(database, "2026-06-20 10:00")
        for user in ("10", "11", "12"):
            world.talk(user)
        for number in range(12):
            owner = f"{TELEGRAM}:{10 + number % 3}"
            world.change(world.project(f"项目{number}", CONSTRUCT, owner=owner), AWARD)
        world.clock.moment = at("2026-07-01 09:00")
        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(lambda _: world.promote(), range(8)))
        found = [said for _, _, said in world.queued()]
    reminders = [said for said in found if "招标后备案" in said.splitlines()[0]]
    assert len(reminders) == len(set(reminders)) == 12
    assert sum(counts) == len(found)


def test_a_crash_before_the_commit_leaves_the_reminder_for_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    with monkeypatch.context() as patch:
        patch.setattr("bot.reminders.promote.may_disturb_at", _fails)
        with pytest.raises(ZeroDivisionError):
            world.promote("2026-07-01 09:00")
    assert world.queued() == []
    assert world.promote() == 1


def test_more_than_are_taken_at_once_are_taken_one_after_the_other(world: World) -> None:
    for number in range(45):
        world.change(world.project(f"项目{number}", CONSTRUCT), AWARD)
    world.promote("2026-07-01 09:00")
    assert sum("的「招标后备案」" in said for _, _, said in world.queued()) == 45


def test_a_project_that_cannot_be_read_holds_up_no_other(world: World) -> None:
    broken, sound = (world.project(name, CONSTRUCT) for name in ("坏了", "平台"))
    for project in (broken, sound):
        world.change(project, AWARD)
    with world.database.unit_of_work() as work:
        statement = "UPDATE project SET state = '[]' WHERE id = ?"
        work.connection.exec_driver_sql(statement, (broken,))
    assert world.promote("2026-07-01 09:00") == 1
    assert [row.next_at for row in world.rows(broken)] == [at("2026-07-02 09:00")]
    assert resync_all(world.conversation) == 2


# --- whom, and when -----------------------------------------------------------------------------------------


def test_members_are_reminded_and_nobody_else(world: World) -> None:
    for user in ("11", "12"):
        world.talk(user)
    world.talk("13", "terminal")
    world.promote()
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    with world.database.unit_of_work() as work:
        for person in (f"{TELEGRAM}:11", "terminal:13"):
            work.members.add(project, person=person, name="", invited_by="", at=world.clock.now())
    world.promote("2026-07-01 09:00")
    assert chats(world.sent()) == ["telegram.1:10", "telegram.1:11"]
    with world.database.unit_of_work() as work:
        work.members.remove(project, f"{TELEGRAM}:11")
    world.promote("2026-07-08 09:00")
    assert chats(world.sent()) == ["telegram.1:10"]


def test_a_chat_that_is_blocked_or_paused_gets_none(world: World) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    assert "暂停" in world.says("暂停提醒")
    assert world.promote("2026-07-01 09:00") == 0
    assert "恢复" in world.says("恢复提醒")
    assert world.promote("2026-07-08 09:00") == 1
    with world.database.unit_of_work() as work:
        work.contacts.block(TELEGRAM, "10", world.clock.now())
    assert world.promote("2026-07-10 09:00") == 0


def test_a_chat_of_a_unit_is_reminded_only_while_its_account_is_open(world: World) -> None:
    now = world.clock.now()
    with world.database.unit_of_work() as work:
        unit = work.units.add(name="青山街道办事处", area="640221", at=now).id
        account = work.accounts.add(
            unit_id=unit, login="member", name="李明", role="member", password_hash="", at=now
        )
        work.contacts.link(
            TELEGRAM, "10", person=f"web:account:{account.id}", owner=f"unit:{unit}", account_id=account.id
        )
    world.change(world.project("平台", CONSTRUCT, owner=f"unit:{unit}"), AWARD)
    assert world.promote("2026-07-01 09:00") == 1
    with world.database.unit_of_work() as work:
        work.accounts.set_active(account.id, is_active=False)
    assert world.promote("2026-07-08 09:00") == 0


@pytest.mark.parametrize(
    ("hours", "now", "leaves"),
    [
        ("", "2026-07-01 09:00", "2026-07-01 09:00"),
        ("", "2026-07-01 21:29", "2026-07-01 21:29"),
        ("", "2026-07-01 21:30", "2026-07-02 08:30"),
        ("", "2026-07-02 03:00", "2026-07-02 08:30"),
        ("", "2026-07-02 08:30", "2026-07-02 08:30"),
        ("免打扰 关", "2026-07-01 23:00", "2026-07-01 23:00"),
        ("免打扰 12:00到14:00", "2026-07-01 13:15", "2026-07-01 14:00"),
        ("免打扰 8点-10点30分", "2026-07-01 09:00", "2026-07-01 10:30"),
        ("quiet 22-24", "2026-07-01 23:00", "2026-07-02 00:00"),
    ],
)
def test_a_reminder_waits_for_the_end_of_quiet_hours(world: World, hours: str, now: str, leaves: str) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    if hours:
        world.says(hours)
    assert world.promote(now) == 1
    [(_, when, said)] = world.sent()
    assert when == at(leaves)
    assert f"还有 {(at('2026-07-15 00:00').date() - when.date()).days} 天" in said


def test_a_chat_is_spoken_to_in_its_language(world: World) -> None:
    world.change(world.project("平台", CONSTRUCT), AWARD)
    with world.database.unit_of_work() as work:
        work.sessions.set(TELEGRAM, "10", project_id=None, language="en")
    world.promote("2026-07-01 09:00")
    with world.database.unit_of_work() as work:
        [message] = work.outbox.listing(status="pending")
    assert b'"language":"en"' in message.payload


# --- the sum of the week ------------------------------------------------------------------------------------


def test_two_projects_are_summed_up_on_monday(world: World) -> None:
    first = world.project("街道平台", CONSTRUCT)
    world.change(first, {"kind": "award_notice", "date": "2026-05-20"})
    world.project("系统运维", OPERATION)
    world.promote("2026-06-26 09:00")
    world.sent()
    assert world.promote("2026-06-29 09:00") == 1
    [(_, when, said)] = world.sent()
    assert when == at("2026-06-29 09:00")
    assert said.splitlines()[0] == "2026年6月29日，本周汇总：2 个项目。"
    assert said.splitlines()[1].startswith(
        "1. 街道平台：已提交；逾期 1 项：招标后备案（2026年6月20日，已逾期 9 天）"
    )
    assert "2. 系统运维：已提交；下一个期限：服务期满（2026年12月31日，还有 185 天）" in said
    assert world.promote() == 0


def test_one_project_and_projects_that_may_be_secret_are_not_summed_up(world: World) -> None:
    world.project("平台", CONSTRUCT)
    secret = world.project("机要系统", CONSTRUCT)
    world.change(secret, classified="unsure")
    assert world.promote("2026-06-29 09:00") == 0
    world.project("系统运维", OPERATION)
    assert world.promote("2026-07-06 09:00") == 1
    assert "机要" not in world.queued()[0][2]


def test_the_sum_of_the_week_is_switched_off_and_on(world: World) -> None:
    for name in ("甲", "乙"):
        world.project(name, CONSTRUCT)
    assert "不再发每周汇总" in world.says("不要每周汇总")
    assert world.promote("2026-06-29 09:00") == 0
    with world.database.unit_of_work() as work:
        assert work.contacts.without_digest(1) == []
        assert next_promotion(work) == NEVER
    assert "每周第一个工作日" in world.says("每周汇总")
    assert world.promote("2026-07-06 09:00") == 1


def test_after_a_long_stop_one_sum_is_sent(world: World) -> None:
    for name in ("甲", "乙"):
        world.project(name, CONSTRUCT)
    assert world.promote("2026-07-23 10:00") == 1
    assert world.promote("2026-07-27 09:00") == 1


def _take_back(world: World, project_id: int, kind: str) -> None:
    from dialogs.draft import dump_draft

    with world.database.unit_of_work() as work:
        opened = world.conversation.load(work, project_id)
        project, draft = opened.project, opened.draft.copy()
        draft.events = tuple(event for event in draft.events if event.kind != kind)
        work.projects.save(
            project_id,
            expected_version=project.version,
            state=dump_draft(draft),
            name=project.name,
            at=world.clock.now(),
        )
    world.change(project_id)


def _fails(*_: object) -> None:
    raise ZeroDivisionError
