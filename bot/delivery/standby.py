"""One dispatcher for each channel on a machine: a second process stands by until the first has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path


class Standby:
    """The right to send for a channel; the system takes it from a process that was killed."""

    def __init__(self, database: Path | None, channel: str) -> None:
        """Compete for a channel.

        Args:
            database: the file of the outbox; None for one in memory, which no other process can see.
            channel: whose messages are to be sent.
        """
        self._lock: FileLock | None = None
        if database is not None:
            # Taken and given back by whatever thread happens to run the loop.
            self._lock = FileLock(database.with_name(f"{database.name}-{channel}.lock"), thread_local=False)

    def takes_over(self) -> bool:
        """Take the right unless another process has it.

        Raises:
            OSError: the file of the lock cannot be made.
        """
        if self._lock is None:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def leave(self) -> None:
        """Let the next process take over."""
        if self._lock is not None:
            self._lock.release()
