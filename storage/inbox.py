"""Updates that were taken from a channel, so that a redelivered one is answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from storage.rows import insert_if_absent
from storage.schema import inbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class Inbox:
    """The inbox within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, channel: str, update_id: str, at: datetime, *, project_id: int | None = None) -> bool:
        """Mark an update as taken; the mark is kept only if the whole unit of work is.

        Args:
            channel: where it came from.
            update_id: the channel's own number or key of the update.
            at: now.
            project_id: the project it is about, when known.

        Returns:
            False when the update was taken before and must not be acted on again.

        Raises:
            NotFound: there is no such project.
        """
        values = {"channel": channel, "update_id": update_id, "project_id": project_id, "received_at": at}
        return insert_if_absent(self._connection, inbox, values)

    def forget(self, before: datetime) -> int:
        """Drop the marks of updates received before a moment; return how many."""
        return self._connection.execute(delete(inbox).where(inbox.c.received_at < before)).rowcount
