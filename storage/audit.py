"""Who did what: entries are only ever added, and outlive the projects and units they are about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert

from storage.rows import read_all, select_as
from storage.schema import audit_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection


class AuditEntry(msgspec.Struct, frozen=True):
    """One thing that was done.

    Attributes:
        id: grows with time.
        at: when.
        actor: who did it.
        action: what was done.
        project_id: the project it was done to, which may be deleted; None when it was none.
        unit_id: the unit it concerns; None when it is none.
        detail: the rest, JSON.
    """

    id: int
    at: datetime
    actor: str
    action: str
    project_id: int | None
    unit_id: int | None
    detail: bytes


_ENTRY = select_as(AuditEntry, audit_entry)


class Audit:
    """The audit trail within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        project_id: int | None = None,
        unit_id: int | None = None,
        detail: bytes = b"{}",
    ) -> None:
        """Note what was done; it is kept only if the whole unit of work is.

        Args:
            at: now.
            actor: who did it.
            action: what was done.
            project_id: the project it was done to.
            unit_id: the unit it concerns.
            detail: the rest, JSON.
        """
        values = {
            "at": at,
            "actor": actor,
            "action": action,
            "project_id": project_id,
            "unit_id": unit_id,
            "detail": detail,
        }
        self._connection.execute(insert(audit_entry), values)

    def latest(
        self,
        *,
        limit: int,
        before: int | None = None,
        project_id: int | None = None,
        unit_id: int | None = None,
        actor: str | None = None,
    ) -> list[AuditEntry]:
        """Return the last entries, the newest first.

        Args:
            limit: at most so many.
            before: only entries before the one with this number.
            project_id: only what was done to this project.
            unit_id: only what concerns this unit.
            actor: only what this one did.
        """
        statement = _ENTRY.order_by(audit_entry.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(audit_entry.c.id < before)
        if project_id is not None:
            statement = statement.where(audit_entry.c.project_id == project_id)
        if unit_id is not None:
            statement = statement.where(audit_entry.c.unit_id == unit_id)
        if actor is not None:
            statement = statement.where(audit_entry.c.actor == actor)
        return read_all(self._connection, AuditEntry, statement)
