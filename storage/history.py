"""The conversation about each project as it was shown, for a page that is opened again or elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, delete, insert

from storage.prepared import Prepared
from storage.rows import read_all, read_one, select_as
from storage.schema import chat_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection


class ChatEntry(msgspec.Struct, frozen=True):
    """One turn, as it was shown.

    Attributes:
        id: grows with time, and is never given again.
        project_id: the project that was talked about.
        turn_key: the turn.
        at: when.
        actor: who spoke.
        said: what was said, as the user saw it; None when nothing is to be shown.
        reply: what was replied, JSON.
    """

    id: int
    project_id: int
    turn_key: str
    at: datetime
    actor: str
    said: str | None
    reply: bytes


class LastTurn(msgspec.Struct, frozen=True):
    """Which turn of a conversation was the last.

    Attributes:
        turn_key: its key, which begins with its channel.
        actor: whose it was.
    """

    turn_key: str
    actor: str


_ENTRY = select_as(ChatEntry, chat_entry)
_LAST = Prepared(
    select_as(LastTurn, chat_entry)
    .where(chat_entry.c.project_id == bindparam("project_id"))
    .order_by(chat_entry.c.id.desc())
    .limit(1)
)
_APPEND = Prepared(insert(chat_entry).inline(), ("project_id", "turn_key", "at", "actor", "said", "reply"))


class History:
    """The conversations within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self, project_id: int, *, at: datetime, turn_key: str, actor: str, said: str | None, reply: bytes
    ) -> None:
        """Add a turn to the conversation about a project.

        Args:
            project_id: the project.
            at: now.
            turn_key: the turn.
            actor: who spoke.
            said: what was said; None when nothing is to be shown.
            reply: what was replied, JSON.

        Raises:
            NotFound: there is no such project.
        """
        values = {
            "project_id": project_id,
            "at": at,
            "turn_key": turn_key,
            "actor": actor,
            "said": said,
            "reply": reply,
        }
        _APPEND.run(self._connection, values)

    def last_turn(self, project_id: int) -> LastTurn | None:
        """Return which turn was the last about a project; None before the first."""
        return _LAST.one(self._connection, LastTurn, {"project_id": project_id})

    def latest(self, project_id: int, *, limit: int, before: int | None = None) -> list[ChatEntry]:
        """Return the last entries of a conversation, the oldest first.

        Args:
            project_id: the project.
            limit: at most so many.
            before: only entries before this one; None for the very last.
        """
        statement = _ENTRY.where(chat_entry.c.project_id == project_id)
        if before is not None:
            statement = statement.where(chat_entry.c.id < before)
        statement = statement.order_by(chat_entry.c.id.desc()).limit(limit)
        return read_all(self._connection, ChatEntry, statement)[::-1]

    def after(self, project_id: int, entry_id: int) -> list[ChatEntry]:
        """Return what came after an entry, the oldest first; after 0 is everything."""
        statement = _ENTRY.where(chat_entry.c.project_id == project_id, chat_entry.c.id > entry_id)
        return read_all(self._connection, ChatEntry, statement.order_by(chat_entry.c.id))

    def by_turn(self, turn_key: str) -> ChatEntry | None:
        """Return the entry of a turn, or None; whoever asks may not be allowed to see its project."""
        statement = _ENTRY.where(chat_entry.c.turn_key == turn_key).order_by(chat_entry.c.id.desc())
        return read_one(self._connection, ChatEntry, statement.limit(1))

    def forget_before(self, before: datetime) -> int:
        """Delete what was said before a moment, of every project; return how many entries that were."""
        return self._connection.execute(delete(chat_entry).where(chat_entry.c.at < before)).rowcount

    def forget(self, project_id: int) -> int:
        """Delete the conversation about a project; return how many entries that were."""
        return self._connection.execute(
            delete(chat_entry).where(chat_entry.c.project_id == project_id)
        ).rowcount
