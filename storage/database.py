"""The way in: a database is opened, brought up to date and worked with, one transaction at a time."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, inspect, select

from storage.blobs import Blobs
from storage.errors import StorageCorrupt, StorageLocked, StorageTooNew
from storage.schema import HEAD, REVISIONS, create_all, revision_table
from storage.sqlite import sqlite_engine
from storage.turnstile import Turnstile
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

MEMORY = ":memory:"
FILES = "-files"
"""The contents of attachments are in a folder of the database's name with this ending."""
WAIT = 5.0
"""Seconds to wait for another writer; a turn takes about a millisecond."""


def open_database(location: Path | str, *, wait: float = WAIT) -> Database:
    """Open a database; call :meth:`Database.migrate` before the first unit of work.

    Args:
        location: a SQLite file, which is created with its folder when absent, or ":memory:".
        wait: seconds to wait for another writer before StorageLocked.

    Raises:
        StorageUnreachable: the location is a folder or leads through a file.
        StorageReadOnly: the file is absent and may not be created.
        StorageFull: there is no room to create it.
        StorageCorrupt: the file is too small to be a database, and not empty.
    """
    path = None if str(location) == MEMORY else Path(location)
    return Database(sqlite_engine(path, wait=wait), wait=wait, path=path)


class Database:
    """A store of projects; threads share it, and each works in a unit of work of its own.

    Used as a context manager it is closed at the end.
    """

    def __init__(self, engine: Engine, *, wait: float, path: Path | None) -> None:
        self._engine = engine
        self._wait = wait
        self._path = path
        self._turnstile = Turnstile()
        self._closing = ExitStack()

    @property
    def path(self) -> Path | None:
        """The file; None when it is in memory."""
        return self._path

    @cached_property
    def blobs(self) -> Blobs:
        """The contents of attachments: beside the file; those of a database in memory go with it."""
        if self._path is None:
            return Blobs(Path(self._closing.enter_context(TemporaryDirectory(prefix="shenbao-"))))
        return Blobs(self._path.with_name(self._path.name + FILES))

    @contextmanager
    def unit_of_work(self) -> Generator[UnitOfWork]:
        """Run one transaction: commit on a clean end, roll back on any exception.

        Writers wait for each other, threads in the order in which they came, and also for those in other
        processes. Units of work do not nest.

        Raises:
            StorageLocked: another writer did not finish in time.
            StorageError: reading or writing failed; nothing was kept.
        """
        with self._transaction() as connection:
            yield UnitOfWork(connection)

    def migrate(self) -> None:
        """Create the tables or bring them up to date; several processes may do so at once.

        Raises:
            StorageTooNew: a later version of the program was here.
            StorageCorrupt: the file is damaged, or holds the tables of another program.
            StorageReadOnly: the file or its folder may not be written.
            StorageError: the database cannot be used for another reason.
        """
        with self._transaction() as connection:
            if not inspect(connection).get_table_names():
                create_all(connection)
                return
            revision = _revision_of(connection)
        if revision == HEAD:
            return
        if revision is not None and revision not in REVISIONS:
            raise StorageTooNew(f"the tables are at revision {revision}; this program knows {HEAD}")
        # Alembic takes about as long to import as all the rest, and is needed only by a file of an older version.
        from storage.migrations.run import upgrade

        with self._transaction() as connection:
            upgrade(connection)

    def sweep(self, blobs: Blobs | None = None) -> int:
        """Delete the contents that no version refers to: of removed ones, of deleted projects, left by crashes.

        Args:
            blobs: where contents are kept; None for :attr:`blobs`.

        Returns:
            How many contents were deleted.

        Raises:
            StorageError: a content cannot be deleted; sweeping again is safe.
        """
        blobs = self.blobs if blobs is None else blobs
        # A unit of work of its own: nothing that a rollback would bring back is taken for gone, and nobody
        # else is between putting a content and committing its row.
        with self.unit_of_work() as work:
            kept = work.attachments.digests()
            loose = [digest for digest in blobs if digest not in kept]
            for digest in loose:
                blobs.delete(digest)
            blobs.delete_unfinished()
        return len(loose)

    def close(self) -> None:
        """Close the connection; what was kept in memory is gone."""
        self._engine.dispose()
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Generator[Connection]:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._turnstile.turn(self._wait))
            except TimeoutError as error:
                raise StorageLocked("another thread kept the database for too long") from error
            connection = stack.enter_context(self._engine.connect())
            stack.enter_context(connection.begin())
            yield connection


def _revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables, or None when every migration was taken back."""
    if not inspect(connection).has_table(revision_table.name):
        raise StorageCorrupt("the database holds the tables of another program")
    return connection.execute(select(revision_table.c.version_num)).scalar_one_or_none()
