"""Everything moves from one database to another, of the same kind or not, and a move that was killed goes on."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, NamedTuple

import pytest
from alembic import command
from rows_of_any_revision import AT, fill_every_table
from sqlalchemy import delete, insert, select, update

from storage import moving
from storage.copy_in import Unstorable
from storage.database import Database, open_database
from storage.errors import StorageLocked
from storage.fingerprints import fingerprint
from storage.migrations.run import configuration
from storage.move_marks import StorageUnfinished
from storage.moving import SourceOutdated, TargetNotEmpty, TargetOfAnother, move
from storage.numbering import go_on_after, last_number, numbered_tables
from storage.schema import answer_event, attachment, chat_entry, content, inbox, metadata, project, session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from storage.moving import Moved

FILE = "设计 PDF".encode() * 100
between_files = pytest.mark.parametrize("places", ["sqlite to sqlite"], indirect=True)
# in the order of some languages other than in that of their characters
KEYS = ("a", "B", "_", "-", "é", "ab", "A b", "z", "王", "👩‍💼", "Z", "~")


class Places(NamedTuple):
    """Where everything is, and where it goes."""

    source: Path | str
    target: Path | str


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    def place(kind: str, name: str) -> Path | str:
        return (
            request.getfixturevalue("postgresql") if kind == "postgresql" else tmp_path / name / "shenbao.db"
        )

    source, target = request.param.split(" to ")
    return Places(place(source, "old"), place(target, "new"))


@pytest.fixture
def source(places: Places) -> Iterator[Database]:
    """A row in every table, and more in some."""
    with open_database(places.source) as database:
        database.migrate()
        with database.unit_of_work() as work:
            connection = work.connection
            fill_every_table(connection, metadata)
            connection.execute(delete(content))  # the contents of this kind of database may be in a folder
            connection.execute(update(attachment).values(sha256=work.blobs.put(FILE), removed_at=None))
            connection.execute(insert(session), [_session(key) for key in KEYS])
            connection.execute(insert(inbox), [_update(a, b) for a in KEYS for b in KEYS])
            connection.execute(insert(answer_event), [_event(number) for number in range(100, 140)])
            for table, number in numbered_tables().items():
                go_on_after(connection, table, number, last_number(connection, table, number))
            gone = work.projects.create(
                owner="u",
                name="删去",
                pack_id="p",
                edition_id=_edition(work.connection),
                state=b"{}",
                at=AT,
            )
            connection.execute(delete(project).where(project.c.id == gone.id))
        yield database


@pytest.fixture
def target(places: Places) -> Iterator[Database]:
    with open_database(places.target) as database:
        yield database


def _edition(connection: Connection) -> str:
    return connection.execute(select(project.c.edition_id)).scalar_one()


def _session(user: str) -> dict[str, object]:
    return {"channel": "web", "user": user, "project_id": None, "language": "zh"}


def _update(channel: str, update_id: str) -> dict[str, object]:
    return {"channel": channel, "update_id": update_id, "project_id": 7, "received_at": AT}


def _event(number: int) -> dict[str, object]:
    return {
        "id": number,
        "project_id": 7,
        "at": AT,
        "turn_key": "t",
        "kind": "k",
        "payload": b'{"a":"\xe7\x8e\x8b"}',
    }


def nothing(_name: str, _count: int) -> None:
    """Nobody looks on."""


def moved_from(source: Database, target: Database, *, origin: str = "old", restarts: bool = False) -> Moved:
    return move(source, target, origin=origin, restarts=restarts, on_progress=nothing)


def everything(database: Database) -> dict[str, set[str]]:
    """Every row of every table, and every file, read in a way of its own."""
    with database.unit_of_work() as work:
        found = {
            table.name: {repr(dict(row)) for row in work.connection.execute(select(table)).mappings()}
            for table in metadata.sorted_tables
            if table is not content
        }
    return found | {"files": {repr(database.blobs.read(digest)) for digest in database.blobs}}


def interrupted_after(calls: int) -> Callable[[str, int], None]:
    """Break a move off when it has told its progress so often."""
    left = iter(range(calls))

    def tell(_name: str, _count: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return tell


def test_every_row_and_every_file_comes_through(source: Database, target: Database) -> None:
    before = everything(source)
    assert all(before.values()), "no table is empty"
    moved = moved_from(source, target)
    assert (moved.is_complete, moved.lost) == (True, [])
    assert [compared.name for compared in moved.compared if not compared.source.rows] == []
    target.migrate()
    assert everything(target) == before == everything(source)


def test_the_number_of_a_project_that_was_deleted_is_not_given_again(
    source: Database, target: Database
) -> None:
    moved_from(source, target)
    made = []
    for database in (source, target):
        with database.unit_of_work() as work:
            state = {"owner": "u", "pack_id": "p", "edition_id": _edition(work.connection), "state": b"{}"}
            made.append(work.projects.create(name="新", at=AT, **state).id)
            work.outbox.put(chat="web:u", dedupe_key="new", payload=b"{}", due_at=AT, at=AT)
            work.history.append(7, at=AT, turn_key="t", actor="a", said="", reply=b"{}")
    assert made[0] == made[1]


def batches(database: Database, size: int) -> int:
    """How often a whole move tells its progress."""
    rows = [len(found) for name, found in everything(database).items() if name != "files"]
    return sum(-(-count // size) for count in rows) + 1


def test_a_move_that_was_interrupted_goes_on_where_it_was(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 60
    monkeypatch.setattr(moving, "MOST_ROWS", 2)
    with pytest.raises(KeyboardInterrupt):
        move(source, target, origin="old", on_progress=interrupted_after(calls))
    with pytest.raises(StorageUnfinished):
        target.migrate()
    assert not target.is_usable()
    told: list[str] = []
    moved = move(source, target, origin="old", on_progress=lambda name, _count: told.append(name))
    assert moved.is_complete
    assert len(told) == batches(source, 2) - calls - 1, "nothing is copied twice"
    target.migrate()
    assert target.is_usable()
    assert everything(target) == everything(source)


@pytest.mark.slow
def test_a_move_that_was_killed_goes_on_where_it_was(
    source: Database, target: Database, places: Places
) -> None:
    before = everything(source)
    source.close()
    script = Path(__file__).with_name("moving_slowly.py")
    arguments = [sys.executable, str(script), str(places.source), str(places.target)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        guard = Timer(60, process.kill)
        guard.start()
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(60)]
        process.kill()
        guard.cancel()
    assert lines[-1].endswith("\n")
    with pytest.raises(StorageUnfinished):
        target.migrate()
    with closing(open_database(places.source)) as again:
        assert moved_from(again, target).is_complete
    assert everything(target) == before


def test_nobody_writes_to_the_source_meanwhile(source: Database, target: Database, places: Places) -> None:
    tried: list[str] = []
    with open_database(places.source, wait=0.01) as other:

        def write(name: str, _count: int) -> None:
            with pytest.raises(StorageLocked), other.unit_of_work() as work:
                work.connection.execute(update(project).values(name="改"))
            tried.append(name)

        assert move(source, target, origin="old", on_progress=write).is_complete
    assert "content" in tried
    assert everything(target) == everything(source)


@between_files
def test_a_source_that_changed_after_an_interruption_is_noticed_and_the_move_begun_again(
    source: Database, target: Database
) -> None:
    with pytest.raises(KeyboardInterrupt):
        move(source, target, origin="old", on_progress=interrupted_after(10))
    with source.unit_of_work() as work:
        work.connection.execute(update(project).values(name="改了"))
        work.history.append(7, at=AT, turn_key="t", actor="a", said="还在填", reply=b"{}")
    moved = moved_from(source, target)
    assert [compared.name for compared in moved.compared if not compared.is_equal] == ["project"]
    with pytest.raises(StorageUnfinished):
        target.migrate()
    assert moved_from(source, target, restarts=True).is_complete
    assert everything(target) == everything(source)


@between_files
def test_a_target_with_data_is_refused_and_left_as_it_is(source: Database, target: Database) -> None:
    target.migrate()
    with target.unit_of_work() as work:
        work.units.add(name="别家", area="640221", at=AT)
    before = everything(target)
    for restarts in (False, True):
        with pytest.raises(TargetNotEmpty):
            moved_from(source, target, restarts=restarts)
    assert everything(target) == before
    target.migrate()


@between_files
def test_a_target_begun_from_another_source_is_refused_unless_it_is_given_up(
    source: Database, target: Database
) -> None:
    with pytest.raises(KeyboardInterrupt):
        move(source, target, origin="another", on_progress=interrupted_after(5))
    with pytest.raises(TargetOfAnother):
        moved_from(source, target)
    assert moved_from(source, target, restarts=True).is_complete
    assert everything(target) == everything(source)


def test_a_source_of_an_older_version_is_refused_and_the_target_untouched(
    source: Database, target: Database
) -> None:
    with source.unit_of_work() as work:
        command.downgrade(configuration(work.connection), "0005")
    with pytest.raises(SourceOutdated):
        moved_from(source, target)
    target.migrate()
    source.migrate()


@between_files
def test_a_file_that_the_source_has_lost_is_told_and_everything_else_moves(
    source: Database, target: Database
) -> None:
    with source.unit_of_work() as work:
        (digest,) = work.attachments.digests()
        work.blobs.delete(digest)
    moved = moved_from(source, target)
    assert (moved.is_complete, moved.lost) == (True, [digest])
    target.migrate()
    assert everything(target) == everything(source)


def test_a_character_that_postgresql_does_not_take_is_told_with_its_row(
    tmp_path: Path, postgresql: str
) -> None:
    with open_database(tmp_path / "old.db") as source, open_database(postgresql) as target:
        source.migrate()
        with source.unit_of_work() as work:
            work.units.add(name="甲", area="640221", at=AT)
            work.units.add(name="乙\0", area="640221", at=AT)
        with pytest.raises(Unstorable, match=r"^unit 2$"):
            moved_from(source, target)


@between_files
def test_a_hash_changes_with_any_value(source: Database, target: Database) -> None:
    first = {compared.name: compared.target for compared in moved_from(source, target).compared}
    with source.unit_of_work() as work:
        work.connection.execute(update(chat_entry).values(said=None))
        second = {table.name: fingerprint(work.connection, table) for table in moving.TABLES}
    assert [name for name in second if first[name] != second[name]] == ["chat_entry"]
