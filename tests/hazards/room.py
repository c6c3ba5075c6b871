"""A disk without room, as SQLite and PostgreSQL each know it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from storage.database import Database

PLENTY = 1_000_000
TABLES = ("chat_entry", "outbox")
_FULL = """\
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"""


@contextmanager
def no_room(database: Database) -> Generator[None]:
    """Take all room away: a SQLite file may not grow, and PostgreSQL says what it says when its disk is full."""
    if database.is_on_server:
        _run(database, _FULL)
        for table in TABLES:
            _run(
                database,
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()",
            )
    else:
        with database.unit_of_work() as work:
            pages = work.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        _run(database, f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        if database.is_on_server:
            _run(database, "DROP FUNCTION no_room CASCADE")
        else:
            _run(database, f"PRAGMA max_page_count = {PLENTY}")


def _run(database: Database, statement: str) -> None:
    with database.unit_of_work() as work:
        work.connection.exec_driver_sql(statement)
