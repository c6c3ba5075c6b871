"""Something that one process alone may do at a time, such as to send for a channel; the others stand by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout
from sqlalchemy import func, select

from storage.errors import StorageError
from storage.locks import key_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class SoleRight(Protocol):
    """A right; the system takes it from a process that was killed."""

    def takes_over(self) -> bool:
        """Take the right unless another process has it; one that is held is looked after.

        Raises:
            OSError: the file of the lock cannot be made.
            StorageError: the server cannot be asked.
        """
        ...

    def leave(self) -> None:
        """Let the next process take over."""
        ...


class FreeRight:
    """The right to work on what no other process can see."""

    def takes_over(self) -> bool:
        """Return that it is ours."""
        return True

    def leave(self) -> None:
        """Do nothing."""


class FileRight:
    """A right among the processes of one machine."""

    def __init__(self, file: Path) -> None:
        """Compete for the lock of ``file``, which is made."""
        # Taken and given back by whatever thread happens to run the loop.
        self._lock = FileLock(file, thread_local=False)

    def takes_over(self) -> bool:
        """Take the right unless another process has it.

        Raises:
            OSError: the file cannot be made.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def leave(self) -> None:
        """Let the next process take over."""
        self._lock.release(force=True)  # however often it was looked after


class ServerRight:
    """A right among all processes that work on a database server; it is lost with the connection that holds it."""

    def __init__(self, engine: Engine, name: str) -> None:
        """Compete for a name, on a connection that is kept for it.

        Args:
            engine: of PostgreSQL; one that keeps no connections.
            name: what is competed for.
        """
        self._engine = engine
        self._key = key_of(name)
        self._connection: Connection | None = None

    def takes_over(self) -> bool:
        """Take the right unless another process has it; say whether one that was taken is still held.

        Raises:
            StorageError: the server cannot be asked; the right is given up.
        """
        try:
            if self._connection is not None:
                self._connection.execute(select(1))
                return True
            connection = self._engine.connect()
            if connection.execute(select(func.pg_try_advisory_lock(self._key))).scalar_one():
                self._connection = connection
                return True
            connection.close()
        except StorageError:
            self.leave()
            raise
        return False

    def leave(self) -> None:
        """Let the next process take over."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
