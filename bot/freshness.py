"""Whether an update answers the question that is open: it may have been moved on elsewhere, or by a colleague."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import lobby
from bot.open_question import mark_of
from dialogs.messages import Ask
from storage.errors import NotFound

if TYPE_CHECKING:
    from bot.turn import Turn
    from storage.editors import Editor

EDITING = timedelta(minutes=5)
"""How long somebody who edits a project keeps it after the last answer; a colleague may take over before."""


class StalePlaceError(Exception):
    """The question that was answered is not the one that is open; nothing was kept."""


class EditedElsewhereError(Exception):
    """Somebody else is editing the project; nothing was kept."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(f"project {editor.project_id} is edited by {editor.holder}")
        self.editor = editor


def claim(turn: Turn) -> None:
    """See that the answer is meant for the question that is open, and that nobody else is editing.

    Raises:
        StalePlaceError: another question is open.
        EditedElsewhereError: somebody else is editing the project.
        NotFound: the open project does not exist, or is not this person's.
    """
    incoming = turn.incoming
    if incoming.mark is not None and not is_at_mark(turn):
        raise StalePlaceError
    if turn.project_id is None or (incoming.editor is None and incoming.place is None):
        return
    opened = turn.open()
    if incoming.editor is not None:
        taken = turn.work.editors.take(
            turn.project_id,
            holder=incoming.editor.key,
            name=incoming.editor.name,
            at=turn.now,
            until=turn.now + EDITING,
        )
        if taken.holder != incoming.editor.key:
            raise EditedElsewhereError(taken)
    if incoming.place is not None and incoming.place != opened.draft.place:
        raise StalePlaceError


def is_at_mark(turn: Turn) -> bool:
    """Say whether the question is open whose button was pressed."""
    try:
        return _open_mark(turn) == turn.incoming.mark
    except NotFound:
        return False


def has_moved(turn: Turn) -> bool:
    """Say whether the last word about the open project was said by somebody else, or on another channel.

    A window shows only its own words, and a button names its question.
    """
    incoming = turn.incoming
    if turn.contact is None or turn.project_id is None or incoming.window or incoming.mark is not None:
        return False
    last = turn.work.history.last_turn(turn.project_id)
    here = f"{incoming.channel}:"
    return last is not None and (last.actor != turn.actor or not last.turn_key.startswith(here))


def _open_mark(turn: Turn) -> str:
    if turn.project_id is None:
        return mark_of(None, None, lobby.ask(turn.projects()))
    _, dialogue, view = turn.open()
    result = dialogue.resume(view, as_of=view.as_of, translate=turn.translate())
    asked = result.outgoing[-1]
    return mark_of(turn.project_id, result.draft, asked) if isinstance(asked, Ask) else ""
