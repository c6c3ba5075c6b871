"""The page of those who work on a project: the owner invites colleagues by a code, and removes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import membership
from bot.linking import owner_text
from bot.lobby import name_text
from bot.membership import invitation_told, tag_of
from bot.web.links import bot_links

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Visit


def listing(visit: Visit) -> Response:
    """Show whose project it is and who else works on it."""
    return _page(visit)


def invite(visit: Visit) -> Response:
    """Make a code by which one colleague joins, and show it: this once, for only its hash is kept."""
    with visit.site.conversation.database.unit_of_work() as work:
        project = visit.open_own(work, visit.number("project_id")).project
        code = membership.invite(work, project, person=visit.user.person, name=visit.user.name, at=visit.now)
    return _page(visit, code=code)


def remove(visit: Visit) -> Response:
    """Take a colleague out of the project; who is out already stays out."""
    conversation = visit.site.conversation
    with conversation.database.unit_of_work() as work:
        project = visit.open_own(work, visit.number("project_id")).project
        wanted = visit.value("member", longest=20)
        for member in work.members.list_for(project.id):
            if tag_of(member) == wanted:
                membership.remove(work, conversation, project, member, actor=visit.user.actor, at=visit.now)
    return visit.redirect(f"/projects/{project.id}/members")


def leave(visit: Visit) -> Response:
    """Leave the project of somebody else; an owner stays."""
    with visit.site.conversation.database.unit_of_work() as work:
        project = visit.open(work, visit.number("project_id")).project
        if not visit.owns(project):
            membership.leave(work, project, person=visit.user.person, at=visit.now)
    return visit.redirect("/projects")


def _page(visit: Visit, *, code: str = "") -> Response:
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        project = opened.project
        members = [(member, tag_of(member)) for member in work.members.list_for(project.id)]
        owner = owner_text(work, project.owner)
    told = invitation_told(code, visit.user.name, name_text(project)) if code else None
    return visit.page(
        "members.html",
        opened=opened,
        members=members,
        owner=owner,
        is_own=visit.owns(project),
        told=told,
        bots=bot_links(visit, f"join_{code.replace('-', '')}") if code else [],
    )
