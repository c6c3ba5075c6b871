"""One transaction of the dispatcher: what came of the last parts is kept, the next ones are taken and paced."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.delivery.outcomes import Outcome, Parcel, keep_all
from bot.updates import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.delivery.sender import Part, Sender
    from storage.outbox import Message
    from storage.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=10)
"""Longer than a slot is waited for and a large file takes; a killed dispatcher's leases are taken back at once."""
CATCH_UP = timedelta(milliseconds=500)
"""Slots that went by unused, because the machine was busy, may be used for this long; :class:`LastSecond` sees to
it that no second has too many for that."""
AMBIGUOUS = "ambiguous"
UNREADABLE = "unreadable"
_log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """What one transaction took.

    Attributes:
        parcels: what is to be sent, each at its slot.
        next_at: when to look again; None when only something new or the end of a sending can give more.
    """

    parcels: list[Parcel]
    next_at: datetime | None


class _Opened(NamedTuple):
    """A message that was taken, with what it says."""

    message: Message
    reply: Reply
    parts: Sequence[Part]

    @property
    def user(self) -> str:
        """The chat's name on its channel."""
        return self.message.chat.partition(":")[2]

    @property
    def part(self) -> Part:
        """The part that is next."""
        return self.parts[self.message.part]


class Desk:
    """Takes messages out of one channel's outbox, and keeps what came of them."""

    def __init__(
        self, conversation: Conversation, sender: Sender[Any], limits: Limits, *, owner: str
    ) -> None:
        """Work for a dispatcher.

        Args:
            conversation: knows the database and the clock.
            sender: the channel.
            limits: how fast to send, how long to try.
            owner: the dispatcher, in whose name messages are taken.
        """
        self._conversation = conversation
        self._sender = sender
        self._limits = limits
        self._owner = owner
        self._newest_first = False
        # Never slots from before it began: what another process sent then, only the kept pace knows.
        self._begun_at = conversation.clock.now()

    def take_over(self) -> int:
        """Take back what a dispatcher of this name held when it was killed; return how many may have gone out."""
        with self._conversation.database.unit_of_work() as work:
            self._begun_at = self._conversation.clock.now()
            return work.outbox.release(self._owner)

    def exchange(self, outcomes: Sequence[Outcome], room: int, ahead: timedelta) -> Taken:
        """Keep outcomes and take what can be sent next, all in one transaction.

        Args:
            outcomes: what came of earlier parcels.
            room: at most so many parcels.
            ahead: how far ahead slots are reserved.

        Raises:
            StorageError: nothing was kept or taken; the same outcomes must be given again.
        """
        with self._conversation.database.unit_of_work() as work:
            now = self._conversation.clock.now()
            keep_all(work, outcomes, self._conversation, self._limits, now)
            return self._take(work, now, room, ahead) if room > 0 else Taken([], None)

    def _take(self, work: UnitOfWork, now: datetime, room: int, ahead: timedelta) -> Taken:
        channel, step = self._sender.channel, self._limits.step
        first = max(now - CATCH_UP, self._begun_at)
        planned = max(first, work.pace.next_free(channel) or first) - now
        # Looking for messages costs about the same for one as for many, so slots are filled up by halves.
        if planned > ahead / 2:
            return Taken([], now + planned - ahead / 2)
        wanted = min(room, ceil((ahead - planned) / step))
        # By turns, so that who has just said something does not wait until thousands are reminded.
        self._newest_first = not self._newest_first
        claimed = work.outbox.claim(
            self._owner,
            channel=channel,
            at=now,
            lease_until=now + LEASE,
            limit=wanted,
            newest_first=self._newest_first,
        )
        opened = [found for message in claimed if (found := self._open(work, message, now))]
        users = [found.user for found in opened]
        keyboards = work.contacts.keyboards(channel, users) if users else {}
        parcels: list[Parcel] = []
        cost = sum(found.part.slots for found in opened)
        slot = work.pace.reserve(channel, at=first, interval=step * cost) if opened else now
        for found in opened:
            parcels.append(self._parcel(found, slot, keyboards.get(found.user)))
            slot += step * found.part.slots
        if len(parcels) < len(claimed):
            return Taken(parcels, now)
        if len(claimed) == wanted:
            return Taken(parcels, slot - ahead / 2 if wanted < room else None)
        return Taken(parcels, work.outbox.next_claim(channel, at=now))

    def _open(self, work: UnitOfWork, message: Message, now: datetime) -> _Opened | None:
        """Return what a message says; None when nothing of it is to be sent."""
        if message.ambiguous and message.attempt > 1 and self._limits.on_ambiguous == "hold":
            work.outbox.mark_dead(message.id, error=AMBIGUOUS)
            return None
        try:
            reply = msgspec.json.decode(message.payload, type=Reply)
            parts = self._sender.parts(reply)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one message must not stop its chat
            name = type(error).__name__
            work.outbox.mark_dead(message.id, error=f"{UNREADABLE}: {name}")
            # no traceback: it may hold what was said
            _log.error("%s: message %d is given up, it cannot be read: %s", message.channel, message.id, name)
            return None
        if message.part >= len(parts):
            work.outbox.mark_sent(message.id, at=now)
            return None
        return _Opened(message, reply, parts)

    def _parcel(self, found: _Opened, slot: datetime, keyboard: str | None) -> Parcel:
        message = found.message
        return Parcel(
            message_id=message.id,
            chat=message.chat,
            user=found.user,
            reply=found.reply,
            part=found.part,
            number=message.part,
            is_last=message.part + 1 == len(found.parts),
            interval=self._sender.interval(message.chat),
            attempt=message.attempt,
            due_at=message.due_at,
            slot=slot,
            keyboard=keyboard,
        )
