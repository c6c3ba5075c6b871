"""Processes that write to one SQLite file take turns, though SQLite keeps no line: who waits looks again and again."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

GLANCE = 0.0001
"""Seconds after which a process that waits looks again. SQLite's own way to wait looks every 100 ms in the end."""
PAUSE = 0.0004
"""Seconds that a process leaves between two transactions when others write as well: some glances of theirs."""


class Courtesy:
    """What one process does so that others can write: nothing as long as there are none."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._others_write = False
        self._ended_at = 0.0

    def let_others_in(self) -> None:
        """Wait, before a transaction, until others have had the time to notice that the last one has ended."""
        if self._others_write and (left := self._ended_at + PAUSE - monotonic()) > 0:
            sleep(left)

    def begun(self, driver: Any) -> None:
        """Look, in a transaction, whether others have written since the last one.

        Args:
            driver: the connection of sqlite3.
        """
        (version,) = driver.execute("PRAGMA data_version").fetchone()
        self._others_write = version != self._version
        self._version = version

    def ended(self) -> None:
        """Note that the transaction has ended."""
        self._ended_at = monotonic()
