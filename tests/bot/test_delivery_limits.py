"""However messages come, no second sees more than the limit, no chat is hurried, and the bot is not slower than it must be."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from delivering import Channel, JumpingClock, Post
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Conversation
from bot.delivery.limits import LastSecond, Limits, back_off
from bot.delivery.sender import RetryAfter, Unreachable
from storage.database import MEMORY, open_database

_ARRIVALS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([0.0, 0.0, 0.3, 1.0, 2.5])), min_size=1, max_size=40
)
_TROUBLE = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["wait", "down"])), max_size=4)


@pytest.mark.slow
@settings(max_examples=30)
@given(_ARRIVALS, _TROUBLE, st.sampled_from([1, 3, 10]), st.sampled_from([0.0, 0.05, 0.7]))
def test_limits_hold_however_messages_come(
    arrivals: list[tuple[int, float]], trouble: list[tuple[int, str]], per_second: int, takes: float
) -> None:
    clock = JumpingClock()
    channel = Channel(clock, takes=takes)
    for chat, kind in trouble:
        channel.answers[f"user {chat}"].append(RetryAfter(2) if kind == "wait" else Unreachable("down"))
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    with open_database(MEMORY) as database:
        database.migrate()
        post = Post(Conversation(database, clock), clock, channel)
        post.limits = Limits(per_second=per_second)
        for number, (chat, after) in enumerate(sorted(arrivals, key=lambda arrival: arrival[1])):
            post.put(f"user {chat}", str(number), after=after)
            wanted[f"user {chat}"].append(str(number))
        post.run(80)
    assert _most_in_a_second([asked.at for asked in channel.asked]) <= per_second
    for user, texts in wanted.items():
        got = [got for got in channel.got if got.user == user]
        assert [one.text for one in got] == texts
        assert all(later.at - earlier.at >= 0.998 for earlier, later in pairwise(got))


@pytest.mark.slow
@pytest.mark.parametrize("per_second", [30, 300])
def test_a_crowd_is_served_at_nearly_the_limit(per_second: int) -> None:
    clock = JumpingClock()
    channel = Channel(clock, takes=0.1)
    with open_database(MEMORY) as database:
        database.migrate()
        post = Post(Conversation(database, clock), clock, channel)
        post.limits = Limits(per_second=per_second)
        for number in range(per_second * 4):
            post.put(f"user {number}", "text")
        post.run(6)
    times = [got.at for got in channel.got]
    assert len(times) == per_second * 4
    assert _most_in_a_second(times) <= per_second
    assert (len(times) - 1) / (times[-1] - times[0]) >= 0.96 * per_second


def test_a_process_that_is_held_up_does_not_catch_up_in_a_burst() -> None:
    last_second = LastSecond(3)
    now, begun = 10.0, list[float]()
    for _ in range(7):
        now = max(now, last_second.free_at(1))
        last_second.note(now, 1)
        begun.append(now)
    assert begun == pytest.approx([10.0, 10.0, 10.0, 11.03, 11.03, 11.03, 12.06])


def test_several_requests_find_room_together() -> None:
    last_second = LastSecond(3)
    assert last_second.free_at(9) == 0
    last_second.note(1.0, 2)
    assert last_second.free_at(1) == 0
    assert last_second.free_at(2) > 2.0
    last_second.note(2.0, 9)
    assert last_second.free_at(1) > 3.0


def test_waits_double_up_to_five_minutes_and_differ_between_messages() -> None:
    seconds = [back_off(1, attempt).total_seconds() for attempt in range(1, 30)]
    for wait, least in zip(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256] + [300] * 20, strict=True):
        assert least <= wait <= 1.25 * least
    assert len({back_off(number, 3) for number in range(50)}) > 40
    assert back_off(1, 1) == back_off(1, 1) > timedelta(0)


def _most_in_a_second(times: list[float]) -> int:
    """Return how many requests the fullest second holds; moments are kept to the millisecond."""
    ordered = sorted(times)
    return max((bisect_left(ordered, at + 0.998) - number for number, at in enumerate(ordered)), default=0)
