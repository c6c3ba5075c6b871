"""The page of a project: the conversation on one side, what it fills on the other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.freshness import EDITING, EditedElsewhereError, StalePlaceError
from bot.updates import Incoming, Reply
from bot.uploads import IncomingFile, may_collect
from bot.web.principal import CHANNEL
from bot.web.side import side_context
from bot.web.visit import number_in
from dialogs.commands import command_word
from dialogs.explain import why
from dialogs.messages import Ask, Outgoing, SendFile
from dialogs.review import progress
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from bot.opened import Opened
    from bot.web.visit import Visit
    from storage.editors import Editor
    from storage.history import ChatEntry
    from storage.unit_of_work import UnitOfWork

PAGE = 30
"""Exchanges that a page shows; earlier ones on request."""
WINDOW = "page"
STALE = T("这一题刚才已经在别处答过，下面是现在要答的；您写的字还在输入框里。")
COMMANDS: dict[str, Text] = {
    "back": T("上一题"),
    "skip": T("跳过"),
    "decide": T("帮我选"),
    "missing": T("还缺什么"),
    "review": T("复核"),
    "generate": T("生成材料"),
    "help": T("怎么用"),
}
"""Commands that have a button."""


class Exchange(NamedTuple):
    """A turn as the page shows it: the question that stood open, what was said, what was replied.

    Attributes:
        entry_id: its number in the history.
        asked: the question before; None for the first turn.
        said: what the user said; None when it may not be kept, or nothing was said.
        replied: everything but the next question.
    """

    entry_id: int
    asked: Ask | None
    said: str | None
    replied: list[Outgoing]


def show(visit: Visit) -> Response:
    """Show a project: the conversation, the open question, and the forms beside it."""
    before = visit.asked_number("before")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        context = _context(visit, work, opened, before=before)
    return visit.page("workspace.html", **context, **side_context(visit, opened))


def say(visit: Visit) -> Response:
    """Take an answer; reply with what the page does not show yet."""
    project_id = visit.number("project_id")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, project_id)
    text, said = _typed(visit, opened)
    file = visit.file("file")
    if file is None and not text.strip() and not said:
        return _shown(visit, project_id)
    update = Incoming(
        channel=CHANNEL,
        update_id=f"{project_id}:{visit.value('turn', longest=64)}",
        user=visit.user.user,
        text=text,
        window=WINDOW,
        project_id=project_id,
        file=None if file is None else IncomingFile(*file),
        owner=visit.user.owner,
        actor=visit.user.actor,
        said=said or (file[0] if file and not text else None),
        place=None if visit.value("edit") or visit.value("words") else visit.value("place"),
        editor=visit.user.editor,
        is_shown_from_history=True,
    )
    try:
        reply = visit.site.conversation.receive(update)
    except StalePlaceError:
        return _shown(visit, project_id, notice=STALE, typed=text)
    except EditedElsewhereError:
        return _shown(visit, project_id, typed=text)
    if reply is None and _is_another_answer(visit, update):
        return _shown(visit, project_id, notice=STALE, typed=text)
    if reply is not None and reply.project_id != project_id:
        return visit.redirect("/projects" if reply.project_id is None else f"/projects/{reply.project_id}")
    return _shown(visit, project_id)


def live(visit: Visit) -> Response:
    """Return what others have changed since; nothing when they have not."""
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"))
        context = _context(visit, work, opened, after=_after(visit))
    if visit.request.query_params.get("state") == context["state"]:
        return Response(status_code=204)
    return visit.page("turns.html", **context)


def take_over(visit: Visit) -> Response:
    """Let the user edit a project that a colleague was editing."""
    project_id = visit.number("project_id")
    editor, now = visit.user.editor, visit.now
    with visit.site.conversation.database.unit_of_work() as work:
        visit.open(work, project_id)
        if editor is not None:
            work.editors.take(
                project_id, holder=editor.key, name=editor.name, at=now, until=now + EDITING, force=True
            )
            visit.note(work, "take_over", project_id=project_id)
    return visit.redirect(f"/projects/{project_id}")


def file_of_entry(visit: Visit) -> Response:
    """Return a file that the bot sent in a turn."""
    project_id, entry_id, number = (visit.number(name) for name in ("project_id", "entry_id", "number"))
    with visit.site.conversation.database.unit_of_work() as work:
        visit.open(work, project_id)
        entries = work.history.after(project_id, entry_id - 1)
    files = [
        message
        for entry in entries
        if entry.id == entry_id
        for message in _reply(entry).outgoing
        if isinstance(message, SendFile)
    ]
    if not 0 <= number < len(files):
        raise HTTPException(404)
    return visit.download(files[number].name, files[number].data)


def _is_another_answer(visit: Visit, update: Incoming) -> bool:
    """Say whether an update that was taken before said something else then: a page gone back to, changed, sent."""
    with visit.site.conversation.database.unit_of_work() as work:
        entry = work.history.by_turn(update.turn_key)
    said = update.text if update.said is None else update.said
    return entry is not None and entry.said is not None and entry.said != said


def _typed(visit: Visit, opened: Opened) -> tuple[str, str | None]:
    """Return what the form says as one would type it, and what the conversation shows instead."""
    command = visit.value("command")
    if command in COMMANDS:
        return command_word(command), visit.say(COMMANDS[command])
    if words := visit.value("words"):
        return words, None
    edited = opened.rules.questions.get(visit.value("edit"))
    if edited is not None:
        return f"{command_word('edit')} {edited.label}", visit.say(
            T("修改「{label}」", label=Text(edited.label))
        )
    ask = _open_question(visit, opened)
    if visit.value("picked"):
        picked = [number for value in visit.values("pick") if (number := number_in(value)) is not None]
        labels = [ask.choices[number - 1].label for number in picked if 0 < number <= len(ask.choices)]
        if not labels:
            return "0", visit.say(T("都没有"))
        return "、".join(map(str, picked)), visit.say(joined(labels))
    choice = number_in(visit.value("choice"))
    if choice is not None and 0 < choice <= len(ask.choices):
        return str(choice), visit.say(ask.choices[choice - 1].label)
    return visit.value("text"), None


def _shown(visit: Visit, project_id: int, *, notice: Text | None = None, typed: str = "") -> Response:
    """Return what the page does not show yet, or the whole page to a browser without scripts."""
    if not visit.is_fragment and notice is None:
        return visit.redirect(f"/projects/{project_id}#ask")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, project_id)
        context = _context(visit, work, opened, after=_after(visit) if visit.is_fragment else None)
    if not visit.is_fragment:
        side = side_context(visit, opened)
        return visit.page(
            "workspace.html", status=409, **context | {"notice": notice, "typed": typed}, **side
        )
    response = visit.page("turns.html", **context | {"notice": notice, "typed": typed})
    if notice is None and not typed:
        response.headers["HX-Trigger"] = "taken"
    return response


def _after(visit: Visit) -> int:
    after = visit.value("after") or visit.request.query_params.get("after", "")
    return number_in(after) or 0


def _context(
    visit: Visit, work: UnitOfWork, opened: Opened, *, after: int | None = None, before: int | None = None
) -> dict[str, Any]:
    """Return what the templates of the conversation need."""
    project_id = opened.project.id
    if after:
        entries = work.history.after(project_id, after - 1)
    else:
        entries = work.history.latest(project_id, limit=PAGE + 1, before=before)
    exchanges = _exchanges(entries)
    is_cut = bool(after) or len(entries) > PAGE
    editor = _other_editor(visit, work, project_id)
    ask = _open_question(visit, opened)
    question = opened.rules.questions.get(ask.question)
    last = entries[-1].id if entries else after or 0
    return {
        "opened": opened,
        "exchanges": exchanges[1:] if is_cut and entries else exchanges,
        "earlier": exchanges[1].entry_id if len(entries) > PAGE and not after else None,
        "is_past": before is not None,
        "ask": ask,
        "why": why(opened.rules, question) if question else [],
        "can_decide": question is not None and bool(question.decide) and not opened.draft.deciding,
        "keeps_typing": may_collect(opened.view) and (question is None or question.stop is None),
        "pane": "side" if visit.request.query_params.get("pane") == "side" else "chat",
        "progress": progress(opened.view)[0],
        "turn": uuid.uuid4().hex,
        "place": opened.draft.place,
        "last": last,
        "state": f"{opened.project.version}.{last}.{editor.holder if editor else ''}",
        "editor": editor,
        "notice": None,
        "typed": "",
    }


def _exchanges(entries: list[ChatEntry]) -> list[Exchange]:
    found: list[Exchange] = []
    asked: Ask | None = None
    for entry in entries:
        outgoing = _reply(entry).outgoing
        replied: list[Outgoing] = [message for message in outgoing if not isinstance(message, Ask)]
        found.append(Exchange(entry.id, asked, entry.said, replied))
        asked = next((message for message in reversed(outgoing) if isinstance(message, Ask)), asked)
    return found


def _reply(entry: ChatEntry) -> Reply:
    return msgspec.json.decode(entry.reply, type=Reply)


def _open_question(visit: Visit, opened: Opened) -> Ask:
    """Return the question that is open, as it would be put now."""
    result = opened.dialogue.resume(opened.view, as_of=opened.view.as_of, translate=visit.translate)
    last = result.outgoing[-1]
    if not isinstance(last, Ask):
        raise TypeError("a turn ends with a question")
    return last


def _other_editor(visit: Visit, work: UnitOfWork, project_id: int) -> Editor | None:
    editor = work.editors.get(project_id, visit.now)
    return None if editor is None or editor.holder == visit.user.user else editor
