"""A project as an ordinary form, a section at a time: the same questions, the same checks, the same consequences."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from bot.freshness import EDITING, EditedElsewhereError
from bot.updates import Change, Incoming
from bot.web.form_page import FORM, FormPage, form_page
from bot.web.principal import CHANNEL
from bot.web.workspace import WINDOW
from dialogs.confirming import to_confirm
from dialogs.fields import field_name, form_sections
from dialogs.filling import read_form
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from dialogs.confirming import Confirmation
    from dialogs.filling import Filled
    from storage.unit_of_work import UnitOfWork

LONGEST_FIELD = 100_000
"""Characters of a field that are looked at; every answer is far shorter."""
UNPROCESSABLE, CONFLICT = 422, 409
_OURS = ("a_", "was_")


def show(visit: Visit) -> Response:
    """Show a section: the one that is asked for, the one of a question, or the first that is not filled in."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        return _page(visit, form_page(visit, work, opened, section=visit.request.query_params.get("section")))


def save(visit: Visit) -> Response:
    """Keep what is new in a section, in one turn; what cannot be kept is shown beside its field."""
    project_id, fields = visit.number("project_id"), _fields(visit)
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, project_id)
        if visit.value("take_over"):
            _take_over(visit, work, project_id)
    filled = read_form(opened.view, fields, visit.translate)
    if opened.project.submitted_at is not None:
        return _again(visit, fields, filled, CONFLICT)
    confirmation = to_confirm(opened.view, filled)
    if confirmation is not None:
        if visit.value("decision") == "no":
            filled = filled.without(opened.view, confirmation.questions)
        elif visit.value("confirmed") != _digest(confirmation):
            return _ask(visit, opened, fields, confirmation)
    kept: dict[str, str | int] = {}
    if filled.facts or filled.cleared:
        try:
            kept["saved"] = _keep(visit, opened, filled)
        except EditedElsewhereError:
            return _again(visit, fields, filled, CONFLICT)
    if filled.problems or filled.overtaken:
        rest = filled._replace(facts={}, cleared=())
        return _again(visit, fields, rest, CONFLICT if filled.overtaken else UNPROCESSABLE, **kept)
    return _onwards(visit, project_id, kept)


def _fields(visit: Visit) -> dict[str, list[str]]:
    """Return the fields of the questions; one of the suggestions takes the place of what was typed."""
    names = [name for name in visit.form if name.startswith(_OURS)]
    fields = {name: [value[:LONGEST_FIELD] for value in visit.values(name)] for name in names}
    fact, taken, text = visit.value("take").partition("=")
    if taken:
        fields[field_name(fact)] = [text]
    return fields


def _take_over(visit: Visit, work: UnitOfWork, project_id: int) -> None:
    """Let the user edit a project that a colleague was editing."""
    editor, now = visit.user.editor, visit.now
    if editor is not None:
        work.editors.take(
            project_id, holder=editor.key, name=editor.name, at=now, until=now + EDITING, force=True
        )
        visit.note(work, "take_over", project_id=project_id)


def _keep(visit: Visit, opened: Opened, filled: Filled) -> int:
    """Keep the answers; return the entry of the conversation's history that says so.

    Raises:
        EditedElsewhereError: a colleague is editing the project; nothing was kept.
    """
    change = Change(facts=filled.facts, cleared=filled.cleared)
    # The same form sent twice is one update; the same page sent with other answers, after going back to it, is not.
    content = hashlib.sha256(msgspec.json.encode(change)).hexdigest()[:16]
    update = Incoming(
        channel=CHANNEL,
        update_id=f"{opened.project.id}:{visit.value('turn', longest=64)}:{content}",
        user=visit.user.user,
        text=None,
        window=WINDOW,
        project_id=opened.project.id,
        change=change,
        owner=visit.user.owner,
        actor=visit.user.actor,
        said=visit.say(_said(opened, filled)),
        editor=visit.user.editor,
        is_shown_from_history=True,
    )
    visit.site.conversation.receive(update)
    with visit.site.conversation.database.unit_of_work() as work:
        entry = work.history.by_turn(update.turn_key)
    return 0 if entry is None else entry.id


def _said(opened: Opened, filled: Filled) -> Text:
    of, questions = opened.rules.facts, opened.rules.questions
    put = dict.fromkeys(of[name].question.id for name in filled.facts)
    cleared = [name for name in filled.cleared if name not in put]
    parts: list[Text] = []
    if put:
        labels = joined([Text(questions[name].label) for name in put])
        parts.append(T("在表单里填了：{labels}", labels=labels))
    if cleared:
        labels = joined([Text(questions[name].label) for name in cleared])
        parts.append(T("在表单里留空了：{labels}", labels=labels))
    return joined(parts, T("；"))


def _ask(visit: Visit, opened: Opened, fields: dict[str, list[str]], confirmation: Confirmation) -> Response:
    """Show what the changes lead to; the page carries the whole form, and nothing is kept yet."""
    return visit.page(
        "form_changes.html",
        opened=opened,
        confirmation=confirmation,
        confirmed=_digest(confirmation),
        carried=[(name, value) for name, values in fields.items() for value in values],
        section=visit.value("section"),
        turn=visit.value("turn", longest=64),
        go=visit.value("go"),
    )


def _digest(confirmation: Confirmation) -> str:
    """Return what shows that exactly these lines were read."""
    lines = [text.render() for text in (*confirmation.changes, *confirmation.lines)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _again(
    visit: Visit, fields: dict[str, list[str]], filled: Filled, status: int, saved: str | int = 0
) -> Response:
    """Show the section as it stands now, and what was typed and is not kept in its place."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        page = form_page(
            visit,
            work,
            opened,
            section=visit.value("section"),
            fields=fields,
            filled=filled,
            saved=int(saved),
        )
    return _page(visit, page, status)


def _onwards(visit: Visit, project_id: int, kept: dict[str, str | int]) -> Response:
    """Go on to where the button says, after everything was kept."""
    here = visit.value("section")
    with visit.site.conversation.database.unit_of_work() as work:
        view = visit.open(work, project_id).view
    names = [section.section.id for section in form_sections(view)]
    order = [section.id for section in view.rules.pack.sections]
    if visit.value("go") == "next" and here in order and view.stop is None:
        ahead = [name for name in names if order.index(name) > order.index(here)]
        if not ahead and not view.is_over:
            return visit.redirect(f"/projects/{project_id}/documents")
        here = ahead[0] if ahead else here
    query: dict[str, str | int] = {"section": here, "saved": 0, "from": visit.value("section"), **kept}
    if visit.value("decision") == "no":
        query["refused"] = 1
    return visit.redirect(f"/projects/{project_id}/{FORM}?{urlencode(query)}")


def _page(visit: Visit, page: FormPage, status: int = 200) -> Response:
    return visit.page("form.html", status=status, opened=page.opened, form=page)
