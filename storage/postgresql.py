"""Everything that is true of PostgreSQL only: how it is reached, and what its errors mean."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import NullPool, QueuePool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.contents import Contents, SharedContents
from storage.errors import (
    DriverMissing,
    Duplicate,
    NotFound,
    ServerUnavailable,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageReadOnly,
    VersionConflict,
)
from storage.job_queue import Job
from storage.outcome import outcome_of, tell
from storage.shared_transactions import ROW_PATIENCE, SharedTransactions
from storage.sole_right import ServerRight
from storage.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.engine import ExceptionContext

    from storage.outcome import Outcome

Result = TypeVar("Result")
_TRIES = 3
CONNECTIONS = 16
"""Of one process at most: a turn is Python, and more of them at once only make each other wait."""
THREADS = 8
"""Of our own, for what was submitted and cannot share a transaction."""
NEAR, FAR = 2, 6
"""Threads whose transactions are shared: a server on this machine answers at once, and needs the processor itself;
one elsewhere is waited for, and somebody else goes on meanwhile."""
_THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")
PATIENCE: dict[str, Any] = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 30_000}
"""What psycopg is told of every connection: a server that does not answer is given up, and a machine that vanished
does not hold its locks, nor its connections, for hours."""
_MEANING: dict[str, type[StorageError]] = {
    # conditions first looked for, then their class: the first two characters
    "23503": NotFound,
    "23505": Duplicate,
    "53100": StorageFull,
    "25006": StorageReadOnly,
    "42501": StorageReadOnly,
    "55P03": StorageLocked,
    "57014": StorageLocked,
    "53": StorageLocked,
    "40": StorageLocked,
    "08": ServerUnavailable,
    "28": ServerUnavailable,
    "3D": ServerUnavailable,
    "57": ServerUnavailable,
    "58": ServerUnavailable,
    "XX": StorageCorrupt,
}


class PostgreSQL:
    """A PostgreSQL database; threads share it, each transaction has a connection of its own.

    Transactions see what others have committed (READ COMMITTED). Who changes a project or answers a chat locks
    its row first, see ``Projects.lock`` and ``Sessions.open``; what is left is seen to by unique keys.
    """

    def __init__(self, url: str, *, wait: float) -> None:
        """Prepare to work on the database of a URL; nothing is connected yet.

        Args:
            url: ``postgresql://user:password@host:port/name``; what it does not say comes from libpq's own
                places, such as PGPASSWORD or a password file.
            wait: seconds to wait for a lock, or for a connection, before StorageLocked.

        Raises:
            ServerUnavailable: the URL cannot be read.
            DriverMissing: the driver is not installed.
        """
        place = url_of(url)
        threads = NEAR if _is_near(place) else FAR
        self.engine = _pool(place, wait, CONNECTIONS - threads, timeout=wait)
        self._engine_of_many = _pool(place, min(wait, ROW_PATIENCE), threads, timeout=wait)
        # A connection that holds a right is closed with it, and is not one of those that turns wait for.
        self._lasting = _engine(place, wait, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._turnstile = Turnstile(CONNECTIONS - threads)
        self._threads = ThreadPoolExecutor(THREADS, "postgresql")
        self._shared = SharedTransactions(
            lambda: _transaction(self._engine_of_many), self._alone, threads=threads
        )
        self._wait = wait
        self.path: Path | None = None
        self.url = url

    @property
    def connections_in_use(self) -> int:
        """How many connections are at work."""
        pools = (self.engine.pool, self._engine_of_many.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Generator[Connection]:  # noqa: ARG002 - each is alone here
        """Work in a transaction of its own: committed when the block ends, rolled back when it raises."""
        try:
            # The pool would let a thread that gives a connection back have it again before those who wait.
            self._turnstile.enter(self._wait)
        except TimeoutError as error:
            raise StorageLocked("all connections are busy") from error
        try:
            with _transaction(self.engine) as connection:
                yield connection
        finally:
            self._turnstile.leave()

    def run(self, act: Callable[[Connection], Result]) -> Result:
        """Carry something out in a transaction, and once more when those of others broke it off.

        Args:
            act: what is done in it; what it does besides is done again as well.

        Raises:
            StorageError: nothing was kept.
        """
        for _ in range(_TRIES - 1):
            with suppress(StorageLocked, VersionConflict), self.transaction() as connection:
                return act(connection)
        with self.transaction() as connection:
            return act(connection)

    def submit(
        self,
        act: Callable[[Connection], Result],
        done: Callable[[Outcome[Result]], None],
        ahead: Callable[[], None] | None,  # noqa: ARG002 - who works on other rows does not wait
    ) -> None:
        """Have something carried out in a transaction by a thread of ours, together with what waits as well.

        Args:
            act: what is done in it; what it does besides is done again when something goes wrong.
            done: is told what came of it, in that thread.
            ahead: is not needed.
        """
        self._shared.submit(Job(act, done, copy_context()))

    def blobs_in(self, connection: Connection) -> Contents:
        """Return the contents of attachments within a transaction."""
        return Contents(connection)

    def blobs(self) -> SharedContents:
        """Return the contents of attachments."""
        return SharedContents(self.transaction)

    def sole_right(self, name: str) -> ServerRight:
        """Return a right for which the processes that use this database compete, on all machines."""
        return ServerRight(self._lasting, name)

    def close(self) -> None:
        """Close the connections after what was submitted."""
        self._shared.close()
        self._threads.shutdown()
        self.engine.dispose()
        self._engine_of_many.dispose()

    def _alone(self, job: Job) -> None:
        """Have something carried out in a transaction of its own; see :meth:`run`."""
        self._threads.submit(lambda: tell(job.done, outcome_of(lambda: job.context.run(self.run, job.act))))


def url_of(text: str) -> URL:
    """Return a URL with the driver that we use.

    Raises:
        ServerUnavailable: it cannot be read.
    """
    try:
        return make_url(text).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        # the URL may hold a password
        raise ServerUnavailable("the database URL cannot be read") from None


def _is_near(url: URL) -> bool:
    """Say whether a server is on this machine, as far as its URL says."""
    host = url.host or url.normalized_query.get("host", ("",))[0]
    return host in _THIS_MACHINE or host.startswith("/")


@contextmanager
def _transaction(engine: Engine) -> Generator[Connection]:
    with engine.connect() as connection, connection.begin():
        yield connection


def _pool(url: URL, wait: float, size: int, *, timeout: float) -> Engine:
    """Return an engine that keeps connections open.

    Args:
        url: of the database.
        wait: seconds to wait for a lock.
        size: how many connections at most.
        timeout: seconds to wait for one.
    """
    return _engine(
        url,
        wait,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=timeout,
        pool_use_lifo=True,
    )


def _engine(url: URL, wait: float, **given: Any) -> Engine:
    milliseconds = max(1, int(wait * 1000))
    options = f"-c lock_timeout={milliseconds} -c idle_in_transaction_session_timeout=60000"
    try:
        engine = create_engine(
            url,
            **given,
            connect_args={
                **PATIENCE,
                "application_name": "shenbao",
                "client_encoding": "utf8",
                # It would drop all prepared statements at a rollback, those of ServerStatement as well.
                "prepare_threshold": None,
                "options": " ".join((options, *url.normalized_query.get("options", ()))),
            },
        )
    except ModuleNotFoundError as error:
        raise DriverMissing("psycopg is not installed") from error
    event.listen(engine, "handle_error", _translate, retval=True)
    return engine


def _translate(context: ExceptionContext) -> StorageError | None:
    return postgresql_error(context.original_exception)


def postgresql_error(error: BaseException) -> StorageError | None:
    """Return what an error of the driver means to us, or None when it is a mistake in the program."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    kind = _MEANING.get(state) or _MEANING.get(state[:2])
    if kind is None:
        # Without a code it was the connection that failed.
        is_connection = not state and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
        kind = ServerUnavailable if is_connection else StorageError
    # Only what it is, not the server's words: those repeat the values of a row.
    return kind(f"postgresql: {type(error).__name__} {state}".rstrip())
