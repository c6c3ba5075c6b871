"""Who a user of a channel is: themselves, or the person that this chat was linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from bot.updates import Incoming
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork

UNIT = "unit:"


class Identity(NamedTuple):
    """Who says something.

    Attributes:
        contact: the chat; None on a channel that knows its users itself, such as the page.
        person: the same on every channel that is linked; what memberships and reminders go by.
        owner: whose projects are theirs: their unit's, or their own.
        actor: their name in the log of changes.
    """

    contact: Contact | None
    person: str
    owner: str
    actor: str


def identify(work: UnitOfWork, incoming: Incoming, at: datetime) -> Identity:
    """Return who an update comes from, and keep that this chat was in use.

    A chat that was linked to an account which is closed now is nobody's but its own.
    """
    chat = incoming.chat
    if incoming.owner or incoming.actor:
        owner, actor = incoming.owner or chat, incoming.actor or chat
        return Identity(None, person_of(owner, actor), owner, actor)
    contact = work.contacts.meet(incoming.channel, incoming.user, name=incoming.name, key=chat, at=at)
    if contact.account_id is not None and not work.accounts.get(contact.account_id).is_active:
        return Identity(contact, chat, chat, chat)
    return Identity(contact, contact.person, contact.owner, contact.person)


def person_of(owner: str, actor: str) -> str:
    """Return the key of a person: members of a unit share its projects, anybody else is told by what is theirs."""
    return actor if owner.startswith(UNIT) else owner
