"""What a turn leaves behind: the draft, the log of what changed in it, the conversation, the due dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.foresight import Stand
from bot.project_removal import forget_said
from bot.reminders.schedule import sync
from bot.views import Seen
from dialogs.draft import dump_draft
from dialogs.machine import STOPPED
from dialogs.view import View

if TYPE_CHECKING:
    from bot.turn import Turn
    from bot.updates import Reply
    from dialogs.draft import Draft
    from storage.projects import Project


def keep_draft(turn: Turn, project: Project, was: View, view: View) -> None:
    """Save a project as a step has left it, and note what changed.

    Args:
        turn: the turn.
        project: as it was loaded.
        was: of its draft before the step.
        view: of its draft after the step.
    """
    work, before, after = turn.work, was.draft, view.draft
    is_cleared = bool(before.facts) and not after.facts  # 重来: cleared means cleared
    if is_cleared:
        turn.is_to_be_tidied = work.attachments.forget(project.id) > 0
    elif after.documents != before.documents:
        turn.conversation.uploads.tick_off(work, project.id, after)
        view = View(view.rules, after, view.as_of, view)
    state = dump_draft(after)
    work.projects.save(
        project.id,
        expected_version=project.version,
        state=state,
        name=str(after.facts.get("project_name", "")),
        at=turn.now,
    )
    seen = Seen(project.edition_id, view.as_of, state)
    turn.conversation.views.put(seen, view)
    turn.conversation.foresight.note(turn.incoming.chat, Stand(project.id, seen, turn.language))
    if (before.facts, before.events) != (after.facts, after.events) and _has_other_deadlines(was, view):
        sync(work, project.id, view, turn.now)
    if is_cleared:
        work.events.forget(project.id)
        work.history.forget(project.id)
        forget_said(work, project)
        return
    changed = {
        name: after.facts.get(name)
        for name in before.facts | after.facts
        if before.facts.get(name) != after.facts.get(name)
    }
    if changed:
        _note(turn, project, "answers", changed)
    if after.events != before.events:
        _note(turn, project, "events", after.events)


def _has_other_deadlines(was: View, view: View) -> bool:
    return was.is_over != view.is_over or (not view.is_over and was.seen.deadlines != view.seen.deadlines)


def remember(turn: Turn, draft: Draft, project_id: int, reply: Reply) -> None:
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
        reply=msgspec.json.encode(reply),
    )


def _may_keep(turn: Turn, draft: Draft) -> bool:
    """Say whether what was typed may be kept: whether it is secret was asked, and nothing says stop."""
    stops = turn.conversation.rules.stops
    return draft.state != STOPPED and all(question.id in draft.facts for question in stops)


def _note(turn: Turn, project: Project, kind: str, change: object) -> None:
    turn.work.events.append(
        project.id,
        at=turn.now,
        turn_key=turn.incoming.turn_key,
        kind=kind,
        actor=turn.actor,
        payload=msgspec.json.encode(change),
    )
