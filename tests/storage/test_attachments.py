"""Documents that were handed in: versions, contents kept once, and never a row without its content."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import inspect

from storage import blobs as blobs_module
from storage.attachments import Attachments
from storage.blobs import Blobs
from storage.database import open_database
from storage.errors import (
    NotFound,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnreachable,
)
from storage.migrations.run import configuration

if TYPE_CHECKING:
    from datetime import datetime

    from storage.attachments import Attachment
    from storage.database import Database
    from storage.projects import Project

ATTACHING = Path(__file__).with_name("attaching.py")
LONGEST_RUN = 60.0
DESIGN = "preliminary_design"
MINUTE = timedelta(minutes=1)


class Crash(Exception):  # noqa: N818
    """Whatever goes wrong in the middle of handing in."""


def hand_in(
    database: Database,
    project_id: int,
    data: bytes,
    at: datetime,
    *,
    document: str = DESIGN,
    name: str = "设计.pdf",
) -> Attachment:
    with database.unit_of_work() as work:
        digest = work.blobs.put(data)
        return work.attachments.add(
            project_id, document, sha256=digest, file_name=name, kind="pdf", size=len(data), at=at
        )


def remove(database: Database, attachment: Attachment, at: datetime) -> None:
    with database.unit_of_work() as work:
        work.attachments.remove(attachment.id, at=at)


def current(database: Database, project_id: int) -> dict[str, Attachment]:
    with database.unit_of_work() as work:
        return work.attachments.current(project_id)


def digests(database: Database) -> set[str]:
    with database.unit_of_work() as work:
        return work.attachments.digests()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "files")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# --- versions -----------------------------------------------------------------------------------------------


def test_a_document_is_read_back_as_it_was_handed_in(
    database: Database, project: Project, now: datetime
) -> None:
    added = hand_in(database, project.id, b"content", now, name="初步设计 𠮷 (定稿).pdf")
    with database.unit_of_work() as work:
        found = work.attachments.get(added.id)
    assert found == added
    assert (found.project_id, found.document_id, found.version) == (project.id, DESIGN, 1)
    assert (found.file_name, found.kind, found.size) == ("初步设计 𠮷 (定稿).pdf", "pdf", 7)
    assert (found.added_at, found.removed_at) == (now, None)
    assert found.sha256 == sha256(b"content").hexdigest()
    assert database.blobs.read(found.sha256) == b"content"


def test_the_newest_version_is_current_and_the_older_ones_stay(
    database: Database, project: Project, now: datetime
) -> None:
    versions = [
        hand_in(database, project.id, b"%d" % number, now - number * MINUTE) for number in range(3)
    ]  # the clock was set back between them
    other = hand_in(database, project.id, b"opinion", now, document="industry_opinion")
    assert [each.version for each in versions] == [1, 2, 3]
    assert current(database, project.id) == {DESIGN: versions[2], "industry_opinion": other}
    with database.unit_of_work() as work:
        assert work.attachments.versions(project.id, DESIGN) == versions
    assert [database.blobs.read(each.sha256) for each in versions] == [b"0", b"1", b"2"]


def test_a_removed_version_gives_way_to_the_one_before_and_stays_in_the_history(
    database: Database, project: Project, now: datetime
) -> None:
    first, second = (hand_in(database, project.id, data, now) for data in (b"1", b"2"))
    remove(database, second, now + MINUTE)
    assert current(database, project.id) == {DESIGN: first}
    remove(database, first, now + MINUTE)
    assert current(database, project.id) == {}
    with database.unit_of_work() as work:
        history = work.attachments.versions(project.id, DESIGN)
    assert [each.removed_at for each in history] == [now + MINUTE] * 2
    assert [each.sha256 for each in history] == [first.sha256, second.sha256]


def test_the_number_of_a_removed_version_is_not_given_again(
    database: Database, project: Project, now: datetime
) -> None:
    remove(database, hand_in(database, project.id, b"1", now), now)
    assert hand_in(database, project.id, b"1", now).version == 2


def test_a_version_that_is_removed_twice_was_removed_the_first_time(
    database: Database, project: Project, now: datetime
) -> None:
    added = hand_in(database, project.id, b"1", now)
    remove(database, added, now)
    remove(database, added, now + MINUTE)
    with database.unit_of_work() as work:
        assert work.attachments.get(added.id).removed_at == now


def test_projects_do_not_see_each_others_documents(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        values = {"pack_id": "shizuishan", "edition_id": "edition-1", "state": b"{}", "at": now}
        other = work.projects.create(owner="unit-8", name="别家", **values)
    hand_in(database, project.id, b"1", now)
    theirs = hand_in(database, other.id, b"1", now)
    assert theirs.version == 1
    assert current(database, other.id) == {DESIGN: theirs}


def test_what_does_not_exist_is_not_found(database: Database, project: Project, now: datetime) -> None:
    with database.unit_of_work() as work:
        with pytest.raises(NotFound):
            work.attachments.get(1)
        with pytest.raises(NotFound):
            work.attachments.remove(1, at=now)
        assert work.attachments.versions(project.id, DESIGN) == []
    with pytest.raises(NotFound):
        hand_in(database, project.id + 1, b"1", now)


def test_what_a_project_handed_in_is_forgotten_with_it(
    database: Database, project: Project, now: datetime
) -> None:
    first = hand_in(database, project.id, b"1", now)
    with database.unit_of_work() as work:
        assert work.attachments.forget(project.id) == 1
    second = hand_in(database, project.id, b"2", now)
    assert (second.version, current(database, project.id)) == (1, {DESIGN: second})
    with database.unit_of_work() as work:
        work.projects.delete(project.id)
    assert database.sweep() == 2
    assert all(each.sha256 not in database.blobs for each in (first, second))


# --- contents -----------------------------------------------------------------------------------------------


def test_the_same_content_is_kept_once(
    file_database: Database, file: Path, project: Project, now: datetime
) -> None:
    for document in (DESIGN, DESIGN, "industry_opinion"):
        hand_in(file_database, project.id, b"same", now, document=document)
    digest = sha256(b"same").hexdigest()
    kept = files_in(file.with_name("projects.db-files"))
    assert [path.parts[-3:] for path in kept] == [(digest[:2], digest[2:4], digest)]
    assert list(file_database.blobs) == [digest]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_only_its_owner_can_read_a_content(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(b"content")
    for path in (tmp_path / "files").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "/etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "a" * 60 + "/../"]
)
def test_nothing_but_a_digest_leads_to_a_file(blobs: Blobs, name: str) -> None:
    for use in (blobs.read, blobs.delete, blobs.__contains__):
        with pytest.raises(ValueError, match="no digest"):
            use(name)


def test_a_content_that_is_gone_is_not_found(blobs: Blobs) -> None:
    digest = blobs.put(b"content")
    blobs.delete(digest)
    blobs.delete(digest)
    assert digest not in blobs
    with pytest.raises(NotFound):
        blobs.read(digest)


def test_a_damaged_content_is_told_and_mended_by_handing_it_in_again(blobs: Blobs, tmp_path: Path) -> None:
    digest = blobs.put(b"content")
    (path,) = files_in(tmp_path / "files")
    path.write_bytes(b"c0ntent")
    with pytest.raises(StorageCorrupt):
        blobs.read(digest)
    assert blobs.put(b"content") == digest
    assert blobs.read(digest) == b"content"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, StorageFull), (errno.EROFS, StorageReadOnly), (errno.EIO, StorageUnreachable)],
)
def test_a_content_that_cannot_be_written_leaves_nothing(
    blobs: Blobs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    expected: type[StorageError],
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(blobs_module, "_sync_folder", lambda _: None)
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(StorageError) as raised:
            blobs.put(b"content")
    assert type(raised.value) is expected
    assert files_in(tmp_path / "files") == []
    blobs.put(b"content")


def test_a_folder_that_is_a_file_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(StorageUnreachable):
        Blobs(tmp_path / "files").put(b"content")


def test_the_contents_of_a_database_in_memory_go_with_it() -> None:
    with open_database(":memory:") as database:
        digest = database.blobs.put(b"content")
        (path,) = database.blobs._folder.rglob(digest)
    assert not path.exists()


# --- sweeping -----------------------------------------------------------------------------------------------


def test_sweeping_deletes_what_nothing_refers_to_and_nothing_else(
    database: Database, project: Project, now: datetime
) -> None:
    kept, shared, gone = (hand_in(database, project.id, data, now) for data in (b"1", b"2", b"3"))
    hand_in(database, project.id, b"2", now, document="industry_opinion")
    remove(database, shared, now)
    remove(database, gone, now)
    with database.unit_of_work() as work:
        loose = work.blobs.put(b"left by a crash")
    assert database.sweep() == 2
    assert set(database.blobs) == {kept.sha256, shared.sha256}
    assert gone.sha256 not in database.blobs
    assert loose not in database.blobs
    assert database.sweep() == 0


def test_sweeping_deletes_what_was_left_half_written(
    file_database: Database, file: Path, project: Project, now: datetime
) -> None:
    kept = hand_in(file_database, project.id, b"1", now)
    folder = file.with_name("projects.db-files")
    half = folder / ".unfinished-x"
    half.write_bytes(b"half")
    stranger = folder / "note.txt"
    stranger.write_bytes(b"not ours")
    assert file_database.sweep() == 0
    assert not half.exists()
    assert stranger.exists()
    assert kept.sha256 in file_database.blobs


def test_sweeping_before_anything_was_handed_in_makes_no_folder(file_database: Database, file: Path) -> None:
    assert file_database.sweep() == 0
    assert not file.with_name("projects.db-files").exists()


def test_a_removal_that_was_rolled_back_keeps_the_content(
    database: Database, project: Project, now: datetime
) -> None:
    added = hand_in(database, project.id, b"1", now)
    with pytest.raises(Crash), database.unit_of_work() as work:  # noqa: PT012
        work.attachments.remove(added.id, at=now)
        raise Crash
    assert database.sweep() == 0
    assert database.blobs.read(current(database, project.id)[DESIGN].sha256) == b"1"


# --- crashes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["put", "rename", "add", "commit"])
def test_a_failure_at_any_step_leaves_no_row_without_its_content(
    database: Database, project: Project, now: datetime, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    first = hand_in(database, project.id, b"1", now)

    def fail(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if failing == "put":
            patch.setattr(Blobs, "put", fail)
        elif failing == "rename":
            patch.setattr(Path, "replace", fail)
        elif failing == "add":
            patch.setattr(Attachments, "add", fail)
        with pytest.raises(Crash), database.unit_of_work() as work:  # noqa: PT012
            digest = work.blobs.put(b"2")
            work.attachments.add(
                project.id, DESIGN, sha256=digest, file_name="二", kind="pdf", size=1, at=now
            )
            raise Crash  # what fails between the row and the commit
    assert current(database, project.id) == {DESIGN: first}
    assert digests(database) <= set(database.blobs)
    database.sweep()
    assert set(database.blobs) == {first.sha256}


def kill_after(lines: int, path: Path, project_id: int, stop_after: str) -> list[str]:
    """Kill a process that hands in once it has printed so many digests; return all it has printed."""
    arguments = [sys.executable, str(ATTACHING), str(path), str(project_id), stop_after]
    with subprocess.Popen(  # noqa: S603
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        guard = Timer(LONGEST_RUN, process.kill)
        guard.start()
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        guard.cancel()
        printed += process.stdout.readlines()
    return [line.strip() for line in printed if line.endswith("\n")]


@pytest.mark.slow
def test_kill_9_leaves_no_row_without_its_content(
    file: Path, file_database: Database, project: Project
) -> None:
    file_database.close()
    acknowledged = kill_after(15, file, project.id, "")
    (after_content,) = kill_after(1, file, project.id, "content")
    (after_row,) = kill_after(1, file, project.id, "row")
    with open_database(file) as database:
        with database.unit_of_work() as work:
            rows = work.attachments.versions(project.id, DESIGN)
        assert len(acknowledged) >= 15
        assert set(acknowledged) <= {row.sha256 for row in rows}
        assert after_content == after_row == acknowledged[0], "each process began with the same content"
        assert [row.sha256 for row in rows].count(after_row) == 1, "and was killed before its commit"
        for row in rows:
            assert sha256(database.blobs.read(row.sha256)).hexdigest() == row.sha256
        database.sweep()
        assert set(database.blobs) == {row.sha256 for row in rows}
        assert len(files_in(file.with_name("projects.db-files"))) == len(set(database.blobs))


# --- migration ----------------------------------------------------------------------------------------------


def test_a_database_of_the_first_version_takes_documents_after_its_next_start(
    database: Database, project: Project, now: datetime
) -> None:
    hand_in(database, project.id, b"1", now)
    with database.unit_of_work() as work:
        command.downgrade(configuration(work.connection), "0001")
        assert "attachment" not in inspect(work.connection).get_table_names()
    database.migrate()
    with database.unit_of_work() as work:
        assert work.projects.get(project.id) == project
    assert hand_in(database, project.id, b"1", now).version == 1
