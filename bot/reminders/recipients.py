"""Who is reminded of a project, and until when they are not to be disturbed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.updates import chat_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from storage.contacts import Contact
    from storage.projects import ProjectSummary
    from storage.unit_of_work import UnitOfWork

PUSHING = "telegram."
"""Begins the names of channels that deliver what nobody has asked for."""
_HOUR = 60
QUIET = (21 * _HOUR + 30, 8 * _HOUR + 30)
"""When nobody is disturbed who has not said otherwise: from and to, in minutes after midnight."""
NO_QUIET = (0, 0)
_DAY = timedelta(days=1)


class Reached(NamedTuple):
    """Whom a chat speaks for."""

    person: str
    owner: str


def pushes(channel: str) -> bool:
    """Say whether a channel delivers what nobody has asked for."""
    return channel.startswith(PUSHING)


def chats_of(work: UnitOfWork, person: str) -> list[Contact]:
    """Return the chats in which somebody gets reminders."""
    return [
        contact
        for contact in work.contacts.of_person(person)
        if pushes(contact.channel) and contact.blocked_at is None
    ]


def recipients(work: UnitOfWork, project: ProjectSummary) -> list[Contact]:
    """Return the chats that are reminded of a project: its owner's and its members', none that wants no reminders."""
    members = {member.person for member in work.members.list_for(project.id)}
    return [
        contact
        for contact in work.contacts.reachable(project.owner, sorted(members))
        if pushes(contact.channel) and not contact.is_muted and _is_theirs(work, contact, project, members)
    ]


def speaks_for(work: UnitOfWork, contact: Contact) -> Reached:
    """Return whom a chat speaks for; one that is linked to an account which is closed now, only for itself."""
    if contact.account_id is not None and not work.accounts.get(contact.account_id).is_active:
        chat = chat_of(contact.channel, contact.user)
        return Reached(chat, chat)
    return Reached(contact.person, contact.owner)


def quiet_hours(contact: Contact) -> tuple[int, int]:
    """Return when a chat is not to be disturbed: from and to, in minutes after midnight; alike: never."""
    if contact.quiet_from is None or contact.quiet_to is None:
        return QUIET
    return contact.quiet_from, contact.quiet_to


def may_disturb_at(contact: Contact, now: datetime, zone: tzinfo) -> datetime:
    """Return the first moment from ``now`` on that is not in the quiet hours of a chat."""
    first, last = quiet_hours(contact)
    local = now.astimezone(zone)
    minute = local.hour * _HOUR + local.minute
    end = datetime.combine(local.date(), time(last // _HOUR, last % _HOUR), zone)
    if first <= last:
        return end if first <= minute < last else now
    if minute < last:
        return end
    return end + _DAY if minute >= first else now


def _is_theirs(work: UnitOfWork, contact: Contact, project: ProjectSummary, members: set[str]) -> bool:
    reached = speaks_for(work, contact)
    return reached.owner == project.owner or reached.person in members
