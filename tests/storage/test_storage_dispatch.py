"""What a dispatcher asks of the outbox beyond one message: many at once, the newest first, when to look again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from test_storage_outbox import MINUTE, claim, keys, put

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database


def test_the_chats_with_the_newest_messages_can_come_first(database: Database, now: datetime) -> None:
    for chat, key in (("a", "a1"), ("b", "b1"), ("c", "c1"), ("a", "a2")):
        put(database, chat, key, now)
    with database.unit_of_work() as work:
        until = now + MINUTE
        claimed = work.outbox.claim("d", channel="t", at=now, lease_until=until, limit=2, newest_first=True)
    assert keys(claimed) == ["a1", "c1"], "the order within a chat stays"


def test_several_messages_are_closed_at_once_but_not_those_that_were_given_up(
    database: Database, now: datetime
) -> None:
    for chat in ("a", "b", "c"):
        put(database, chat, chat, now)
    ids = [message.id for message in claim(database, "d", now)]
    with database.unit_of_work() as work:
        work.outbox.mark_dead(ids[1], error="blocked")
        work.outbox.mark_all_sent(ids, at=now)
        assert [message.status for message in work.outbox.listing()] == ["sent", "dead", "sent"]
        assert work.outbox.counts() == {("t", "sent"): 2, ("t", "dead"): 1}


def test_the_next_look_is_due_when_a_message_a_lease_or_a_pace_says_so(
    database: Database, now: datetime
) -> None:
    def next_claim(at: datetime = now) -> datetime | None:
        with database.unit_of_work() as work:
            return work.outbox.next_claim("t", at=at)

    assert next_claim() is None
    put(database, "a", "later", now, due_at=now + 9 * MINUTE)
    assert next_claim() == now + 9 * MINUTE
    put(database, "b", "now", now)
    (message,) = claim(database, "d", now)
    assert next_claim() == now + MINUTE
    with database.unit_of_work() as work:
        work.outbox.mark_sent(message.id, at=now)
        work.pace.hold("t:b", now + timedelta(seconds=1))
        work.pace.hold("t", now + timedelta(seconds=2))
    assert next_claim() == now + 9 * MINUTE, "the pace of a chat with nothing to send does not matter"
    put(database, "b", "next", now)
    assert next_claim() == now + timedelta(seconds=1)
    assert next_claim(now + 10 * MINUTE) is None


def test_several_chats_are_held_at_once_and_never_less_than_before(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.hold("a", now + 5 * MINUTE)
        work.pace.hold("b", now)
        work.pace.hold_all(["a", "b", "c", "c"], now + MINUTE)
        free = [work.pace.next_free(key) for key in "abc"]
    assert free == [now + 5 * MINUTE, now + MINUTE, now + MINUTE]


def test_a_retry_that_was_no_attempt_leaves_the_reason_that_is_known(
    database: Database, now: datetime
) -> None:
    put(database, "a", "reply", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.retry(message.id, not_before=now, error="down")
        work.outbox.retry(message.id, not_before=now)
        found = work.outbox.get(message.id)
    assert found is not None
    assert found.error == "down"


def test_what_is_sent_after_all_is_not_ambiguous_any_more(database: Database, now: datetime) -> None:
    put(database, "a", "reply", now)
    (message,) = claim(database, "d", now)
    with database.unit_of_work() as work:
        work.outbox.release("d")
        assert work.outbox.ambiguous() == {"t": 1}
        work.outbox.mark_dead(message.id, error="ambiguous")
        work.outbox.revive(message.id, at=now)
        assert work.outbox.ambiguous() == {}


@pytest.mark.parametrize("users", [[], ["a"], ["a", "b", "c"]])
def test_the_last_keyboards_of_several_chats_are_found_at_once(
    database: Database, now: datetime, users: list[str]
) -> None:
    with database.unit_of_work() as work:
        for user in "ab":
            work.contacts.meet("t", user, name="", key=f"t:{user}", at=now)
        work.contacts.set_keyboard("t", "a", "7")
        found = work.contacts.keyboards("t", users)
    assert found == ({"a": "7"} if "a" in users else {})
