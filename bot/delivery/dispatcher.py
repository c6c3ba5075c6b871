"""Sends what is in the outbox of one channel, as fast as the channel allows and in the order of each chat.

Every round is one transaction, on a thread of its own: what came of the last parts is kept, and what can leave
next is taken. Then the parts leave side by side, one of each chat, each at its slot. What is committed before a
part leaves says that it may be out; what is committed after it says that it is.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.delivery.desk import Desk, Taken
from bot.delivery.limits import LastSecond
from bot.delivery.outcomes import Outcome, Parcel
from bot.delivery.sender import RetryAfter, SendError, Sent, Unreachable
from bot.delivery.sending import attempt
from storage.errors import StorageError
from storage.pace import LONGEST_HOLD

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.delivery.sender import Sender

POLL = 2.0
"""Seconds between two looks at an outbox in which nothing is due: another process may have put something."""
STAND_BY = 1.0
"""Seconds between two looks at whether the process that sends has ended."""
GATHER = 0.02
"""Seconds in which outcomes are gathered for one transaction while many come."""
AHEAD, MOST_AHEAD = 0.25, 1.0
"""Seconds that are planned ahead: a reply that comes now waits no longer behind what was taken before it. Where
a transaction takes long, more is planned, or there would be nothing to send in the meantime."""
_TRANSACTIONS_AHEAD = 4
DRAIN = 10.0
"""Seconds that a stop waits for what is being sent."""
IN_FLIGHT = 512
"""Parcels in memory at most: those that wait for their slots and those that the channel has not answered."""
AT_ONCE = 96
"""Parts that the channel is asked to take at the same time: fewer than the connections that libraries allow, so
that what is begun leaves at once."""
_SLOWEST = 30.0
_log = logging.getLogger(__name__)


class Dispatcher:
    """The dispatcher of one channel.

    Attributes:
        ambiguous: how many messages may have gone out when the program was last killed.
    """

    def __init__(
        self, conversation: Conversation, sender: Sender[Any], limits: Limits, *, owner: str
    ) -> None:
        """Send for a channel.

        Args:
            conversation: knows the database and the clock.
            sender: the channel.
            limits: how fast to send, how long to try.
            owner: names this dispatcher, after a restart as before, among those of all machines.
        """
        self.ambiguous = 0
        self._sender = sender
        self._clock = conversation.clock
        self._desk = Desk(conversation, sender, limits, owner=owner)
        self._standby = conversation.database.sole_right(sender.channel)
        self._last_second = LastSecond(limits.per_second)
        self._outcomes: list[Outcome] = []
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._gate = asyncio.Lock()
        self._sending: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._held_until = 0.0  # of the loop's clock, which is never set
        self._is_reachable = True
        self._failures = 0
        self._exchanged = 0.0
        self._ahead = AHEAD

    def wake(self) -> None:
        """Look at the outbox soon: something was put there. Any thread may call this."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has ended, and with it all sending
                loop.call_soon_threadsafe(self._changed.set)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop; what is being sent then is finished and kept.

        Args:
            stopping: set by whoever ends the service.
        """
        self._loop = asyncio.get_running_loop()
        told = asyncio.create_task(self._tell(stopping))
        try:
            if not await self._take_over(stopping):
                return
            while not stopping.is_set():
                taken = await self._exchange(IN_FLIGHT - len(self._sending))
                for parcel in taken.parcels:
                    self._start(parcel, stopping)
                await self._pause(taken.next_at, stopping)
            await self._drain()
        finally:
            self._loop = None
            for task in (told, *self._sending):
                task.cancel()
            self._standby.leave()

    async def _tell(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._changed.set()

    async def _take_over(self, stopping: asyncio.Event) -> bool:
        """Wait until no other process sends for the channel; return whether to begin."""
        stands_by = False
        while not stopping.is_set():
            try:
                if self._standby.takes_over():
                    self.ambiguous = await asyncio.to_thread(self._desk.take_over)
                    break
            except (StorageError, OSError) as error:
                await self._fail(error)
                continue
            if not stands_by:
                _log.info("%s: another process sends; standing by", self._sender.channel)
                stands_by = True
            await self._sleep(STAND_BY)
        if self.ambiguous:
            _log.warning(
                "%s: %d messages may have gone out before the program was killed",
                self._sender.channel,
                self.ambiguous,
            )
        return not stopping.is_set()

    async def _exchange(self, room: int) -> Taken:
        """Keep what came of sending, and take what can leave next."""
        self._changed.clear()
        kept, began = tuple(self._outcomes), self._now()
        ahead = timedelta(seconds=self._ahead)
        try:
            taken = await asyncio.to_thread(self._desk.exchange, kept, room, ahead)
        except StorageError as error:
            await self._fail(error)
            return Taken([], self._clock.now())
        del self._outcomes[: len(kept)]
        self._exchanged = self._now()
        wanted = _TRANSACTIONS_AHEAD * (self._exchanged - began)
        self._ahead = min(MOST_AHEAD, max(AHEAD, wanted, (self._ahead + wanted) / 2))
        if self._failures:
            _log.warning("%s: the outbox can be used again", self._sender.channel)
            self._failures = 0
        return taken

    async def _fail(self, error: Exception) -> None:
        """Wait before the next look at an outbox that cannot be used now; nothing in it is lost."""
        if not self._failures:
            _log.error(
                "%s: the outbox cannot be used, waiting: %s", self._sender.channel, type(error).__name__
            )
        self._failures += 1
        await self._sleep(min(_SLOWEST, 0.5 * 2 ** min(self._failures, 10)))

    async def _pause(self, next_at: datetime | None, stopping: asyncio.Event) -> None:
        """Wait until there may be something to keep or to take."""
        wait = POLL if next_at is None else (next_at - self._clock.now()).total_seconds()
        await self._sleep(min(POLL, wait))
        gather = self._exchanged + GATHER - self._now()
        if gather > 0 and not stopping.is_set():
            await asyncio.sleep(gather)

    async def _sleep(self, seconds: float) -> None:
        """Wait, but no longer than until something has changed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._changed.wait()

    async def _drain(self) -> None:
        """Let what is being sent come to its end, and keep what came of it.

        What does not end in time keeps its lease: the next dispatcher counts it among the ambiguous.
        """
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=DRAIN)
            for task in late:
                task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while self._outcomes:
                    await self._exchange(0)

    def _start(self, parcel: Parcel, stopping: asyncio.Event) -> None:
        task = asyncio.create_task(self._deliver(parcel, stopping))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, parcel: Parcel, stopping: asyncio.Event) -> None:
        """Send a parcel at its slot; put it off when everything is to wait."""
        result: Sent | SendError | datetime
        await asyncio.sleep(max(0.0, (parcel.slot - self._clock.now()).total_seconds()))
        async with self._at_once:
            put_off = await self._begin(parcel, stopping)
            result = await attempt(self._sender, parcel) if put_off is None else put_off
        self._notice(result)
        now = self._clock.now()
        if isinstance(result, RetryAfter):
            seconds = min(result.seconds, LONGEST_HOLD.total_seconds())
            self._held_until = max(self._held_until, self._now() + seconds)
        self._outcomes.append(Outcome(parcel, now, result))
        self._changed.set()

    def _notice(self, result: Sent | SendError | datetime) -> None:
        """Tell the operator when the service cannot be reached, and when it can again, not at every message."""
        if isinstance(result, Unreachable) and self._is_reachable:
            self._is_reachable = False
            _log.warning("%s: cannot be reached, messages wait: %s", self._sender.channel, result.reason)
        elif isinstance(result, Sent) and not self._is_reachable:
            self._is_reachable = True
            _log.warning("%s: can be reached again", self._sender.channel)

    async def _begin(self, parcel: Parcel, stopping: asyncio.Event) -> datetime | None:
        """Wait until the bot may send; return None when a parcel may leave now, or until when it is put off."""
        # One at a time: all the others would wake for each that leaves.
        async with self._gate:
            free_at = self._last_second.free_at(parcel.part.slots)
            if free_at > self._now():
                await asyncio.sleep(free_at - self._now())
            now = self._clock.now()
            held = self._held_until - self._now()
            if stopping.is_set() or held > 0:
                return now + timedelta(seconds=max(0.0, held))
            self._last_second.note(self._now(), parcel.part.slots)
            return None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
