"""Telling somebody something in every chat of theirs, by way of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.queueing import queue
from bot.updates import Reply, chat_of
from dialogs.messages import Say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.conversation import Conversation
    from rules.text import Text
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork


def tell(
    work: UnitOfWork,
    conversation: Conversation,
    contacts: Iterable[Contact],
    text: Text,
    *,
    key: str,
    at: datetime,
) -> int:
    """Queue a notice in chats that are not blocked; once for each chat, however often it is asked for.

    Args:
        work: the transaction.
        conversation: knows the language of those who chose none.
        contacts: the chats.
        text: what they are told.
        key: names this notice among all others.
        at: now.

    Returns:
        How many chats can be told.
    """
    chats = [contact for contact in contacts if contact.blocked_at is None]
    for contact in chats:
        chat = chat_of(contact.channel, contact.user)
        session = work.sessions.get(contact.channel, contact.user)
        language = conversation.language_of(session)
        name = f"{key}:{chat}"
        reply = Reply(outgoing=(Say(text, "notice"),), language=language, project_id=None, update_id=name)
        queue(work, chat, name, reply, at=at)
    return len(chats)
