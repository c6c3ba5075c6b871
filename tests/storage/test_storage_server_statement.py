"""Statements that libpq carries to a server: what they bring back, and what their errors mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, insert, literal, select, text, update

from storage.database import open_database
from storage.errors import Duplicate, ServerUnavailable
from storage.prepared import Prepared
from storage.schema import pack_edition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

ADD = Prepared(insert(pack_edition).inline(), ("id", "pack_id", "files", "created_at"))
TOUCH = Prepared(update(pack_edition).where(pack_edition.c.id == bindparam("which")).values(pack_id="z"))
ALL = Prepared(select(pack_edition.c.id, pack_edition.c.created_at).order_by(pack_edition.c.id))
MOMENT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def database(postgresql: str) -> Iterator[Database]:
    with open_database(postgresql) as database:
        database.migrate()
        yield database


def add(work: UnitOfWork, *names: str) -> None:
    for name in names:
        ADD.run(
            work.connection, {"id": name, "pack_id": "p", "files": b'{"a": "100%"}', "created_at": MOMENT}
        )


def end_session(database: Database, work: UnitOfWork) -> None:
    """Let the server end the session of a unit of work, as it does when it is shut down."""
    number = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.unit_of_work() as another:
        another.connection.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})


def test_rows_come_back_as_they_were_given(database: Database) -> None:
    with database.unit_of_work() as work:
        add(work, "b", "甲🙂'\"\\")
        rows = ALL.run(work.connection, {})
        assert rows.rowcount == 2
        assert rows.fetchone() == rows.fetchall()[0]
        assert rows.fetchall() == [("b", MOMENT), ("甲🙂'\"\\", MOMENT)]


def test_rows_that_were_changed_are_counted(database: Database) -> None:
    with database.unit_of_work() as work:
        add(work, "a")
        assert TOUCH.count(work.connection, {"which": "a"}) == 1
        assert TOUCH.count(work.connection, {"which": "b"}) == 0
        nothing = Prepared(select(literal(1)).where(literal(1) == bindparam("number")))
        assert nothing.run(work.connection, {"number": 2}).fetchone() is None


def test_a_transaction_begins_with_the_first_statement_whoever_carries_it(database: Database) -> None:
    def give_up(work: UnitOfWork) -> None:
        add(work, "a")
        raise RuntimeError

    def give_up_after_another(work: UnitOfWork) -> None:
        work.connection.execute(text("SELECT 1"))
        give_up(work)

    for act in (give_up, give_up_after_another):
        with pytest.raises(RuntimeError):
            database.run(act)
    assert database.run(lambda work: ALL.run(work.connection, {}).fetchall()) == []


def test_what_was_prepared_outlives_a_rollback(database: Database) -> None:
    def give_up(work: UnitOfWork) -> None:
        add(work, "a")
        for _ in range(10):  # psycopg would prepare this as well, and take back everything at the rollback
            work.connection.execute(text("SELECT 1"))
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            database.run(give_up)
    database.run(lambda work: add(work, "a"))


def test_a_row_that_is_there_already_is_told_and_the_connection_goes_on(database: Database) -> None:
    with pytest.raises(Duplicate):
        database.run(lambda work: add(work, "a", "a"))
    database.run(lambda work: add(work, "a"))


def test_a_session_that_the_server_ended_is_told_and_another_one_begins(database: Database) -> None:
    def lose_it(work: UnitOfWork) -> None:
        add(work, "a")
        end_session(database, work)
        add(work, "b")

    with pytest.raises(ServerUnavailable):
        database.run(lose_it)
    database.run(lambda work: add(work, "a"))


def test_a_connection_that_is_closed_is_told_and_another_one_is_made(database: Database) -> None:
    def close_it(work: UnitOfWork) -> None:
        add(work, "a")
        driver: Any = work.connection.connection.driver_connection
        driver.close()
        add(work, "b")

    with pytest.raises(ServerUnavailable):
        database.run(close_it)
    database.run(lambda work: add(work, "a"))
