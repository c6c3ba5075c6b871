"""What is said in return to an update, and how it is written down: for the outbox and for the conversation alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bot.open_question import mark_of
from bot.updates import Reply
from dialogs.messages import Ask, SetLanguage

if TYPE_CHECKING:
    from bot.updates import Incoming
    from dialogs.draft import Draft
    from dialogs.messages import Outgoing


class Said(NamedTuple):
    """A reply, and the reply as JSON."""

    reply: Reply
    payload: bytes


def said_to(
    incoming: Incoming,
    outgoing: tuple[Outgoing, ...],
    *,
    language: str,
    project_id: int | None,
    draft: Draft | None,
    is_private: bool = False,
) -> Said:
    """Return what is said to an update.

    Args:
        incoming: the update.
        outgoing: the messages; one of them may choose another language.
        language: spoken so far.
        project_id: the project that is open then.
        draft: of that project.
        is_private: it is for this person alone.
    """
    for message in outgoing:
        if isinstance(message, SetLanguage):
            language = message.language
    asked = outgoing[-1] if outgoing else None
    reply = Reply(
        outgoing=outgoing,
        language=language,
        project_id=project_id,
        update_id=incoming.update_id,
        used=incoming.used,
        mark=mark_of(project_id, draft, asked) if isinstance(asked, Ask) else "",
        about="" if incoming.file is None else incoming.file.message_id,
        is_private=is_private,
    )
    return Said(reply, msgspec.json.encode(reply))
