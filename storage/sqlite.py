"""Everything that is true of SQLite only: how it is opened, how a transaction begins, what its errors mean."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, QueuePool, create_engine, event

from storage.blobs import Blobs
from storage.courtesy import GLANCE
from storage.errors import (
    Duplicate,
    NotFound,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageReadOnly,
    StorageUnreachable,
    file_error,
)
from storage.group_commit import GroupCommit, driver_of
from storage.sole_right import FileRight, FreeRight
from storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.pool import ConnectionPoolEntry

    from storage.outcome import Outcome

Result = TypeVar("Result")
FILES = "-files"
"""The contents of attachments are in a folder of the database's name with this ending."""
_MEANING: dict[int, type[StorageError]] = {
    # extended codes first looked for, then the primary code in their low byte
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: NotFound,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: Duplicate,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: Duplicate,
    sqlite3.SQLITE_IOERR_SHMSIZE: StorageFull,
    sqlite3.SQLITE_READONLY: StorageReadOnly,
    sqlite3.SQLITE_PERM: StorageReadOnly,
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_BUSY: StorageLocked,
    sqlite3.SQLITE_LOCKED: StorageLocked,
    sqlite3.SQLITE_CORRUPT: StorageCorrupt,
    sqlite3.SQLITE_NOTADB: StorageCorrupt,
    sqlite3.SQLITE_CANTOPEN: StorageUnreachable,
}
_PRIMARY_CODE = 0xFF
_SMALLEST_FILE = 512
_TRIES = 50
"""How often to try the switch to WAL; a file that stays in the older mode is as safe, only slower."""


class SQLite:
    """A SQLite file, or a database in memory; threads share it."""

    def __init__(self, path: Path | None, *, wait: float) -> None:
        """Open a file, which is created when it is absent, or a database in memory.

        Args:
            path: the file, or None for memory.
            wait: seconds to wait for another writer before StorageLocked.

        Raises:
            StorageUnreachable: the path is a folder or leads through a file.
            StorageReadOnly: the file is absent and may not be created.
            StorageFull: there is no room to create the file.
            StorageCorrupt: the file is too small to be a database, and not empty.
        """
        if path is not None:
            _prepare_file(path)
        self.path = path
        self.engine = _engine(path, wait=wait)
        self._group_commit = GroupCommit(self.engine, wait=wait)
        self._writer = Writer(self._group_commit)
        self._closing = ExitStack()

    @property
    def connections_in_use(self) -> int:
        """Whether the only connection is at work, as a number."""
        return int(not self._group_commit.is_idle)

    def transaction(self, *, alone: bool = False) -> AbstractContextManager[Connection]:
        """Return a transaction, whose commit others may share; see :class:`GroupCommit`.

        Args:
            alone: begin after what others did is committed, or has failed.
        """
        return self._group_commit.transaction(alone=alone)

    def run(self, act: Callable[[Connection], Result]) -> Result:
        """Carry something out in a transaction; see :meth:`Writer.run`."""
        return self._writer.run(act)

    def submit(
        self,
        act: Callable[[Connection], Result],
        done: Callable[[Outcome[Result]], None],
        ahead: Callable[[], None] | None,
    ) -> None:
        """Have something carried out in a transaction; see :meth:`Writer.submit`."""
        self._writer.submit(act, done, ahead)

    def blobs_in(self, connection: Connection) -> Blobs:  # noqa: ARG002 - a folder knows no transactions
        """Return the contents of attachments."""
        return self._blobs

    def blobs(self) -> Blobs:
        """Return the contents of attachments: beside the file; those of a database in memory go with it."""
        return self._blobs

    def sole_right(self, name: str) -> FileRight | FreeRight:
        """Return a right for which the processes that use this database compete."""
        return (
            FreeRight()
            if self.path is None
            else FileRight(self.path.with_name(f"{self.path.name}-{name}.lock"))
        )

    def close(self) -> None:
        """Close the connection after what was submitted; what was kept in memory is gone."""
        self._writer.close()
        self._group_commit.close()
        self.engine.dispose()
        self._closing.close()

    @cached_property
    def _blobs(self) -> Blobs:
        if self.path is None:
            return Blobs(Path(self._closing.enter_context(TemporaryDirectory(prefix="shenbao-"))))
        return Blobs(self.path.with_name(self.path.name + FILES))


def _engine(path: Path | None, *, wait: float) -> Engine:
    """Return an engine with one connection: SQLite has one writer at a time anyway, and memory only one."""
    engine = create_engine(
        URL.create("sqlite", database=":memory:" if path is None else str(path)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=wait,
        connect_args={"timeout": wait, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure)

    def begin(connection: Connection) -> None:
        try:
            _begin(driver_of(connection), wait)
        except sqlite3.Error as error:
            if (known := sqlite_error(error, engine.url.database)) is None:
                raise
            raise known from error

    def translate(context: ExceptionContext) -> StorageError | None:
        return sqlite_error(context.original_exception, engine.url.database)

    event.listen(engine, "begin", begin)
    event.listen(engine, "handle_error", translate, retval=True)
    return engine


def _prepare_file(path: Path) -> None:
    """Create the folder and an empty file that only its owner may read; the answers are nobody else's."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        # An existing file is not opened here: closing it would drop the locks of our other connections.
        if not path.exists():
            path.touch(mode=0o600)
        size = path.stat().st_size
    except OSError as error:
        raise file_error(error, f"cannot create {path}") from error
    # SQLite takes a file of a few bytes for an empty one and overwrites it.
    if 0 < size < _SMALLEST_FILE:
        raise StorageCorrupt(f"{path}: {size} bytes are no database")


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    _switch_to_wal(cursor)
    # Without FULL, WAL mode may lose acknowledged answers on a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What was deleted is overwritten: a cleared project must not be found in the file.
    cursor.execute("PRAGMA secure_delete = ON")
    # A savepoint keeps what the pages held before in memory, not in a file that is made for it every time.
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _switch_to_wal(cursor: DBAPICursor) -> None:
    for _ in range(_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        # The switch is the one thing SQLite does not wait for when another process is at it as well;
        # an empty transaction does wait.
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("COMMIT")


def _begin(driver: Any, wait: float) -> None:
    """Begin a transaction, when no other process is in one any more or after so many seconds not at all."""
    give_up_at = monotonic() + wait
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        # A deferred transaction that turns into a writer fails at once when another one was faster;
        # an immediate one waits for its turn before it has read anything.
        while not _begins(driver, is_last=monotonic() >= give_up_at):
            sleep(GLANCE)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {int(wait * 1000)}")


def _begins(driver: Any, *, is_last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def sqlite_error(error: BaseException, database: str | None) -> StorageError | None:
    """Return what an error of SQLite means to us, or None when it is a mistake in the program.

    Args:
        error: as the driver raised it.
        database: the file, or ":memory:".
    """
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    kind = _MEANING.get(code) or _MEANING.get(code & _PRIMARY_CODE, StorageError)
    folder = Path(database or "").parent
    # SQLite says "unable to open database file" for a folder in which it may not put its journal.
    if kind is StorageUnreachable and not os.access(folder, os.W_OK):
        kind = StorageReadOnly if folder.is_dir() else StorageUnreachable
    return kind(f"{database}: {error}")
