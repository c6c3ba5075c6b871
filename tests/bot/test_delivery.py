"""Messages leave the outbox: paced, in the order of each chat, tried again until they are out or given up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from threading import Thread
from typing import TYPE_CHECKING

import msgspec
import pytest
from delivering import CHANNEL, START, Channel, JumpingClock, Post

from bot.conversation import Conversation
from bot.delivery.limits import Limits
from bot.delivery.sender import Blocked, Refused, RetryAfter, Sent, Unreachable
from bot.updates import chat_of

if TYPE_CHECKING:
    from storage.database import Database


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def channel(clock: JumpingClock) -> Channel:
    return Channel(clock)


@pytest.fixture
def post(database: Database, clock: JumpingClock, channel: Channel) -> Post:
    return Post(Conversation(database, clock), clock, channel)


def test_what_is_due_is_sent_and_what_is_not_yet_due_leaves_at_its_moment(post: Post) -> None:
    post.put("anna", "now")
    post.put("bert", "later", after=90.5)
    post.run(300)
    assert post.channel.got == [(0.0, "anna", "now"), (90.5, "bert", "later")]
    assert post.statuses == ["sent", "sent"]


def test_messages_to_one_chat_keep_their_order_and_their_distance(post: Post) -> None:
    post.channel.takes = 0.2
    for number in range(4):
        post.put("anna", f"{number}a", f"{number}b")
    post.run(30)
    assert post.channel.texts == ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]
    times = [got.at for got in post.channel.got]
    # the distance is counted from the moment in which the channel had taken the one before
    assert all(1.199 <= later - earlier < 1.25 for earlier, later in pairwise(times))


def test_a_part_may_cost_several_requests(post: Post) -> None:
    post.limits = Limits(per_second=10)
    post.channel.slots = 5
    for number in range(4):
        post.put(f"user {number}", "text")
    post.run(10)
    times = [got.at for got in post.channel.got]
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(times))


def test_told_to_wait_nothing_leaves_before_and_the_chat_keeps_its_order(post: Post) -> None:
    post.channel.answers["anna"] = [RetryAfter(40)]
    post.put("anna", "first")
    post.put("anna", "second")
    post.run(1)
    post.put("bert", "other")
    post.run(60)
    assert [got.text for got in post.channel.got if got.user == "anna"] == ["first", "second"]
    assert len(post.channel.got) == 3
    assert all(got.at >= 40 for got in post.channel.got)
    assert len(post.channel.asked) == 4


def test_a_wait_holds_back_what_was_taken_already_and_outlives_the_process(post: Post) -> None:
    post.channel.answers["user 0"] = [RetryAfter(30)]
    for number in range(7):
        post.put(f"user {number}", "text")
    post.run_and_kill(5)
    assert len(post.channel.asked) == 1
    post.run(60)
    assert len(post.channel.got) == 7
    assert all(got.at >= 30 for got in post.channel.got)


def test_the_network_fails_and_the_chat_waits_longer_each_time_while_others_go_on(post: Post) -> None:
    post.channel.answers["anna"] = [Unreachable("down")] * 4
    post.put("anna", "first")
    post.put("anna", "second")
    post.put("bert", "other")
    post.run(60)
    asked = [got.at for got in post.channel.asked if got.user == "anna"]
    waits = [later - earlier for earlier, later in pairwise(asked[:5])]
    for wait, least in zip(waits, (1, 2, 4, 8), strict=True):
        assert least <= wait <= 1.25 * least + 0.1
    assert post.channel.texts == ["other", "first", "second"]


def test_the_log_says_once_that_the_service_is_out_and_once_that_it_is_back(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    for user in ("anna", "bert"):
        post.channel.answers[user] = [Unreachable("down")] * 3
        post.put(user, "text")
    post.run(60)
    assert [record.message for record in caplog.records] == [
        "telegram.1: cannot be reached, messages wait: down",
        "telegram.1: can be reached again",
    ]


def test_a_message_that_cannot_go_out_is_given_up_after_the_stated_time(post: Post) -> None:
    post.channel.answers["anna"] = [Unreachable("down")] * 1000
    post.limits = Limits(give_up_after=timedelta(minutes=10))
    post.put("anna", "first")
    post.run(590)
    assert post.statuses == ["pending"]
    post.run(330)
    (message,) = post.rows()
    assert (message.status, message.error) == ("dead", "down")
    post.channel.answers["anna"] = []
    post.put("anna", "second")
    post.run(5)
    assert post.channel.texts == ["second"]


def test_what_the_service_refuses_is_given_up_at_once_and_the_chat_goes_on(post: Post) -> None:
    post.channel.answers["anna"] = [Refused("too long")]
    post.put("anna", "first", "its end")
    post.put("anna", "second")
    post.run(5)
    assert post.channel.texts == ["second"]
    assert [(message.status, message.error) for message in post.rows()] == [
        ("dead", "too long"),
        ("sent", None),
    ]


def test_an_error_nobody_expected_is_tried_again_and_told_without_what_was_said(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.channel.answers["anna"] = [KeyError("13912345678")]
    post.put("anna", "text")
    post.run(5)
    assert post.channel.texts == ["text"]
    assert "KeyError" in caplog.text
    assert "13912345678" not in caplog.text


@pytest.mark.parametrize("payload", [b"{}", b'{"outgoing": [{"type": "unknown"}]}', b"none"])
def test_a_message_that_cannot_be_read_is_given_up_and_the_chat_goes_on(post: Post, payload: bytes) -> None:
    post.put_raw("anna", payload, "broken")
    post.put("anna", "unspeakable")
    post.put("anna", "second")
    post.run(5)
    assert post.channel.texts == ["second"]
    assert post.statuses == ["dead", "dead", "sent"]
    assert [str(message.error).partition(":")[0] for message in post.rows()[:2]] == ["unreadable"] * 2


def test_a_message_that_says_nothing_is_done(post: Post) -> None:
    post.put("anna")
    post.put("anna", "text")
    post.run(1)
    assert post.statuses == ["sent", "sent"]
    assert post.channel.texts == ["text"]


def test_a_killed_dispatcher_is_followed_by_one_that_goes_on_at_the_same_part(post: Post) -> None:
    post.put("anna", "one", "two", "three")
    post.channel.takes = 0.5
    post.run_and_kill(1.7)  # the first was taken, the second is on its way
    assert [got.text for got in post.channel.asked] == ["one", "two"]
    assert post.channel.texts == ["one"]
    after = post.dispatcher()
    post.run(10, after)
    assert post.channel.texts == ["one", "two", "three"]
    assert after.ambiguous == 1
    assert post.statuses == ["sent"]


def test_a_message_that_may_be_out_is_held_back_where_that_is_wanted(post: Post) -> None:
    post.limits = Limits(on_ambiguous="hold")
    post.put("anna", "text")
    post.put("bert", "not begun", after=3)
    post.channel.takes = 1
    post.run_and_kill(0.5)
    after = post.dispatcher()
    post.run(10, after)
    assert post.channel.texts == ["not begun"]
    assert [message.error for message in post.rows()] == ["ambiguous", None]
    assert after.ambiguous == 1
    held = post.rows()[0].id
    with post.database.unit_of_work() as work:
        assert work.outbox.revive(held, at=post.clock.now())
    post.channel.answers["anna"] = [Unreachable("down")]
    post.run(10)
    assert post.channel.texts == ["not begun", "text"]


def test_two_dispatchers_never_send_the_same_message(post: Post) -> None:
    for number in range(60):
        post.put(f"user {number % 20}", str(number))
    post.channel.takes = 0.3
    post.run(30, post.dispatcher(owner="one"), post.dispatcher(owner="other"))
    assert sorted(map(int, post.channel.texts)) == list(range(60))
    assert len(post.channel.asked) == 60


def test_a_stop_finishes_what_is_being_sent_and_gives_back_the_rest(post: Post) -> None:
    post.channel.takes = 3
    post.limits = Limits(per_second=8)
    for number in range(10):
        post.put(f"user {number}", "text")
    began = post.clock.elapsed
    post.run(0.2)
    assert 0 < len(post.channel.got) == len(post.channel.asked) < 4
    assert post.clock.elapsed - began < 4
    assert post.statuses.count("sent") == len(post.channel.got)
    after = post.dispatcher()
    post.run(30, after)
    assert len(post.channel.asked) == 10
    assert after.ambiguous == 0


def test_a_stop_does_not_wait_for_ever(post: Post) -> None:
    post.channel.takes = 200
    post.put("anna", "text")
    post.run(1)
    assert post.clock.elapsed < 12
    after = post.dispatcher()
    post.run(300, after)
    assert post.channel.texts == ["text"]
    assert after.ambiguous == 1


def test_what_takes_too_long_is_tried_again(post: Post) -> None:
    post.channel.takes = 400
    post.put("anna", "text")
    post.run(310)
    assert [message.error for message in post.rows()] == ["no answer in time"]


def test_a_message_put_while_nothing_is_due_leaves_as_soon_as_the_dispatcher_is_woken(post: Post) -> None:
    dispatcher = post.dispatcher()

    async def main() -> None:
        working = asyncio.create_task(post.work(10, dispatcher))
        await asyncio.sleep(2.3)
        post.put("anna", "text")
        thread = Thread(target=dispatcher.wake)
        thread.start()
        thread.join()
        await working

    dispatcher.wake()  # nobody runs it: nothing happens
    post.clock.run(main())
    dispatcher.wake()
    assert post.channel.got == [(2.3, "anna", "text")]


def test_with_nothing_to_do_the_database_is_left_alone(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    opened = post.database.unit_of_work

    def counted() -> object:
        looks.append(post.clock.elapsed)
        return opened()

    monkeypatch.setattr(post.database, "unit_of_work", counted)
    post.run(60)
    assert len(looks) < 40


def test_the_last_keyboard_of_a_chat_is_remembered(post: Post) -> None:
    with post.database.unit_of_work() as work:
        work.contacts.meet(CHANNEL, "anna", name="Anna", key=chat_of(CHANNEL, "anna"), at=START)
    post.channel.answers["anna"] = [Sent("7", leaves_keyboard=True), Sent(), Sent(leaves_keyboard=True)]
    for number in range(4):
        post.put("anna", str(number))
    post.run(10)
    assert post.channel.keyboards == [None, "7", "7", None]


def test_messages_of_other_channels_are_left_alone(post: Post) -> None:
    payload = msgspec.json.encode({})
    with post.database.unit_of_work() as work:
        work.outbox.put(chat="telegram.10:anna", dedupe_key="x", payload=payload, due_at=START, at=START)
    post.run(5)
    assert post.statuses == ["pending"]


def test_a_chat_that_is_gone_gets_nothing_more(post: Post) -> None:
    post.channel.answers["anna"] = [Blocked("bot was blocked")]
    post.put("anna", "first")
    post.put("anna", "second", after=3600)
    post.put("bert", "other")
    post.run(5)
    assert post.statuses == ["dead", "dead", "sent"]
    assert [message.error for message in post.rows()] == ["blocked", "blocked", None]


def test_who_says_something_does_not_wait_until_a_crowd_is_reminded(post: Post) -> None:
    post.limits = Limits(per_second=10)
    for number in range(200):
        post.put(f"user {number}", "reminder")
    began = post.clock.elapsed

    async def main() -> None:
        dispatcher = post.dispatcher()
        working = asyncio.create_task(post.work(5, dispatcher))
        await asyncio.sleep(2)
        post.put("user 199", "reply")
        post.put("anna", "reply")
        dispatcher.wake()
        await working

    post.clock.run(main())
    (reply,) = (got for got in post.channel.got if got.user == "anna")
    assert reply.at - began < 3
    assert "user 0" in {got.user for got in post.channel.got}, (
        "those who wait longest have their turn as well"
    )


def test_limits_are_read_as_they_are_meant() -> None:
    limits = Limits(per_second=50)
    assert timedelta(seconds=1) / 50 < limits.step < timedelta(seconds=1) / 47.5
