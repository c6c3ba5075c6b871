"""What can be done with a whole project: copy, put aside, submit, take back, export, delete; and its calendar."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import msgspec
from starlette.responses import StreamingResponse

from bot import submission
from bot.calendar_feed import CALENDAR_FILE, CalendarEntry, calendar_of
from bot.freshness import EDITING
from bot.project_copy import copied_draft
from bot.project_export import export_name, write_export
from bot.project_removal import kept_of, remove_project
from bot.reminders.schedule import done_dates, sync
from bot.updates import Reply
from bot.upload_commands import size_text
from bot.web.principal import CHANNEL
from bot.web.projects import names_of_people, row_of
from dialogs.draft import dump_draft
from dialogs.messages import Say
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from storage.editors import Editor
    from storage.unit_of_work import UnitOfWork

_PIECE = 256 * 1024


def duplicate(visit: Visit) -> Response:
    """Begin a project with the answers of another, and open it; the same button pressed twice begins one."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        if opened.view.stop is not None:
            return visit.redirect("/projects")
        update_id = f"{opened.project.id}:duplicate:{visit.value('turn', longest=64)}"
        turn_key = f"{CHANNEL}:{update_id}"
        if work.inbox.take(CHANNEL, update_id, visit.now):
            copy_id = _copy(visit, work, opened, turn_key)
        else:
            entry = work.history.by_turn(turn_key)
            copy_id = None if entry is None else entry.project_id
    return visit.redirect("/projects" if copy_id is None else f"/projects/{copy_id}#ask")


def archive(visit: Visit) -> Response:
    """Put a project aside."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        project = opened.project
        if project.status != "archived":
            work.projects.archive(project.id, at=visit.now)
            sync(work, project.id, opened.view, visit.now)
            visit.note(work, "archived", project_id=project.id)
    return visit.redirect("/projects")


def reopen(visit: Visit) -> Response:
    """Take an archived project up again."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        project = opened.project
        if project.status != "open":
            work.projects.reopen(project.id, at=visit.now)
            sync(work, project.id, opened.view, visit.now)
            visit.note(work, "reopened", project_id=project.id)
    return visit.redirect(f"/projects#project-{project.id}")


def submit_page(visit: Visit) -> Response:
    """Say what submitting means and what is still missing, before it is done."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
    return _submit_page(visit, opened)


def submit(visit: Visit) -> Response:
    """Submit a project, if nothing is missing or the user has seen what is."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        row = row_of(opened)
        if not row.may_submit:
            return visit.redirect("/projects")
        if row.state.is_missing_something and not visit.value("confirmed"):
            error = T("还有没齐的，请先勾选下面一句再提交，或回去补齐。")
            return _submit_page(visit, opened, error=error, status=422)
        other = _other_editor(visit, work, opened.project.id)
        if other is not None:
            return _submit_page(visit, opened, error=_edited_by(other), status=409)
        submission.submit(work, _submission(visit, opened))
    return visit.redirect(f"/projects#project-{opened.project.id}")


def recall(visit: Visit) -> Response:
    """Take a submission back, so that the project can be changed again."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        if opened.project.submitted_at is not None:
            submission.recall(work, _submission(visit, opened))
    return visit.redirect(f"/projects#project-{opened.project.id}")


def delete_page(visit: Visit) -> Response:
    """Say exactly what would be deleted, and offer it for keeping, before it is done."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open_own(work, visit.number("project_id"))
        return _delete_page(visit, work, opened)


def delete(visit: Visit) -> Response:
    """Delete a project with all its data; only that it was deleted stays in the log."""
    project_id = visit.number("project_id")
    with visit.site.conversation.database.unit_of_work() as work:
        if _has_deleted(visit, work, project_id):
            return visit.redirect("/projects")
        opened = visit.open_own(work, project_id)
        error, status = None, 422
        if opened.project.submitted_at is not None:
            error, status = T("已经提交的项目不能删除，请先收回提交。"), 409
        elif not visit.value("confirmed"):
            error = T("请先勾选下面一句，确认要删除。")
        elif other := _other_editor(visit, work, project_id):
            error, status = _edited_by(other), 409
        if error is not None:
            return _delete_page(visit, work, opened, error=error, status=status)
        remove_project(work, opened.project)
        visit.note(work, "deleted", project_id=project_id)
    visit.site.conversation.uploads.tidy()
    return visit.redirect("/projects")


def export(visit: Visit) -> Response:
    """Return everything that is kept of a project."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        people = names_of_people(work)
        visit.note(work, "exported", project_id=opened.project.id)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is read, and closed, while it is sent
    try:
        write_export(
            out,
            visit.site.conversation,
            opened.project,
            opened.view,
            people=people,
            translate=visit.translate,
        )
    except BaseException:
        out.close()
        raise
    name = export_name(opened.project)
    disposition = visit.download(name, b"").headers["Content-Disposition"]
    headers = {"Content-Disposition": disposition, "Content-Length": str(out.tell())}
    return StreamingResponse(_pieces(out), media_type="application/zip", headers=headers)


def calendar(visit: Visit) -> Response:
    """Return the deadlines of a project."""
    with visit.site.conversation.database.unit_of_work() as work:
        entry = _calendar_entry(visit, work, visit.open(work, visit.number("project_id")))
    return _calendar(visit, [entry])


def whole_calendar(visit: Visit) -> Response:
    """Return the deadlines of all projects that are not put aside."""
    with visit.site.conversation.database.unit_of_work() as work:
        summaries = work.projects.list_for(visit.user.owner, status="open", member=visit.user.person)
        entries = [_calendar_entry(visit, work, visit.open(work, summary.id)) for summary in summaries]
    return _calendar(visit, entries)


def _copy(visit: Visit, work: UnitOfWork, opened: Opened, turn_key: str) -> int:
    """Keep a copy of a project, pinned to the same rules, and begin its conversation; return its number."""
    draft = copied_draft(opened.view)
    copy = work.projects.create(
        owner=visit.user.owner,
        name=str(draft.facts.get("project_name", "")),
        pack_id=opened.project.pack_id,
        edition_id=opened.project.edition_id,
        state=dump_draft(draft),
        at=visit.now,
    )
    told = T("这是「{name}」的副本：答案都带过来了，材料和文件没有。先再确认一次是否涉密。", name=opened.name)
    asked = opened.dialogue.resume(draft, as_of=opened.view.as_of, translate=visit.translate).outgoing
    reply = Reply((Say(told), *asked), visit.language, copy.id, turn_key)
    work.history.append(
        copy.id,
        at=visit.now,
        turn_key=turn_key,
        actor=visit.user.actor,
        said=None,
        reply=msgspec.json.encode(reply),
    )
    visit.note(
        work, "duplicated", project_id=copy.id, detail=msgspec.json.encode({"from": opened.project.id})
    )
    return copy.id


def _submit_page(visit: Visit, opened: Opened, *, error: Text | None = None, status: int = 200) -> Response:
    row = row_of(opened)
    if not row.may_submit:
        return visit.redirect("/projects")
    return visit.page(
        "submit.html",
        status=status,
        opened=opened,
        row=row,
        authority=submission.authority_text(opened.view),
        error=error,
    )


def _delete_page(
    visit: Visit, work: UnitOfWork, opened: Opened, *, error: Text | None = None, status: int = 200
) -> Response:
    kept = kept_of(work, opened.project.id)
    return visit.page(
        "delete.html",
        status=status,
        opened=opened,
        kept=kept,
        size=size_text(kept.size),
        answers=len(opened.draft.facts),
        error=error,
    )


def _submission(visit: Visit, opened: Opened) -> submission.Submission:
    user = visit.user
    return submission.Submission(opened, user.actor, user.unit_id, visit.now, visit.translate)


def _other_editor(visit: Visit, work: UnitOfWork, project_id: int) -> Editor | None:
    """Claim a project for editing; return the one who is at it already, if there is one."""
    editor = visit.user.editor
    if editor is None:
        return None
    taken = work.editors.take(
        project_id, holder=editor.key, name=editor.name, at=visit.now, until=visit.now + EDITING
    )
    return None if taken.holder == editor.key else taken


def _edited_by(editor: Editor) -> Text:
    return T("{name} 正在填这个项目，请等几分钟，或先在对话页由您接手。", name=verbatim(editor.name))


def _has_deleted(visit: Visit, work: UnitOfWork, project_id: int) -> bool:
    """Say whether the user has just deleted it: the button was pressed twice."""
    latest = work.audit.latest(limit=1, project_id=project_id)
    return bool(latest) and (latest[0].action, latest[0].actor) == ("deleted", visit.user.actor)


def _calendar_entry(visit: Visit, work: UnitOfWork, opened: Opened) -> CalendarEntry:
    done = done_dates(work, opened.project.id, opened.view)
    return CalendarEntry(opened.project.id, visit.say(opened.name), opened.view, done)


def _calendar(visit: Visit, entries: list[CalendarEntry]) -> Response:
    data = calendar_of(entries, now=visit.now, translate=visit.translate)
    return visit.download(CALENDAR_FILE, data, "text/calendar")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
