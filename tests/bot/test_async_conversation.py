"""Turns that an event loop waits for are the same as those that a thread waits for, on every database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, WHOLE_PROJECT, kept_drafts

from bot.async_conversation import AsyncConversation
from bot.conversation import Conversation
from bot.freshness import StalePlaceError
from bot.updates import Incoming
from bot.uploads import IncomingFile
from storage.errors import StorageFull

if TYPE_CHECKING:
    from dialogs.draft import Draft
    from storage.database import Database

CHANNEL = "terminal"
PEOPLE = 20


def said(user: str, number: int, text: str | None) -> Incoming:
    return Incoming(CHANNEL, f"{user} {number}", user, text)


def draft_of(database: Database, user: str) -> Draft:
    [(_, draft)] = kept_drafts(database, user, CHANNEL)
    return draft


def test_many_people_at_once_each_get_their_own_answers(
    conversation: Conversation, database: Database
) -> None:
    async def fill_in(turns: AsyncConversation, user: str) -> None:
        for number, line in enumerate((None, *WHOLE_PROJECT)):
            reply = await turns.receive(said(user, number, line))
            assert reply is not None
            assert reply.update_id == f"{user} {number}"

    async def everybody() -> None:
        turns = AsyncConversation(conversation)
        await asyncio.gather(*(fill_in(turns, f"user-{number}") for number in range(PEOPLE)))

    asyncio.run(everybody())
    alone = Conversation(database, CLOCK)
    for number, line in enumerate((None, *WHOLE_PROJECT)):
        alone.receive(said("alone", number, line))
    expected = draft_of(database, "alone")
    assert all(draft_of(database, f"user-{number}") == expected for number in range(PEOPLE))


def test_an_update_that_came_again_is_answered_once(conversation: Conversation) -> None:
    async def twice() -> list[object]:
        turns = AsyncConversation(conversation)
        return await asyncio.gather(
            turns.receive(said("user", 1, None)), turns.receive(said("user", 1, None))
        )

    replies = asyncio.run(twice())
    assert sorted(reply is None for reply in replies) == [False, True]


def test_what_is_wrong_with_an_update_is_raised_where_it_is_waited_for(conversation: Conversation) -> None:
    async def stale() -> None:
        await AsyncConversation(conversation).receive(Incoming(CHANNEL, "1", "user", "否", mark="0.none"))

    with pytest.raises(StalePlaceError):
        asyncio.run(stale())


def test_a_database_that_keeps_nothing_is_told_of(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("no room")

    monkeypatch.setattr("storage.inbox.Inbox.take", full)
    with pytest.raises(StorageFull):
        asyncio.run(AsyncConversation(conversation).receive(said("user", 1, None)))


def test_a_wait_that_is_given_up_loses_no_answer(conversation: Conversation, database: Database) -> None:
    async def give_up() -> None:
        turns = AsyncConversation(conversation)
        await turns.receive(said("user", 1, None))
        waiting = asyncio.create_task(turns.receive(said("user", 2, "否")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await turns.receive(said("user", 3, "市直")) is not None

    asyncio.run(give_up())
    assert set(draft_of(database, "user").facts) == {"classified", "unit_level"}


def test_a_file_is_looked_at_before_it_is_taken(conversation: Conversation) -> None:
    async def hand_in() -> str:
        turns = AsyncConversation(conversation)
        for number, line in enumerate((None, *WHOLE_PROJECT)):
            await turns.receive(said("user", number, line))
        file = IncomingFile("a.pdf", b"no pdf at all")
        reply = await turns.receive(Incoming(CHANNEL, "file", "user", "上传 初步设计", file=file))
        assert reply is not None
        return str(reply.outgoing[0])

    assert "认不出这是什么文件" in asyncio.run(hand_in())
