"""Chats in which somebody can be reached: who they are, and when they want to be left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, delete, func, or_, select, update

from storage.errors import NotFound
from storage.prepared import Prepared
from storage.rows import insert_if_absent, read_all, select_as
from storage.schema import contact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

SEEN_AGAIN = timedelta(hours=1)
"""How exactly it is kept when somebody was last here; not every turn writes a row more."""


class Contact(msgspec.Struct, frozen=True):
    """A chat.

    Attributes:
        channel: the channel.
        user: the channel's own key of the user.
        name: what the channel calls the user.
        person: the same for all chats of one person.
        owner: whose projects are theirs.
        account_id: the account that the chat was linked to; None without one.
        keyboard: the last message that still has buttons.
        quiet_from, quiet_to: minutes after local midnight between which nothing is reminded of; None for the usual.
        is_muted: reminds of nothing at all.
        blocked_at: since when the channel delivers nothing to it.
        digest_at: when the next digest is due; None before the first was planned, or when none is wanted.
        created_at: when it was first used.
        seen_at: when it was last used, to the hour.
    """

    channel: str
    user: str
    name: str
    person: str
    owner: str
    account_id: int | None
    keyboard: str | None
    quiet_from: int | None
    quiet_to: int | None
    is_muted: bool
    blocked_at: datetime | None
    digest_at: datetime | None
    created_at: datetime
    seen_at: datetime


_CONTACT = select_as(Contact, contact)
_ONE = Prepared(
    _CONTACT.where(contact.c.channel == bindparam("channel"), contact.c.user == bindparam("user"))
)


class Contacts:
    """The chats within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def meet(self, channel: str, user: str, *, name: str, key: str, at: datetime) -> Contact:
        """Note that a chat is in use; a new one is a person of its own.

        Args:
            channel: the channel.
            user: the channel's own key of the user.
            name: what the channel calls the user; empty to keep what is known.
            key: the key of the person while nothing is linked.
            at: now.
        """
        known = self.get(channel, user)
        if known is None:
            values = {
                "channel": channel,
                "user": user,
                "name": name,
                "person": key,
                "owner": key,
                "is_muted": False,
                "created_at": at,
                "seen_at": at,
            }
            insert_if_absent(self._connection, contact, values)
            return self._known(channel, user)
        changed: dict[str, object] = {}
        if name and name != known.name:
            changed["name"] = name
        if at - known.seen_at >= SEEN_AGAIN:
            changed["seen_at"] = at
        if known.blocked_at is not None:
            changed["blocked_at"] = None
        if not changed:
            return known
        self._set(channel, user, **changed)
        return self._known(channel, user)

    def get(self, channel: str, user: str) -> Contact | None:
        """Return a chat, or None when it was never used."""
        return _ONE.one(self._connection, Contact, {"channel": channel, "user": user})

    def link(self, channel: str, user: str, *, person: str, owner: str, account_id: int | None) -> None:
        """Make a chat one of a person's.

        Raises:
            NotFound: there is no such account.
        """
        self._set(channel, user, person=person, owner=owner, account_id=account_id)

    def unlink(self, channel: str, user: str, *, key: str) -> None:
        """Make a chat a person of its own again."""
        self._set(channel, user, person=key, owner=key, account_id=None)

    def reachable(self, owner: str, persons: Sequence[str]) -> list[Contact]:
        """Return the chats of an owner and of some persons to which the channel delivers, muted ones too."""
        is_theirs = or_(contact.c.owner == owner, contact.c.person.in_(persons))
        return self._all(is_theirs, contact.c.blocked_at.is_(None))

    def of_person(self, person: str) -> list[Contact]:
        """Return every chat of a person."""
        return self._all(contact.c.person == person)

    def of_owner(self, owner: str) -> list[Contact]:
        """Return every chat of an owner's people."""
        return self._all(contact.c.owner == owner)

    def set_quiet(self, channel: str, user: str, quiet_from: int | None, quiet_to: int | None) -> None:
        """Set the hours of quiet, in minutes after local midnight; None for the usual."""
        self._set(channel, user, quiet_from=quiet_from, quiet_to=quiet_to)

    def set_muted(self, channel: str, user: str, is_muted: bool) -> None:  # noqa: FBT001 - it is what is set
        """Remind of nothing, or again."""
        self._set(channel, user, is_muted=is_muted)

    def set_keyboard(self, channel: str, user: str, keyboard: str | None) -> None:
        """Keep which message still has buttons."""
        self._set(channel, user, keyboard=keyboard)

    def keyboards(self, channel: str, users: Sequence[str]) -> dict[str, str]:
        """Return which messages still have buttons, by user."""
        statement = select(contact.c.user, contact.c.keyboard).where(
            contact.c.channel == channel, contact.c.user.in_(users), contact.c.keyboard.is_not(None)
        )
        return {user: keyboard for user, keyboard in self._connection.execute(statement) if keyboard}

    def set_digest(self, channel: str, user: str, digest_at: datetime | None) -> None:
        """Plan the next digest; None plans none."""
        self._set(channel, user, digest_at=digest_at)

    def block(self, channel: str, user: str, at: datetime) -> bool:
        """Note that the channel delivers nothing to a chat; say whether that is new."""
        statement = update(contact).where(_is(channel, user), contact.c.blocked_at.is_(None))
        return self._connection.execute(statement.values(blocked_at=at)).rowcount == 1

    def digests_due(self, at: datetime, limit: int) -> list[Contact]:
        """Return chats whose digest is due, the longest due first."""
        statement = _CONTACT.where(contact.c.digest_at <= at, contact.c.blocked_at.is_(None))
        statement = statement.order_by(contact.c.digest_at, contact.c.channel, contact.c.user).limit(limit)
        return read_all(self._connection, Contact, statement)

    def without_digest(self, limit: int) -> list[Contact]:
        """Return chats for which no digest is planned."""
        statement = _CONTACT.where(contact.c.digest_at.is_(None), contact.c.blocked_at.is_(None))
        return read_all(
            self._connection, Contact, statement.order_by(contact.c.channel, contact.c.user).limit(limit)
        )

    def next_digest(self) -> datetime | None:
        """Return when the earliest digest is due."""
        statement = select(func.min(contact.c.digest_at)).where(contact.c.blocked_at.is_(None))
        return self._connection.execute(statement).scalar_one()

    def forget(self, channel: str, user: str) -> None:
        """Delete what is kept of a chat."""
        self._connection.execute(delete(contact).where(_is(channel, user)))

    def _all(self, *conditions: ColumnElement[bool]) -> list[Contact]:
        statement = _CONTACT.where(*conditions).order_by(contact.c.channel, contact.c.user)
        return read_all(self._connection, Contact, statement)

    def _known(self, channel: str, user: str) -> Contact:
        found = self.get(channel, user)
        if found is None:
            raise NotFound(f"no chat {user} on {channel}")
        return found

    def _set(self, channel: str, user: str, **values: object) -> None:
        self._connection.execute(update(contact).where(_is(channel, user)).values(**values))


def _is(channel: str, user: str) -> ColumnElement[bool]:
    return (contact.c.channel == channel) & (contact.c.user == user)
