"""Two machines that share a database: in one process, so that hundreds of schedules can be tried in seconds."""

from __future__ import annotations

import asyncio
import time
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any, Self

import msgspec
from reminded import words
from talking import CLOCK

from bot.conversation import Conversation
from bot.telegram.connection import Account
from bot.telegram.reception import Reception
from bot.updates import Incoming, Reply, chat_of
from dialogs.draft import load_draft
from storage.database import open_database

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from rules.facts import Value
    from storage.events import AnswerEvent

BOT = 1
CHANNEL = f"telegram.{BOT}"
A_TURN = 0.006
"""Seconds, about: the second of two begins at some moment of the first."""


class Machine:
    """One of the machines.

    Attributes:
        conversation: answers and keeps, on a database connection of its own.
    """

    def __init__(self, location: str) -> None:
        self.database = open_database(location)
        self.database.migrate()
        self.conversation = Conversation(self.database, CLOCK)

    def takes(self, incoming: Incoming) -> None:
        """Take an update from a chat as the program does: carried out, or turned away with a friendly word."""
        account = Account(None, BOT, "bot")  # type: ignore[arg-type] - Telegram is not called
        # A reception serves one event loop, and each thread that calls this has its own.
        asyncio.run(Reception(self.conversation, account, wake=lambda: None)._receive(incoming))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()


def said(user: str, number: int, text: str | None, **more: Any) -> Incoming:
    """Return an update in which somebody says something in a chat."""
    return Incoming(CHANNEL, f"{user}-{number}", user, text, name=f"用户{user}", **more)


def at_once(chance: random.Random, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """Do two things at the same time, one of them a part of a turn later; return what came of each.

    What one of them raises is what came of it.
    """
    found: list[Any] = [None, None]
    together = Barrier(2)
    delays = [0.0, chance.uniform(0, A_TURN)]
    chance.shuffle(delays)

    def run(number: int, act: Callable[[], Any]) -> None:
        together.wait()
        time.sleep(delays[number])  # to meet the other at another place each time; nothing is waited for
        try:
            found[number] = act()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found[number] = error

    threads = [Thread(target=run, args=each) for each in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found[0], found[1]


def replies(machine: Machine, user: str) -> list[str]:
    """Return what waits for a chat, in words: with the open question, and without numbers of projects."""
    with machine.database.unit_of_work() as work:
        waiting = work.outbox.due(chat_of(CHANNEL, user), CLOCK.now(), limit=1000)
    return [_in_words(msgspec.json.decode(message.payload, type=Reply)) for message in waiting]


def facts(machine: Machine, owner: str) -> list[dict[str, Value]]:
    """Return what each project of an owner holds, in the order in which they were begun."""
    with machine.database.unit_of_work() as work:
        numbers = sorted(project.id for project in work.projects.list_for(owner))
        return [load_draft(work.projects.get(number).state).facts for number in numbers]


def events(machine: Machine, project_id: int) -> list[AnswerEvent]:
    """Return what changed in a project."""
    with machine.database.unit_of_work() as work:
        return work.events.list_for(project_id)


def _in_words(reply: Reply) -> str:
    asked = [message.question for message in reply.outgoing if hasattr(message, "question")]
    return "\n".join([words(reply), *asked])
