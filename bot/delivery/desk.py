"""One transaction of the dispatcher: what came of the last parts is kept, the next ones are taken and paced."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.delivery.opening import open_message
from bot.delivery.outcomes import Outcome, Parcel, keep_all, note_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.delivery.sender import Sender
    from storage.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=10)
"""Longer than a slot is waited for and a large file takes; a killed dispatcher's leases are taken back at once."""
CATCH_UP = timedelta(milliseconds=500)
"""Slots that went by unused, because the machine was busy, may be used for this long; :class:`LastSecond` sees to
it that no second has too many for that."""


class Taken(NamedTuple):
    """What one transaction took.

    Attributes:
        parcels: what is to be sent, each at its slot.
        next_at: when to look again; None when only something new or the end of a sending can give more.
    """

    parcels: list[Parcel]
    next_at: datetime | None


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
            work.pace.mend(now)
            keep_all(work, outcomes, self._conversation, self._limits, now)
            taken = self._take(work, now, room, ahead) if room > 0 else Taken([], None)
        note_all(self._conversation.watch, outcomes, self._limits)
        return taken

    def _take(self, work: UnitOfWork, now: datetime, room: int, ahead: timedelta) -> Taken:
        channel, step = self._sender.channel, self._limits.step
        self._begun_at = min(self._begun_at, now)  # the clock may have been set back
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
        opened = [
            found
            for message in claimed
            if (found := open_message(work, message, self._sender, self._limits, now))
        ]
        users = [found.user for found in opened]
        keyboards = work.contacts.keyboards(channel, users) if users else {}
        parcels: list[Parcel] = []
        cost = sum(found.part.slots for found in opened)
        slot = work.pace.reserve(channel, at=first, interval=step * cost) if opened else now
        for found in opened:
            parcels.append(
                found.parcel(slot, self._sender.interval(found.message.chat), keyboards.get(found.user))
            )
            slot += step * found.part.slots
        if len(parcels) < len(claimed):
            return Taken(parcels, now)
        if len(claimed) == wanted:
            return Taken(parcels, slot - ahead / 2 if wanted < room else None)
        return Taken(parcels, work.outbox.next_claim(channel, at=now))
