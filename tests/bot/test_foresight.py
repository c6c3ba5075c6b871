"""A step that was taken before its transaction is the step of the transaction, or is not used."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from talking import WHOLE_PROJECT

from bot.act import Act
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.foresight import Foreseen
from bot.updates import Incoming, Reply
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVENING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""23:00 where the rules apply."""
OTHER_WORDS = [
    "复核",
    "修改 3",
    "返回",
    "进度",
    "语言 English",
    "progress",
    "什么项目要备案？",
    "项目",
    "1",
    "提交",
    "yes",
]


class Chat:
    """A user, for each of whose messages a step may be taken in advance."""

    def __init__(self, conversation: Conversation, clock: FixedClock) -> None:
        self.conversation = conversation
        self.clock = clock
        self._numbers = count()

    def act(self, words: str | None) -> Act:
        incoming = Incoming("terminal", str(next(self._numbers)), "zhang", words)
        return Act(self.conversation, incoming, None)

    def carry_out(self, act: Act) -> Reply:
        reply = self.conversation.database.run(act).reply
        assert reply is not None
        return reply

    def says(self, *words: str | None, foresees: bool = False) -> list[Reply]:
        replies: list[Reply] = []
        for each in words:
            act = self.act(each)
            if foresees:
                act.foresee()
            replies.append(self.carry_out(act))
        return replies

    def kept(self) -> list[object]:
        """Return what is in the database of the user's projects, and what waits to be sent."""
        with self.conversation.database.unit_of_work() as work:
            found: list[object] = [work.outbox.due("terminal:zhang", self.clock.moment, limit=1000)]
            for project in work.projects.list_for("terminal:zhang"):
                found += [work.projects.get(project.id), work.deadlines.list_for(project.id)]
                found += [work.history.after(project.id, 0), work.events.list_for(project.id)]
        return found


@pytest.fixture
def new_chat() -> Iterator[Callable[[], Chat]]:
    """Makes chats, each with a database of its own."""
    with ExitStack() as stack:

        def make() -> Chat:
            database = stack.enter_context(open_database(MEMORY))
            database.migrate()
            clock = FixedClock(EVENING)
            return Chat(Conversation(database, clock), clock)

        yield make


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each step in advance was that of its turn."""
    seen: list[bool] = []
    is_of = Foreseen.is_of

    def look(foreseen: Foreseen, *given: object) -> bool:
        seen.append(is_of(foreseen, *given))  # pyright: ignore[reportArgumentType]
        return seen[-1]

    monkeypatch.setattr(Foreseen, "is_of", look)
    return seen


def test_what_is_foreseen_is_what_would_have_been_said(
    new_chat: Callable[[], Chat], used: list[bool]
) -> None:
    words = [None, *WHOLE_PROJECT, *OTHER_WORDS]
    chats = new_chat(), new_chat()
    assert chats[0].says(*words, foresees=True) == chats[1].says(*words)
    assert chats[0].kept() == chats[1].kept()
    assert used.count(True) >= len(WHOLE_PROJECT)


def meanwhile_answers(chat: Chat) -> None:
    chat.says("县区")


def meanwhile_speaks_english(chat: Chat) -> None:
    chat.says("语言 English")


def meanwhile_begins_another(chat: Chat) -> None:
    chat.says("项目", "新项目")


def meanwhile_a_day_begins(chat: Chat) -> None:
    chat.clock.moment += timedelta(hours=2)


@pytest.mark.parametrize(
    "meanwhile",
    [
        meanwhile_answers,
        meanwhile_speaks_english,
        meanwhile_begins_another,
        meanwhile_a_day_begins,
    ],
)
def test_what_was_foreseen_is_forgotten_when_something_comes_between(
    new_chat: Callable[[], Chat], used: list[bool], meanwhile: Callable[[Chat], None]
) -> None:
    replies: list[Reply] = []
    for foresees in (True, False):
        chat = new_chat()
        chat.says(None, "否")
        act = chat.act("2")
        if foresees:
            act.foresee()
        meanwhile(chat)
        replies.append(chat.carry_out(act))
    assert replies[0] == replies[1]
    assert used == [False]
