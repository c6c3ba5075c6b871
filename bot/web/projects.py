"""The page of all projects: how far each is, what is missing, what is due next; and a new one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from bot.project_state import ProjectState, project_state
from bot.reminders.schedule import done_dates
from bot.submission import may_submit
from bot.updates import Incoming
from bot.web.principal import CHANNEL
from bot.web.workspace import WINDOW
from dialogs.display import effect_label
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from rules.verdict import FoundFinding
    from storage.unit_of_work import UnitOfWork

NEW_PROJECT = "new"
"""The word for it, as one may also type it."""
_TONES = {"refuse": "bad", "correct": "warn", "confirm": "info"}


class Place(NamedTuple):
    """Something that is missing, and the page where it can be mended."""

    title: Text
    path: str


class Lack(NamedTuple):
    """Things of one kind that a project still lacks; ``tone`` is how grave that is: bad, warn, info."""

    title: Text
    tone: str
    places: list[Place]


class Row(NamedTuple):
    """A project in the list.

    Attributes:
        edited_by: who said something last; empty when nobody is told apart.
        lacks: what is still wanted, the gravest first.
        turn: makes a button that is pressed twice work once.
        is_own: the user's own or their unit's; who was invited may only work on it.
    """

    opened: Opened
    state: ProjectState
    edited_by: str
    lacks: list[Lack]
    turn: str
    is_own: bool

    @property
    def may_submit(self) -> bool:
        """It is known to apply, or at least not to be secret, was not submitted yet, and is theirs to submit."""
        return self.is_own and may_submit(self.state, self.opened.view)


def listing(visit: Visit) -> Response:
    """Show the user's projects, the last used first."""
    with visit.site.conversation.database.unit_of_work() as work:
        people = names_of_people(work)
        rows = [
            row_of(
                opened,
                people.get(last_actor(work, opened.project.id), ""),
                is_own=visit.owns(opened.project),
                done=done_dates(work, opened.project.id, opened.view),
            )
            for summary in work.projects.list_for(visit.user.owner, member=visit.user.person)
            for opened in (visit.open(work, summary.id),)
        ]
    return visit.page(
        "projects.html",
        rows=[row for row in rows if row.state.state != "archived"],
        archived=[row for row in rows if row.state.state == "archived"],
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


def row_of(
    opened: Opened, edited_by: str = "", *, is_own: bool = True, done: Collection[tuple[str, date]] = ()
) -> Row:
    """Return a project as the list shows it.

    Args:
        opened: the project.
        edited_by: who said something last.
        is_own: the project belongs to the user.
        done: due dates that were met by somebody's word, by key and day.
    """
    state = project_state(opened.project, opened.view, done)
    return Row(opened, state, edited_by, _lacks(opened, state), uuid.uuid4().hex, is_own)


def names_of_people(work: UnitOfWork) -> dict[str, str]:
    """Return the names of those who have accounts, by their names in the log."""
    return {f"{CHANNEL}:account:{account.id}": account.name for account in work.accounts.list()}


def last_actor(work: UnitOfWork, project_id: int) -> str:
    """Return who said something about a project last."""
    entries = work.history.latest(project_id, limit=1)
    return entries[0].actor if entries else ""


def _lacks(opened: Opened, state: ProjectState) -> list[Lack]:
    path = f"/projects/{opened.project.id}"
    lacks = [
        Lack(effect_label(effect), _TONES[effect], [_place_of(opened, each) for each in found])
        for effect, found in state.problems.items()
        if effect != "notice"
    ]
    if state.documents:
        places = [
            Place(Text(need.document.title), f"{path}/documents#document-{need.document.id}")
            for need in state.documents
        ]
        lacks.append(Lack(T("缺的材料"), "warn", places))
    if state.undecided:
        lacks.append(Lack(T("还判断不了"), "info", [_place_of(opened, each) for each in state.undecided]))
    if state.questions:
        places = [
            Place(Text(question.label), _question_path(path, question.id)) for question in state.questions
        ]
        lacks.append(Lack(T("没答的题"), "plain", places))
    return lacks


def _place_of(opened: Opened, found: FoundFinding) -> Place:
    """Return a finding with the question that decides it: of those behind its condition, the last that is asked."""
    path = f"/projects/{opened.project.id}"
    behind = [fact.question.id for fact in found.facts if opened.view.is_asked(fact.question)]
    deciding = [name for name in opened.rules.questions if name in behind]
    title = Text(found.finding.title)
    return Place(title, _question_path(path, deciding[-1]) if deciding else f"{path}#ask")


def _question_path(path: str, question: str) -> str:
    return f"{path}/form?question={question}#q-{question}"
