"""One message on its way through a worker: its turn, its slot, what came of it, on every database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from delivering import CHANNEL, Channel, JumpingClock, Post, error

from bot.conversation import Conversation
from bot.delivery.desk import LEASE
from bot.delivery.sender import Blocked, Refused, RetryAfter, Sent, Unreachable
from bot.worker.courier import Courier
from storage.database import MEMORY, Database, open_database
from storage.errors import ServerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.delivery.outcomes import Outcome


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Iterator[Database]:
    location = MEMORY if request.param == "sqlite" else request.getfixturevalue("postgresql")
    with open_database(location) as database:
        database.migrate()
        yield database


class Round(Post):
    """An outbox, and couriers that take one message each."""

    def courier(self, owner: str = "here") -> Courier:
        return Courier(self.conversation, self.channel, self.limits, owner=owner)

    def deliver(self, *numbers: int, courier: Courier | None = None) -> None:
        """Deliver messages, counted from 0 in the order in which they were put, one after the other."""

        async def main() -> None:
            for number in numbers:
                await (courier or self.courier()).deliver(self.rows()[number].id)

        self.clock.run(main())

    async def begin(self, courier: Courier) -> asyncio.Task[None]:
        """Begin to deliver the first message, until its first part is on its way."""
        job = asyncio.create_task(courier.deliver(self.rows()[0].id))
        await asyncio.sleep(0.5)  # the second part comes after a second
        return job

    def heads(self) -> list[int]:
        """The messages that can be taken now."""
        with self.database.unit_of_work() as work:
            return [
                head.id
                for head in work.outbox.heads(channel=CHANNEL, at=self.clock.now() + LEASE / 2, limit=9)
            ]


@pytest.fixture
def post(kept: Database, clock: JumpingClock) -> Round:
    return Round(Conversation(kept, clock), clock, Channel(clock))


def test_a_message_goes_out_part_by_part(post: Round) -> None:
    post.put("anna", "one", "two")
    post.deliver(0)
    assert [(got.text, got.at) for got in post.channel.got] == [("one", 0.0), ("two", 1.0)]
    assert post.statuses == ["sent"]


def test_it_is_sent_once_however_often_it_is_its_turn(post: Round) -> None:
    post.put("anna", "text")
    post.deliver(0, 0, 0)
    assert post.channel.texts == ["text"]


def test_nothing_overtakes_what_was_put_before_it(post: Round) -> None:
    post.put("anna", "first")
    post.put("anna", "second")
    post.deliver(1)
    assert post.channel.texts == []
    post.deliver(0, 1)
    assert post.channel.texts == ["first", "second"]


def test_what_is_due_later_holds_nothing_up(post: Round) -> None:
    post.put("anna", "reminder", after=60)
    post.put("anna", "reply")
    post.deliver(0, 1)
    assert post.channel.texts == ["reply"]


def test_what_cannot_be_sent_now_is_tried_later_and_its_chat_waits(post: Round) -> None:
    post.channel.answers["anna"] = [error(Unreachable)]
    post.put("anna", "first")
    post.put("anna", "second")
    post.deliver(0, 0, 1)
    assert post.channel.texts == []
    assert len(post.channel.asked) == 1
    post.clock.elapsed += 10
    post.deliver(0, 1)
    assert post.channel.texts == ["first", "second"]


def test_when_the_service_asks_to_wait_the_whole_bot_does(post: Round) -> None:
    post.channel.answers["anna"] = [RetryAfter(7)]
    post.put("anna", "text")
    post.put("berta", "text")
    post.deliver(0, 1)
    assert [(got.user, got.at) for got in post.channel.got] == [("berta", 7.0)]


@pytest.mark.parametrize(("kind", "status"), [(Refused, "dead"), (Blocked, "dead")])
def test_what_will_never_go_out_is_given_up(post: Round, kind: type[Refused], status: str) -> None:
    post.channel.answers["anna"] = [error(kind)]
    post.put("anna", "text")
    post.deliver(0)
    assert post.statuses == [status]


def test_what_another_worker_held_when_it_was_killed_is_sent_and_counted(post: Round) -> None:
    post.put("anna", "text")
    post.take(0)
    post.deliver(0)
    assert post.channel.texts == ["text"]
    assert post.rows()[0].ambiguous == 1


def test_it_is_held_where_the_operator_wants_to_decide(post: Round) -> None:
    post.limits = msgspec.structs.replace(post.limits, on_ambiguous="hold")
    post.put("anna", "text")
    post.take(0)
    post.deliver(0)
    assert post.channel.texts == []
    assert post.statuses == ["dead"]


def test_what_cannot_be_read_does_not_stop_its_chat(post: Round) -> None:
    post.put_raw("anna", b"no json", "key")
    post.put("anna", "text")
    post.deliver(0, 1)
    assert post.statuses == ["dead", "sent"]


def test_all_workers_together_keep_the_pace(post: Round) -> None:
    for number in range(60):
        post.put(f"user {number}", "text")
    rows = post.rows()

    async def main() -> None:
        couriers = [post.courier("one"), post.courier("another"), post.courier("third")]
        await asyncio.gather(*(couriers[number % 3].deliver(row.id) for number, row in enumerate(rows)))

    post.clock.run(main())
    moments = sorted(got.at for got in post.channel.got)
    assert len(moments) == 60
    assert all(
        late - early >= 1.0
        for early, late in zip(moments, moments[int(post.limits.per_second) :], strict=False)
    )


def test_what_came_of_it_is_kept_once_the_database_is_back(
    post: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier, failures = post.courier(), iter(range(5))
    keep_outcome = courier._keep

    def keep(outcome: Outcome) -> None:
        if next(failures, None) is not None:
            raise ServerUnavailable("gone")
        keep_outcome(outcome)

    monkeypatch.setattr(courier, "_keep", keep)
    post.put("anna", "text")
    post.deliver(0, courier=courier)
    assert post.statuses == ["sent"]
    assert post.channel.texts == ["text"]


def test_a_message_that_was_taken_when_the_answer_got_lost_waits_for_no_lease(
    post: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier, failures = post.courier(), iter(range(3))
    take, give_back = courier._take, courier._give_back

    def take_and_fail(message_id: int) -> None:
        assert take(message_id)
        raise ServerUnavailable("gone")

    def fail_to_give_back(message_id: int) -> None:
        if next(failures, None) is not None:
            raise ServerUnavailable("gone")
        give_back(message_id)

    monkeypatch.setattr(courier, "_take", take_and_fail)
    monkeypatch.setattr(courier, "_give_back", fail_to_give_back)
    post.put("anna", "text")
    with pytest.raises(ServerUnavailable):
        post.deliver(0, courier=courier)
    assert post.heads() == [post.rows()[0].id]
    post.deliver(0, courier=post.courier("another"))
    assert (post.statuses, post.rows()[0].ambiguous) == (["sent"], 0), "it is known that it was not tried"


def test_a_job_that_is_cancelled_breaks_nothing_off(post: Round) -> None:
    post.put("anna", "one", "two")

    async def main() -> None:
        courier = post.courier()
        job = await post.begin(courier)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        await asyncio.gather(*courier._deliveries)

    post.clock.run(main())
    assert post.channel.texts == ["one", "two"]
    assert post.statuses == ["sent"]


def test_what_a_worker_that_ends_was_about_to_send_is_anothers_at_once(post: Round) -> None:
    post.put("anna", "one", "two")

    async def main() -> None:
        courier = post.courier()
        job = await post.begin(courier)
        await courier.close()
        with pytest.raises(asyncio.CancelledError):
            await job

    post.clock.run(main())
    assert post.heads() == [post.rows()[0].id]
    post.deliver(0, courier=post.courier("another"))
    assert post.statuses == ["sent"]
    assert "two" in post.channel.texts[-1]


def test_what_others_have_taken_over_is_not_sent_after_all(post: Round) -> None:
    post.put("anna", "one", "two")

    async def main() -> None:
        job = await post.begin(post.courier())
        post.take(0)
        await job

    post.clock.run(main())
    assert post.channel.texts == ["one"], "the second part is another's"
    assert post.rows()[0].owner == "another"


def test_nothing_overtakes_what_others_have_taken_over(post: Round) -> None:
    post.channel.takes = 1.0
    post.put("anna", "first")
    post.put("anna", "second")

    async def main() -> None:
        job = await post.begin(post.courier())
        post.take(0)
        await job

    post.clock.run(main())
    assert post.channel.texts == ["first"]
    assert (post.statuses, post.heads()) == (["pending", "pending"], []), "another is sending it once more"
    post.deliver(0, courier=post.courier("another"))
    assert (post.channel.texts, post.statuses) == (["first", "first"], ["sent", "pending"])


def test_the_last_keyboard_is_known_to_the_next_worker(post: Round) -> None:
    with post.database.unit_of_work() as work:
        work.contacts.meet(CHANNEL, "anna", name="", key=f"{CHANNEL}:anna", at=post.clock.now())
    post.channel.answers["anna"] = [Sent(keyboard="7", leaves_keyboard=True)]
    post.put("anna", "one")
    post.put("anna", "two")
    post.deliver(0)
    post.clock.elapsed += timedelta(seconds=2).total_seconds()
    post.deliver(1, courier=post.courier("another"))
    assert post.channel.keyboards == [None, "7"]
