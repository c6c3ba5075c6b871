"""A contender in a process of its own: takes commands, answers each with a line.

Started by :class:`Child` as ``python -m benchmarks.child NAME PLACE NUMBER``.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import subprocess
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from benchmarks.contenders import Place, make
from benchmarks.driver import Driver
from bot.garbage import settle_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.contenders import Contender

Answer = TypeVar("Answer")
PAGE = os.sysconf("SC_PAGE_SIZE") / 1024
TALKING = 16


class Command(msgspec.Struct, frozen=True):
    """What a process is told.

    Attributes:
        do: names a method of :class:`_Process`.
        count: of conversations or forms.
        seconds: how long.
        messages: of each user.
        said: how many messages of each user were acknowledged.
        hazard: what happens to the forms.
    """

    do: str
    count: int = 0
    seconds: float = 0.0
    messages: int = 0
    said: dict[int, int] = {}
    hazard: str = ""


class Child:
    """A process that was started, and is killed or stopped at the end."""

    def __init__(self, name: str, place: Place, *, number: int = 0) -> None:
        """Start it; :meth:`ask` waits until it is ready."""
        arguments = [name, msgspec.json.encode(place).decode(), str(number)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, command: Command) -> None:
        """Send a command, and do not wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(command) + b"\n")
        self._process.stdin.flush()

    def line(self) -> bytes:
        """Return the next line that it prints; empty when it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def answer(self, kind: type[Answer]) -> Answer:
        """Return the answer to what it was told."""
        line = self.line()
        if not line:
            raise ChildProcessError(f"{self._process.args[3]} has ended")  # type: ignore[index]
        return msgspec.json.decode(line, type=kind)

    def ask(self, command: Command, kind: type[Answer]) -> Answer:
        """Send a command and return the answer."""
        self.tell(command)
        return self.answer(kind)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self._process.kill()

    def stop(self) -> None:
        """Let it close what is open."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.stdin.closed:
            return
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@contextmanager
def child(name: str, place: Place, *, number: int = 0) -> Generator[Child]:
    """Start a process, and stop it at the end."""
    process = Child(name, place, number=number)
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        process.stop()


class _Process:
    """What a process can be told to do; each method returns its answer."""

    def __init__(self, contender: Contender, number: int) -> None:
        self._contender = contender
        self._right: list[str] = []
        self._driver = Driver(contender, number=number)

    async def ready(self, _command: Command) -> object:
        return None

    async def length(self, _command: Command) -> object:
        return len(self._contender.script)

    async def spread(self, command: Command) -> object:
        await self._driver.spread(command.count)
        return None

    async def run(self, command: Command) -> object:
        return await self._driver.run(command.count, command.seconds)

    async def open_drafts(self, command: Command) -> object:
        """Let new users say their first messages, some at a time; return the memory in KB."""
        for first in range(0, command.count, TALKING):
            crowd = self._driver.talkers(min(TALKING, command.count - first))
            await self._driver.all_until(crowd, lambda talker: talker.said >= command.messages)
        gc.collect()
        return _resident()

    async def talk(self, command: Command) -> object:
        """Fill in one form after the other, and print a line for each reply, until killed."""
        await asyncio.gather(*(self._talk_on() for _ in range(command.count)))
        return None

    async def _talk_on(self) -> None:
        while True:
            [talker] = self._driver.talkers(1)
            while not talker.is_done:
                await self._contender.say(*talker.next())
                os.write(1, b"%d %d\n" % (talker.user, talker.said))

    async def lost(self, command: Command) -> object:
        """Return how many of the acknowledged answers are gone; the first message of a user is none."""
        stages = await self._stages()
        lost = 0
        for user, said in command.said.items():
            stage = await self._contender.stage(user)
            found = [number for number, one in enumerate(stages, 1) if one == stage and number <= said + 1]
            lost += said - min(said, max(found, default=1))
        return lost

    async def wrong(self, command: Command) -> object:
        """Fill in ``count`` forms, to each of which the hazard happens once; return how many end up wrong."""
        right = (await self._stages())[-1]
        chance = random.Random(command.count)  # noqa: S311 - the same for every contender
        length = len(self._contender.script)
        places = [chance.randrange(1, length - 1) for _ in range(command.count)]
        stages = await asyncio.gather(*(self._fill_in(command.hazard, place) for place in places))
        return sum(stage != right for stage in stages)

    async def _fill_in(self, hazard: str, place: int) -> str:
        [talker] = self._driver.talkers(1)
        say = self._contender.say
        while not talker.is_done:
            is_here = talker.said == place
            message = talker.next()
            if hazard == "hasty" and is_here:
                await asyncio.gather(say(*message), say(*talker.next()))
                continue
            await say(*message)
            if hazard == "twice" or (hazard == "once" and is_here):
                await say(*message)
        return await self._contender.stage(talker.user)

    async def _stages(self) -> list[str]:
        """Return what is kept after each message of a form to which nothing happens."""
        if self._right:
            return self._right
        [talker] = self._driver.talkers(1)
        while not talker.is_done:
            await self._contender.say(*talker.next())
            self._right.append(await self._contender.stage(talker.user))
        return self._right


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


async def _serve(name: str, place: Place, number: int) -> None:
    contender = make(name, place)
    await contender.start()
    process = _Process(contender, number)
    gc.collect()
    settle_in()  # as our service does once it has started, for the others as well
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = msgspec.json.decode(line, type=Command)
        done: Any = await getattr(process, command.do)(command)
        os.write(1, msgspec.json.encode(done) + b"\n")
    await contender.stop()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    asyncio.run(_serve(sys.argv[1], msgspec.json.decode(sys.argv[2], type=Place), int(sys.argv[3])))
