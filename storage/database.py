"""The way in: a database is opened, brought up to date and worked with, one transaction at a time."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from sqlalchemy import Connection, inspect, select

from storage.attachments import Attachments
from storage.errors import StorageCorrupt, StorageError, StorageTooNew
from storage.locks import CONTENTS, MIGRATION, hold
from storage.move_marks import refuse_mark
from storage.revisions import HEAD, REVISIONS, create_all, revision_table
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Engine

    from storage.blobs import Blobs
    from storage.contents import Contents, SharedContents
    from storage.outcome import Outcome
    from storage.sole_right import SoleRight

Result = TypeVar("Result")
MEMORY = ":memory:"
SQLITE = "sqlite:"
WAIT = 5.0
"""Seconds to wait for another writer; a turn takes about a millisecond."""


def open_database(location: Path | str, *, wait: float = WAIT) -> Database:
    """Open a database; call :meth:`Database.migrate` before the first unit of work.

    Args:
        location: a SQLite file, which is created with its folder when absent; ":memory:"; or the URL of a
            PostgreSQL database, ``postgresql://user@host/name``, or of a SQLite file, ``sqlite:path``.
        wait: seconds to wait for another writer before StorageLocked.

    Raises:
        StorageUnreachable: the location is a folder or leads through a file.
        ServerUnavailable: the URL of a server cannot be read.
        DriverMissing: the library for a server is not installed.
        StorageReadOnly: the file is absent and may not be created.
        StorageFull: there is no room to create it.
        StorageCorrupt: the file is too small to be a database, and not empty.
    """
    if is_postgresql(location):
        from storage.postgresql import PostgreSQL  # only a server has its driver

        return Database(PostgreSQL(str(location), wait=wait))
    from storage.sqlite import SQLite

    named = str(location).removeprefix(SQLITE)
    return Database(SQLite(None if named == MEMORY else Path(named), wait=wait))


def is_postgresql(location: Path | str) -> bool:
    """Say whether a location is the URL of a PostgreSQL database."""
    return str(location).startswith(("postgresql:", "postgres:"))


class Backend(Protocol):
    """What Database needs of a kind of database.

    Attributes:
        engine: its connections.
        path: the file; None when there is none, or none that another process could open.
    """

    engine: Engine
    path: Path | None

    @property
    def connections_in_use(self) -> int:
        """How many connections are at work."""
        ...

    def transaction(self, *, alone: bool = False) -> AbstractContextManager[Connection]:
        """Return a transaction: committed when its block ends, rolled back when it raises.

        Args:
            alone: begin after what other threads did is committed, or has failed.
        """
        ...

    def run(self, act: Callable[[Connection], Result]) -> Result:
        """Carry something out in a transaction, and return what it returned."""
        ...

    def submit(
        self,
        act: Callable[[Connection], Result],
        done: Callable[[Outcome[Result]], None],
        ahead: Callable[[], None] | None,
    ) -> None:
        """Have something carried out in a transaction by a thread of the database's own, which tells ``done``."""
        ...

    def blobs_in(self, connection: Connection) -> Blobs | Contents:
        """Return the contents of attachments within a transaction."""
        ...

    def blobs(self) -> Blobs | SharedContents:
        """Return the contents of attachments."""
        ...

    def sole_right(self, name: str) -> SoleRight:
        """Return a right for which processes compete."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Database:
    """A store of projects; threads share it, and each works in a unit of work of its own.

    Used as a context manager it is closed at the end.

    Attributes:
        on_error: is told of every unit of work that was not kept because of a StorageError.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.on_error: Callable[[StorageError], None] | None = None

    @property
    def path(self) -> Path | None:
        """The file; None when it is in memory, or on a server."""
        return self._backend.path

    @property
    def is_on_server(self) -> bool:
        """Whether several machines may share it."""
        return self._backend.engine.dialect.name == "postgresql"

    @property
    def blobs(self) -> Blobs | SharedContents:
        """The contents of attachments, to be read; they are put within a unit of work, by its ``blobs``."""
        return self._backend.blobs()

    @contextmanager
    def unit_of_work(self) -> Generator[UnitOfWork]:
        """Run one transaction: commit on a clean end, roll back on any exception.

        On SQLite writers wait for each other, threads in the order in which they came, and also for those in
        other processes. On PostgreSQL those wait that work on the same project or chat. They do not nest.

        Raises:
            StorageLocked: another writer did not finish in time.
            StorageError: reading or writing failed; nothing was kept.
        """
        try:
            with self._backend.transaction() as connection:
                yield UnitOfWork(connection, self._backend.blobs_in(connection))
        except StorageError as error:
            self._tell(error)
            raise

    def run(self, act: Callable[[UnitOfWork], Result]) -> Result:
        """Run one transaction, and once more when those of others broke it off, as a server does with a deadlock.

        Args:
            act: what is done in it; what it does besides is done again as well.

        Returns:
            What it returned.

        Raises:
            StorageError: nothing was kept.
        """
        try:
            return self._backend.run(self._in_unit_of_work(act))
        except StorageError as error:
            self._tell(error)
            raise

    def submit(
        self,
        act: Callable[[UnitOfWork], Result],
        done: Callable[[Outcome[Result]], None],
        *,
        ahead: Callable[[], None] | None = None,
    ) -> None:
        """Have one transaction run as :meth:`run` does, by a thread of the database's own.

        Args:
            act: what is done in it.
            done: is told what came of it, once that is kept; in that thread, so it must be quick.
            ahead: is done before it begins where transactions wait for each other, so that others wait less.
        """

        def told(outcome: Outcome[Result]) -> None:
            if isinstance(outcome.error, StorageError):
                self._tell(outcome.error)
            done(outcome)

        self._backend.submit(self._in_unit_of_work(act), told, ahead)

    def _in_unit_of_work(self, act: Callable[[UnitOfWork], Result]) -> Callable[[Connection], Result]:
        return lambda connection: act(UnitOfWork(connection, self._backend.blobs_in(connection)))

    def _tell(self, error: StorageError) -> None:
        if self.on_error is not None:
            self.on_error(error)

    def is_usable(self) -> bool:
        """Say whether the tables are at least those of this version.

        Those of a later version will do for a process that runs: one version's changes leave what the version
        before needs (see docs/operations.md).

        Raises:
            StorageError: the database does not answer.
        """
        with self.unit_of_work() as work:
            revision = _revision_of(work.connection)
        return revision is not None and revision.isdecimal() and revision >= HEAD

    @property
    def connections_in_use(self) -> int:
        """How many connections of this process are at work."""
        return self._backend.connections_in_use

    def sole_right(self, name: str) -> SoleRight:
        """Return a right for which all processes that use this database compete.

        Args:
            name: letters, digits and full stops: what is to be done by one process at a time.
        """
        return self._backend.sole_right(name)

    def migrate(self) -> None:
        """Create the tables or bring them up to date; several processes may do so at once.

        Raises:
            StorageTooNew: a later version of the program was here.
            StorageUnfinished: a move into the database has not ended.
            StorageCorrupt: the file is damaged, or holds the tables of another program.
            StorageReadOnly: the file or its folder may not be written.
            StorageError: the database cannot be used for another reason.
        """
        with self._backend.transaction() as connection:
            hold(connection, MIGRATION)
            if not inspect(connection).get_table_names():
                create_all(connection)
                return
            revision = _revision_of(connection)
            if revision == HEAD:
                return
            refuse_mark(revision)
            if revision is not None and revision not in REVISIONS:
                raise StorageTooNew(f"the tables are at revision {revision}; this program knows {HEAD}")
        # Alembic takes about as long to import as all the rest, and is needed only by tables of an older version.
        from storage.migrations.run import upgrade

        with self._backend.transaction() as connection:
            hold(connection, MIGRATION)
            upgrade(connection)

    def sweep(self) -> int:
        """Delete the contents that no version refers to: of removed ones, of deleted projects, left by crashes.

        Returns:
            How many contents were deleted.

        Raises:
            StorageError: a content cannot be deleted; sweeping again is safe.
        """
        # Nothing that a rollback would bring back is taken for gone, and nobody else is between putting a
        # content and committing its row.
        with self._backend.transaction(alone=True) as connection:
            hold(connection, CONTENTS)
            blobs = self._backend.blobs_in(connection)
            kept = Attachments(connection).digests()
            loose = [digest for digest in blobs if digest not in kept]
            for digest in loose:
                blobs.delete(digest)
            blobs.delete_unfinished()
        return len(loose)

    def close(self) -> None:
        """Close the connections; what was kept in memory is gone."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables, or None when every migration was taken back."""
    if not inspect(connection).has_table(revision_table.name):
        raise StorageCorrupt("the database holds the tables of another program")
    return connection.execute(select(revision_table.c.version_num)).scalar_one_or_none()
