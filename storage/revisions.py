"""The versions of the tables; a new database gets those of today without Alembic."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, create_mock_engine, insert

from storage.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, ExecutableDDLElement

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every migration this version knows, in order. Kept here so that a current database needs no Alembic."""
HEAD = REVISIONS[-1]

revision_table = Table(
    "alembic_version",
    MetaData(),  # not among ours: Alembic makes and keeps it
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def create_all(connection: Connection) -> None:
    """Make all tables in an empty database, as if every migration had been run (a test compares the two)."""
    for statement in _statements(connection.engine.url.drivername):
        connection.exec_driver_sql(statement)
    connection.execute(insert(revision_table).values(version_num=HEAD))


@cache
def _statements(driver: str) -> tuple[str, ...]:
    """Return what makes all tables; compiled once in a process, however many databases it makes."""
    statements: list[str] = []

    def keep(element: ExecutableDDLElement, *_: object, **__: object) -> None:
        statements.append(str(element.compile(dialect=engine.dialect)))

    engine = create_mock_engine(f"{driver}://", keep)
    metadata.create_all(engine, checkfirst=False)
    revision_table.create(engine, checkfirst=False)
    return tuple(statements)
