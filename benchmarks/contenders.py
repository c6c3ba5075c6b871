"""What is measured against each other: our conversation on each database, and the peers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence


class Place(msgspec.Struct, frozen=True):
    """Where a contender keeps things.

    Attributes:
        folder: for files.
        database: the URL of an empty PostgreSQL database; empty without a server.
        redis: the URL of a Redis; empty without one.
        prefix: what the keys in Redis begin with.
        latency: seconds that the Bot API takes to answer.
    """

    folder: str
    database: str = ""
    redis: str = ""
    prefix: str = "shenbao-benchmark"
    latency: float = 0.0


class Contender(Protocol):
    """A program that takes the messages of users; one process of it.

    Attributes:
        script: what a user says to fill in the form once; the first text begins it.
    """

    script: Sequence[str]

    async def start(self) -> None:
        """Get ready; what was kept by a process before is there."""
        ...

    async def stop(self) -> None:
        """Close what is open."""
        ...

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Take a message; returns once it was replied to."""
        ...

    async def stage(self, user: int) -> str:
        """Return what is kept of the user's form, as text that is equal when it is; empty for nothing."""
        ...


class Entry(NamedTuple):
    """A contender by name.

    Attributes:
        title: in tables.
        module, make: the module, and its function that takes a Place and returns a Contender.
        library: the module that must be installed.
        needs: a field of Place that must be given.
    """

    title: str
    module: str
    make: str
    library: str = ""
    needs: str = ""

    def missing(self, place: Place) -> str:
        """Return why it cannot be measured here; empty when it can."""
        if self.library and find_spec(self.library) is None:
            return f"not installed: {self.library}"
        if self.needs and not getattr(place, self.needs):
            return {"database": "no PostgreSQL", "redis": "no Redis"}[self.needs]
        return ""


_OURS, _PTB = "benchmarks.ours", "benchmarks.peers.ptb_conversation"
_FSM, _DIALOG = "benchmarks.peers.aiogram_fsm", "benchmarks.peers.aiogram_dialogs"
CONTENDERS = {
    "sqlite": Entry("ours, SQLite", _OURS, "sqlite"),
    "postgresql": Entry("ours, PostgreSQL", _OURS, "postgresql", "psycopg", "database"),
    "sqlite-telegram": Entry("ours, SQLite, by Telegram webhook", _OURS, "sqlite_webhook"),
    "postgresql-telegram": Entry(
        "ours, PostgreSQL, by Telegram webhook", _OURS, "postgresql_webhook", "psycopg", "database"
    ),
    "aiogram-memory": Entry("aiogram, memory", _FSM, "memory"),
    "aiogram-redis": Entry("aiogram, Redis", _FSM, "redis", "redis", "redis"),
    "aiogram-isolated": Entry("aiogram, Redis, event isolation", _FSM, "redis_isolated", "redis", "redis"),
    "dialog-memory": Entry("aiogram_dialog, memory", _DIALOG, "memory", "aiogram_dialog"),
    "dialog-redis": Entry("aiogram_dialog, Redis", _DIALOG, "redis", "aiogram_dialog", "redis"),
    "ptb": Entry("python-telegram-bot, pickle", _PTB, "pickled", "telegram"),
    "ptb-at-end": Entry("python-telegram-bot, pickle at its end", _PTB, "pickled_at_end", "telegram"),
}


def make(name: str, place: Place) -> Contender:
    """Return a contender by its name; its library is imported now."""
    entry = CONTENDERS[name]
    contender: Contender = getattr(import_module(entry.module), entry.make)(place)
    return contender
