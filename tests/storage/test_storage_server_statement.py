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
from storage.server_statement import _Session

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


def add_later(work: UnitOfWork, *names: str) -> None:
    for name in names:
        ADD.defer(work.connection, {"id": name, "pack_id": "p", "files": b"{}", "created_at": MOMENT})


def names(work: UnitOfWork) -> list[str]:
    return [name for name, _ in ALL.run(work.connection, {}).fetchall()]


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


def test_what_was_deferred_is_there_for_whoever_reads_it(database: Database) -> None:
    def read_by_sqlalchemy(work: UnitOfWork) -> list[str]:
        return list(work.connection.scalars(select(pack_edition.c.id).order_by(pack_edition.c.id)))

    for number, read in enumerate((names, read_by_sqlalchemy)):
        with database.unit_of_work() as work:
            add_later(work, f"{number}a", f"{number}b")
            add(work, f"{number}c")
            add_later(work, f"{number}d", f"{number}e")
            assert [name[1] for name in read(work) if name[0] == str(number)] == list("abcde")
            add_later(work, f"{number}f")
    with database.unit_of_work() as work:
        assert len(names(work)) == 12, "the last ones were sent before the commit"


def test_what_a_turn_adds_goes_to_the_server_in_one_statement(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[str]()
    send = _Session.send

    def note(session: _Session, call: Any) -> Any:
        sent.append(call[0].sql.split()[2])
        return send(session, call)

    def turn(work: UnitOfWork, project_id: int, key: str) -> None:
        work.events.append(project_id, at=MOMENT, turn_key=key, kind="answers", payload=b"{}")
        work.history.append(project_id, at=MOMENT, turn_key=key, actor="", said="是", reply=b"{}")
        assert work.outbox.put(chat="web:1", dedupe_key=key, payload=b"{}", due_at=MOMENT, at=MOMENT)

    add_project = {"owner": "u", "name": "", "pack_id": "p", "edition_id": "e", "state": b"{}", "at": MOMENT}
    with database.unit_of_work() as work:
        work.editions.put("e", pack_id="p", files={}, at=MOMENT)
        project_id = work.projects.create(**add_project).id
        monkeypatch.setattr(_Session, "send", note)
        turn(work, project_id, "1")
        assert sent == ["outbox"]
        turn(work, project_id, "2")
        work.events.append(project_id, at=MOMENT, turn_key="3", kind="answers", payload=b"{}")
        work.events.append(project_id, at=MOMENT, turn_key="3", kind="events", payload=b"{}")
    assert sent == ["outbox", "outbox", "answer_event", "answer_event"], "two of one table keep their order"
    with database.unit_of_work() as work:
        assert [event.turn_key for event in work.events.list_for(project_id)] == ["1", "2", "3", "3"]
        assert [entry.turn_key for entry in work.history.after(project_id, 0)] == ["1", "2"]
        assert len(work.outbox.due("web:1", MOMENT)) == 2


def test_what_was_deferred_before_a_failure_is_not_done_later(database: Database) -> None:
    def give_up(work: UnitOfWork) -> None:
        add_later(work, "a")
        raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            database.run(give_up)
    with database.unit_of_work() as work:
        work.connection.execute(text("SELECT 1"))
        assert names(work) == []


def test_what_was_deferred_and_cannot_be_done_is_told_at_the_end(database: Database) -> None:
    database.run(lambda work: add(work, "a"))
    for others in ((), ("b",)):
        with pytest.raises(Duplicate):
            database.run(lambda work, others=others: add_later(work, "a", *others))
    assert database.run(names) == ["a"]
