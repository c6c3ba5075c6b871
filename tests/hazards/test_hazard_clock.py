"""The clock jumps forwards and backwards: nothing is lost, nothing leaves before its moment, nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from delivering import CHANNEL, Channel, JumpingClock, Post
from reminded import CONSTRUCT, World

from bot.conversation import Conversation
from bot.delivery.limits import Limits
from bot.reminders.schedule import resync_all
from bot.worker.courier import Courier
from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from delivering import Words

    from bot.delivery.sender import Sent
    from bot.updates import Reply

QUARTER = 900.0
JUMPS = (1.0, -1.5, 0.5)
"""Quarters of an hour."""
USERS = ("anna", "bert", "carl")
SEED = 25


class SetClock(JumpingClock):
    """A clock that is set forwards and backwards; waiting takes as long as ever."""

    def __init__(self) -> None:
        super().__init__()
        self.off = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.off)


class Punctual(Channel):
    """A channel that keeps by how much each message came after its moment, as the clock showed it."""

    def __init__(self, clock: JumpingClock, dues: dict[str, datetime]) -> None:
        super().__init__(clock)
        self.takes = 0.05
        self._dues = dues

    async def send(self, chat: str, reply: Reply, part: Words, *, keyboard: str | None) -> Sent:
        assert self.clock.now() >= self._dues[part.text], "nothing leaves before its moment"
        return await super().send(chat, reply, part, keyboard=keyboard)


@pytest.fixture
def database(location: str) -> Iterator[Database]:
    with open_database(location) as opened:
        opened.migrate()
        yield opened


def test_messages_leave_once_and_not_before_their_moment(database: Database) -> None:
    clock = SetClock()
    conversation = Conversation(database, clock)
    dues: dict[str, datetime] = {}
    channel = Punctual(clock, dues)
    post = Post(conversation, clock, channel)
    chance = random.Random(SEED)  # noqa: S311 - when what is due

    async def jump() -> None:
        for quarters in JUMPS:
            await asyncio.sleep(chance.uniform(0, QUARTER / 6))
            clock.off += quarters * QUARTER
            for user in USERS:
                put(user, 0.0)

    def put(user: str, after: float) -> None:
        text = f"message {len(dues)}"
        dues[text] = clock.now() + timedelta(seconds=after)
        post.put(user, text, after=after)

    for user in USERS:
        for _ in range(8):
            put(user, chance.uniform(0, QUARTER / 2))
    feeder, dispatcher = Feeder(conversation, channel), post.dispatcher()

    async def main() -> None:
        jumping = asyncio.create_task(jump())
        if database.is_on_server:
            await feeder.work(2.5 * QUARTER)
        else:
            await post.work(2.5 * QUARTER, dispatcher)
        await jumping

    clock.run(main())
    assert Counter(channel.texts) == Counter(dues.keys()), "each leaves once"
    assert set(post.statuses) == {"sent"}


class Feeder:
    """Says to a courier that it is a message's turn, as the jobs of workers do."""

    def __init__(self, conversation: Conversation, channel: Channel) -> None:
        self._conversation = conversation
        self._courier = Courier(conversation, channel, Limits(), owner="here")

    async def work(self, seconds: float) -> None:
        """Work for so long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            with self._conversation.database.unit_of_work() as work:
                now = self._conversation.clock.now()
                work.pace.mend(now)
                heads = work.outbox.heads(channel=CHANNEL, at=now, limit=10)
            await asyncio.gather(*(self._courier.deliver(head.id) for head in heads))
            await asyncio.sleep(60)


def test_reminders_come_as_they_would_have_and_none_twice(database: Database) -> None:
    calm = planned(database, "10")
    expected = calm.passes("2026-12-31 23:00")
    assert len(expected) > 3
    jumpy = planned(database, "20")
    chance = random.Random(SEED)  # noqa: S311 - when the clock jumps
    found: list[tuple[str, datetime, str]] = []
    moment = jumpy.clock.moment
    for _ in range(40):
        moment += timedelta(hours=chance.uniform(1, 24 * 5))
        for hours in (0.0, chance.uniform(1, 12), chance.uniform(-12, -1), 0.0):
            jumpy.clock.moment = moment + timedelta(hours=hours)
            jumpy.promote()
            resync_all(jumpy.conversation)
            found += jumpy.sent()
    found += jumpy.passes("2026-12-31 23:00")
    texts = Counter(text for chat, _, text in found if chat.endswith(":20"))
    assert set(texts.values()) == {1}, "none comes twice"
    assert len(texts) == len([each for each in expected if each[0].endswith(":10")]), "none is lost"


def planned(database: Database, user: str) -> World:
    """Return a world in which somebody is to be reminded of what is due."""
    world = World(database, "2026-06-16 12:00")
    world.talk(user)
    project = world.project("平台", CONSTRUCT, owner=f"telegram.1:{user}")
    world.change(
        project,
        {"kind": "award_notice", "date": "2026-06-15"},
        {"kind": "final_acceptance", "date": "2026-07-20"},
    )
    with database.unit_of_work() as work:
        work.contacts.set_digest("telegram.1", user, world.clock.now() + timedelta(days=4000))
    return world
