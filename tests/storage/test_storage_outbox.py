"""Messages go out once, in the order of their chat, and not before they are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database import Database
    from storage.outbox import Message

MINUTE = timedelta(minutes=1)


def put(database: Database, chat: str, key: str, at: datetime, due_at: datetime | None = None) -> bool:
    with database.unit_of_work() as work:
        return work.outbox.put(chat=chat, dedupe_key=key, payload=b"{}", due_at=due_at or at, at=at)


def claim(database: Database, owner: str, at: datetime, limit: int = 10) -> list[Message]:
    with database.unit_of_work() as work:
        return work.outbox.claim(owner, at=at, lease_until=at + MINUTE, limit=limit)


def keys(messages: list[Message]) -> list[str]:
    return [message.dedupe_key for message in messages]


def test_a_message_put_twice_is_queued_once(database: Database, now: datetime) -> None:
    assert put(database, "a", "reply-1", now)
    assert not put(database, "a", "reply-1", now + MINUTE)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_sent(message.id, at=now)
    assert not put(database, "a", "reply-1", now), "a message that was sent must not be queued again"


def test_messages_of_a_chat_keep_their_order_when_the_clock_is_set_back(
    database: Database, now: datetime
) -> None:
    put(database, "a", "first", now)
    put(database, "a", "second", now - MINUTE)
    put(database, "b", "elsewhere", now)
    with database.unit_of_work() as work:
        assert keys(work.outbox.due("a", now)) == ["first", "second"]


def test_a_reminder_waits_for_its_moment_and_holds_nobody_up(database: Database, now: datetime) -> None:
    put(database, "a", "reminder", now, due_at=now + 30 * MINUTE)
    put(database, "a", "reply", now)
    assert keys(claim(database, "d", now)) == ["reply"]
    with database.unit_of_work() as work:
        assert work.outbox.next_due() == now
        assert keys(work.outbox.due("a", now + 30 * MINUTE)) == ["reminder", "reply"]


def test_only_the_first_message_of_a_chat_is_claimed(database: Database, now: datetime) -> None:
    for chat in ("a", "b"):
        put(database, chat, f"{chat}1", now)
        put(database, chat, f"{chat}2", now)
    claimed = claim(database, "d", now)
    assert keys(claimed) == ["a1", "b1"]
    assert [(message.owner, message.attempt) for message in claimed] == [("d", 1), ("d", 1)]
    assert claim(database, "d", now) == [], "a second message must not overtake the first"
    with database.unit_of_work() as work:
        work.outbox.mark_sent(claimed[0].id, at=now)
    assert keys(claim(database, "d", now)) == ["a2"]


def test_a_reminder_that_comes_due_does_not_cut_in_while_a_reply_is_being_sent(
    database: Database, now: datetime
) -> None:
    put(database, "a", "reminder", now, due_at=now + MINUTE / 2)
    put(database, "a", "reply", now)
    claim(database, "d", now)
    assert claim(database, "d", now + MINUTE / 2) == []


def test_a_limit_leaves_the_rest_for_the_next_claim(database: Database, now: datetime) -> None:
    for chat in ("a", "b", "c"):
        put(database, chat, chat, now)
    assert keys(claim(database, "d", now, limit=2)) == ["a", "b"]
    assert keys(claim(database, "d", now, limit=2)) == ["c"]


def test_the_message_of_a_dead_dispatcher_is_taken_over_and_counted(
    database: Database, now: datetime
) -> None:
    put(database, "a", "reply", now)
    claim(database, "killed", now)
    assert claim(database, "other", now + MINUTE / 2) == []
    (message,) = claim(database, "other", now + MINUTE)
    assert (message.owner, message.attempt) == ("other", 2)


def test_a_retry_waits_and_its_chat_with_it(database: Database, now: datetime) -> None:
    put(database, "a", "first", now)
    put(database, "a", "second", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.retry(message.id, not_before=now + MINUTE)
    assert claim(database, "d", now) == []
    assert keys(claim(database, "d", now + MINUTE)) == ["first"]


def test_a_message_given_up_lets_the_next_one_through(database: Database, now: datetime) -> None:
    put(database, "a", "blocked", now)
    put(database, "a", "next", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_dead(message.id)
    assert keys(claim(database, "d", now)) == ["next"]


def test_a_cancelled_reminder_is_gone_and_can_be_put_again(database: Database, now: datetime) -> None:
    put(database, "a", "reminder", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        assert work.outbox.cancel("reminder")
        assert not work.outbox.cancel("reminder")
        work.outbox.mark_sent(message.id, at=now)
    assert claim(database, "d", now + MINUTE) == []
    assert put(database, "a", "reminder", now)


def test_forgetting_keeps_what_is_pending(database: Database, now: datetime) -> None:
    put(database, "a", "sent", now)
    put(database, "a", "pending", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_sent(message.id, at=now)
        assert not work.outbox.cancel("sent")
        assert work.outbox.forget(now + MINUTE) == 1
        assert keys(work.outbox.due("a", now)) == ["pending"]
