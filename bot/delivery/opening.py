"""A message that was taken out of the outbox is read, and becomes the part that is to be sent next."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.delivery.outcomes import Parcel
from bot.updates import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from bot.delivery.limits import Limits
    from bot.delivery.sender import Part, Sender
    from storage.messages import Message
    from storage.unit_of_work import UnitOfWork

AMBIGUOUS = "ambiguous"
UNREADABLE = "unreadable"
_log = logging.getLogger(__name__)


class Opened(NamedTuple):
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

    def parcel(self, slot: datetime, interval: timedelta, keyboard: str | None) -> Parcel:
        """Return the part that is next, ready to be sent.

        Args:
            slot: it may not leave before.
            interval: how long the chat is left alone after it.
            keyboard: the last message with buttons in the chat.
        """
        message = self.message
        return Parcel(
            message_id=message.id,
            chat=message.chat,
            user=self.user,
            reply=self.reply,
            part=self.part,
            number=message.part,
            is_last=message.part + 1 == len(self.parts),
            interval=interval,
            attempt=message.attempt,
            due_at=message.due_at,
            slot=slot,
            lease_until=message.lease_until,
            keyboard=keyboard,
        )


def open_message(
    work: UnitOfWork, message: Message, sender: Sender[Any], limits: Limits, now: datetime
) -> Opened | None:
    """Return what a message says; None when nothing of it is to be sent, which is written down.

    Args:
        work: the transaction in which it was taken.
        message: as taken.
        sender: the channel, which cuts it into parts.
        limits: whether one that may have gone out is sent again.
        now: the moment.
    """
    if message.ambiguous and message.attempt > 1 and limits.on_ambiguous == "hold":
        work.outbox.mark_dead(message.id, error=AMBIGUOUS)
        return None
    try:
        reply = msgspec.json.decode(message.payload, type=Reply)
        parts = sender.parts(reply)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message must not stop its chat
        name = type(error).__name__
        work.outbox.mark_dead(message.id, error=f"{UNREADABLE}: {name}")
        # no traceback: it may hold what was said
        _log.error("%s: message %d is given up, it cannot be read: %s", message.channel, message.id, name)
        return None
    if message.part >= len(parts):
        work.outbox.mark_sent(message.id, at=now)
        return None
    return Opened(message, reply, parts)
