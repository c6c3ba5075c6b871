"""Names the question that is open, so that a button pressed later is not taken for an answer to another one."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from dialogs.draft import Draft
    from dialogs.messages import Ask

_BYTES = 6
LOBBY = "0"
"""Stands for the project while none is open."""


def mark_of(project_id: int | None, draft: Draft | None, ask: Ask) -> str:
    """Return a short name of a question: another one when the project, the place or what is offered is another.

    Args:
        project_id: the project that is open; None for the choice of projects.
        draft: the project as it stands.
        ask: the question.
    """
    place = ("", None) if draft is None or project_id is None else (draft.place, draft.entry)
    offered = [(choice.key, choice.label) for choice in ask.choices]
    digest = blake2b(msgspec.json.encode([place, ask.question, offered]), digest_size=_BYTES)
    return f"{LOBBY if project_id is None else project_id}.{digest.hexdigest()}"
