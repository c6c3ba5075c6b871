"""The page of a project's documents, and handing them in: everything goes by way of the conversation."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from starlette.exceptions import HTTPException

from bot.freshness import EditedElsewhereError
from bot.package import as_drafted
from bot.updates import Change, Incoming, Reply
from bot.uploads import NOTHING_YET, SUBMITTED, IncomingFile, clean_name, may_collect
from bot.web.document_rows import other_papers, stages_of, versions_of, wanted_documents
from bot.web.principal import CHANNEL
from bot.web.workspace import WINDOW
from dialogs.messages import Ask
from dialogs.parsing.text import excerpt
from documents.recognise import KINDS
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from dialogs.messages import Outgoing
    from rules.verdict import DocumentNeed
    from storage.unit_of_work import UnitOfWork

UPLOAD_WORD, WITHDRAW_WORD = "上传", "撤回"
"""The words that the conversation knows."""
ANY = "any"
"""In place of a document: its file's name tells which one it is."""
ACCEPTED = ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))
_CHOOSE = T("请先选一个文件，再按「上传」。")
_MOST_SHOWN = 40
_LONGEST_NUMBER = 15
_ACTIONS = {"upload": "uploaded", "withdraw": "withdrawn"}


class Outcome(NamedTuple):
    """What came of something done here: the entry of the history, what was said (None: not kept) and replied."""

    entry_id: int
    said: str | None
    replied: list[Outgoing]


def listing(visit: Visit) -> Response:
    """Show the documents of a project."""
    return _page(visit)


def upload(visit: Visit) -> Response:
    """Take a file for a document, or for the one that its name tells."""
    document_id = visit.path("document")
    opened = _opened(visit)
    title = "" if document_id == ANY else _need(opened, document_id).document.title
    if not visit.site.limits.allows_upload(visit.user.user):
        raise HTTPException(429)
    file = visit.file("file")
    if file is None:
        return _page(visit, status=422, at=document_id, error=_CHOOSE)
    name, data = file
    if len(data) > visit.site.conversation.uploads.limit:
        raise HTTPException(413)
    shown_name = verbatim(excerpt(clean_name(name)))
    said = T("上传「{title}」：{name}", title=Text(title), name=shown_name)
    # The same page sent twice is the same upload; another file chosen on it is not.
    what = f"upload:{document_id}:{hashlib.sha256(data).hexdigest()[:16]}"
    update = _update(visit, what, said=said if title else T("上传：{name}", name=shown_name))
    update = msgspec.structs.replace(
        update, text=f"{UPLOAD_WORD} {title}".strip(), file=IncomingFile(name, data)
    )
    return _carry_out(visit, update, document_id)


def tick(visit: Visit) -> Response:
    """Note that a document is ready on paper, or that it is not."""
    document_id = visit.path("document")
    opened = _opened(visit)
    title = Text(_need(opened, document_id).document.title)
    if not may_collect(opened.view):
        return _page(visit, status=409, at=document_id, error=NOTHING_YET)
    is_ready = visit.value("ready") == "1"
    said = T("「{title}」已备好", title=title) if is_ready else T("「{title}」还没有备好", title=title)
    update = _update(visit, f"tick:{document_id}:{is_ready}", said=said)
    change = Change({}, documents={document_id: is_ready})
    return _carry_out(visit, msgspec.structs.replace(update, change=change), document_id)


def withdraw(visit: Visit) -> Response:
    """Take back the version of a document that the page showed as the current one."""
    document_id, version = visit.path("document"), visit.number("version")
    opened = _opened(visit)
    title = _need(opened, document_id).document.title
    if opened.project.submitted_at is not None:
        return _page(visit, status=409, at=document_id, error=SUBMITTED)
    said = T("撤回「{title}」", title=Text(title))
    update = _update(visit, f"withdraw:{document_id}:{version}", said=said)
    with visit.site.conversation.database.unit_of_work() as work:
        is_done = work.history.by_turn(update.turn_key) is not None
        current = work.attachments.current(opened.project.id).get(document_id)
    if not is_done and (current is None or current.version != version):
        changed = T("这份材料的文件刚才有变动，没有撤回；请看清下面的版本再操作。")
        return _page(visit, status=409, at=document_id, error=changed)
    return _carry_out(visit, msgspec.structs.replace(update, text=f"{WITHDRAW_WORD} {title}"), document_id)


def _opened(visit: Visit) -> Opened:
    with visit.site.conversation.database.unit_of_work() as work:
        return visit.open(work, visit.number("project_id"))


def _need(opened: Opened, document_id: str) -> DocumentNeed:
    """Return a document that the page shows.

    Raises:
        HTTPException: 404 for any other.
    """
    for need in wanted_documents(opened.view):
        if need.document.id == document_id:
            return need
    raise HTTPException(404)


def _update(visit: Visit, what: str, *, said: Text) -> Incoming:
    project_id = visit.number("project_id")
    return Incoming(
        channel=CHANNEL,
        update_id=f"{project_id}:{what}:{visit.value('turn', longest=64)}",
        user=visit.user.user,
        text=None,
        window=WINDOW,
        project_id=project_id,
        owner=visit.user.owner,
        actor=visit.user.actor,
        said=visit.say(said),
        editor=visit.user.editor,
        is_shown_from_history=True,
    )


def _carry_out(visit: Visit, update: Incoming, document_id: str) -> Response:
    """Do something by way of the conversation, and show at its document what came of it."""
    project_id = visit.number("project_id")
    try:
        reply = visit.site.conversation.receive(update)
    except EditedElsewhereError:
        return _page(visit, status=409)
    with visit.site.conversation.database.unit_of_work() as work:
        entry = work.history.by_turn(update.turn_key)
        if reply is not None:
            _note(visit, work, project_id, update.turn_key)
    shown = "" if entry is None else f"?at={document_id}&shown={entry.id}"
    return visit.redirect(f"/projects/{project_id}/documents{shown}#document-{document_id}")


def _note(visit: Visit, work: UnitOfWork, project_id: int, turn_key: str) -> None:
    """Add to the log what a turn has done to files; never what a file is called, which may say too much."""
    for event in work.events.list_for(project_id):
        if event.turn_key == turn_key and event.kind in _ACTIONS:
            payload = msgspec.json.decode(event.payload)
            detail = {name: payload[name] for name in ("document", "version")}
            visit.note(work, _ACTIONS[event.kind], project_id=project_id, detail=msgspec.json.encode(detail))


def _page(visit: Visit, *, status: int = 200, at: str = "", error: Text | None = None) -> Response:
    """Return the page; what came of something, or why it was not done, stands at the document ``at``."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        editor = work.editors.get(opened.project.id, visit.now)
        outcomes = _outcomes(visit, work, opened.project.id)
        versions = versions_of(work, opened.project.id, opened.view)
    view = as_drafted(opened.view)
    collects = may_collect(view)
    is_elsewhere = editor is not None and editor.holder != visit.user.user
    at = at or visit.request.query_params.get("at", "")
    return visit.page(
        "documents.html",
        status=status,
        opened=opened,
        stages=stages_of(view, versions) if collects else [],
        others=other_papers(view) if collects else [],
        collects=collects,
        editor=editor if is_elsewhere else None,
        may_change=collects and not is_elsewhere and opened.project.submitted_at is None,
        at=at if collects and any(need.document.id == at for need in wanted_documents(view)) else ANY,
        outcomes=outcomes,
        error=error,
        accepted=ACCEPTED,
        new_turn=lambda: uuid.uuid4().hex,
    )


def _outcomes(visit: Visit, work: UnitOfWork, project_id: int) -> list[Outcome]:
    """Return what came of the turns that the address names."""
    named = visit.request.query_params.getlist("shown")[:_MOST_SHOWN]
    wanted = {int(value) for value in named if value.isdecimal() and len(value) < _LONGEST_NUMBER}
    if not wanted:
        return []
    return [
        Outcome(
            entry.id,
            entry.said,
            [message for message in _replied(entry.reply) if not isinstance(message, Ask)],
        )
        for entry in work.history.after(project_id, min(wanted) - 1)
        if entry.id in wanted
    ]


def _replied(reply: bytes) -> tuple[Outgoing, ...]:
    return msgspec.json.decode(reply, type=Reply).outgoing
