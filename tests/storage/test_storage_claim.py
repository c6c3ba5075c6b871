"""Whatever is put, claimed, sent and put off in whatever order: a chat gets its messages once and in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import event
from test_storage_outbox import MINUTE, claim, keys, put

from storage.database import open_database

if TYPE_CHECKING:
    from storage.database import Database
    from storage.messages import Message

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHATS = st.sampled_from("abc")
SECONDS = st.integers(0, 90)


class Dispatching(RuleBasedStateMachine):
    """Two dispatchers that may die, and the outbox; what they hold is known here by chat."""

    def __init__(self) -> None:
        super().__init__()
        self.database = open_database(":memory:")
        self.database.migrate()
        self.now = NOON
        self.count = 0
        self.held: dict[str, Message] = {}
        self.sent: list[str] = []

    def teardown(self) -> None:
        self.database.close()

    @rule(chat=CHATS, wait=SECONDS)
    def queue(self, chat: str, wait: int) -> None:
        self.count += 1
        assert put(self.database, chat, f"m{self.count}", self.now, due_at=self.now + wait * SECOND)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(chat=CHATS, seconds=SECONDS)
    def pace(self, chat: str, seconds: int) -> None:
        with self.database.unit_of_work() as work:
            work.pace.hold(f"t:{chat}", self.now + seconds * SECOND)

    @rule(owner=st.sampled_from(["d", "e"]), limit=st.integers(1, 3), newest_first=st.booleans())
    def take(self, owner: str, limit: int, *, newest_first: bool) -> None:
        with self.database.unit_of_work() as work:
            pending = work.outbox.listing(status="pending")
            free = {f"t:{chat}": work.pace.next_free(f"t:{chat}") or self.now for chat in "abc"}
            claimed = work.outbox.claim(
                owner,
                channel="t",
                at=self.now,
                lease_until=self.now + MINUTE,
                limit=limit,
                newest_first=newest_first,
            )
        leased = {
            message.chat for message in pending if message.lease_until and message.lease_until > self.now
        }
        heads: dict[str, int] = {}
        for message in pending:
            if message.due_at <= self.now:
                heads.setdefault(message.chat, message.id)
        expected = {
            chat: head for chat, head in heads.items() if chat not in leased and free[chat] <= self.now
        }
        assert len(claimed) == min(limit, len(expected))
        for message in claimed:
            assert message.id == expected.pop(message.chat), "the first that is due, one per chat"
            self.held[message.chat] = message

    @rule(chat=CHATS)
    def deliver(self, chat: str) -> None:
        message = self.held.pop(f"t:{chat}", None)
        if message is not None:
            self.sent.append(message.dedupe_key)
            with self.database.unit_of_work() as work:
                work.outbox.mark_sent(message.id, at=self.now)

    @rule(chat=CHATS, seconds=SECONDS)
    def put_off(self, chat: str, seconds: int) -> None:
        message = self.held.pop(f"t:{chat}", None)
        if message is not None:
            with self.database.unit_of_work() as work:
                work.outbox.retry(message.id, not_before=self.now + seconds * SECOND, error="down")

    @rule(owner=st.sampled_from(["d", "e"]))
    def die(self, owner: str) -> None:
        self.held = {chat: message for chat, message in self.held.items() if message.owner != owner}
        with self.database.unit_of_work() as work:
            work.outbox.release(owner)

    @invariant()
    def nothing_is_lost_and_nothing_sent_twice(self) -> None:
        assert len(set(self.sent)) == len(self.sent)
        with self.database.unit_of_work() as work:
            counts = work.outbox.counts()
        assert counts.get(("t", "sent"), 0) == len(self.sent)
        assert sum(counts.values()) == self.count


def test_a_chat_gets_its_messages_once_and_in_order() -> None:
    run_state_machine_as_test(Dispatching)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_claim_reads_the_index_and_no_messages(
    file_database: Database, now: datetime, *, newest_first: bool
) -> None:
    """Ten thousand messages in two thousand chats are looked through several times a second."""
    put(file_database, "a", "reply", now)
    statements: list[tuple[str, object]] = []
    with file_database.unit_of_work() as work:
        event.listen(
            work.connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, parameters, *_rest: statements.append(
                (statement, parameters)
            ),
        )
        work.outbox.claim(
            "d", channel="t", at=now, lease_until=now + MINUTE, limit=50, newest_first=newest_first
        )
        statement, parameters = statements[0]
        plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # pyright: ignore[reportArgumentType]
        steps = [step for *_, step in plan]
    assert any("USING COVERING INDEX ix_outbox_claim" in step for step in steps)
    assert not any("FOR GROUP BY" in step for step in steps), "the index has the chats together"


def test_a_lease_holds_its_chat_when_the_clock_is_set_back(database: Database, now: datetime) -> None:
    put(database, "a", "first", now)
    put(database, "a", "second", now - MINUTE)
    assert keys(claim(database, "d", now)) == ["first"]
    assert claim(database, "d", now - SECOND) == []
