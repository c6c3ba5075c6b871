"""What is not kept for ever: gone after its time, and an idle draft only after its people were told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, Talk, execute
from test_people import NAMED, TELEGRAM

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.retention import Tidied, tidy
from bot.web.settings import Retention

if TYPE_CHECKING:
    from storage.database import Database

NOTHING = Tidied(0, 0, 0, 0, 0, 0)


def after(database: Database, days: float) -> Conversation:
    return Conversation(database, FixedClock(CLOCK.moment + timedelta(days=days)))


@pytest.fixture
def telegram(conversation: Conversation) -> Talk:
    talk = Talk(conversation, "42", TELEGRAM)
    talk.arrives()
    talk.says(*NAMED)
    return talk


@pytest.mark.usefixtures("telegram")
def test_what_is_younger_stays(database: Database) -> None:
    assert tidy(after(database, 13), Retention()) == NOTHING


def test_updates_messages_and_codes_go_after_their_days(telegram: Talk, database: Database) -> None:
    telegram.says("绑定")
    telegram.receive("否")
    updates = execute(database, "SELECT count(*) FROM inbox")
    assert tidy(after(database, 15), Retention()) == NOTHING._replace(updates=updates, codes=1)
    messages = execute(database, "SELECT count(*) FROM outbox WHERE status = 'sent'")
    assert tidy(after(database, 91), Retention()).messages == messages
    assert len(telegram.waiting()) == 1, "what was not delivered is kept"
    assert len(telegram.drafts()) == 1


def test_what_was_said_about_archived_projects_goes_when_the_settings_say_so(
    telegram: Talk, database: Database
) -> None:
    telegram.says("新项目", "否")
    with database.unit_of_work() as work:
        work.projects.archive(1, at=CLOCK.now())
    said = execute(database, "SELECT count(*) FROM chat_entry WHERE project_id = 2")
    assert tidy(after(database, 4000), Retention()).conversations == 0
    assert tidy(after(database, 31), Retention(history_days=30)).conversations == 1
    assert execute(database, "SELECT count(*) FROM chat_entry") == said
    assert execute(database, "SELECT count(*) FROM project") == 2


def test_an_idle_draft_goes_a_month_after_its_people_were_told(telegram: Talk, database: Database) -> None:
    policy = Retention(idle_draft_days=180)
    assert tidy(after(database, 149), policy).told == 0
    assert tidy(after(database, 151), policy).told == 1
    assert tidy(after(database, 151), policy).told == 0
    late = Talk(after(database, 151), telegram.user, TELEGRAM)
    assert "「街道平台」很久没有动了" in late.read()
    assert tidy(after(database, 180), policy).drafts == 0
    assert tidy(after(database, 182), policy).drafts == 1
    assert execute(database, "SELECT count(*) FROM project") == 0


def test_after_long_downtime_the_notice_still_lasts_its_time(telegram: Talk, database: Database) -> None:
    assert telegram.drafts()
    policy = Retention(idle_draft_days=10)
    result = tidy(after(database, 400), policy)
    assert (result.told, result.drafts) == (1, 0)
    assert tidy(after(database, 429), policy).drafts == 0
    assert tidy(after(database, 430), policy).drafts == 1


def test_a_draft_that_was_used_since_stays(telegram: Talk, database: Database) -> None:
    policy = Retention(idle_draft_days=180)
    tidy(after(database, 151), policy)
    Talk(after(database, 160), telegram.user, TELEGRAM).says("480万")
    assert tidy(after(database, 190), policy).drafts == 0
    assert tidy(after(database, 311), policy).told == 1


def test_what_was_submitted_is_no_idle_draft(telegram: Talk, database: Database) -> None:
    assert telegram.drafts()
    with database.unit_of_work() as work:
        work.projects.submit(1, at=CLOCK.now())
    assert tidy(after(database, 4000), Retention(idle_draft_days=180)).told == 0


def test_a_draft_of_people_who_cannot_be_told_stays(telegram: Talk, database: Database) -> None:
    with database.unit_of_work() as work:
        work.contacts.block(TELEGRAM, telegram.user, CLOCK.now())
    policy = Retention(idle_draft_days=180)
    for days in (200, 400):
        result = tidy(after(database, days), policy)
        assert (result.told, result.drafts) == (0, 0)
