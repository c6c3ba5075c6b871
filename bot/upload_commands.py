"""Words about files while a project is open: 上传, 文件, 撤回. What they mean, and what is said in return."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bot.uploads import NOTHING_YET, Content, UploadError, may_collect
from dialogs.display import date_text
from dialogs.messages import Button, Prompt, Say, SendFile, Table
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import excerpt, normalise
from dialogs.parsing.words import words
from dialogs.view import CATALOGUE_DOCUMENT, FORM_DOCUMENT
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.imports import Imported
    from bot.uploads import Attached, IncomingFile, Uploads
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.facts import Value
    from rules.text import Translate
    from storage.unit_of_work import UnitOfWork

_UPLOAD = re.compile(r"\s*(?:上传|upload)(?:[\s:：]+(.*))?$", re.IGNORECASE | re.DOTALL)
_WITHDRAW = re.compile(r"(?:撤回|撤下|withdraw|remove)(?:[ :]+(.*))?$", re.IGNORECASE)
_CATALOGUE_ENTRY = re.compile(r"\d{1,4}")
_LIST = words("文件", "文件列表", "已传文件", "我的文件", "files", "uploads")
_TEMPLATE = words("目录模板", "模板", "catalogue template", "template")
UPLOAD_WORD = "上传"
_LONGEST = 300
_MEGABYTE = 1024 * 1024
_READ_FILES = {CATALOGUE_DOCUMENT: (".xlsx", ".csv"), FORM_DOCUMENT: (".docx",)}


class Upload(NamedTuple):
    """Hand in a document; ``document`` is what was typed of its title."""

    document: str


class ListFiles(NamedTuple):
    """Show what was handed in."""


class Withdraw(NamedTuple):
    """Take a document back."""

    document: str


class Template(NamedTuple):
    """Give an empty catalogue to fill in."""


FileCommand = Upload | ListFiles | Withdraw | Template


def after_upload(typed: str) -> str | None:
    """Return what follows the word 上传, as it was typed; None when it does not begin with that word."""
    found = _UPLOAD.match(typed)
    return (found[1] or "").strip() if found else None


def read(typed: str) -> FileCommand | None:
    """Return the command about files that was typed, or None."""
    if len(typed) > _LONGEST:
        return None
    document = after_upload(typed)
    if document is not None:
        return Upload(normalise(document))
    said = normalise(typed)
    if said.lower() in _LIST:
        return ListFiles()
    if said.lower() in _TEMPLATE:
        return Template()
    withdraw = _WITHDRAW.match(said)
    if withdraw is None or _CATALOGUE_ENTRY.fullmatch(withdraw[1] or ""):
        return None  # remove 2: an entry of the catalogue
    return Withdraw(withdraw[1] or "")


class Desk:
    """Takes files, and words about files, in one turn of one project.

    Attributes:
        has_withdrawn: a content may be loose after the commit.
        facts: answers that a file held, to be put into the draft.
    """

    def __init__(
        self,
        uploads: Uploads,
        work: UnitOfWork,
        project_id: int,
        view: View,
        *,
        translate: Translate,
        turn_key: str,
        actor: str,
    ) -> None:
        """Serve one turn.

        Args:
            uploads: keeps the files.
            work: the transaction of the turn.
            project_id: the project that is open.
            view: the project before the turn.
            translate: the user's language, in which titles are typed.
            turn_key: goes into the log.
            actor: who hands in; goes into the log.
        """
        self.uploads = uploads
        self.work = work
        self.project_id = project_id
        self.view = view
        self.translate = translate
        self.turn_key = turn_key
        self.actor = actor
        self.has_withdrawn = False
        self.facts: dict[str, Value] = {}

    def take(self, caption: str, content: Content | UploadError, file: IncomingFile) -> list[Outgoing]:
        """Keep a file that came with a caption: 上传 初步设计, the title alone, or nothing.

        A spreadsheet for the catalogue and a Word file for the declaration form are also read.
        """
        if not may_collect(self.view):
            # The name of the file is not said again: until this is settled nothing of it may be kept.
            return [Say(NOTHING_YET, "error")]
        imported = self._imported(caption, file)
        if imported is not None:
            self.facts = imported.facts
            return imported.said
        if isinstance(content, UploadError):
            return [Say(content.text, "error")]
        after = after_upload(caption)
        document = self._named(normalise(caption if after is None else after), content.file_name)
        if not isinstance(document, Parsed):
            return [self._which(document, file)]
        try:
            attached = self.uploads.attach_in(
                self.work, self.project_id, document.value, content, turn_key=self.turn_key, actor=self.actor
            )
        except UploadError as error:
            return [Say(error.text, "error")]
        return [_received(attached)]

    def _which(self, question: Text, file: IncomingFile) -> Say | Prompt:
        """Ask which document a file is: with buttons, where the channel can fetch the file again."""
        if not file.message_id:
            return Say(question, "error")
        buttons = tuple(
            Button(f"{UPLOAD_WORD} {option.key}", verbatim(option.label)) for option in self._options()
        )
        return Prompt(T("「{name}」是哪一份材料？", name=verbatim(excerpt(file.name))), buttons, "confirm")

    def _is_for_open_catalogue(self, caption: str) -> bool:
        """Say whether a file without a caption can only be the catalogue that is asked for."""
        question = self.view.question
        is_open = (
            self.view.draft.pending is None
            and question is not None
            and any(part.id in ("catalogue", "catalogue_provided") for part in question.parts)
        )
        return is_open and not caption.strip()

    def _imported(self, caption: str, file: IncomingFile) -> Imported | None:
        """Read a file that holds answers; None for one that is only to be kept."""
        from bot import imports  # what reads Word and spreadsheets is not needed to begin a conversation

        after = after_upload(caption)
        named = normalise(caption if after is None else after) or PurePath(file.name).stem
        wanted = {
            suffix: document
            for document, suffixes in _READ_FILES.items()
            for suffix in suffixes
            if document in self.view.rules.documents
        }.get(PurePath(file.name).suffix.lower())
        if wanted is None:
            return None
        said = match_one(
            named, [self._option(each.id, each.title) for each in self.view.rules.documents.values()]
        )
        is_named = isinstance(said, Parsed) and said.value == wanted
        if not is_named and not (wanted == CATALOGUE_DOCUMENT and self._is_for_open_catalogue(caption)):
            return None
        if wanted == FORM_DOCUMENT:
            return imports.from_form(self.view, file.data)
        return imports.from_catalogue(self.view, file.data, file.name, self.translate)

    def carry_out(self, command: FileCommand) -> list[Outgoing] | None:
        """Do what was typed; None when it was an answer that only looks like a command."""
        match command:
            case Template():
                from bot.catalogue import TEMPLATE_FILE, write_template

                return [SendFile(TEMPLATE_FILE, write_template(self.translate))]
            case ListFiles():
                return None if self.view.draft.entry else [self._listing()]
            case Upload(document=document):
                return self._how_to_upload(document)
            case Withdraw(document=document):
                return self._withdraw(document)

    def _named(self, typed: str, file_name: str) -> Parsed[str] | Text:
        """Return the document that was named, in words or by the name of the file itself."""
        options = self._options()
        if not options:
            return T("按现在的答案还没有要交的材料，请先答完前面的问题再传。")
        if not typed:
            stem = normalise(PurePath(file_name).stem)
            said = match_one(stem, options)
            if isinstance(said, Parsed) and any(stem.casefold() in name for name in _names(options)):
                return said
            titles = joined([verbatim(option.label) for option in options])
            return T("这个文件是哪一份材料？请写上材料名再传一次。要交的有：{titles}。", titles=titles)
        said = match_one(typed, options)
        if isinstance(said, Unclear):
            titles = joined([reading.label for reading in said.readings])
            return T("{question}请写清材料名再传一次：{titles}。", question=said.message, titles=titles)
        return said.message if isinstance(said, Rejected) else said

    def _how_to_upload(self, document: str) -> list[Outgoing] | None:
        """Say how a file is handed in, unless 上传 begins an answer."""
        if not may_collect(self.view):
            return None
        named = self._named(document, "") if document else None
        if document and not isinstance(named, Parsed):
            return None
        return [Say(T("没有收到文件。把文件和材料名一起发来，例如：上传 初步设计 ~/初步设计.pdf。"), "error")]

    def _withdraw(self, document: str) -> list[Outgoing] | None:
        files = self.uploads.listing_in(self.work, self.project_id)
        if not files:
            return None if self.view.takes_words else [self._listing()]
        said = match_one(document, [self._option(each.document_id, each.title.msgid) for each in files])
        if not isinstance(said, Parsed):
            if self.view.takes_words and document:
                return None
            titles = joined([each.title for each in files])
            return [
                Say(T("要撤回哪一份？请说「撤回」加材料名，交过的有：{titles}。", titles=titles), "error")
            ]
        try:
            withdrawn = self.uploads.remove_in(
                self.work, self.project_id, said.value, turn_key=self.turn_key, actor=self.actor
            )
        except UploadError as error:
            return [Say(error.text, "error")]
        self.has_withdrawn = True
        gone = withdrawn.gone
        name = verbatim(gone.file_name)
        if withdrawn.current is None:
            return [
                Say(
                    T("撤回了「{title}」（{name}），这份材料现在没有文件了。", title=gone.title, name=name),
                    "done",
                )
            ]
        return [
            Say(
                T(
                    "撤回了「{title}」第 {version} 版（{name}），现在用第 {current} 版。",
                    title=gone.title,
                    version=gone.version,
                    name=name,
                    current=withdrawn.current.version,
                ),
                "done",
            )
        ]

    def _listing(self) -> Outgoing:
        files = self.uploads.listing_in(self.work, self.project_id)
        if not files:
            return Say(
                T("还没有交过文件。要交就说「上传」加材料名和文件，例如：上传 初步设计 ~/初步设计.pdf。")
            )
        zone = ZoneInfo(self.view.rules.pack.head.timezone)
        rows = tuple(
            (
                each.title,
                verbatim(each.file_name),
                T("第 {version} 版", version=each.version),
                size_text(each.size),
                date_text(each.at.astimezone(zone).date()),
            )
            for each in files
        )
        return Table(T("已交的文件"), (T("材料"), T("文件"), T("版本"), T("大小"), T("日期")), rows)

    def _options(self) -> list[Option]:
        needs = self.view.verdict.documents
        return [
            self._option(need.document.id, need.document.title)
            for need in needs
            if need.requirement != "not_required"
        ]

    def _option(self, document_id: str, title: str) -> Option:
        return Option(key=document_id, label=self.translate(title), synonyms=(title, document_id))


def size_text(size: int) -> Text:
    """Return a number of bytes as people read it."""
    if size < _MEGABYTE // 10:
        return verbatim(f"{max(size / 1024, 0.1):.1f} KB")
    return verbatim(f"{size / _MEGABYTE:.1f} MB")


def _names(options: Sequence[Option]) -> list[str]:
    return [normalise(name).casefold() for option in options for name in (option.label, *option.synonyms)]


def _received(attached: Attached) -> Say:
    if not attached.is_new:
        return Say(
            T(
                "这个文件和「{title}」第 {version} 版一模一样，没有重复保存。",
                title=attached.title,
                version=attached.version,
            ),
            "notice",
        )
    return Say(
        T(
            "收下了「{title}」：{name}（{kind}，{size}，第 {version} 版）。",
            title=attached.title,
            name=verbatim(excerpt(attached.file_name)),
            kind=verbatim(attached.kind.upper()),
            size=size_text(attached.size),
            version=attached.version,
        ),
        "done",
    )
