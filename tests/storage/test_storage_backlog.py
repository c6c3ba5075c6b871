"""What is not out is counted by channel, without reading what was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from storage.backlog import Backlog, backlogs

if TYPE_CHECKING:
    from storage.database import Database

MINUTE = timedelta(minutes=1)


def put(database: Database, chat: str, key: str, at: datetime, due_at: datetime | None = None) -> int:
    with database.unit_of_work() as work:
        work.outbox.put(chat=chat, dedupe_key=key, payload=b"{}", due_at=due_at or at, at=at)
        return max(message.id for message in work.outbox.listing())


def found(database: Database) -> list[Backlog]:
    with database.unit_of_work() as work:
        return sorted(backlogs(work.connection), key=lambda each: each.channel)


def test_an_outbox_that_was_never_used_has_no_backlog(database: Database) -> None:
    assert found(database) == []


def test_every_channel_has_a_backlog_of_its_own(database: Database, now: datetime) -> None:
    put(database, "a:1", "late", now, due_at=now + MINUTE)
    put(database, "a:1", "first", now)
    sent = put(database, "a:2", "sent", now - MINUTE)
    dead = put(database, "b:1", "dead", now)
    with database.unit_of_work() as work:
        work.outbox.mark_sent(sent, at=now)
        work.outbox.mark_dead(dead, error="refused")
    assert found(database) == [Backlog("a", 2, 0, 0, now), Backlog("b", 0, 1, 0, None)]


def test_a_message_whose_sender_died_is_counted_even_when_it_is_out(
    database: Database, now: datetime
) -> None:
    number = put(database, "a:1", "maybe twice", now)
    with database.unit_of_work() as work:
        work.outbox.claim("one", channel="a", at=now, lease_until=now + MINUTE, limit=1)
    with database.unit_of_work() as work:
        work.outbox.release("one")
        work.outbox.mark_sent(number, at=now)
    assert found(database) == [Backlog("a", 0, 0, 1, None)]


def test_the_database_is_usable_only_with_the_tables_of_this_version_or_a_later_one(
    database: Database,
) -> None:
    assert database.is_usable()
    for revision, usable in (("0001", False), ("9999", True), ("moving", False)):
        with database.unit_of_work() as work:
            work.connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608
        assert database.is_usable() is usable
    with database.unit_of_work() as work:
        work.connection.exec_driver_sql("DELETE FROM alembic_version")
    assert not database.is_usable()
