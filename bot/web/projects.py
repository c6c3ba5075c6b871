"""The page of all projects: how far each is, what is missing, what is due next; and a new one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from bot.updates import Incoming
from bot.web.principal import CHANNEL
from bot.web.workspace import WINDOW

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Opened, Visit
    from rules.verdict import DueDate

NEW_PROJECT = "new"
"""The word for it, as one may also type it."""


class Row(NamedTuple):
    """A project in the list.

    Attributes:
        missing: documents and answers that are still wanted.
        due: the next deadline.
    """

    opened: Opened
    missing: int
    due: DueDate | None


def listing(visit: Visit) -> Response:
    """Show the user's projects, the last used first."""
    with visit.site.conversation.database.unit_of_work() as work:
        summaries = work.projects.list_for(visit.user.owner)
        opened = [visit.open(work, summary.id) for summary in summaries]
    rows = [_row(each) for each in opened]
    return visit.page(
        "projects.html",
        rows=[row for row in rows if row.opened.project.status == "open"],
        archived=[row for row in rows if row.opened.project.status == "archived"],
        turn=uuid.uuid4().hex,
    )


def begin(visit: Visit) -> Response:
    """Begin a project and open it; the same form sent twice begins one."""
    update_id = f"new:{visit.value('turn', longest=64)}"
    update = Incoming(
        channel=CHANNEL,
        update_id=update_id,
        user=visit.user.user,
        text=NEW_PROJECT,
        said="",
        window=WINDOW,
        owner=visit.user.owner,
        actor=visit.user.actor,
        is_shown_from_history=True,
    )
    reply = visit.site.conversation.receive(update)
    if reply is not None:
        return visit.redirect(f"/projects/{reply.project_id}#ask")
    with visit.site.conversation.database.unit_of_work() as work:
        entry = work.history.by_turn(update.turn_key)
    return visit.redirect("/projects" if entry is None else f"/projects/{entry.project_id}#ask")


def _row(opened: Opened) -> Row:
    view = opened.view
    documents = sum(
        need.status == "missing" and need.document.stage not in view.rules.later_stages
        for need in view.verdict.wanted
    )
    ahead = [due for due in view.verdict.deadlines if due.due >= view.as_of]
    return Row(opened, documents + len(view.open), ahead[0] if ahead else None)
