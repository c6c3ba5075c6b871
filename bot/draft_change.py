"""What a step changes in a draft, as it is kept; it follows from the draft before and after, and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from dialogs.draft import dump_draft

if TYPE_CHECKING:
    from dialogs.view import View


class DraftChange(NamedTuple):
    """What a step changes.

    Attributes:
        state: the draft after it, JSON.
        name: of the project after it.
        answers: those that are others now, JSON by fact id, null for one that is gone; None when all are the same.
        events: all that happened, JSON, when that is other than before; None when it is the same.
        is_of_deadlines: other days may be due.
    """

    state: bytes
    name: str
    answers: bytes | None
    events: bytes | None
    is_of_deadlines: bool


def change_between(was: View, view: View) -> DraftChange:
    """Return what changes from a draft before a step to the one after it."""
    before, after = was.draft, view.draft
    changed = {
        name: after.facts.get(name)
        for name in before.facts | after.facts
        if before.facts.get(name) != after.facts.get(name)
    }
    has_events = before.events != after.events
    return DraftChange(
        state=dump_draft(after),
        name=str(after.facts.get("project_name", "")),
        answers=msgspec.json.encode(changed) if changed else None,
        events=msgspec.json.encode(after.events) if has_events else None,
        is_of_deadlines=bool(changed or has_events) and _has_other_deadlines(was, view),
    )


def _has_other_deadlines(was: View, view: View) -> bool:
    return was.is_over != view.is_over or (not view.is_over and was.seen.deadlines != view.seen.deadlines)
