"""Messages go out once, in the order of their chat, and not before they are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database import Database
    from storage.messages import Message

MINUTE = timedelta(minutes=1)


def put(database: Database, chat: str, key: str, at: datetime, due_at: datetime | None = None) -> bool:
    with database.unit_of_work() as work:
        return work.outbox.put(chat=f"t:{chat}", dedupe_key=key, payload=b"{}", due_at=due_at or at, at=at)


def claim(database: Database, owner: str, at: datetime, limit: int = 10) -> list[Message]:
    with database.unit_of_work() as work:
        return work.outbox.claim(owner, channel="t", at=at, lease_until=at + MINUTE, limit=limit)


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
        assert keys(work.outbox.due("t:a", now)) == ["first", "second"]


def test_a_reminder_waits_for_its_moment_and_holds_nobody_up(database: Database, now: datetime) -> None:
    put(database, "a", "reminder", now, due_at=now + 30 * MINUTE)
    put(database, "a", "reply", now)
    assert keys(claim(database, "d", now)) == ["reply"]
    with database.unit_of_work() as work:
        assert work.outbox.next_due() == now
        assert keys(work.outbox.due("t:a", now + 30 * MINUTE)) == ["reminder", "reply"]


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
    assert (message.owner, message.attempt, message.ambiguous) == ("other", 2, 1)


def test_a_retry_waits_and_its_chat_with_it(database: Database, now: datetime) -> None:
    put(database, "a", "first", now)
    put(database, "a", "second", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.retry(message.id, not_before=now + MINUTE, error="down")
    assert claim(database, "d", now) == []
    assert keys(claim(database, "d", now + MINUTE)) == ["first"]


def test_a_message_given_up_lets_the_next_one_through(database: Database, now: datetime) -> None:
    put(database, "a", "blocked", now)
    put(database, "a", "next", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_dead(message.id, error="gone")
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
        assert keys(work.outbox.due("t:a", now)) == ["pending"]


def test_only_the_messages_of_the_channel_are_claimed(database: Database, now: datetime) -> None:
    put(database, "a", "ours", now)
    with database.unit_of_work() as work:
        work.outbox.put(chat="terminal:a", dedupe_key="theirs", payload=b"{}", due_at=now, at=now)
    assert keys(claim(database, "d", now)) == ["ours"]
    with database.unit_of_work() as work:
        assert work.outbox.counts() == {("t", "pending"): 1, ("terminal", "pending"): 1}
        assert keys(work.outbox.listing(channel="terminal")) == ["theirs"]


def test_a_chat_that_was_just_sent_to_is_left_out_until_its_pace_allows(
    database: Database, now: datetime
) -> None:
    put(database, "a", "first", now)
    put(database, "b", "elsewhere", now)
    with database.unit_of_work() as work:
        work.pace.reserve("t:a", at=now, interval=MINUTE)
    assert keys(claim(database, "d", now)) == ["elsewhere"]
    assert keys(claim(database, "d", now + MINUTE)) == ["first", "elsewhere"]


def test_a_message_goes_on_with_the_part_that_is_not_out(database: Database, now: datetime) -> None:
    put(database, "a", "long", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_part(message.id, 2)
    (message,) = claim(database, "d", now)
    assert (message.part, message.attempt, message.ambiguous) == (2, 1, 0)


def test_who_was_taken_for_dead_knows_what_others_have_taken_over(database: Database, now: datetime) -> None:
    for chat in ("a", "b", "c", "d"):
        put(database, chat, chat, now)
    a, b, c, d = claim(database, "one", now)
    taken = {message.id: message.lease_until for message in (a, b, c, d)}
    with database.unit_of_work() as work:
        assert work.outbox.still_held(taken) == {a.id, b.id, c.id, d.id}
        assert work.outbox.take(b.id, "another", at=now, lease_until=now + 2 * MINUTE)
        work.outbox.mark_sent(c.id, at=now)
        work.outbox.retry(d.id, not_before=now + 3 * MINUTE)
        assert work.outbox.still_held(taken) == {a.id}
        assert work.outbox.still_held({}) == set()


def test_what_was_taken_a_while_ago_and_nobody_attends_to_is_taken_back(
    database: Database, now: datetime
) -> None:
    for chat in ("a", "b"):
        put(database, chat, chat, now)
    _, b = claim(database, "dead", now)
    put(database, "c", "c", now)
    (c,) = claim(database, "alive", now + MINUTE / 2)
    put(database, "d", "d", now)
    with database.unit_of_work() as work:
        lease_before = now + MINUTE + MINUTE / 4
        assert work.outbox.release_all("other", lease_before=lease_before, except_for=[]) == 0
        assert work.outbox.release_all("t", lease_before=lease_before, except_for=[b.id]) == 1
        owners = {message.dedupe_key: message.owner for message in work.outbox.listing()}
        assert owners == {"a": None, "b": "dead", "c": "alive", "d": None}
        assert work.outbox.still_held({c.id: c.lease_until}) == {c.id}
    assert keys(claim(database, "another", now)) == ["a", "d"]


def test_what_a_dead_dispatcher_held_is_taken_back_at_once(database: Database, now: datetime) -> None:
    for key in ("first", "second"):
        put(database, "a", key, now)
    put(database, "b", "waits", now)
    first, waits = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.retry(waits.id, not_before=now + MINUTE, error="down")
        assert work.outbox.release("another") == 0
        assert work.outbox.release("d") == 1, "what waits for a second try is not in doubt"
    (again,) = claim(database, "d", now)
    assert (again.id, again.ambiguous) == (first.id, 1)


def test_what_was_reserved_and_not_tried_can_be_given_back(database: Database, now: datetime) -> None:
    put(database, "a", "first", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.give_back(message.id, "another")
    assert claim(database, "e", now) == [], "who has not got it cannot give it back"
    with database.unit_of_work() as work:
        work.outbox.give_back(message.id, "d")
    (again,) = claim(database, "e", now)
    assert (again.id, again.attempt, again.ambiguous) == (message.id, 1, 0)
    with database.unit_of_work() as work:
        work.outbox.mark_sent(message.id, at=now)
        work.outbox.give_back(message.id, "e")
    assert claim(database, "d", now) == []


def test_a_dead_letter_can_be_sent_after_all_or_dropped(database: Database, now: datetime) -> None:
    put(database, "a", "first", now)
    put(database, "a", "second", now)
    with database.unit_of_work() as work:
        assert work.outbox.kill_pending("t:a", error="blocked") == 2
        first, second = work.outbox.listing(status="dead")
        assert work.outbox.revive(first.id, at=now + MINUTE)
        assert not work.outbox.revive(first.id, at=now + MINUTE), "it is not dead any more"
        assert work.outbox.drop(second.id)
        assert not work.outbox.drop(second.id)
        assert work.outbox.get(second.id) is None
    (message,) = claim(database, "d", now + MINUTE)
    assert (message.dedupe_key, message.error, message.attempt) == ("first", None, 1)


def test_a_forgotten_chat_leaves_nothing(database: Database, now: datetime) -> None:
    put(database, "a", "sent", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.mark_sent(message.id, at=now)
    put(database, "a", "pending", now)
    put(database, "b", "elsewhere", now)
    with database.unit_of_work() as work:
        assert work.outbox.forget_chat("t:a") == 2
        assert keys(work.outbox.listing()) == ["elsewhere"]
