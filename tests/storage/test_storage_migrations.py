"""The migrations make exactly the tables that are declared, and can be taken back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage.database import open_database
from storage.migrations.run import configuration, upgrade
from storage.schema import HEAD, REVISIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Every table and index of SQLite as the set of lines that made it; checks are nowhere else to be seen."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: {line.strip(" \t,") for line in sql.splitlines()} for name, sql in rows}


def test_migrated_tables_are_the_declared_ones(database: Database) -> None:
    with database.unit_of_work() as work:
        assert differences(work.connection) == []


def test_migrated_checks_are_the_declared_ones(empty: Database) -> None:
    with empty.unit_of_work() as work:
        metadata.create_all(work.connection)
        declared = declarations(work.connection)
        metadata.drop_all(work.connection)
    empty.migrate()
    with empty.unit_of_work() as work:
        migrated = declarations(work.connection)
    del migrated["alembic_version"]
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


def test_a_current_database_starts_without_alembic(
    database: Database, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing it takes longer than the rest of the start."""
    monkeypatch.delitem(sys.modules, "storage.migrations.run")
    monkeypatch.setitem(sys.modules, "alembic", None)
    database.migrate()
    with pytest.raises(ImportError):
        empty.migrate()
