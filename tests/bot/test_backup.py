"""A backup is made while the program writes, and gives everything back that was acknowledged before."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import zipfile
from typing import TYPE_CHECKING

import msgspec
import pytest
from busy import assert_nothing_is_lost, busy
from sqlalchemy import text

from storage import backup
from storage.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from running import Program


@pytest.fixture
def backed_up(shenbao: Program, tmp_path: Path) -> Path:
    """A backup of a quiet database, in data/."""
    with busy(tmp_path / "data" / "shenbao.db"):
        pass
    file = tmp_path / "backup.zip"
    assert shenbao("backup", file).status == 0
    return file


def test_a_backup_that_is_made_during_writes_gives_everything_back(shenbao: Program, tmp_path: Path) -> None:
    acknowledged: list[int] = []
    files = [tmp_path / f"backup {number}.zip" for number in range(3)]
    with busy(tmp_path / "data" / "shenbao.db") as writing:
        for file in files:
            acknowledged.append(writing.acknowledged)
            ran = shenbao("backup", file)
            assert ran.status == 0, ran.err
    for file, count in zip(files, acknowledged, strict=True):
        place = tmp_path / file.stem
        ran = shenbao("restore", file, "--data", place)
        assert ran.status == 0, ran.err
        assert_nothing_is_lost(place / "shenbao.db", writing, count)


def test_what_is_said_names_the_counts_and_the_personal_data(
    shenbao: Program, tmp_path: Path, backed_up: Path
) -> None:
    ran = shenbao("backup", tmp_path / "again.zip")
    assert f"已备份到 {tmp_path / 'again.zip'}：1 个项目，" in ran.out
    assert "个人信息" in ran.out
    ran = shenbao("restore", backed_up, "--data", tmp_path / "new")
    assert f"已恢复到 sqlite:{tmp_path / 'new' / 'shenbao.db'}：1 个项目，" in ran.out
    assert "shenbao outbox list" in ran.out


def test_what_is_made_is_only_what_is_needed_and_nobody_else_can_read_it(
    shenbao: Program, tmp_path: Path, backed_up: Path
) -> None:
    assert shenbao("restore", backed_up, "--data", tmp_path / "new").status == 0
    files = [backed_up, *(path for path in (tmp_path / "new").rglob("*") if path.is_file())]
    if os.name != "nt":  # which has other rights
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["shenbao.db", "shenbao.db-files"]
    assert {path.name for path in tmp_path.iterdir()} == {"backup.zip", "data", "here", "new"}


def test_a_file_that_is_there_is_never_overwritten(shenbao: Program, tmp_path: Path, backed_up: Path) -> None:
    before = backed_up.read_bytes()
    ran = shenbao("backup", backed_up)
    assert (ran.status, ran.err) == (2, f"「{backed_up}」已经有了；请换一个文件名。\n")
    ran = shenbao("restore", backed_up)
    assert ran.status == 2
    assert ran.err.startswith(f"「{tmp_path / 'data' / 'shenbao.db'}」已经有了")
    assert backed_up.read_bytes() == before


def test_a_file_that_the_database_had_lost_before_is_told(shenbao: Program, tmp_path: Path) -> None:
    with busy(tmp_path / "data" / "shenbao.db"):
        pass
    (lost, *_rest) = sorted((tmp_path / "data" / "shenbao.db-files").glob("??/??/*"))
    lost.write_bytes(b"damaged")
    ran = shenbao("backup", tmp_path / "backup.zip")
    assert ran.status == 1
    assert f"有 1 个文件内容本来就缺失或损坏，没有带上：{lost.name[:12]}" in ran.err
    assert shenbao("restore", tmp_path / "backup.zip", "--data", tmp_path / "new").status == 0


def test_a_file_that_is_deleted_while_a_backup_is_made_is_not_missed(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data" / "shenbao.db"
    with busy(path):
        pass
    copy_database = backup._copy_database
    removed: list[str] = []

    def copy_and_delete(live: Path, copy: Path) -> None:
        copy_database(live, copy)
        if removed:
            return
        with open_database(path) as database:
            with database.unit_of_work() as work:
                attachment = work.attachments.current(1)["document 0"]
                work.attachments.remove(attachment.id, at=attachment.added_at)
            removed.append(attachment.sha256)
            assert database.sweep() > 0

    monkeypatch.setattr(backup, "_copy_database", copy_and_delete)
    ran = shenbao("backup", tmp_path / "backup.zip")
    assert (ran.status, ran.err) == (0, "")
    assert shenbao("restore", tmp_path / "backup.zip", "--data", tmp_path / "new").status == 0
    with open_database(tmp_path / "new" / "shenbao.db") as database, database.unit_of_work() as work:
        kept = work.attachments.current(1)
        assert "document 0" not in kept
        assert {attachment.sha256 for attachment in kept.values()} == set(database.blobs)


def rewritten(whole: Path, **changed: bytes | None) -> Path:
    """Return a backup in which parts were changed, or left out; ``files`` stands for one of the contents."""
    made = whole.with_name("changed.zip")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w") as new:
        one_of_them = next(name for name in old.namelist() if name.startswith("files/"))
        for name in old.namelist():
            key = "files" if name == one_of_them else name.partition(".")[0]
            data = changed.get(key, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return made


@pytest.mark.parametrize(
    "change",
    [
        {"shenbao": b"no database"},
        {"shenbao": None},
        {"backup": None},
        {"backup": b"{}"},
        {"files": b"another file"},
        {"files": None},
    ],
    ids=str,
)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_restored(
    shenbao: Program, tmp_path: Path, backed_up: Path, change: dict[str, bytes | None]
) -> None:
    ran = shenbao("restore", rewritten(backed_up, **change), "--data", tmp_path / "new")
    assert ran.status == 2
    assert ran.err.startswith("数据损坏，或者不是本程序的。")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_that_was_cut_off_is_refused(shenbao: Program, tmp_path: Path, backed_up: Path) -> None:
    whole = backed_up.read_bytes()
    for size in (0, len(whole) // 2, len(whole) - 1):
        backed_up.write_bytes(whole[:size])
        assert shenbao("restore", backed_up, "--data", tmp_path / "new").status == 2
    assert not (tmp_path / "new" / "shenbao.db").exists()


def test_a_backup_of_a_later_version_is_refused(shenbao: Program, tmp_path: Path, backed_up: Path) -> None:
    with zipfile.ZipFile(backed_up) as archive:
        manifest = msgspec.json.decode(archive.read("backup.json"))
    later = msgspec.json.encode(manifest | {"revision": "9999"})
    ran = shenbao("restore", rewritten(backed_up, backup=later), "--data", tmp_path / "new")
    assert (ran.status, ran.err) == (2, "数据是更新版本的程序写的；请升级程序。\n")


@pytest.mark.usefixtures("backed_up")
def test_a_damaged_database_is_not_backed_up(shenbao: Program, tmp_path: Path) -> None:
    path = tmp_path / "data" / "shenbao.db"
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 4096)
    ran = shenbao("backup", tmp_path / "other.zip")
    assert ran.status == 2
    assert ran.err.startswith("数据损坏")
    assert not (tmp_path / "other.zip").exists()


def test_what_is_not_there_is_said_in_a_sentence(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("backup", tmp_path / "a.zip")
    assert (ran.status, ran.err) == (2, f"没有 sqlite:{tmp_path / 'data' / 'shenbao.db'} 这个数据库。\n")
    ran = shenbao("restore", tmp_path / "a.zip", "--data", tmp_path / "new")
    assert (ran.status, ran.err) == (2, f"没有「{tmp_path / 'a.zip'}」这个备份文件。\n")


@pytest.mark.usefixtures("backed_up")
def test_a_folder_that_is_not_there_is_said_in_a_sentence(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("backup", tmp_path / "nowhere" / "a.zip")
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


def test_a_database_on_a_server_is_left_to_its_own_tools(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENBAO_DATABASE", "postgresql://u:secret@127.0.0.1/none")
    for command in ("backup", "restore"):
        ran = shenbao(command, tmp_path / "a.zip")
        assert ran.status == 2
        assert "pg_dump" in ran.err
        assert "secret" not in ran.out + ran.err


@pytest.mark.slow
def test_pg_dump_and_pg_restore_give_everything_back_that_was_acknowledged_before(
    postgresql: str, tmp_path: Path
) -> None:
    dump = tmp_path / "shenbao.dump"
    with busy(postgresql) as writing:
        acknowledged = writing.acknowledged
        _run("pg_dump", "--format=custom", f"--file={dump}", postgresql)
    with open_database(postgresql) as database, database.unit_of_work() as work:
        work.connection.execute(text("DROP SCHEMA public CASCADE"))
        work.connection.execute(text("CREATE SCHEMA public"))
    _run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={postgresql}", str(dump))
    assert_nothing_is_lost(postgresql, writing, acknowledged)


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL; skip the test when it is not installed or too old for the server."""
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if "server version mismatch" in done.stderr:
        pytest.skip(f"{tool} is older than the server")
    assert done.returncode == 0, done.stderr
