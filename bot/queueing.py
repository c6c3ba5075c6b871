"""Puts what is said into the outbox, in the transaction of whatever it is said to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

    from bot.updates import Reply
    from storage.unit_of_work import UnitOfWork


def queue(
    work: UnitOfWork, chat: str, key: str, reply: Reply, *, at: datetime, due_at: datetime | None = None
) -> bool:
    """Queue a message for a chat, unless one with this key was ever queued; say whether it was.

    Args:
        work: the transaction.
        chat: where it goes (``chat_of``).
        key: what makes it the same message.
        reply: the message.
        at: now.
        due_at: not to be sent before; None for now.
    """
    return queue_written(work, chat, key, msgspec.json.encode(reply), at=at, due_at=due_at)


def queue_written(
    work: UnitOfWork, chat: str, key: str, payload: bytes, *, at: datetime, due_at: datetime | None = None
) -> bool:
    """Queue a message that was made JSON of already; see :func:`queue`."""
    return work.outbox.put(chat=chat, dedupe_key=key, payload=payload, due_at=due_at or at, at=at)
