"""The migrations make exactly the tables that are declared, and can be taken back."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, select

from storage.database import open_database
from storage.migrations.run import configuration, upgrade
from storage.schema import HEAD, REVISIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from storage.database import Database


@pytest.fixture
def empty() -> Iterator[Database]:
    with open_database(":memory:") as opened:
        yield opened


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


def declarations(connection: Connection) -> dict[str, set[str]]:
    """Every table and index of SQLite as the set of clauses that made it; checks are nowhere else to be seen."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    # a column that is added later stands in the line of the one before
    return {name: {clause.strip() for clause in re.split(r"[,\n]", sql)} - {""} for name, sql in rows}


def test_migrated_tables_are_the_declared_ones(empty: Database) -> None:
    with empty.unit_of_work() as work:
        upgrade(work.connection)
        assert differences(work.connection) == []


def test_migrated_checks_are_the_declared_ones(empty: Database) -> None:
    with empty.unit_of_work() as work:
        upgrade(work.connection)
        migrated = declarations(work.connection)
    with open_database(":memory:") as new:
        new.migrate()
        with new.unit_of_work() as work:
            declared = declarations(work.connection)
    assert migrated == declared


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


def test_an_interrupted_migration_leaves_no_table_behind(empty: Database) -> None:
    with pytest.raises(KeyboardInterrupt), empty.unit_of_work() as work:  # noqa: PT012
        upgrade(work.connection)
        raise KeyboardInterrupt
    with empty.unit_of_work() as work:
        assert inspect(work.connection).get_table_names() == []


def test_a_current_and_a_new_database_start_without_alembic(
    database: Database, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing it takes longer than the rest of the start."""
    monkeypatch.setitem(sys.modules, "storage.migrations.run", None)
    database.migrate()
    empty.migrate()
    with empty.unit_of_work() as work:
        assert work.units.list() == []


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


def all_rows(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, as the database has it."""
    found = MetaData()
    found.reflect(connection)
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in found.sorted_tables
        if table.name not in ("alembic_version", "sqlite_sequence")
    }


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
