"""Reminders that are due all at once leave as fast as they may: ``python -m benchmarks.reminders [COUNT] [RATE]``.

A data folder with COUNT due reminders in COUNT / 5 chats is emptied by the dispatcher, RATE requests a second
(Telegram itself allows 30): first into a stand-in for the channel that answers as late as a service would, then
through the whole Telegram channel into a Bot API server on this machine.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from benchmarks.bot_api import LATENCY, Figures, Register
from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.limits import Limits
from bot.delivery.sender import Part, Sent
from bot.telegram.connection import Account, connect
from bot.telegram.sender import TelegramSender
from bot.updates import Reply
from dialogs.messages import Say
from rules.text import T, verbatim
from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from bot.delivery.sender import Sender

COUNT, RATE, TELEGRAM = 10_000, 300.0, 30
CHANNEL = "telegram.1"
TOKEN = "1:" + "x" * 35
PER_CHAT = 5
INTERVAL = 0.05
"""Seconds between two messages to one chat: short, so that the limit of the bot is what is measured."""
SAMPLE = 0.1
PAGE = 4096 / 1e6


class Numbered(Part, frozen=True):
    """One reminder."""

    number: int


class StandIn:
    """A channel that only keeps what it was asked."""

    channel = CHANNEL

    def __init__(self, register: Register) -> None:
        """Keep it in ``register``."""
        self.register = register

    def parts(self, reply: Reply) -> Sequence[Numbered]:
        """Return the one part of a reminder."""
        return [Numbered(number=int(reply.update_id))]

    def interval(self, chat: str) -> timedelta:
        """Return the same for every chat."""
        del chat
        return timedelta(seconds=INTERVAL)

    async def send(self, chat: str, reply: Reply, part: Numbered, *, keyboard: str | None) -> Sent:
        """Take a reminder."""
        del reply, keyboard
        self.register.note(int(chat.partition(":")[2]), part.number)
        await asyncio.sleep(LATENCY)
        return Sent()


class Cost(NamedTuple):
    """What sending cost: memory in MB before, all along, and the seconds of a processor."""

    before: float
    sizes: list[float]
    processor: float


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else RATE
    count -= count % PER_CHAT
    gc.freeze()  # as the service does when it has started: looking through what is loaded would hold it up
    limits = Limits(per_second=rate, per_chat=INTERVAL)
    print(f"{count} reminders due at once, {rate:g} requests a second (Telegram allows {TELEGRAM})")
    with _folder(count) as conversation:
        register = Register(count)
        cost = asyncio.run(_empty(conversation, lambda: StandIn(register), limits))
        _print("stand-in", register.figures(), cost, count, rate)
    with _folder(count) as conversation, _bot_api(count) as server:
        port = server.stdout.readline().strip() if server.stdout else ""

        def telegram() -> TelegramSender:
            account = Account(connect(TOKEN, f"http://127.0.0.1:{port}"), 1, "benchmark_bot")
            return TelegramSender(account, conversation, limits)

        cost = asyncio.run(_empty(conversation, telegram, limits))
        figures = Figures(*json.loads(server.communicate("")[0]))
        _print("Telegram over HTTP", figures, cost, count, rate)


def empty_outbox(count: int, rate: float = RATE) -> tuple[float, float]:
    """Empty an outbox into the stand-in; return how many left a second, and how many were allowed to."""
    register = Register(count)
    with _folder(count) as conversation:
        limits = Limits(per_second=rate, per_chat=INTERVAL)
        asyncio.run(_empty(conversation, lambda: StandIn(register), limits))
    seen = register.figures()
    return (seen.count - 1) / seen.seconds, rate


def _print(name: str, seen: Figures, cost: Cost, count: int, rate: float) -> None:
    reached = (seen.count - 1) / seen.seconds
    sizes = cost.sizes
    print(
        f"{name}: {seen.seconds:.1f} s, {reached:.1f}/s = {100 * reached / rate:.1f} % of the limit, "
        f"fullest second {seen.fullest_second}"
    )
    print(f"  not sent {count - seen.count}, twice {seen.double}, out of order in their chat {seen.disorder}")
    print(
        f"  memory {cost.before:.0f} MB before, {sizes[len(sizes) // 10]:.0f} MB at a tenth, "
        f"{sizes[-1]:.0f} MB at the end, {max(sizes):.0f} MB at most; "
        f"{100 * cost.processor / seen.seconds:.0f} % of a processor"
    )


@contextmanager
def _folder(count: int) -> Generator[Conversation]:
    """Open a data folder with reminders that are due."""
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "shenbao.db") as database:
        database.migrate()
        _fill(database, count)
        yield Conversation(database, SystemClock())


def _fill(database: Database, count: int) -> None:
    now = SystemClock().now()
    with database.unit_of_work() as work:
        for number in range(count):
            name = verbatim(f"项目 #{number}")
            said = T("{name}：备案还有 {days} 天到期。", name=name, days=number % 30)
            reply = Reply((Say(said),), "zh", None, str(number))
            work.outbox.put(
                chat=f"{CHANNEL}:{number % (count // PER_CHAT)}",
                dedupe_key=f"reminder {number}",
                payload=msgspec.json.encode(reply),
                due_at=now,
                at=now,
            )


@contextmanager
def _bot_api(count: int) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.bot_api", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        yield process
        process.terminate()


async def _empty(conversation: Conversation, make: Callable[[], Sender[Any]], limits: Limits) -> Cost:
    """Run a dispatcher until everything is out."""
    sender = make()
    dispatcher = Dispatcher(conversation, sender, limits, owner="benchmark")
    before, began = _resident(), time.process_time()
    sizes: list[float] = []
    stopping = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stopping))
    while not running.done() and await asyncio.to_thread(_has_more, conversation, looks=len(sizes)):
        await asyncio.sleep(SAMPLE)
        sizes.append(_resident())
    stopping.set()
    await running
    if isinstance(sender, TelegramSender):
        await sender._bot.session.close()  # noqa: SLF001
    return Cost(before, sizes, time.process_time() - began)


def _has_more(conversation: Conversation, *, looks: int) -> bool:
    """Say whether anything waits; the database is asked only now and then."""
    if looks % 10:
        return True
    with conversation.database.unit_of_work() as work:
        return work.outbox.next_due(CHANNEL) is not None


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


if __name__ == "__main__":
    main()
