"""The log of what changed in a project: rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert

from storage.prepared import Prepared
from storage.rows import read_all, select_as
from storage.schema import answer_event

if TYPE_CHECKING:
    from sqlalchemy import Connection


class AnswerEvent(msgspec.Struct, frozen=True):
    """One change.

    Attributes:
        id: grows with time.
        project_id: the project that changed.
        at: when.
        turn_key: the turn of the conversation it belongs to.
        kind: what sort of change.
        payload: the change, JSON.
        actor: who made it; empty when nobody is told apart.
    """

    id: int
    project_id: int
    at: datetime
    turn_key: str
    kind: str
    payload: bytes
    actor: str


_EVENT = select_as(AnswerEvent, answer_event)
_APPEND = Prepared(insert(answer_event), ("project_id", "at", "turn_key", "kind", "payload", "actor"))


class Events:
    """The log within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self, project_id: int, *, at: datetime, turn_key: str, kind: str, payload: bytes, actor: str = ""
    ) -> None:
        """Add a change to the log of a project.

        Args:
            project_id: the project that changed.
            at: now.
            turn_key: the turn of the conversation it belongs to.
            kind: what sort of change.
            payload: the change, JSON.
            actor: who made it; empty when nobody is told apart.

        Raises:
            NotFound: there is no such project.
        """
        values = {
            "project_id": project_id,
            "at": at,
            "turn_key": turn_key,
            "kind": kind,
            "payload": payload,
            "actor": actor,
        }
        _APPEND.run(self._connection, values)

    def forget(self, project_id: int) -> int:
        """Delete what was noted of a project; return how many entries that were."""
        return self._connection.execute(
            delete(answer_event).where(answer_event.c.project_id == project_id)
        ).rowcount

    def list_for(self, project_id: int) -> list[AnswerEvent]:
        """Return the changes of a project, the oldest first."""
        statement = _EVENT.where(answer_event.c.project_id == project_id)
        return read_all(self._connection, AnswerEvent, statement.order_by(answer_event.c.id))
