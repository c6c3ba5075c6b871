"""Messages to be sent, in the order of each chat: replies are due at once, reminders at their moment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import String, delete, func, select, type_coerce, update

from storage.rows import insert_if_absent, read_all, select_as
from storage.schema import outbox

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


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
        attempt: how often sending was begun; above 1 the chat may have it already.
        created_at: when it was put here.
        sent_at: when the channel had taken it.
    """

    id: int
    chat: str
    dedupe_key: str
    payload: bytes
    due_at: datetime
    status: Literal["pending", "sent", "dead"]
    owner: str | None
    lease_until: datetime | None
    attempt: int
    created_at: datetime
    sent_at: datetime | None


_MESSAGE = select_as(Message, outbox)


class Outbox:
    """The outbox within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, *, chat: str, dedupe_key: str, payload: bytes, due_at: datetime, at: datetime) -> bool:
        """Queue a message unless one with the same key was ever queued.

        Args:
            chat: where it goes.
            dedupe_key: what makes it the same message.
            payload: the message, JSON.
            due_at: not to be sent before; now for a reply.
            at: now.

        Returns:
            True when it was queued, False when its key was known.
        """
        values = {
            "chat": chat,
            "dedupe_key": dedupe_key,
            "payload": payload,
            "due_at": due_at,
            "status": "pending",
            "attempt": 0,
            "created_at": at,
        }
        return insert_if_absent(self._connection, outbox, values)

    def due(self, chat: str, at: datetime, *, limit: int = 100) -> list[Message]:
        """Return the messages of one chat that can be sent now, the first to be sent first.

        For a channel that serves its only reader itself; a dispatcher claims instead.
        """
        statement = _MESSAGE.where(outbox.c.chat == chat, _is_due(at))
        return read_all(self._connection, Message, statement.order_by(outbox.c.id).limit(limit))

    def claim(self, owner: str, *, at: datetime, lease_until: datetime, limit: int) -> list[Message]:
        """Reserve the first due message of every chat in which nobody is sending.

        Commit before sending: a dispatcher that dies leaves a lease that ends, and a count of attempts that
        says the message may have gone out.

        Args:
            owner: the dispatcher.
            at: now.
            lease_until: when others may take the messages over.
            limit: at most so many chats.

        Returns:
            The messages, as claimed.
        """
        heads = select(func.min(outbox.c.id)).where(_is_due(at)).group_by(outbox.c.chat)
        # A lease holds the whole chat, or the second message could overtake the first.
        leased = select(outbox.c.chat).where(outbox.c.status == "pending", outbox.c.lease_until > at)
        free = (
            select(outbox.c.id)
            .where(outbox.c.id.in_(heads), outbox.c.chat.not_in(leased))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        ids = list(self._connection.execute(free).scalars())
        if not ids:
            return []
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
            .values(owner=owner, lease_until=lease_until, attempt=outbox.c.attempt + 1)
        )
        statement = _MESSAGE.where(outbox.c.id.in_(ids)).order_by(outbox.c.id)
        return read_all(self._connection, Message, statement)

    def mark_sent(self, message_id: int, *, at: datetime) -> None:
        """Note that the channel took a message; one that was cancelled meanwhile stays gone."""
        self._close(message_id, {"status": "sent", "sent_at": at})

    def mark_dead(self, message_id: int) -> None:
        """Give a message up, so that those behind it can go out."""
        self._close(message_id, {"status": "dead"})

    def retry(self, message_id: int, *, not_before: datetime) -> None:
        """Let a message be claimed again, but not before a moment; its chat waits with it."""
        self._close(message_id, {"lease_until": not_before})

    def cancel(self, dedupe_key: str) -> bool:
        """Forget a message that is still pending, so that its key is free again.

        Returns:
            False when there was nothing pending under this key.
        """
        statement = delete(outbox).where(outbox.c.dedupe_key == dedupe_key, outbox.c.status == "pending")
        return self._connection.execute(statement).rowcount == 1

    def next_due(self) -> datetime | None:
        """Return when the earliest pending message is due, or None when none is pending."""
        statement = select(func.min(outbox.c.due_at)).where(outbox.c.status == "pending")
        return self._connection.execute(statement).scalar_one()

    def forget(self, before: datetime) -> int:
        """Drop what was sent or given up and put here before a moment; return how many."""
        statement = delete(outbox).where(outbox.c.status != "pending", outbox.c.created_at < before)
        return self._connection.execute(statement).rowcount

    def forget_said(self, chat: str, holding: str) -> int:
        """Drop what was sent to a chat or given up, and every message, sent or not, whose JSON holds some text.

        Args:
            chat: whose messages.
            holding: text of the JSON, such as the number of a project under its key.

        Returns:
            How many messages went.
        """
        is_over = (outbox.c.chat == chat) & (outbox.c.status != "pending")
        holds_it = type_coerce(outbox.c.payload, String).contains(holding, autoescape=True)
        return self._connection.execute(delete(outbox).where(is_over | holds_it)).rowcount

    def _close(self, message_id: int, values: dict[str, object]) -> None:
        """End an attempt at a pending message."""
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == message_id, outbox.c.status == "pending")
            .values({"owner": None, "lease_until": None, **values})
        )


def _is_due(at: datetime) -> ColumnElement[bool]:
    return (outbox.c.status == "pending") & (outbox.c.due_at <= at)
