"""A message of the outbox: what is to be sent where and when, and how far that has come."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

Status = Literal["pending", "sent", "dead"]


class Message(msgspec.Struct, frozen=True):
    """A message that is to be sent, or was.

    Attributes:
        id: grows with time; the order within a chat.
        chat: where it goes.
        dedupe_key: what makes it the same message when it is put again.
        payload: the message, JSON.
        due_at: not to be sent before.
        status: pending; sent; or dead, which means given up.
        owner: the dispatcher that is sending it.
        lease_until: until then nobody else sends anything to this chat.
        attempt: how often sending of this part was begun.
        created_at: when it was put here.
        sent_at: when the channel had taken it.
        channel: the channel of the chat.
        part: how many parts of it the channel has taken.
        ambiguous: how often nobody knows whether the channel took a part: a dispatcher died in between.
        error: why the last attempt failed.
    """

    id: int
    chat: str
    dedupe_key: str
    payload: bytes
    due_at: datetime
    status: Status
    owner: str | None
    lease_until: datetime | None
    attempt: int
    created_at: datetime
    sent_at: datetime | None
    channel: str
    part: int
    ambiguous: int
    error: str | None


class Head(NamedTuple):
    """The message that is next in its chat."""

    id: int
    chat: str
