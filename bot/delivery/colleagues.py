"""Somebody who blocked the bot gets no reminders any more: those who share their projects are told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.identity import UNIT
from bot.notices import tell
from rules.text import T, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.conversation import Conversation
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork


def tell_colleagues(
    work: UnitOfWork, conversation: Conversation, channel: str, user: str, at: datetime
) -> int:
    """Queue a word to everybody who can be reached on this kind of channel; once a day for each who blocked.

    Args:
        work: the transaction.
        conversation: knows the language of those who chose none.
        channel: where the chat was.
        user: who is not reached any more.
        at: now.

    Returns:
        How many are told.
    """
    gone = work.contacts.get(channel, user)
    if gone is None:
        return 0
    name = verbatim(gone.name) if gone.name else T("一位同事")
    said = T("{name} 收不到提醒了（停用了机器人），请转告。", name=name)
    key = f"blocked:{channel}:{user}:{at.date().isoformat()}"
    return tell(work, conversation, _colleagues(work, gone), said, key=key, at=at)


def _colleagues(work: UnitOfWork, gone: Contact) -> list[Contact]:
    """Return who shares a unit or a project with somebody, each once, on the same kind of channel."""
    family = _family(gone.channel)
    found = {
        (contact.channel, contact.user): contact
        for contact in _reachable(work, gone)
        if _family(contact.channel) == family and contact.person != gone.person and not contact.is_muted
    }
    return list(found.values())


def _reachable(work: UnitOfWork, gone: Contact) -> Iterator[Contact]:
    if gone.owner.startswith(UNIT):
        yield from work.contacts.reachable(gone.owner, ())
    for project in work.projects.list_for(gone.owner, status="open", member=gone.person):
        members = [member.person for member in work.members.list_for(project.id)]
        yield from work.contacts.reachable(project.owner, members)


def _family(channel: str) -> str:
    return channel.partition(".")[0]
