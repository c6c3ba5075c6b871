"""Makes users talk to a contender: at once, each of them waiting for the reply before the next message."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.contenders import Contender

MICROSECONDS = 1e6


class Sample(msgspec.Struct, frozen=True):
    """What a run showed: its seconds, and the microseconds of every turn."""

    seconds: float
    times: list[int]


class Talker:
    """A user who fills in the form again and again.

    Attributes:
        user: their number.
        said: how many messages they have sent.
    """

    def __init__(self, contender: Contender, user: int, update_ids: Iterator[int]) -> None:
        """Be a user of a contender."""
        self.user = user
        self.said = 0
        self._script = contender.script
        self._update_ids = update_ids

    def next(self) -> tuple[int, int, str]:
        """Return user, update and text of the next message."""
        text = self._script[self.said % len(self._script)]
        self.said += 1
        return self.user, next(self._update_ids), text

    @property
    def is_done(self) -> bool:
        """Whether the form is filled in."""
        return self.said >= len(self._script)


class Driver:
    """The users of a contender in one process."""

    def __init__(self, contender: Contender, *, number: int = 0) -> None:
        """Drive a contender.

        Args:
            contender: is started.
            number: of the process, among those that share a database.
        """
        self._contender = contender
        first = number * 10_000_000 + 1
        self.update_ids = itertools.count(first)
        self._users = itertools.count(first)
        self._crowds: dict[int, list[Talker]] = {}

    def talkers(self, count: int) -> list[Talker]:
        """Return new users."""
        return [Talker(self._contender, next(self._users), self.update_ids) for _ in range(count)]

    async def spread(self, conversations: int) -> None:
        """Bring so many new users to places all over the form, so that no run sees only its beginning."""
        crowd = self._crowds[conversations] = self.talkers(conversations)
        length = len(self._contender.script)
        goals = {
            talker.user: 1 + number * (length - 1) // conversations for number, talker in enumerate(crowd)
        }
        await self.all_until(crowd, lambda talker: talker.said >= goals[talker.user])

    async def run(self, conversations: int, seconds: float) -> Sample:
        """Let the users of ``spread`` go on for a while."""
        end = time.perf_counter() + seconds
        return await self.all_until(self._crowds[conversations], lambda _: time.perf_counter() >= end)

    async def all_until(self, crowd: list[Talker], is_over: Callable[[Talker], bool]) -> Sample:
        """Let users talk side by side, each until it is over for them."""
        began = time.perf_counter()
        times = await asyncio.gather(*(self._talk(talker, is_over) for talker in crowd))
        return Sample(time.perf_counter() - began, [taken for one in times for taken in one])

    async def _talk(self, talker: Talker, is_over: Callable[[Talker], bool]) -> list[int]:
        times: list[int] = []
        while not is_over(talker):
            message = talker.next()
            began = time.perf_counter()
            await asyncio.sleep(0)  # the others have sent theirs as well, and come first
            await self._contender.say(*message)
            times.append(int((time.perf_counter() - began) * MICROSECONDS))
        return times
