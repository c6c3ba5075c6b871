"""The transactions of SQLite: threads that want one at the same time share a commit, and so a sync of the disk.

Whoever comes while a transaction is open works in it after the others, behind a savepoint. Nobody is told of
success before the commit that all of them share: what one did may rest on what those before it did. When that
commit fails, it has failed for all of them.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage.courtesy import Courtesy
from storage.errors import StorageError, StorageLocked
from storage.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Connection, Engine

MOST = 64
"""At most so many share a commit."""
LONGEST = 0.008
"""Seconds after which nobody more is let into a transaction: the first of a group waits for the last."""


class _Group:
    """An open transaction and those who work in it, one after the other."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver = driver_of(connection)
        self._transaction = connection.begin()
        self._full_at = monotonic() + LONGEST
        self._ended = Event()
        self._error: StorageError | None = None
        self.size = 0

    @property
    def is_full(self) -> bool:
        return self.size >= MOST or monotonic() >= self._full_at

    @property
    def has_failed(self) -> bool:
        return self._error is not None

    def commit(self) -> None:
        """Keep what everybody did; whether that worked is told by :meth:`wait`."""
        self._end(self._transaction.commit)

    def fail(self, error: BaseException | None) -> None:
        """Keep nothing of what anybody did, because of what befell one of them."""
        self._error = (
            error if isinstance(error, StorageError) else StorageError("the transaction was given up")
        )
        self._end(self._transaction.rollback)

    def roll_back(self) -> None:
        """Give up what is left of a commit that failed, so that the connection is fit for the next transaction."""
        if self.driver.in_transaction:
            with suppress(sqlite3.Error):
                self.driver.execute("ROLLBACK")

    def wait(self) -> None:
        """Wait until it is known whether everything is kept.

        Raises:
            StorageError: nothing is.
        """
        self._ended.wait()
        if self._error is not None:
            raise self._error

    def _end(self, way: Callable[[], None]) -> None:
        try:
            way()
        except BaseException as error:
            if self._error is None:
                self._error = error if isinstance(error, StorageError) else StorageError("the commit failed")
            if not isinstance(error, StorageError):
                raise
        finally:
            self._ended.set()


class GroupCommit:
    """The transactions of one SQLite database; threads share it."""

    def __init__(self, engine: Engine, *, wait: float) -> None:
        """Work on an engine that has one connection.

        Args:
            engine: of SQLite.
            wait: seconds to wait for one's turn.
        """
        self._engine = engine
        self._wait = wait
        self._turnstile = Turnstile()
        self._courtesy = Courtesy()
        self._group: _Group | None = None
        self._connection: Connection | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody has a turn."""
        return self._turnstile.is_free

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Generator[Connection]:
        """Work in a transaction; what was done is on the disk when the ``with`` block has ended without an error.

        Args:
            alone: begin after what others did is committed, or has failed.

        Raises:
            StorageLocked: another writer did not finish in time.
            StorageError: reading, writing or the commit failed; nothing was kept.
        """
        try:
            self._turnstile.enter(self._wait)
        except TimeoutError as error:
            raise StorageLocked("another thread kept the database for too long") from error
        try:
            if alone and self._group is not None:
                self._end_group(self._group, self._group.commit)
            group = self._group or self._new_group()
        except BaseException:
            self._turnstile.leave()
            raise
        self._group = group
        failure: BaseException | None = None
        try:
            with savepoint(group.driver):
                yield group.connection
        except BaseException as error:
            failure = error
            raise
        finally:
            self._leave(group, failure)
            group.wait()

    def close(self) -> None:
        """Close the connection; nobody is in a transaction any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _new_group(self) -> _Group:
        if self._connection is None:
            self._connection = self._engine.connect()
        self._courtesy.let_others_in()
        try:
            group = _Group(self._connection)
            self._courtesy.begun(group.driver)
        except BaseException:
            self.close()
            raise
        return group

    def _leave(self, group: _Group, failure: BaseException | None) -> None:
        """Let the next one into the group, or end it."""
        group.size += 1
        if not group.driver.in_transaction:
            # SQLite gives a transaction up by itself when the disk is full or fails.
            way = partial(group.fail, failure)
        elif group.is_full or not self._turnstile.hand_over():
            way = group.commit
        else:
            return
        try:
            self._end_group(group, way)
        finally:
            self._turnstile.leave()

    def _end_group(self, group: _Group, way: Callable[[], None]) -> None:
        self._group = None
        try:
            way()
        finally:
            self._courtesy.ended()
            if group.has_failed:
                group.roll_back()
                self.close()


def driver_of(connection: Connection) -> Any:
    """Return the connection of sqlite3: what is sent to it often needs nothing of SQLAlchemy."""
    return connection.connection.dbapi_connection


@contextmanager
def savepoint(driver: Any) -> Generator[None]:
    """Take back what one of those who share a transaction did when it failed, and nothing of the others.

    Args:
        driver: the connection of sqlite3, in a transaction.
    """
    driver.execute("SAVEPOINT turn")
    try:
        yield
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK TO turn")
        raise
    finally:
        if driver.in_transaction:
            driver.execute("RELEASE turn")
