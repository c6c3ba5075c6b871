"""Whether this process is to be given work: not before it can use the database, and not while it is stopping."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Literal

from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database

FRESH = 1.0
"""Seconds for which an answer is given again: however many ask, the database is asked once."""
PATIENCE = 2.0
"""Seconds that the database may take to answer."""
Reason = Literal["stopping", "database", "tables"]
"""Why not: it was told to stop; the database does not answer; its tables are those of an earlier version."""


class Readiness:
    """The readiness of one process; its rules are loaded, or there would be no process."""

    def __init__(
        self, database: Database, *, patience: float = PATIENCE, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Look at a database.

        Args:
            database: of the process.
            patience: seconds that it may take to answer.
            seconds: a clock that is never set.
        """
        self._database = database
        self._patience = patience
        self._seconds = seconds
        self._is_stopping = False
        self._check: asyncio.Task[Reason | None] | None = None
        self._stale_at = float("-inf")

    def stop(self) -> None:
        """Say from now on that the process is stopping."""
        self._is_stopping = True

    async def leave(self, seconds: float) -> None:
        """Say that the process is stopping, and wait until a load balancer has seen it."""
        self.stop()
        await asyncio.sleep(seconds)

    async def reason(self) -> Reason | None:
        """Return why no work is to be given to this process; None when it may be."""
        if self._is_stopping:
            return "stopping"
        if self._check is None or (self._check.done() and self._seconds() >= self._stale_at):
            self._check = asyncio.create_task(self._look())
        # One that takes longer goes on, and the next who asks waits for the same one.
        done, _ = await asyncio.wait([self._check], timeout=self._patience)
        return self._check.result() if done else "database"

    async def _look(self) -> Reason | None:
        try:
            is_usable = await asyncio.to_thread(self._database.is_usable)
        except StorageError:
            return "database"
        finally:
            self._stale_at = self._seconds() + FRESH
        return None if is_usable else "tables"
