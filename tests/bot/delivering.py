"""What the tests of delivery share: a loop whose time jumps to the next timer, and a channel that keeps what it got."""

from __future__ import annotations

import asyncio
import selectors
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.delivery.desk import LEASE
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.limits import Limits
from bot.delivery.sender import Part, SendError, Sent
from bot.updates import Reply, chat_of
from dialogs.messages import Say
from rules.text import verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from bot.conversation import Conversation
    from storage.database import Database
    from storage.messages import Message

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHANNEL = "telegram.1"
_keys = count(1)


class JumpingClock:
    """Time that passes only while everybody waits, and then at once."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end in this time."""
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            runner.run(main)


class _Loop(asyncio.SelectorEventLoop):
    """Work for other threads is done at once: no time passes in it."""

    def __init__(self, clock: JumpingClock) -> None:
        self._clock = clock
        super().__init__(_Jumps(clock))

    def time(self) -> float:
        return self._clock.elapsed

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        del executor
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - as a thread would hand it on
            done.set_exception(error)
        return done


class _Jumps(selectors.DefaultSelector):
    def __init__(self, clock: JumpingClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nothing will ever happen"
            self._clock.elapsed += max(0.0, timeout)
        return ready


class Words(Part, frozen=True):
    """A part that is one paragraph."""

    text: str


def words_of(reply: Reply) -> list[Words]:
    """Return the paragraphs of a reply."""
    return [Words(text=said.text.render()) for said in reply.outgoing if isinstance(said, Say)]


class Got(NamedTuple):
    """What a channel was given: after how many seconds, by whom it is read, what it says."""

    at: float
    user: str
    text: str


class Channel:
    """A channel that keeps what it was given; what it answers can be laid down for each chat."""

    def __init__(self, clock: JumpingClock, *, interval: float = 1.0, takes: float = 0.0) -> None:
        self.channel = CHANNEL
        self.clock = clock
        self.pause = timedelta(seconds=interval)
        self.takes = takes
        self.asked: list[Got] = []
        """Every request."""
        self.got: list[Got] = []
        """Every request that was taken."""
        self.keyboards: list[str | None] = []
        self.answers: defaultdict[str, list[Sent | Exception]] = defaultdict(list)
        """What the next requests of a chat are answered with; Sent() when there is nothing."""
        self.slots = 1

    def parts(self, reply: Reply) -> Sequence[Words]:
        said = words_of(reply)
        if any(words.text == "unspeakable" for words in said):
            raise ValueError("unspeakable")
        return [msgspec.structs.replace(words, slots=self.slots) for words in said]

    def interval(self, chat: str) -> timedelta:
        del chat
        return self.pause

    async def send(self, chat: str, reply: Reply, part: Words, *, keyboard: str | None) -> Sent:
        del reply
        got = Got(round(self.clock.elapsed, 3), chat.partition(":")[2], part.text)
        self.asked.append(got)
        self.keyboards.append(keyboard)
        if self.takes:
            await asyncio.sleep(self.takes)
        answer = self.answers[got.user].pop(0) if self.answers[got.user] else Sent()
        if isinstance(answer, Exception):
            raise answer
        self.got.append(got)
        return answer

    @property
    def texts(self) -> list[str]:
        """What was taken."""
        return [got.text for got in self.got]


class Post:
    """The outbox of a conversation, and dispatchers that empty it."""

    def __init__(self, conversation: Conversation, clock: JumpingClock, channel: Channel) -> None:
        self.conversation = conversation
        self.clock = clock
        self.channel = channel
        self.limits = Limits()

    @property
    def database(self) -> Database:
        return self.conversation.database

    def put(self, user: str, *texts: str, after: float = 0.0) -> None:
        """Queue one message of these paragraphs, due after so many seconds."""
        key = f"message {next(_keys)}"
        reply = Reply(tuple(Say(verbatim(text)) for text in texts), "zh", None, key)
        self.put_raw(user, msgspec.json.encode(reply), key, after=after)

    def put_raw(self, user: str, payload: bytes, key: str, *, after: float = 0.0) -> None:
        """Queue a message as it is."""
        now = self.clock.now()
        due = now + timedelta(seconds=after)
        with self.database.unit_of_work() as work:
            work.outbox.put(chat=chat_of(CHANNEL, user), dedupe_key=key, payload=payload, due_at=due, at=now)

    def take(self, number: int, *, ago: float = 0.0) -> None:
        """Take a message, counted from 0, as another worker did so many seconds ago that was killed then."""
        message_id, now = self.rows()[number].id, self.clock.now()
        lease_until = now - timedelta(seconds=ago) + LEASE
        with self.database.unit_of_work() as work:
            assert work.outbox.take(message_id, "another", at=now, lease_until=lease_until)

    def dispatcher(self, channel: Channel | None = None, owner: str = "here") -> Dispatcher:
        return Dispatcher(self.conversation, channel or self.channel, self.limits, owner=owner)

    def run(self, seconds: float, *dispatchers: Dispatcher) -> None:
        """Let dispatchers (one, when none is given) work for a while, then stop them."""
        self.clock.run(self.work(seconds, *(dispatchers or (self.dispatcher(),))))

    async def work(self, seconds: float, *dispatchers: Dispatcher) -> None:
        stopping = asyncio.Event()
        running = [asyncio.create_task(dispatcher.run(stopping)) for dispatcher in dispatchers]
        await asyncio.sleep(seconds)
        stopping.set()
        await asyncio.gather(*running)

    def run_and_kill(self, seconds: float) -> None:
        """Let a dispatcher work for a while, then end it so that it can keep nothing more."""

        async def main() -> None:
            running = asyncio.create_task(self.dispatcher().run(asyncio.Event()))
            await asyncio.sleep(seconds)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        self.clock.run(main())

    def rows(self) -> list[Message]:
        """Return everything in the outbox, in the order in which it was put there."""
        with self.database.unit_of_work() as work:
            return sorted(work.outbox.listing(limit=1000), key=lambda message: message.id)

    @property
    def statuses(self) -> list[str]:
        return [message.status for message in self.rows()]


def error(kind: type[SendError], reason: str = "reason") -> SendError:
    """Return an error of this kind."""
    return kind(reason)
