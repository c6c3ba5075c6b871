"""Threads that want a transaction at the same time share a commit: what one did fails alone, the commit fails for all."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest

from storage.database import open_database
from storage.errors import StorageError, StorageFull
from storage.group_commit import MOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WAIT = 30.0


class Crash(Exception):  # noqa: N818
    """A mistake in the middle of a transaction."""


class Group:
    """Transactions that are begun one after the other, while the first of them is kept open."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("storage.group_commit.LONGEST", WAIT)
        self._database = database
        self._turnstile = database._backend._group_commit._turnstile
        self._threads = ThreadPoolExecutor(80)
        self._opened, self._go_on = Event(), Event()
        self.all = [self._threads.submit(self._hold)]
        assert self._opened.wait(WAIT)

    def then(self, act: Callable[[UnitOfWork], object]) -> Future[None]:
        """Let another thread wait for its turn; those that came before have theirs first."""
        waiting = len(self._turnstile._waiting)
        self.all.append(self._threads.submit(self._run, act))
        while len(self._turnstile._waiting) == waiting and not self.all[-1].done():
            pass
        return self.all[-1]

    def end(self) -> list[BaseException | None]:
        """Let all of them go, and return how each ended."""
        self._go_on.set()
        with self._threads:
            return [future.exception(WAIT) for future in self.all]

    def _hold(self) -> None:
        with self._database.unit_of_work() as work:
            work.inbox.take("web", "first", NOON)
            self._opened.set()
            assert self._go_on.wait(WAIT)

    def _run(self, act: Callable[[UnitOfWork], object]) -> None:
        with self._database.unit_of_work() as work:
            act(work)


@pytest.fixture
def group(file_database: Database, file: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    file_database.close()
    return Group(open_database(file), monkeypatch)


def taken(file: Path) -> list[str]:
    with sqlite3.connect(file) as other:
        return [row[0] for row in other.execute("SELECT update_id FROM inbox ORDER BY rowid")]


def take(update_id: str) -> Callable[[UnitOfWork], object]:
    return lambda work: work.inbox.take("web", update_id, NOON)


def test_those_who_come_meanwhile_share_a_commit(
    group: Group, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[None] = []
    commit = group._database._backend.engine.dialect.do_commit
    monkeypatch.setattr(
        group._database._backend.engine.dialect, "do_commit", lambda driver: commits.append(commit(driver))
    )
    for number in range(10):
        group.then(take(str(number)))
    assert group.end() == [None] * 11
    assert len(commits) == 1
    assert taken(file) == ["first", *map(str, range(10))]


def test_nobody_is_told_of_success_before_the_commit(group: Group, file: Path) -> None:
    seen: list[list[str]] = []
    second = group.then(take("second"))
    group.then(lambda _work: (seen.append(taken(file)), seen.append([str(second.done())])))
    assert group.end() == [None] * 3
    assert seen == [[], ["False"]]
    assert taken(file) == ["first", "second"]


def test_what_failed_is_taken_back_and_nothing_of_the_others(group: Group, file: Path) -> None:
    def fail(work: UnitOfWork) -> None:
        work.inbox.take("web", "lost", NOON)
        raise Crash

    group.then(take("before"))
    group.then(fail)
    group.then(take("after"))
    ends = group.end()
    assert [type(end) for end in ends] == [type(None), type(None), Crash, type(None)]
    assert taken(file) == ["first", "before", "after"]


def test_each_sees_what_those_before_it_did(group: Group) -> None:
    seen: list[bool] = []
    group.then(lambda work: seen.append(work.inbox.take("web", "5", NOON)))
    group.then(lambda work: seen.append(work.inbox.take("web", "5", NOON)))
    group.end()
    assert seen == [True, False]


def test_a_commit_that_fails_has_failed_for_all(
    group: Group, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_driver: object) -> None:
        raise StorageFull("no room")

    group.then(take("second"))
    with monkeypatch.context() as patch:
        patch.setattr(group._database._backend.engine.dialect, "do_commit", fail)
        ends = group.end()
    assert [type(end) for end in ends] == [StorageFull, StorageFull]
    assert taken(file) == []


def test_a_transaction_that_sqlite_gives_up_has_failed_for_all(group: Group, file: Path) -> None:
    group.then(take("second"))

    def give_up(work: UnitOfWork) -> None:
        work.connection.exec_driver_sql("ROLLBACK")  # as SQLite does when the disk fails
        raise StorageFull("no room")

    group.then(give_up)
    ends = group.end()
    assert all(isinstance(end, StorageError) for end in ends)
    assert taken(file) == []
    with group._database.unit_of_work() as work:
        assert work.inbox.take("web", "second", NOON)


def test_a_group_is_not_let_grow_without_end(group: Group, file: Path) -> None:
    first = group.all[0]
    for number in range(MOST + 3):
        group.then(take(str(number)))
    assert group.end() == [None] * (MOST + 4)
    assert first.done()
    assert len(taken(file)) == MOST + 4


def test_who_wants_to_be_alone_begins_after_the_others_have_ended(group: Group, file: Path) -> None:
    seen: list[list[str]] = []
    group.then(take("second"))

    def alone() -> None:
        with group._database._backend.transaction(alone=True):
            seen.append(taken(file))

    waiting = len(group._turnstile._waiting)
    group.all.append(group._threads.submit(alone))
    while len(group._turnstile._waiting) == waiting:
        pass
    assert group.end() == [None] * 3
    assert seen == [["first", "second"]]
