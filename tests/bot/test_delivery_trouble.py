"""A chat that is gone and who is told; an outbox that cannot be used for a while; a second process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from delivering import CHANNEL, START, Channel, JumpingClock, Post

from bot.conversation import Conversation
from bot.delivery.sender import Blocked
from bot.updates import chat_of
from storage.database import Database, open_database
from storage.errors import StorageFull, StorageLocked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def post(database: Database, clock: JumpingClock) -> Post:
    return Post(Conversation(database, clock), clock, Channel(clock))


def _meet(post: Post, user: str, channel: str = CHANNEL, owner: str = "") -> str:
    """Let somebody be known to the bot; return their key."""
    key = chat_of(channel, user)
    with post.database.unit_of_work() as work:
        work.contacts.meet(channel, user, name=user.title(), key=key, at=START)
        if owner:
            work.contacts.link(channel, user, person=key, owner=owner, account_id=None)
    return key


def _blocks(post: Post, user: str) -> None:
    post.channel.answers[user] = [Blocked("bot was blocked by the user")]
    post.put(user, "reminder")
    post.run(10)


def _told(post: Post) -> list[str]:
    return [got.user for got in post.channel.got if "请转告" in got.text]


def test_the_units_other_members_are_told_once_that_somebody_is_gone(post: Post) -> None:
    for user in ("anna", "bert", "carl"):
        _meet(post, user, owner="unit:3")
    _meet(post, "dora", owner="unit:4")
    _meet(post, "emil", channel="wecom.1", owner="unit:3")
    with post.database.unit_of_work() as work:
        work.contacts.set_muted(CHANNEL, "carl", is_muted=True)
    _blocks(post, "anna")
    assert _told(post) == ["bert"]
    assert post.channel.texts == ["Anna 收不到提醒了（停用了机器人），请转告。"]
    _blocks(post, "anna")
    assert _told(post) == ["bert"]
    with post.database.unit_of_work() as work:
        contact = work.contacts.get(CHANNEL, "anna")
    assert contact is not None
    assert contact.blocked_at is not None


def test_those_who_share_a_project_are_told(post: Post) -> None:
    owner, member = _meet(post, "anna"), _meet(post, "bert")
    _meet(post, "carl")
    with post.database.unit_of_work() as work:
        edition = post.conversation.pin(work, START)
        project = work.projects.create(
            owner=owner, name="", pack_id="x", edition_id=edition, state=b"{}", at=START
        )
        work.members.add(project.id, person=member, name="Bert", invited_by=owner, at=START)
    _blocks(post, "bert")
    assert _told(post) == ["anna"]


def test_where_nobody_can_be_told_the_log_says_so(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    _meet(post, "anna")
    _blocks(post, "anna")
    assert _told(post) == []
    assert "colleagues told: 0" in caplog.text
    assert "anna" not in caplog.text.casefold()


def test_a_chat_the_bot_never_met_can_be_gone_as_well(post: Post) -> None:
    _blocks(post, "-100200")
    assert post.statuses == ["dead"]


@pytest.mark.parametrize("error", [StorageFull, StorageLocked])
def test_an_outbox_that_cannot_be_used_for_a_while_loses_nothing_and_sends_nothing_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    opened = post.database.unit_of_work

    def fails() -> object:
        # from the moment in which the first is being sent until half a minute later
        if 0.1 < post.clock.elapsed < 30:
            raise error
        return opened()

    post.channel.takes = 0.3
    post.put("anna", "first")
    post.put("anna", "second")
    monkeypatch.setattr(post.database, "unit_of_work", fails)
    post.run(90)
    monkeypatch.undo()
    assert [got.text for got in post.channel.asked] == ["first", "second"]
    assert post.statuses == ["sent", "sent"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_an_outbox_that_cannot_be_used_at_first_is_waited_for(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = post.database.unit_of_work
    post.put("anna", "text")

    def fails() -> object:
        if post.clock.elapsed < 5:
            raise StorageLocked
        return opened()

    monkeypatch.setattr(post.database, "unit_of_work", fails)
    post.run(30)
    assert post.channel.texts == ["text"]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "shenbao.db") as database:
        database.migrate()
        yield database


def test_a_second_process_stands_by_until_the_first_has_ended(kept: Database, clock: JumpingClock) -> None:
    post = Post(Conversation(kept, clock), clock, Channel(clock))
    first, second = post.dispatcher(owner="first"), post.dispatcher(Channel(clock), owner="second")

    async def main() -> None:
        first_stops, second_stops = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(first.run(first_stops))
        await asyncio.sleep(1)
        standing_by = asyncio.create_task(second.run(second_stops))
        await asyncio.sleep(1)
        post.put("anna", "to the first")
        await asyncio.sleep(5)
        first_stops.set()
        await running
        await asyncio.sleep(2)
        post.put("anna", "to the second")
        await asyncio.sleep(5)
        second_stops.set()
        await standing_by

    clock.run(main())
    assert post.channel.texts == ["to the first"]
    assert post.statuses == ["sent", "sent"]


def test_who_stands_by_can_be_stopped(kept: Database, clock: JumpingClock) -> None:
    post = Post(Conversation(kept, clock), clock, Channel(clock))
    sole = kept.sole_right(CHANNEL)
    assert sole.takes_over()
    post.put("anna", "text")
    post.run(5)
    sole.leave()
    assert post.channel.texts == []
    assert kept.sole_right("telegram.2").takes_over()
    post.run(5)
    assert post.channel.texts == ["text"]
