"""Sends one message of the outbox, part by part: intent is committed before a part leaves, the outcome after it.

Whoever calls sees to it that nobody else sends to the same chat meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.delivery.desk import LEASE
from bot.delivery.opening import open_message
from bot.delivery.outcomes import Outcome, Parcel, keep_all, note_all
from bot.delivery.sender import Sent
from bot.delivery.sending import attempt
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.delivery.sender import Sender

Result = TypeVar("Result")
_PATIENCE = 600.0
"""Seconds for which the database is waited for; as long as a lease."""
_SURE = timedelta(seconds=0.2)
"""Nobody is taken for dead in so short a time."""
_AGAIN = 1.0
_log = logging.getLogger(__name__)


class Courier:
    """Sends for one channel, at a pace that all machines share through the database."""

    def __init__(
        self, conversation: Conversation, sender: Sender[Any], limits: Limits, *, owner: str
    ) -> None:
        """Send for a channel.

        Args:
            conversation: knows the database and the clock.
            sender: the channel.
            limits: how fast to send, how long to try.
            owner: names this courier among those of all machines.
        """
        self.channel = sender.channel
        self.limits = limits
        self._conversation = conversation
        self._sender = sender
        self._owner = owner
        self._deliveries: set[asyncio.Task[None]] = set()

    async def deliver(self, message_id: int) -> None:
        """Send what is left of a message; nothing happens when it is not its turn, or it is out.

        What is begun is finished when the caller is cancelled: his jobs end while the database is away, and somebody
        has to know then what was taken and what went out.

        Raises:
            StorageError: it could not be taken, or what came of a part could not be kept: nobody knows then whether
                it went out.
        """
        delivery = asyncio.create_task(self._deliver(message_id))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)
        await asyncio.shield(delivery)

    async def close(self) -> None:
        """Break off what is being sent, and let others take it over at once; nothing is begun after this.

        Raises:
            StorageError: the database cannot be used; others take over when the leases end.
        """
        for delivery in self._deliveries:
            delivery.cancel()
        if await asyncio.gather(*self._deliveries, return_exceptions=True):
            await asyncio.to_thread(self._release)

    async def _deliver(self, message_id: int) -> None:
        clock = self._conversation.clock
        while True:
            asked_at = clock.now()
            parcel = await self._asked(message_id, partial(self._take, message_id))
            if parcel is None:
                return
            await asyncio.sleep((parcel.slot - clock.now()).total_seconds())
            # This machine may have stood still meanwhile, and be taken for dead.
            is_sure = timedelta() <= clock.now() - asked_at < _SURE
            if not is_sure and not await self._asked(message_id, partial(self._is_still_held, parcel)):
                _log.warning("%s: message %d was taken over, or is gone", self.channel, message_id)
                return
            result = await attempt(self._sender, parcel)
            outcome = Outcome(parcel, clock.now(), result)
            await self._insist(partial(self._keep, outcome))
            if parcel.is_last or not isinstance(result, Sent):
                return

    async def _asked(self, message_id: int, act: Callable[[], Result]) -> Result:
        """Ask the database before a message leaves, and return the answer; let others have it when there is none."""
        try:
            return await asyncio.to_thread(act)
        except StorageError:
            # It may have been taken, and the answer been lost: its chat would wait until the lease ends.
            await self._insist(partial(self._give_back, message_id))
            raise

    async def _insist(self, act: Callable[[], None]) -> None:
        """Write something down, however long the database is away."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while True:
            try:
                await asyncio.to_thread(act)
            except StorageError as error:
                if loop.time() >= until:
                    raise
                _log.warning("%s: the database is waited for: %s", self.channel, type(error).__name__)
                await asyncio.sleep(_AGAIN)
            else:
                return

    def _take(self, message_id: int) -> Parcel | None:
        """Reserve a message, and a slot for its next part among those of all machines."""
        with self._conversation.database.unit_of_work() as work:
            now = self._conversation.clock.now()
            message = work.outbox.take(message_id, self._owner, at=now, lease_until=now + LEASE)
            opened = message and open_message(work, message, self._sender, self.limits, now)
            if not opened:
                return None
            keyboard = work.contacts.keyboards(self.channel, [opened.user]).get(opened.user)
            # The chat first: a slot of the bot that waited for the chat would be lost to all others.
            free = work.pace.next_free(opened.message.chat)
            at = now if free is None else max(now, free)
            slot = work.pace.reserve(self.channel, at=at, interval=self.limits.step * opened.part.slots)
            return opened.parcel(slot, self._sender.interval(opened.message.chat), keyboard)

    def _is_still_held(self, parcel: Parcel) -> bool:
        """Say whether nobody has taken a parcel over."""
        with self._conversation.database.unit_of_work() as work:
            return bool(work.outbox.still_held({parcel.message_id: parcel.lease_until}))

    def _keep(self, outcome: Outcome) -> None:
        with self._conversation.database.unit_of_work() as work:
            keep_all(work, [outcome], self._conversation, self.limits, self._conversation.clock.now())
        note_all(self._conversation.watch, [outcome], self.limits)

    def _give_back(self, message_id: int) -> None:
        with self._conversation.database.unit_of_work() as work:
            work.outbox.give_back(message_id, self._owner)

    def _release(self) -> None:
        with self._conversation.database.unit_of_work() as work:
            work.outbox.release(self._owner)
