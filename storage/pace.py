"""When a bot, or a chat, may be sent to again: kept with the messages, so that every process obeys it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from storage.rows import insert_if_absent
from storage.schema import pace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


LONGEST_HOLD = timedelta(minutes=15)
"""Nothing is held for longer; a service that still wants to wait then says so again."""
_MEND = delete(pace).where(pace.c.next_free > bindparam("beyond"))


class Pace:
    """The pace of sending within one unit of work; a key is a channel or a chat."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_free(self, key: str) -> datetime | None:
        """Return from when on it may be sent to; None when nothing was sent yet."""
        statement = select(pace.c.next_free).where(pace.c.key == key)
        return self._connection.execute(statement).scalar_one_or_none()

    def reserve(self, key: str, *, at: datetime, interval: timedelta) -> datetime:
        """Take the next free moment from ``at`` on, and leave the following one after ``interval``.

        Others who want one wait until this unit of work has ended.

        Returns:
            The moment that was taken.
        """
        slot = max(at, self._lock(key, otherwise=at))
        self._set(key, slot + interval)
        return slot

    def hold(self, key: str, until: datetime) -> None:
        """Send nothing before a moment; a later one that was set before stays."""
        if self._lock(key, otherwise=until) < until:
            self._set(key, until)

    def hold_all(self, keys: Sequence[str], until: datetime) -> None:
        """Send nothing to any of these before a moment, as :meth:`hold` does, in a few statements."""
        known = set(self._connection.execute(select(pace.c.key).where(pace.c.key.in_(keys))).scalars())
        earlier = update(pace).where(pace.c.key.in_(keys), pace.c.next_free < until)
        self._connection.execute(earlier.values(next_free=until))
        new = [{"key": key, "next_free": until} for key in dict.fromkeys(keys) if key not in known]
        if new:
            self._connection.execute(insert(pace), new)

    def mend(self, at: datetime) -> None:
        """Forget moments that are further ahead than anything is held: a clock was wrong when they were kept."""
        self._connection.execute(_MEND, {"beyond": at + LONGEST_HOLD})

    def forget(self, before: datetime) -> int:
        """Drop what has been free since before a moment; return how many."""
        return self._connection.execute(delete(pace).where(pace.c.next_free < before)).rowcount

    def _lock(self, key: str, *, otherwise: datetime) -> datetime:
        """Return the next free moment; ``otherwise`` is kept, and returned, when there was none."""
        if insert_if_absent(self._connection, pace, {"key": key, "next_free": otherwise}):
            return otherwise
        statement = select(pace.c.next_free).where(pace.c.key == key).with_for_update()
        return self._connection.execute(statement).scalar_one()

    def _set(self, key: str, moment: datetime) -> None:
        self._connection.execute(update(pace).where(pace.c.key == key).values(next_free=moment))
