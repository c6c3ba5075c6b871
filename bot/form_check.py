"""``shenbao check``: a declaration that somebody filled in Word, checked cell by cell, and begun as a project."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot import paint
from bot.clock import Clock, SystemClock, local_date
from bot.conversation import Conversation
from bot.failures import failure_text
from bot.packs import DEFAULT_PACK, PackNotFoundError, installed_pack
from bot.place import database_location, user_name
from bot.reading import read_bytes
from bot.terminal import CHANNEL
from bot.updates import chat_of
from dialogs.draft import Draft, dump_draft
from dialogs.form_import import FORM, GivenCell, import_declaration
from dialogs.form_report import form_report, form_verdict
from dialogs.machine import PAUSED
from dialogs.parsing.result import Parsed
from dialogs.parsing.yes_no import match_yes_no
from documents.guard import LARGEST_FILE, MEGABYTE, RefusedFileError
from rules.ruleset import PackError
from rules.source import SourceError
from rules.text import T, Text
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from dialogs.form_import import FormImport
    from documents.form_reading import ReadForm
    from rules.ruleset import RuleSet
    from rules.text import Translate

OK, PROBLEMS, BAD_INPUT = 0, 1, 2
SECRECY = "classified"
"""The question that must be answered before anything is kept (4)."""


class Saving(msgspec.Struct, frozen=True):
    """Where a form that was read in is kept as a project.

    Attributes:
        data: folder of the database; None for the user's own.
        language: spoken with the user.
        is_unclassified: the user has already said that the project is no state secret.
    """

    data: Path | None
    language: str
    is_unclassified: bool


def run_check(
    file: Path,
    translate: Translate = str,
    *,
    pack: str = DEFAULT_PACK,
    saving: Saving | None = None,
    clock: Clock | None = None,
) -> int:
    """Print what is wrong, missing or inconsistent in a filled form, cell by cell.

    Args:
        file: the form, a .docx.
        translate: the user's language.
        pack: the rules whose form it is.
        saving: begin a project from it; None only checks, and keeps nothing.
        clock: tells the time; the machine's own when None.

    Returns:
        0 nothing wrong; 1 problems found; 2 with one line on stderr: it cannot be read, or not be kept.
    """
    clock = clock or SystemClock()
    try:
        rules, _ = installed_pack(pack)
        if FORM not in rules.forms:
            return _refused(T("这个规则包没有申报表，不能检查。").render(translate))
        form = _read(file)
    except (RefusedFileError, SourceError) as error:
        return _refused(f"{file}: {error.text.render(translate)}")
    except (PackError, PackNotFoundError) as error:
        return _refused(failure_text(error).render(translate))
    as_of = local_date(clock, rules.pack.head.timezone)
    given = {cell.id: GivenCell(cell.text, cell.label) for cell in form.cells.values()}
    read = import_declaration(rules, given, as_of=as_of)
    verdict = form_verdict(rules, read, as_of=as_of)
    console = paint.plain_console()
    for message in form_report(rules, read, verdict, _strays(form, translate)):
        paint.show(console, message, translate)
    if saving is not None:
        is_kept = _save(rules, read, saving, console=console, pack=pack, clock=clock, translate=translate)
        if not is_kept:
            return BAD_INPUT
    return PROBLEMS if read.problems or verdict.is_faulty else OK


def begin_from_form(conversation: Conversation, owner: str, read: FormImport) -> int:
    """Begin a project that already has the answers of a form, pinned like any other; return its number.

    Args:
        conversation: keeps it.
        owner: whose project it is.
        read: the form; its project is known to be no state secret.

    Raises:
        StorageError: nothing was kept.
    """
    draft = Draft(state=PAUSED, facts={SECRECY: False})  # going on walks to the first open question
    read.fill(draft)
    now = conversation.clock.now()
    with conversation.database.unit_of_work() as work:
        project = work.projects.create(
            owner=owner,
            name=str(draft.facts.get("project_name", "")),
            pack_id=conversation.rules.pack.head.id,
            edition_id=conversation.pin(work, now),
            state=dump_draft(draft),
            at=now,
        )
        work.events.append(
            project.id,
            at=now,
            turn_key=f"form:{uuid.uuid4().hex}",
            kind="answers",
            payload=msgspec.json.encode(draft.facts),
        )
    return project.id


def _read(file: Path) -> ReadForm:
    from documents.form_reading import read_declaration

    too_large = T("文件超过 {most} MB，请压缩图片或拆开后再传。", most=LARGEST_FILE // MEGABYTE)
    data = read_bytes(file, largest=LARGEST_FILE, too_large=too_large)
    return read_declaration(data)


def _strays(form: ReadForm, translate: Translate) -> list[str]:
    """Return what belongs to no cell, and the cells whose content is only a picture."""
    pictures = [
        T("「{label}」一栏里有图片，图片里的字读不出来。", label=cell.label).render(translate)
        for cell in form.cells.values()
        if cell.has_image
    ]
    return [*(stray.text for stray in form.strays), *pictures]


def _save(
    rules: RuleSet,
    read: FormImport,
    saving: Saving,
    *,
    console: Console,
    pack: str,
    clock: Clock,
    translate: Translate,
) -> bool:
    if not saving.is_unclassified and not _is_unclassified(console, rules, translate):
        return False
    try:
        with open_database(database_location(saving.data)) as database:
            database.migrate()
            conversation = Conversation(database, clock, language=saving.language, pack=pack)
            begin_from_form(conversation, chat_of(CHANNEL, user_name()), read)
    except StorageError as error:
        _refused(failure_text(error).render(translate))
        return False
    paint.done(console, T("已存成一个新项目。运行 shenbao 接着填，只问表上没有的题。").render(translate))
    return True


def _is_unclassified(console: Console, rules: RuleSet, translate: Translate) -> bool:
    """Ask whether it is a state secret: before that is answered nothing is kept."""
    question = rules.questions[SECRECY]
    paint.error(console, Text(question.text).render(translate))
    line = paint.prompt() if sys.stdin.isatty() else sys.stdin.readline()
    said = match_yes_no(line or "", allow_unsure=True)
    if isinstance(said, Parsed) and said.value is False:
        return True
    if isinstance(said, Parsed) and question.stop is not None:
        stop = question.stop.text if said.value is True else question.stop.unsure_text
        _refused(Text(stop).render(translate))
    else:
        _refused(
            T("没有保存：请先回答是否涉密（否 / 是 / 不清楚），或加上 --unclassified。").render(translate)
        )
    return False


def _refused(sentence: str) -> int:
    sys.stderr.write(sentence.replace("\n", " ") + "\n")
    return BAD_INPUT
