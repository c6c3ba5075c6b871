"""Messages to be sent, in the order of each chat: replies are due at once, reminders at their moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, case, delete, exists, false, func, or_, select, type_coerce, union_all, update

from storage.messages import Head, Message
from storage.rows import insert_if_absent, read_all, read_one, select_as
from storage.schema import outbox, pace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from storage.messages import Status

_MESSAGE = select_as(Message, outbox)
_IN_DOUBT = {"ambiguous": outbox.c.ambiguous + 1}
_GREATEST = "\uffff"
"""Sorts after every character of a key."""


class Outbox:
    """The outbox within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, *, chat: str, dedupe_key: str, payload: bytes, due_at: datetime, at: datetime) -> bool:
        """Queue a message unless one with the same key was ever queued.

        Args:
            chat: where it goes: the channel, a colon, the channel's own key of the chat.
            dedupe_key: what makes it the same message.
            payload: the message, JSON.
            due_at: not to be sent before; now for a reply.
            at: now.

        Returns:
            True when it was queued, False when its key was known.
        """
        values = {
            "chat": chat,
            "channel": _channel_of(chat),
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
        statement = _MESSAGE.where(_is_to(chat), _is_due(at))
        return read_all(self._connection, Message, statement.order_by(outbox.c.id).limit(limit))

    def claim(
        self,
        owner: str,
        *,
        channel: str,
        at: datetime,
        lease_until: datetime,
        limit: int,
        newest_first: bool = False,
    ) -> list[Message]:
        """Reserve the first due message of every chat in which nobody is sending and that may be sent to.

        Commit before sending: a dispatcher that dies leaves a lease, which says the message may have gone out.

        Args:
            owner: the dispatcher.
            channel: only chats of this channel.
            at: now; chats whose pace says later are left out.
            lease_until: when others may take the messages over.
            limit: at most so many chats.
            newest_first: begin with the chats that something was put for last, not with those that wait longest.

        Returns:
            The messages, as claimed.
        """
        heads = self.heads(channel=channel, at=at, limit=limit, newest_first=newest_first)
        if not heads:
            return []
        # Said again, for a database in which another dispatcher may have been faster meanwhile.
        is_free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= at)
        return self._reserve(outbox.c.id.in_([head.id for head in heads]) & is_free, owner, lease_until)

    def heads(self, *, channel: str, at: datetime, limit: int, newest_first: bool = False) -> list[Head]:
        """Return the first due message of every chat in which nobody is sending and that may be sent to.

        Args:
            channel: only chats of this channel.
            at: now; chats whose pace says later are left out.
            limit: at most so many chats.
            newest_first: begin with the chats that something was put for last, not with those that wait longest.
        """
        lease = func.max(outbox.c.lease_until)
        paced = select(pace.c.key).where(pace.c.next_free > at)
        statement = (
            select(func.min(outbox.c.id), outbox.c.chat)
            .where(outbox.c.channel == channel, _counts(at))
            .group_by(outbox.c.chat)
            # A lease holds the whole chat, or the second message could overtake the first.
            .having(or_(lease.is_(None), lease <= at), outbox.c.chat.not_in(paced))
            .order_by(func.max(outbox.c.id).desc() if newest_first else func.min(outbox.c.id))
            .limit(limit)
        )
        return [Head(*row) for row in self._connection.execute(statement)]

    def take(self, message_id: int, owner: str, *, at: datetime, lease_until: datetime) -> Message | None:
        """Reserve one message, for somebody who alone sends to its chat.

        A lease that another one holds is no hindrance: whoever held it has died, or is taken for dead; see
        :meth:`still_held`.

        Args:
            message_id: the message.
            owner: who sends it.
            at: now.
            lease_until: when it may be taken for abandoned.

        Returns:
            The message; None when it is not the first due one of its chat, is to be tried later, or is no more.
        """
        message = self.get(message_id)
        if message is None:
            return None
        first = select(func.min(outbox.c.id)).where(_is_to(message.chat), _counts(at)).scalar_subquery()
        is_put_off = outbox.c.owner.is_(None) & (outbox.c.lease_until > at)
        which = (outbox.c.id == message_id) & (outbox.c.id == first) & ~func.coalesce(is_put_off, false())
        taken = self._reserve(which & _is_due(at), owner, lease_until)
        return taken[0] if taken else None

    def still_held(self, taken: Mapping[int, datetime | None]) -> set[int]:
        """Return those messages that nobody has taken over; until the unit of work ends, nobody does.

        Who was taken for dead may live, and only have stood still: what came of its attempt is not to be kept then.

        Args:
            taken: until when each message was reserved, by its number.
        """
        statement = select(outbox.c.id, outbox.c.lease_until).where(
            outbox.c.id.in_(taken), outbox.c.status == "pending"
        )
        rows = self._connection.execute(statement.order_by(outbox.c.id).with_for_update(key_share=True))
        return {number for number, lease_until in rows if lease_until == taken[number]}

    def held(self, message_ids: Sequence[int], *, at: datetime) -> set[int]:
        """Return those of these messages that somebody is sending."""
        is_held = (outbox.c.status == "pending") & outbox.c.owner.is_not(None) & (outbox.c.lease_until > at)
        statement = select(outbox.c.id).where(outbox.c.id.in_(message_ids), is_held)
        return set(self._connection.execute(statement).scalars())

    def _reserve(self, which: ColumnElement[bool], owner: str, lease_until: datetime) -> list[Message]:
        statement = (
            update(outbox)
            .where(which, outbox.c.status == "pending")
            .values(
                owner=owner,
                lease_until=lease_until,
                attempt=outbox.c.attempt + 1,
                ambiguous=outbox.c.ambiguous + case((outbox.c.owner.is_not(None), 1), else_=0),
            )
            .returning(*_MESSAGE.selected_columns)
        )
        reserved = [Message(*row) for row in self._connection.execute(statement)]
        return sorted(reserved, key=lambda message: message.id)

    def release(self, owner: str) -> int:
        """Take back what a dispatcher held when it died, and count that nobody knows how far it came.

        Returns:
            How many messages that were.
        """
        return self._close_all(outbox.c.owner == owner, _IN_DOUBT)

    def release_all(self, channel: str, *, lease_before: datetime, except_for: Collection[int]) -> int:
        """Take back what was taken a while ago and nobody attends to, as :meth:`release` does.

        Args:
            channel: whose messages.
            lease_before: those whose lease ends before this moment.
            except_for: messages that somebody attends to.

        Returns:
            How many messages that were.
        """
        is_late = (outbox.c.channel == channel) & (outbox.c.lease_until < lease_before)
        is_abandoned = is_late & outbox.c.owner.is_not(None) & outbox.c.id.not_in(except_for)
        return self._close_all(is_abandoned, _IN_DOUBT)

    def give_back(self, message_id: int, owner: str) -> None:
        """Let others send a message that was reserved and not tried; nothing happens when the owner has not got it."""
        is_held = (outbox.c.id == message_id) & (outbox.c.owner == owner)
        self._close_all(is_held, {"attempt": outbox.c.attempt - 1})

    def mark_part(self, message_id: int, part: int) -> None:
        """Note that the channel took the parts before ``part``; the next one can be claimed."""
        self._close(message_id, {"part": part, "attempt": 0})

    def mark_sent(self, message_id: int, *, at: datetime) -> None:
        """Note that the channel took a message; one that was cancelled meanwhile stays gone."""
        self._close(message_id, {"status": "sent", "sent_at": at})

    def mark_all_sent(self, message_ids: Sequence[int], *, at: datetime) -> None:
        """Note that the channel took several messages: one statement, however many they are."""
        self._close_all(outbox.c.id.in_(message_ids), {"status": "sent", "sent_at": at})

    def mark_dead(self, message_id: int, *, error: str) -> None:
        """Give a message up, so that those behind it can go out."""
        self._close(message_id, {"status": "dead", "error": error})

    def retry(self, message_id: int, *, not_before: datetime, error: str | None = None) -> None:
        """Let a message be claimed again, but not before a moment; its chat waits with it.

        Args:
            message_id: the message.
            not_before: the moment.
            error: what went wrong; None when it was not tried, which leaves what is known.
        """
        known = {} if error is None else {"error": error}
        self._close(message_id, {"lease_until": not_before, **known})

    def get(self, message_id: int) -> Message | None:
        """Return a message; None when there is none with this number."""
        return read_one(self._connection, Message, _MESSAGE.where(outbox.c.id == message_id))

    def listing(
        self, *, status: Status | None = None, channel: str | None = None, limit: int = 50
    ) -> list[Message]:
        """Return messages in the order of their chats, of one status and one channel, or of all."""
        statement = _MESSAGE
        if status is not None:
            statement = statement.where(outbox.c.status == status)
        if channel is not None:
            statement = statement.where(outbox.c.channel == channel)
        return read_all(self._connection, Message, statement.order_by(outbox.c.id).limit(limit))

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many messages there are, by channel and status."""
        statement = select(outbox.c.channel, outbox.c.status, func.count()).group_by(
            outbox.c.channel, outbox.c.status
        )
        return {(channel, status): count for channel, status, count in self._connection.execute(statement)}

    def ambiguous(self) -> dict[str, int]:
        """Return how many messages may have gone out before their dispatcher died, by channel."""
        statement = select(outbox.c.channel, func.count()).where(outbox.c.ambiguous > 0)
        statement = statement.group_by(outbox.c.channel)
        return dict(self._connection.execute(statement).all())

    def revive(self, message_id: int, *, at: datetime) -> bool:
        """Send a message that was given up after all; False when it was not."""
        statement = update(outbox).where(outbox.c.id == message_id, outbox.c.status == "dead")
        values = {"status": "pending", "due_at": at, "attempt": 0, "ambiguous": 0, "error": None}
        return self._connection.execute(statement.values(values)).rowcount == 1

    def drop(self, message_id: int) -> bool:
        """Delete a message, whatever became of it; False when there is none."""
        return self._connection.execute(delete(outbox).where(outbox.c.id == message_id)).rowcount == 1

    def kill_pending(self, chat: str, *, error: str) -> int:
        """Give up everything that waits for a chat; return how many messages that were."""
        return self._close_all(_is_to(chat), {"status": "dead", "error": error})

    def cancel(self, dedupe_key: str) -> bool:
        """Forget a message that is still pending, so that its key is free again.

        Returns:
            False when there was nothing pending under this key.
        """
        statement = delete(outbox).where(outbox.c.dedupe_key == dedupe_key, outbox.c.status == "pending")
        return self._connection.execute(statement).rowcount == 1

    def cancel_all(self, prefix: str) -> int:
        """Forget the messages that are still pending and whose keys begin with ``prefix``; return how many."""
        # A range, where LIKE would read every key.
        is_named = (outbox.c.dedupe_key >= prefix) & (outbox.c.dedupe_key < prefix + _GREATEST)
        statement = delete(outbox).where(is_named, outbox.c.status == "pending")
        return self._connection.execute(statement).rowcount

    def next_due(self, channel: str | None = None) -> datetime | None:
        """Return when the earliest pending message is due, or None when none is pending.

        Args:
            channel: only of this channel; None for all.
        """
        statement = select(func.min(outbox.c.due_at)).where(outbox.c.status == "pending")
        if channel is not None:
            statement = statement.where(outbox.c.channel == channel)
        return self._connection.execute(statement).scalar_one()

    def next_claim(self, channel: str, *, at: datetime) -> datetime | None:
        """Return when something can be claimed that cannot be now: it comes due, a lease or a chat's pace ends.

        Args:
            channel: only of this channel.
            at: now, when everything that can be claimed has been.
        """
        is_pending = (outbox.c.channel == channel) & (outbox.c.status == "pending")
        moments = union_all(
            select(func.min(outbox.c.due_at)).where(is_pending, outbox.c.due_at > at),
            select(func.min(outbox.c.lease_until)).where(is_pending, outbox.c.lease_until > at),
            select(func.min(pace.c.next_free)).where(
                pace.c.next_free > at, exists().where(is_pending, outbox.c.chat == pace.c.key)
            ),
        )
        found = [moment for (moment,) in self._connection.execute(moments)]
        return min(filter(None, found), default=None)

    def forget(self, before: datetime) -> int:
        """Drop what was sent or given up and put here before a moment; return how many."""
        statement = delete(outbox).where(outbox.c.status != "pending", outbox.c.created_at < before)
        return self._connection.execute(statement).rowcount

    def forget_chat(self, chat: str) -> int:
        """Drop everything that was or is to be sent to a chat; return how many messages that were."""
        return self._connection.execute(delete(outbox).where(_is_to(chat))).rowcount

    def forget_said(self, chat: str, holding: str) -> int:
        """Drop what was sent to a chat or given up, and every message, sent or not, whose JSON holds some text.

        Args:
            chat: whose messages.
            holding: text of the JSON, such as the number of a project under its key.

        Returns:
            How many messages went.
        """
        is_over = _is_to(chat) & (outbox.c.status != "pending")
        holds_it = type_coerce(outbox.c.payload, String).contains(holding, autoescape=True)
        return self._connection.execute(delete(outbox).where(is_over | holds_it)).rowcount

    def _close(self, message_id: int, values: dict[str, object]) -> None:
        """End an attempt at a pending message."""
        self._close_all(outbox.c.id == message_id, values)

    def _close_all(self, which: ColumnElement[bool], values: Mapping[str, object]) -> int:
        """End attempts at pending messages; return how many those were."""
        statement = update(outbox).where(which, outbox.c.status == "pending")
        return self._connection.execute(
            statement.values({"owner": None, "lease_until": None, **values})
        ).rowcount


def _channel_of(chat: str) -> str:
    return chat.partition(":")[0]


def _is_to(chat: str) -> ColumnElement[bool]:
    # The channel says nothing new; the index begins with it.
    return (outbox.c.channel == _channel_of(chat)) & (outbox.c.chat == chat)


def _counts(at: datetime) -> ColumnElement[bool]:
    # What is leased counts even when the clock was set back and it is not due any more.
    return (outbox.c.status == "pending") & or_(outbox.c.due_at <= at, outbox.c.lease_until > at)


def _is_due(at: datetime) -> ColumnElement[bool]:
    return (outbox.c.status == "pending") & (outbox.c.due_at <= at)
