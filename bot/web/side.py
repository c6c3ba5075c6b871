"""What stands beside the conversation: the forms as they fill, the list of documents, the way and its dates."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.checklist import checklist_content
from bot.forms import form_contents
from bot.reminders.schedule import kept
from dialogs.display import citation
from dialogs.review import extended_text, verdict_summary
from rules.ruleset import PLACEHOLDER
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.opened import Opened
    from bot.reminders.schedule import Kept
    from bot.web.visit import Visit
    from documents.preview import Area, Preview
    from rules.pack import Question
    from rules.paper import Form, FormCell
    from rules.verdict import DueDate

CHECKLIST, ROUTE = "checklist", "route"


class Tab(NamedTuple):
    """One of the things that can be looked at."""

    key: str
    title: Text


class Spot(NamedTuple):
    """A place on a page that can be clicked: where it is, what it is called, and the question behind it."""

    area: Area
    label: str
    question: str
    is_open: bool


class Sheet(NamedTuple):
    """A page of a form: the picture and the places on it."""

    number: int
    source: str
    spots: list[Spot]


class Moment(NamedTuple):
    """Something on the time line.

    Attributes:
        title: what it is.
        note: what is to be said of it.
        day: when it is due; None for a step of the procedure.
        kind: step, date, overdue or done.
        number: of a due date that can be said to be met; 0 for all others.
    """

    title: Text
    note: Text
    day: date | None
    kind: str
    number: int = 0


def show_side(visit: Visit) -> Response:
    """Return what stands beside the conversation, after an answer changed it."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"), for_reading=True)
    return visit.page("side.html", opened=opened, **side_context(visit, opened))


def picture(visit: Visit) -> Response:
    """Return the picture of a page of a form."""
    form_id, number = visit.path("form"), visit.number("number")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"), for_reading=True)
    content = {form.id: page for form, page in form_contents(opened.view)}.get(form_id)
    if content is None:
        raise HTTPException(404)
    digest, preview = visit.site.previews.of(content)
    if not 0 <= number < len(preview.pages):
        raise HTTPException(404)
    is_asked_for = visit.request.query_params.get("v") == digest
    # Private, but the same for ever: the address names the content, and the browser asks only once.
    kept = "private, max-age=86400, immutable" if is_asked_for else "no-store"
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    data = preview.pages[number]
    if "gzip" in visit.request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        data = gzip.compress(data, compresslevel=5, mtime=0)
    return Response(data, media_type="image/svg+xml", headers=headers)


def side_context(visit: Visit, opened: Opened) -> dict[str, Any]:
    """Return what the template of the side needs: the tabs, and what the open one shows."""
    view = opened.view
    forms = {} if view.is_over else {form.id: (form, page) for form, page in form_contents(view)}
    tabs = [Tab(form.id, verbatim(form.file.replace("_", " "))) for form, _ in forms.values()]
    tabs += [Tab(CHECKLIST, T("材料清单")), Tab(ROUTE, T("流程和期限"))]
    wanted = visit.request.query_params.get("side", "")
    key = wanted if wanted in {tab.key for tab in tabs} else tabs[0].key
    context: dict[str, Any] = {"tabs": tabs, "side": key, "summary": verdict_summary(view)}
    if key == CHECKLIST:
        context["checklist"] = checklist_content(view, visit.translate)
    elif key == ROUTE:
        with visit.site.conversation.database.unit_of_work() as work:
            found = kept(work, opened.project.id, view)
        context["moments"] = timeline(opened, found)
    else:
        form, page = forms[key]
        digest, preview = visit.site.previews.of(page)
        context |= {"preview": preview, "sheets": _sheets(visit, opened, form, digest, preview)}
    return context


def question_of(opened: Opened, cell: FormCell) -> Question | None:
    """Return the question behind a cell of a form, when it is one that can be answered now."""
    rules, view = opened.rules, opened.view
    for line in cell.lines:
        for name in PLACEHOLDER.findall(line.text):
            question = rules.facts[name].question if name in rules.facts else None
            if (
                question is not None
                and (question.on_request or question in view.asked)
                and view.is_asked(question)
            ):
                return question
    return None


def timeline(opened: Opened, found: Sequence[Kept]) -> list[Moment]:
    """Return the steps of the procedure in order, then the days that are known, the soonest first.

    Args:
        opened: the project.
        found: what is kept of its due dates.
    """
    verdict = opened.view.verdict
    steps = [
        Moment(
            Text(leg.step.title),
            T(
                "{authority}（{source}）",
                authority=Text(leg.authority),
                source=citation(opened.rules, leg.step.articles),
            ),
            None,
            "step",
        )
        for leg in verdict.route
    ]
    known = {(each.due.key, each.due.due): each for each in found}
    days = [_due_moment(opened, due, known.get((due.key, due.due))) for due in verdict.deadlines]
    return steps + sorted(days, key=lambda moment: moment.day or opened.view.as_of)


def _due_moment(opened: Opened, due: DueDate, known: Kept | None) -> Moment:
    is_done = due.is_done or (known is not None and known.is_done)
    kind = "done" if is_done else "overdue" if due.due < opened.view.as_of else "date"
    note = T("{message}{note}", message=Text(due.deadline.message), note=extended_text(due))
    number = 0 if is_done or known is None else known.row.id
    return Moment(
        Text(due.deadline.title), Text(due.deadline.message) if is_done else note, due.due, kind, number
    )


def _sheets(visit: Visit, opened: Opened, form: Form, digest: str, preview: Preview) -> list[Sheet]:
    cells = {cell.id: cell for cell in form.cells}
    open_question = opened.draft.open_question
    pages: list[list[Spot]] = [[] for _ in preview.pages]
    for area in preview.areas:
        cell = cells.get(area.cell)
        question = None if cell is None else question_of(opened, cell)
        if cell is not None and question is not None:
            label = visit.say(Text(question.label))
            pages[area.page].append(Spot(area, label, question.id, question.id == open_question))
    source = f"/projects/{opened.project.id}/preview/{form.id}"
    return [Sheet(number, f"{source}/{number}.svg?v={digest}", spots) for number, spots in enumerate(pages)]
