"""The migrations make exactly the tables that are declared, and can be taken back."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rows_of_any_revision import all_rows, fill_every_table
from sqlalchemy import inspect, select

from storage.database import open_database
from storage.migrations.run import configuration, upgrade
from storage.revisions import HEAD, REVISIONS, revision_table
from storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_location(request: pytest.FixtureRequest, file: Path) -> Path | str:
    """A database without tables, which other processes can open."""
    return file if request.param == "sqlite" else request.getfixturevalue("postgresql_without_tables")


@pytest.fixture
def empty(empty_location: Path | str) -> Iterator[Database]:
    with open_database(empty_location) as opened:
        yield opened


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


def declarations(connection: Connection) -> dict[str, set[str]]:
    """Everything that the database knows of its tables; not the order of columns, where new ones are last."""
    if connection.dialect.name == "postgresql":
        return {query: {repr(row) for row in connection.exec_driver_sql(query)} for query in CATALOGUE}
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    # a column that is added later stands in the line of the one before
    return {name: {clause.strip() for clause in re.split(r"[,\n]", sql)} - {""} for name, sql in rows}


CATALOGUE = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public'""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace""",
    "SELECT sequencename, data_type, start_value, max_value FROM pg_sequences WHERE schemaname = 'public'",
)


def test_migrated_tables_are_the_declared_ones(empty: Database) -> None:
    with empty.unit_of_work() as work:
        upgrade(work.connection)
        assert differences(work.connection) == []


def test_a_migrated_database_is_the_same_as_a_new_one(empty: Database) -> None:
    with empty.unit_of_work() as work:
        upgrade(work.connection)
        migrated = declarations(work.connection)
        command.downgrade(configuration(work.connection), "base")
        revision_table.drop(work.connection)
    empty.migrate()
    with empty.unit_of_work() as work:
        assert migrated == declarations(work.connection)
        assert all(migrated.values())


def test_keys_of_messages_are_in_the_order_of_characters(postgresql_without_tables: str) -> None:
    """What keys begin with is looked for as a range; the order of a language would not give one."""
    with open_database(postgresql_without_tables) as database, database.unit_of_work() as work:
        upgrade(work.connection)
        (columns,) = [found for query, found in declarations(work.connection).items() if "collation" in query]
    assert "('outbox', 'dedupe_key', 'character varying', 'NO', None, 'C')" in columns


def test_the_known_revisions_are_the_ones_on_disk(empty: Database) -> None:
    with empty.unit_of_work() as work:
        script = ScriptDirectory.from_config(configuration(work.connection))
    assert [step.revision for step in script.walk_revisions()] == list(reversed(REVISIONS))
    assert script.get_heads() == [HEAD]


def test_every_step_can_be_taken_back_and_made_again(database: Database) -> None:
    with database.unit_of_work() as work:
        command.downgrade(configuration(work.connection), "base")
        assert inspect(work.connection).get_table_names() == ["alembic_version"]
    database.migrate()
    with database.unit_of_work() as work:
        assert differences(work.connection) == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_rows_of_every_revision_come_through_to_the_newest_and_back(empty: Database, revision: str) -> None:
    with empty.unit_of_work() as work:
        command.upgrade(configuration(work.connection), revision)
        fill_every_table(work.connection)
        before, tables = all_rows(work.connection), declarations(work.connection)
    empty.migrate()
    with empty.unit_of_work() as work:
        after = all_rows(work.connection)
        for table, (row,) in before.items():
            assert [{name: kept[name] for name in row} for kept in after[table]] == [row]
        command.downgrade(configuration(work.connection), revision)
        assert all_rows(work.connection) == before
        assert declarations(work.connection) == tables


class Migrating(subprocess.Popen[str]):
    """A process that migrates a database and stops in the middle; see migrating.py."""

    def __init__(self, location: Path | str) -> None:
        script = Path(__file__).with_name("migrating.py")
        arguments = [sys.executable, str(script), str(location), "CREATE TABLE access_code"]
        super().__init__(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._guard = Timer(60, self.kill)
        self._guard.start()

    def line(self) -> str:
        assert self.stdout is not None
        return self.stdout.readline().strip()

    def __exit__(self, *ended: object) -> None:
        self.kill()
        self._guard.cancel()
        super().__exit__(*ended)


@pytest.fixture
def old_location(empty: Database, empty_location: Path | str) -> Path | str:
    """A database as the program of revision 0002 left it, with a row in every table."""
    with empty.unit_of_work() as work:
        command.upgrade(configuration(work.connection), "0002")
        fill_every_table(work.connection)
    return empty_location


@pytest.mark.slow
def test_a_migration_that_is_killed_in_the_middle_has_changed_nothing_and_can_be_repeated(
    old_location: Path | str, empty: Database
) -> None:
    with empty.unit_of_work() as work:
        before = (declarations(work.connection), all_rows(work.connection))
    with Migrating(old_location) as process:
        assert process.line() == "in the middle"
        process.kill()
    with empty.unit_of_work() as work:
        assert (declarations(work.connection), all_rows(work.connection)) == before
    empty.migrate()
    with empty.unit_of_work() as work:
        assert differences(work.connection) == []
        assert all_rows(work.connection)["project"][0]["name"] == before[1]["project"][0]["name"]


@pytest.mark.slow
def test_two_processes_that_migrate_at_once_make_one_migration(
    old_location: Path | str, empty: Database
) -> None:
    with Migrating(old_location) as first:
        assert first.line() == "in the middle"
        with ThreadPoolExecutor() as threads:
            second = threads.submit(empty.migrate)
            assert first.stdin is not None
            first.stdin.write("\n")
            first.stdin.flush()
            # the tables of a second migration would be there already
            second.result()
        assert first.wait() == 0
    with empty.unit_of_work() as work:
        assert differences(work.connection) == []
        assert work.connection.execute(select(revision_table)).all() == [(HEAD,)]


def test_an_interrupted_migration_leaves_no_table_behind(empty: Database) -> None:
    with pytest.raises(KeyboardInterrupt), empty.unit_of_work() as work:  # noqa: PT012
        upgrade(work.connection)
        raise KeyboardInterrupt
    with empty.unit_of_work() as work:
        assert inspect(work.connection).get_table_names() == []


@pytest.fixture
def without_alembic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing it takes longer than the rest of the start."""
    monkeypatch.setitem(sys.modules, "storage.migrations.run", None)


@pytest.mark.usefixtures("without_alembic")
def test_a_new_database_starts_without_alembic(empty: Database) -> None:
    empty.migrate()
    with empty.unit_of_work() as work:
        assert work.units.list() == []


@pytest.mark.usefixtures("without_alembic")
def test_a_current_database_starts_without_alembic(database: Database) -> None:
    database.migrate()


# What a program of revision 0002 had written; the deleted project's number must not be given again.
ROWS_OF_0002 = (
    "INSERT INTO pack_edition VALUES ('edition-1', 'shizuishan', '{}', '2026-03-02 12:00:00.000000')",
    """INSERT INTO project VALUES
    (1, 'web:王芳 👩‍💼', '平台 🏛️', 'shizuishan', 'edition-1', '{"a":1}', 3, 'open',
     '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000'),
    (2, 'unit-8', '别家', 'shizuishan', 'edition-1', '{}', 1, 'archived',
     '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000'),
    (3, 'unit-8', '删去', 'shizuishan', 'edition-1', '{}', 1, 'open',
     '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000')""",
    "DELETE FROM project WHERE id = 3",
    """INSERT INTO answer_event VALUES (1, 1, '2026-03-02 12:00:00.000000', 't', 'set', '{"a":1}'),
    (2, 1, '2026-03-02 12:00:00.000000', 't', 'set', '{}')""",
    "INSERT INTO inbox VALUES ('web', '5', 1, '2026-03-02 12:00:00.000000')",
    "INSERT INTO session VALUES ('web', 'u', 1, 'zh_CN')",
    """INSERT INTO attachment VALUES
    (1, 1, 'preliminary_design', 1, 'abc', '设计.pdf', 'pdf', 7, '2026-03-02 12:00:00.000000', NULL)""",
    """INSERT INTO outbox VALUES (1, 'web:u', 'k', '{}', '2026-03-02 12:00:00.000000', 'pending', NULL, NULL,
    0, '2026-03-02 12:00:00.000000', NULL)""",
)


@pytest.fixture
def old_file(file: Path) -> Path:
    """A file as the program of revision 0002 left it."""
    with open_database(file) as old, old.unit_of_work() as work:
        command.upgrade(configuration(work.connection), "0002")
        for statement in ROWS_OF_0002:
            work.connection.exec_driver_sql(statement)
    return file


def test_rows_of_0002_come_through_to_the_newest_and_back(old_file: Path) -> None:
    with open_database(old_file) as database:
        with database.unit_of_work() as work:
            before = all_rows(work.connection)
        assert sum(len(rows) for rows in before.values()) == len(before) + 2, "no table is empty"
        database.migrate()
        with database.unit_of_work() as work:
            after = all_rows(work.connection)
            assert [row.pop("submitted_at") for row in after["project"]] == [None, None]
            assert [row.pop("actor") for row in after["answer_event"]] == ["", ""]
            (message,) = after["outbox"]
            added = {"channel": "web", "part": 0, "ambiguous": 0, "error": None}
            assert {name: message.pop(name) for name in added} == added
            assert {name: after[name] for name in before} == before
            assert work.connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        with database.unit_of_work() as work:
            command.downgrade(configuration(work.connection), "0002")
            assert all_rows(work.connection) == before


def test_messages_get_the_channel_of_their_chat(database: Database, now: datetime) -> None:
    chats = {
        "web:u": "web",
        "terminal:王芳: 家": "terminal",
        "telegram.12:-100": "telegram.12",
        "webb:u": "webb",
    }
    with database.unit_of_work() as work:
        for chat in chats:
            work.outbox.put(chat=chat, dedupe_key=chat, payload=b"{}", due_at=now, at=now)
        command.downgrade(configuration(work.connection), "0004")
    database.migrate()
    with database.unit_of_work() as work:
        assert {message.chat: message.channel for message in work.outbox.listing()} == chats
        assert [message.chat for message in work.outbox.due("web:u", now)] == ["web:u"]


def test_a_project_of_0002_is_worked_on_after_0003(old_file: Path, now: datetime) -> None:
    with open_database(old_file) as database:
        database.migrate()
        with database.unit_of_work() as work:
            found = work.projects.get(1)
            assert (found.name, found.state, found.submitted_at) == ("平台 🏛️", b'{"a":1}', None)
            assert [event.actor for event in work.events.list_for(1)] == ["", ""]
            work.projects.submit(1, at=now)
            new = work.projects.create(
                owner="u", name="新", pack_id="shizuishan", edition_id="edition-1", state=b"{}", at=now
            )
            assert new.id == 4, "the number of the project that was deleted before is not given again"


def test_a_crash_in_the_middle_of_0003_leaves_0002_as_it_was(old_file: Path) -> None:
    with open_database(old_file) as database:
        with database.unit_of_work() as work:
            before = all_rows(work.connection)
        with pytest.raises(KeyboardInterrupt), database.unit_of_work() as work:  # noqa: PT012
            upgrade(work.connection)
            raise KeyboardInterrupt
        with database.unit_of_work() as work:
            assert all_rows(work.connection) == before
        database.migrate()
