"""What happens to a SQLite file in the wild: full disks, wrong paths, damage, other writers."""

from __future__ import annotations

import errno
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from storage import courtesy, sqlite
from storage.database import open_database
from storage.errors import (
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageReadOnly,
    StorageTooNew,
    StorageUnreachable,
)

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.projects import Project


def pragma(database: Database, name: str) -> object:
    with database.unit_of_work() as work:
        result = work.connection.exec_driver_sql(f"PRAGMA {name}")
        return result.scalar() if result.returns_rows else None


def save(database: Database, project: Project, state: bytes, at: datetime) -> None:
    with database.unit_of_work() as work:
        work.inbox.take("web", "5", at)
        work.projects.save(project.id, expected_version=project.version, state=state, name="平台", at=at)


def take(database: Database, update: str, at: datetime) -> None:
    with database.unit_of_work() as work:
        work.inbox.take("web", update, at)


def assert_untouched(database: Database, project: Project, at: datetime) -> None:
    with database.unit_of_work() as work:
        assert work.projects.get(project.id) == project
        assert work.inbox.take("web", "5", at)


def test_disk_full_keeps_nothing_of_the_turn_and_all_of_the_rest(
    file_database: Database, project: Project, now: datetime
) -> None:
    pages = pragma(file_database, "page_count")
    pragma(file_database, f"max_page_count = {pages}")
    with pytest.raises(StorageFull) as full:
        save(file_database, project, b"x" * 1_000_000, now)
    assert isinstance(full.value.__cause__, sqlite3.OperationalError)
    pragma(file_database, "max_page_count = 100000")
    assert_untouched(file_database, project, now)


def test_a_read_only_database_says_so(file_database: Database, project: Project, now: datetime) -> None:
    pragma(file_database, "query_only = ON")
    with pytest.raises(StorageReadOnly):
        save(file_database, project, b"{}", now)
    file_database.close()
    assert_untouched(file_database, project, now)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.EACCES, StorageReadOnly),
        (errno.EPERM, StorageReadOnly),
        (errno.EROFS, StorageReadOnly),
        (errno.ENOSPC, StorageFull),
        (errno.ENAMETOOLONG, StorageUnreachable),
    ],
)
def test_a_file_that_cannot_be_created_says_why(
    file: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[StorageError]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(StorageError) as raised:
        open_database(file)
    assert type(raised.value) is expected
    assert isinstance(raised.value.__cause__, OSError)


def test_a_folder_is_not_taken_for_a_database(tmp_path: Path) -> None:
    with pytest.raises(StorageUnreachable):
        open_database(tmp_path)


def test_a_path_through_a_regular_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("not a folder")
    for path in ("note.txt/projects.db", "note.txt/deeper/projects.db"):
        with pytest.raises(StorageUnreachable):
            open_database(tmp_path / path)


def test_a_folder_that_vanished_is_unreachable(file: Path) -> None:
    with open_database(file) as database:
        file.unlink()
        file.parent.rmdir()
        with pytest.raises(StorageUnreachable):
            database.migrate()


@pytest.mark.parametrize("content", [b"x", b"<html>\n" * 1000], ids=["short", "long"])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(content)
    with pytest.raises(StorageCorrupt), open_database(path) as database:
        database.migrate()
    assert path.read_bytes() == content


def test_a_damaged_file_says_so_instead_of_answering_wrongly(file: Path) -> None:
    with open_database(file) as database:
        database.migrate()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with open_database(file) as database, pytest.raises(StorageCorrupt):
        database.migrate()


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE note (words TEXT)")
    with open_database(path) as database, pytest.raises(StorageCorrupt):
        database.migrate()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("note",)]


def test_a_database_of_a_later_version_is_not_touched(file_database: Database) -> None:
    with file_database.unit_of_work() as work:
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageTooNew):
        file_database.migrate()


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(
    file: Path, file_database: Database, project: Project, now: datetime
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageLocked):
            save(file_database, project, b"{}", now)
    assert_untouched(file_database, project, now)


def test_a_unit_of_work_within_another_is_refused_not_deadlocked(file_database: Database) -> None:
    with file_database.unit_of_work(), pytest.raises(StorageLocked), file_database.unit_of_work():
        pass


def test_writers_with_a_connection_each_wait_for_each_other(
    file: Path, file_database: Database, project: Project, now: datetime
) -> None:
    """As two processes do: each has its own lock on the file."""
    start = Barrier(2)

    def append(writer: int) -> None:
        with open_database(file, wait=30) as database:
            start.wait(timeout=10)
            for number in range(20):
                with database.unit_of_work() as work:
                    version = work.projects.get(project.id).version
                    work.projects.save(project.id, expected_version=version, state=b"{}", name="平台", at=now)
                    work.events.append(
                        project.id, at=now, turn_key=f"{writer}-{number}", kind="set", payload=b"{}"
                    )

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(append, writer) for writer in range(2)]:
            done.result(timeout=60)
    with file_database.unit_of_work() as work:
        turns = [event.turn_key for event in work.events.list_for(project.id)]
        assert work.projects.get(project.id).version == 41
    assert sorted(turns) == sorted(f"{writer}-{number}" for writer in range(2) for number in range(20))


def test_a_process_pauses_between_its_transactions_while_another_writes(
    file: Path, file_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to SQLite, one of two busy processes writes dozens of times before the other finds the file free."""
    pauses = list[float]()
    monkeypatch.setattr(courtesy, "sleep", pauses.append)
    monkeypatch.setattr(courtesy, "monotonic", lambda: 0.0)
    take(file_database, "0", now)
    pauses.clear()

    with open_database(file) as other:
        for number in ("1", "2", "3"):
            take(other, f"other {number}", now)
            take(file_database, number, now)
        assert pauses == [courtesy.PAUSE] * 4, "each before its second and third"
    take(file_database, "4", now)
    pauses.clear()
    take(file_database, "5", now)
    assert not pauses, "alone again"


def test_who_waits_for_another_process_looks_again_and_again(
    file: Path, file_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        glances = list[float]()

        def glance(seconds: float) -> None:
            glances.append(seconds)
            if len(glances) == 3:
                other.execute("COMMIT")

        monkeypatch.setattr(sqlite, "sleep", glance)
        take(file_database, "1", now)
    assert glances == [courtesy.GLANCE] * 3


def test_two_first_starts_at_once_make_one_database(file: Path) -> None:
    start = Barrier(4)

    def first_start(_: int) -> None:
        with open_database(file, wait=30) as database:
            start.wait(timeout=10)
            database.migrate()

    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(first_start, range(4)):
            pass
    with open_database(file) as database:
        assert pragma(database, "journal_mode") == "wal"
        with database.unit_of_work() as work:
            assert work.projects.list_for("nobody") == []


def test_what_was_committed_is_there_after_reopening(
    file: Path, file_database: Database, project: Project
) -> None:
    file_database.close()
    with open_database(file) as reopened:
        reopened.migrate()
        with reopened.unit_of_work() as work:
            assert work.projects.get(project.id) == project


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(file_database: Database) -> None:
    assert pragma(file_database, "journal_mode") == "wal"
    assert pragma(file_database, "synchronous") == 2, "FULL: a sync at every commit"


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "申报 50%#&" / "项目 %s;1.db"
    with open_database(str(path)) as database:
        database.migrate()
    assert path.stat().st_size > 0


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_only_its_owner_can_read_a_new_file(
    file: Path, file_database: Database, project: Project, now: datetime
) -> None:
    save(file_database, project, b"{}", now)
    for part in file.parent.iterdir():
        assert part.stat().st_mode & 0o077 == 0, part.name
