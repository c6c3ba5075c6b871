"""What a turn leaves behind: the draft, the log of what changed in it, the conversation, the due dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.draft_change import change_between
from bot.foresight import Stand
from bot.project_removal import forget_said
from bot.reminders.schedule import sync
from bot.views import Seen
from dialogs.machine import STOPPED
from dialogs.view import View

if TYPE_CHECKING:
    from bot.draft_change import DraftChange
    from bot.said import Said
    from bot.turn import Turn
    from dialogs.draft import Draft
    from storage.projects import Project


def keep_draft(turn: Turn, project: Project, was: View, view: View, change: DraftChange | None) -> None:
    """Save a project as a step has left it, and note what changed.

    Args:
        turn: the turn.
        project: as it was loaded.
        was: of its draft before the step.
        view: of its draft after the step.
        change: from the one to the other, where it is known already.
    """
    work, before, after = turn.work, was.draft, view.draft
    is_cleared = bool(before.facts) and not after.facts  # 重来: cleared means cleared
    if is_cleared:
        turn.is_to_be_tidied = work.attachments.forget(project.id) > 0
    elif after.documents != before.documents:
        turn.conversation.uploads.tick_off(work, project.id, after)
        view, change = View(view.rules, after, view.as_of, view), None
    change = change or change_between(was, view)
    work.projects.save(
        project.id, expected_version=project.version, state=change.state, name=change.name, at=turn.now
    )
    note_stand(turn, project, view, change.state)
    if change.is_of_deadlines:
        sync(work, project.id, view, turn.now)
    if is_cleared:
        work.events.forget(project.id)
        work.history.forget(project.id)
        forget_said(work, project)
        return
    if change.answers is not None:
        _note(turn, project, "answers", change.answers)
    if change.events is not None:
        _note(turn, project, "events", change.events)


def note_stand(turn: Turn, project: Project, view: View, state: bytes) -> None:
    """Note how a project stands after a turn, so that the step that comes next can be foreseen."""
    seen = Seen(project.edition_id, view.as_of, state)
    turn.conversation.views.put(seen, view)
    turn.conversation.foresight.note(turn.incoming.chat, Stand(project.id, seen, turn.language))


def remember(turn: Turn, draft: Draft, project_id: int, answer: Said) -> None:
    """Add the turn to the conversation of its project; what may not be kept (4) is not repeated there."""
    incoming = turn.incoming
    said = incoming.text if incoming.said is None else incoming.said
    turn.work.history.append(
        project_id,
        at=turn.now,
        turn_key=incoming.turn_key,
        actor=turn.actor,
        # a terminal may feed halves of characters, which no database takes
        said=said.encode("utf-8", "replace").decode()
        if said is not None and _may_keep(turn, draft)
        else None,
        reply=answer.payload,
    )


def _may_keep(turn: Turn, draft: Draft) -> bool:
    """Say whether what was typed may be kept: whether it is secret was asked, and nothing says stop."""
    stops = turn.conversation.rules.stops
    return draft.state != STOPPED and all(question.id in draft.facts for question in stops)


def _note(turn: Turn, project: Project, kind: str, payload: bytes) -> None:
    turn.work.events.append(
        project.id,
        at=turn.now,
        turn_key=turn.incoming.turn_key,
        kind=kind,
        actor=turn.actor,
        payload=payload,
    )
