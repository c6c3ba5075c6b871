"""What waits for a server shares a transaction as long as all goes well, and is carried out by itself when not."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from storage.database import open_database
from storage.errors import ServerUnavailable, StorageLocked, VersionConflict
from storage.job_queue import Job
from storage.outcome import Outcome, outcome_of
from storage.postgresql import FAR, NEAR, PostgreSQL
from storage.shared_transactions import _MOST, SharedTransactions

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from storage.unit_of_work import UnitOfWork

WAIT = 30.0


class Crash(Exception):  # noqa: N818
    """A mistake in the middle of a transaction."""


class Server:
    """Notes what each transaction kept; the first job holds the only thread until it is let go."""

    def __init__(self) -> None:
        self.kept: list[list[str]] = []
        self.alone: list[Job] = []
        self.lost: BaseException | None = None
        self._opened, self._go_on = Event(), Event()
        self._shared = SharedTransactions(self._transaction, self._take_alone, threads=1)
        self.told: dict[str, SimpleQueue[Outcome[Any]]] = {}

    def hold(self) -> None:
        """Let the thread begin with a job that does not end yet."""
        self.submit("first", self._wait)
        assert self._opened.wait(WAIT)

    def submit(self, name: str, act: Callable[[], object] = lambda: None) -> None:
        """Submit a job that writes its name, and then does something."""

        def write(connection: Any) -> str:
            connection.append(name)
            act()
            return name

        self.told[name] = SimpleQueue()
        self._shared.submit(Job(write, self.told[name].put, copy_context()))

    def end(self) -> dict[str, object]:
        """Let all go on; return what was told of each job: what it returned, or the kind of error."""
        self._go_on.set()
        self._shared.close()
        outcomes = {name: told.get(timeout=WAIT) for name, told in self.told.items()}
        return {
            name: each.result if each.error is None else type(each.error) for name, each in outcomes.items()
        }

    @contextmanager
    def _transaction(self) -> Generator[Any]:
        written: list[str] = []
        yield written
        if self.lost is not None:
            raise self.lost
        self.kept.append(written)

    def _take_alone(self, job: Job) -> None:
        self.alone.append(job)

        def act() -> object:
            with self._transaction() as connection:
                return job.act(connection)

        job.done(outcome_of(act))

    def _wait(self) -> None:
        self._opened.set()
        assert self._go_on.wait(WAIT)


def fail_by(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_what_waits_shares_a_transaction_up_to_a_number() -> None:
    server = Server()
    server.hold()
    names = [str(number) for number in range(_MOST + 1)]
    for name in names:
        server.submit(name)
    assert server.end() == {name: name for name in ("first", *names)}
    assert server.kept == [["first", *names[: _MOST - 1]], names[_MOST - 1 :]]
    assert server.alone == []


def test_when_one_fails_each_is_carried_out_by_itself() -> None:
    server = Server()
    server.hold()
    server.submit("before")
    server.submit("failed", fail_by(Crash()))
    server.submit("after")
    assert server.end() == {"first": "first", "before": "before", "failed": Crash, "after": "after"}
    assert server.kept == [["first"], ["before"], ["after"]]


def test_what_fails_alone_is_not_done_twice() -> None:
    server = Server()
    server.submit("failed", fail_by(Crash()))
    assert server.end() == {"failed": Crash}
    assert server.alone == []


@pytest.mark.parametrize("error", [StorageLocked("a row is held"), VersionConflict(1, expected=1, found=2)])
def test_what_more_patience_may_mend_is_done_again(error: BaseException) -> None:
    server = Server()
    errors = [error]

    def fail_once() -> None:
        if errors:
            raise errors.pop()

    server.submit("again", fail_once)
    assert server.end() == {"again": "again"}
    assert len(server.alone) == 1


def test_what_a_lost_server_may_have_kept_is_not_done_again() -> None:
    server = Server()
    server.lost = ServerUnavailable("the connection is lost")
    server.hold()
    server.submit("second")
    assert server.end() == {"first": ServerUnavailable, "second": ServerUnavailable}
    assert server.alone == []


def test_a_row_that_somebody_holds_does_not_hold_up_the_others(postgresql: str) -> None:
    told: dict[str, SimpleQueue[Outcome[object]]] = {"held": SimpleQueue(), "free": SimpleQueue()}

    def open_session(user: str) -> Callable[[UnitOfWork], object]:
        return lambda work: work.sessions.open("telegram", user)

    with open_database(postgresql) as database:
        database.migrate()
        with database.unit_of_work() as work:
            work.sessions.open("telegram", "held")
            for user, outcomes in told.items():
                database.submit(open_session(user), outcomes.put)
            assert told["free"].get(timeout=WAIT).error is None
            assert told["held"].empty()
        assert told["held"].get(timeout=WAIT).error is None


@pytest.mark.parametrize(
    ("url", "threads"),
    [
        ("postgresql:///units", NEAR),
        ("postgresql://127.0.0.1:5432/units", NEAR),
        ("postgresql:///units?host=/run/postgresql", NEAR),
        ("postgresql://database.example:5432/units", FAR),
        ("postgresql:///units?host=database.example", FAR),
    ],
)
def test_more_wait_for_a_server_that_is_far_away(url: str, threads: int) -> None:
    pytest.importorskip("psycopg")
    database = PostgreSQL(url, wait=1.0)
    try:
        assert len(database._shared._jobs._names) == threads
    finally:
        database.close()
