"""What is handed to the database's own threads is done like any unit of work, and told of once it is kept."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event, current_thread
from typing import TYPE_CHECKING

import pytest

from storage.database import Database, open_database
from storage.errors import StorageError, StorageFull, StorageLocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.outcome import Outcome
    from storage.unit_of_work import UnitOfWork

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WAIT = 30.0
NAME = ContextVar("name", default="")


class Crash(Exception):  # noqa: N818
    """A mistake in the middle of a transaction."""


def take(update_id: str) -> Callable[[UnitOfWork], bool]:
    return lambda work: work.inbox.take("web", update_id, NOON)


def crash(work: UnitOfWork) -> None:
    work.inbox.take("web", "lost", NOON)
    raise Crash


def submitted(database: Database, *acts: Callable[[UnitOfWork], object]) -> list[Outcome[object]]:
    """Submit all of them at once; return what came of each, in their order."""
    outcomes: list[SimpleQueue[Outcome[object]]] = []
    for act in acts:
        outcomes.append(SimpleQueue())
        database.submit(act, outcomes[-1].put)
    return [each.get(timeout=WAIT) for each in outcomes]


def is_taken(database: Database, update_id: str) -> bool:
    """Say whether an update was kept, by trying to take it."""
    with database.unit_of_work() as work:
        return not work.inbox.take("web", update_id, NOON)


def test_what_it_returned_is_told(database: Database) -> None:
    [first], [again] = submitted(database, take("1")), submitted(database, take("1"))
    assert (first.get(), again.get()) == (True, False)


def test_it_is_kept_when_it_is_told(database: Database) -> None:
    seen: SimpleQueue[str] = SimpleQueue()
    database.submit(take("1"), lambda _outcome: seen.put(current_thread().name))
    assert seen.get(timeout=WAIT) != current_thread().name
    assert is_taken(database, "1")


def test_what_failed_is_not_kept_and_the_others_are(database: Database) -> None:
    before, failed, after = submitted(database, take("before"), crash, take("after"))
    assert isinstance(failed.error, Crash)
    assert [before.get(), after.get()] == [True, True]
    assert [is_taken(database, name) for name in ("before", "lost", "after")] == [True, False, True]


def test_the_same_from_a_hundred_at_once_is_done_once(database: Database) -> None:
    outcomes = submitted(database, *(take("1") for _ in range(100)))
    assert sum(outcome.get() is True for outcome in outcomes) == 1


def test_of_many_at_once_only_those_that_fail_are_not_kept(database: Database) -> None:
    outcomes = submitted(
        database, *(crash if number % 3 == 0 else take(str(number)) for number in range(100))
    )
    for number, outcome in enumerate(outcomes):
        assert isinstance(outcome.error, Crash) if number % 3 == 0 else outcome.get() is True
    assert all(is_taken(database, str(number)) for number in range(100) if number % 3)
    assert not is_taken(database, "lost")


def test_what_is_logged_belongs_to_whom_submitted_it(database: Database) -> None:
    token = NAME.set("turn 7")
    try:
        [outcome] = submitted(database, lambda _work: NAME.get())
    finally:
        NAME.reset(token)
    assert outcome.get() == "turn 7"


def test_errors_of_storage_are_told_to_who_watches(database: Database) -> None:
    watched: list[StorageError] = []
    database.on_error = watched.append

    def fail(_work: UnitOfWork) -> None:
        raise StorageFull("no room")

    submitted(database, fail, crash)
    assert [type(error) for error in watched] == [StorageFull]


def test_who_cannot_be_told_holds_nobody_up(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    tried: SimpleQueue[Outcome[bool]] = SimpleQueue()

    def unreachable(outcome: Outcome[bool]) -> None:
        tried.put(outcome)
        raise RuntimeError("the event loop is closed")

    database.submit(take("1"), unreachable)
    others = submitted(database, *(take(f"after {number}") for number in range(20)))
    assert all(outcome.get() is True for outcome in others)
    assert tried.get(timeout=WAIT).get() is True
    assert is_taken(database, "1")
    database.close()  # everybody was told before that
    assert "RuntimeError" in caplog.text


def test_what_is_done_ahead_comes_before_the_transaction_and_keeps_nobody_out(file: Path) -> None:
    with open_database(file) as database, open_database(file, wait=WAIT) as another:
        database.migrate()
        told: SimpleQueue[Outcome[bool]] = SimpleQueue()

        def ahead() -> None:
            with another.unit_of_work() as work:
                assert take("ahead")(work)

        database.submit(take("ahead"), told.put, ahead=ahead)
        assert told.get(timeout=WAIT).get() is False


def test_when_what_is_done_ahead_fails_nothing_more_is_done(file: Path) -> None:
    def ahead() -> None:
        raise Crash

    with open_database(file) as database:
        database.migrate()
        told: SimpleQueue[Outcome[bool]] = SimpleQueue()
        database.submit(take("1"), told.put, ahead=ahead)
        database.submit(take("2"), told.put)
        outcomes = [told.get(timeout=WAIT) for _ in range(2)]
        assert isinstance(outcomes[0].error, Crash)
        assert outcomes[1].get() is True
        assert not is_taken(database, "1")


def test_connections_count_while_they_are_at_work(database: Database) -> None:
    assert database.connections_in_use == 0
    with database.unit_of_work():
        assert database.connections_in_use == 1
    assert database.connections_in_use == 0
    [during] = submitted(database, lambda _work: database.connections_in_use)
    assert during.get() == 1


def test_closing_waits_for_what_was_submitted(file: Path) -> None:
    told: list[Outcome[bool]] = []
    with open_database(file) as database:
        database.migrate()
        for number in range(20):
            database.submit(take(str(number)), told.append)
    assert len(told) == 20
    with open_database(file) as database:
        assert all(is_taken(database, str(number)) for number in range(20))


@pytest.fixture
def busy(
    file_database: Database, monkeypatch: pytest.MonkeyPatch
) -> tuple[Event, SimpleQueue[Outcome[None]]]:
    """The database's thread at work, until the event is set; whoever comes meanwhile shares the transaction."""
    monkeypatch.setattr("storage.writer.LONGEST", WAIT)
    held, go_on = Event(), Event()
    ended: SimpleQueue[Outcome[None]] = SimpleQueue()

    def hold(_work: UnitOfWork) -> None:
        held.set()
        assert go_on.wait(WAIT)

    file_database.submit(hold, ended.put)
    assert held.wait(WAIT)
    return go_on, ended


def test_what_comes_meanwhile_shares_a_commit(
    file_database: Database,
    busy: tuple[Event, SimpleQueue[Outcome[None]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, ended = busy
    commits: list[None] = []
    dialect = file_database._backend.engine.dialect
    commit = dialect.do_commit
    monkeypatch.setattr(dialect, "do_commit", lambda driver: commits.append(commit(driver)))
    told: SimpleQueue[Outcome[bool]] = SimpleQueue()
    for number in range(10):
        file_database.submit(take(str(number)), told.put)
    go_on.set()
    ended.get(timeout=WAIT).get()
    for _ in range(10):
        told.get(timeout=WAIT).get()
    assert len(commits) == 1


def test_one_that_fails_takes_nothing_of_those_that_share_its_transaction_back(
    file_database: Database, busy: tuple[Event, SimpleQueue[Outcome[None]]]
) -> None:
    go_on, ended = busy
    told: list[SimpleQueue[Outcome[object]]] = []
    for act in (take("before"), crash, take("after")):
        told.append(SimpleQueue())
        file_database.submit(act, told[-1].put)
    go_on.set()
    before, failed, after = (each.get(timeout=WAIT) for each in told)
    assert ended.get(timeout=WAIT).error is None
    assert (before.result, after.result) == (True, True), "who is served again has not been served before"
    assert isinstance(failed.error, Crash)
    assert [is_taken(file_database, name) for name in ("before", "lost", "after")] == [True, False, True]


def test_a_commit_that_fails_has_failed_for_all(
    file_database: Database,
    busy: tuple[Event, SimpleQueue[Outcome[None]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, ended = busy

    def fail(_driver: object) -> None:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(file_database._backend.engine.dialect, "do_commit", fail)
        told: SimpleQueue[Outcome[bool]] = SimpleQueue()
        file_database.submit(take("1"), told.put)
        go_on.set()
        errors = [ended.get(timeout=WAIT).error, told.get(timeout=WAIT).error]
    assert [type(error) for error in errors] == [StorageFull, StorageFull]
    assert not is_taken(file_database, "1")


def test_a_transaction_that_sqlite_gives_up_has_failed_for_all(
    file_database: Database, busy: tuple[Event, SimpleQueue[Outcome[None]]]
) -> None:
    go_on, ended = busy

    def give_up(work: UnitOfWork) -> None:
        work.connection.exec_driver_sql("ROLLBACK")  # as SQLite does when the disk fails
        raise StorageFull("no room")

    told: SimpleQueue[Outcome[object]] = SimpleQueue()
    file_database.submit(take("1"), told.put)
    file_database.submit(give_up, told.put)
    go_on.set()
    errors = [told.get(timeout=WAIT).error for _ in range(2)]
    assert ended.get(timeout=WAIT) is not None
    assert isinstance(errors[1], StorageFull)
    assert not is_taken(file_database, "1") or errors[0] is None
    [after] = submitted(file_database, take("2"))
    assert after.get() is True


def test_those_behind_one_that_waited_in_vain_need_not_wait_as_long_again(
    file: Path, file_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[None] = []
    new_group = file_database._backend._group_commit._new_group
    monkeypatch.setattr(
        file_database._backend._group_commit, "_new_group", lambda: (tries.append(None), new_group())[1]
    )
    told: SimpleQueue[Outcome[bool]] = SimpleQueue()
    with open_database(file) as other, other.unit_of_work():
        for number in range(5):
            file_database.submit(take(str(number)), told.put)
        errors = [told.get(timeout=WAIT).error for _ in range(5)]
    assert {type(error) for error in errors} == {StorageLocked}
    assert len(tries) < 5
    [after] = submitted(file_database, take("1"))
    assert after.get() is True
