"""Documents that are handed in: checked, kept, ticked off in the draft, and taken back; one transaction each."""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from dialogs.draft import dump_draft
from dialogs.machine import PACKAGE
from dialogs.view import View, mark_drafted
from documents.guard import LARGEST_FILE, MEGABYTE, RefusedFileError
from documents.recognise import FileKind, recognise
from rules.text import T, Text
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.opened import Opened
    from dialogs.dialogue import Dialogue
    from dialogs.draft import Draft
    from rules.pack import Document
    from storage.attachments import Attachment
    from storage.blobs import Blobs
    from storage.contents import SharedContents
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork

SUBMITTED = T("这个项目已经提交，材料不能再改；要改请先收回提交。")
NOTHING_YET = T("现在还不能收文件：先确认项目不涉密、适用本办法，再传文件。")
LIMIT_VARIABLE = "SHENBAO_UPLOAD_LIMIT_MB"
_HIGHEST_LIMIT = 200
"""A file is held in memory while it is checked."""
_LONGEST_NAME = 100
_FOLDERS = re.compile(r"[\\/]")
_RESERVED = re.compile(r'[:*?"<>|]')
_SPACES = re.compile(r"\s+")


class UploadError(ValueError):
    """Something about a file that cannot be done; ``text`` says in one sentence why, and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


class IncomingFile(msgspec.Struct, frozen=True):
    """A file as a channel received it; neither its name nor its content was looked at.

    Attributes:
        message_id: the user's message that holds it, where the channel can fetch it again from a reply to that
            message; empty where it cannot.
    """

    name: str
    data: bytes
    message_id: str = ""


class Content(msgspec.Struct, frozen=True):
    """A file that can be kept.

    Attributes:
        file_name: cleaned: no folders, nothing invisible, nothing that a system forbids in names.
        kind: told by the content.
    """

    file_name: str
    kind: FileKind
    data: bytes


class Attached(msgspec.Struct, frozen=True):
    """A version of a document that is kept.

    Attributes:
        title: what the pack calls the document.
        version: counts from 1 within the document.
        size: in bytes.
        sha256: the digest of the content, for :meth:`Uploads.read`.
        is_new: False when the very same content was the current version already.
    """

    document_id: str
    title: Text
    version: int
    file_name: str
    kind: str
    size: int
    at: datetime
    sha256: str
    is_new: bool = True


class Withdrawn(msgspec.Struct, frozen=True):
    """A version that was taken back, and the one that is current now, if any."""

    gone: Attached
    current: Attached | None


class Uploads:
    """What is handed in for the projects of a conversation's database; safe to share between threads."""

    def __init__(self, conversation: Conversation, *, limit: int | None = None) -> None:
        """Work on the database of ``conversation``, by its clock and its rules.

        Args:
            conversation: knows the projects and the rules that each is pinned to.
            limit: bytes that a file may have; None for SHENBAO_UPLOAD_LIMIT_MB, else 50 MB.
        """
        self._conversation = conversation
        self.limit = upload_limit() if limit is None else limit

    @property
    def blobs(self) -> Blobs | SharedContents:
        """Where contents are kept."""
        return self._conversation.database.blobs

    def check(self, file: IncomingFile) -> Content:
        """Return a file as it can be kept; nothing is kept yet.

        Raises:
            UploadError: empty, too large, or of a kind that is not taken.
        """
        try:
            kind = recognise(file.data, largest=self.limit)
        except RefusedFileError as error:
            raise UploadError(error.text) from error
        return Content(clean_name(file.name) or f"file.{kind}", kind, file.data)

    def attach(self, project_id: int, document_id: str, file_name: str, data: bytes) -> Attached:
        """Keep a version of a document of the checklist, and tick the document off.

        Args:
            project_id: the project; the caller knows that the user may change it.
            document_id: an id of the pack's documents.
            file_name: what the user's file is called; its ending does not matter.
            data: the content.

        Raises:
            UploadError: no such document, nothing may be collected, or the file cannot be taken.
            NotFound: there is no such project.
            StorageError: nothing was kept.
        """
        content = self.check(IncomingFile(file_name, data))
        with self._conversation.database.unit_of_work() as work:
            return self.attach_in(work, project_id, document_id, content)

    def attach_in(
        self,
        work: UnitOfWork,
        project_id: int,
        document_id: str,
        content: Content,
        *,
        turn_key: str = "",
        actor: str = "",
    ) -> Attached:
        """Do as :meth:`attach` within a unit of work, with a file that was checked before it began."""
        opened = self._open(work, project_id)
        document = _document(opened.dialogue, document_id)
        if not may_collect(opened.view):
            raise UploadError(NOTHING_YET)
        # First the content, on the disk, then the row that names it: killed in between, nobody misses anything.
        digest = work.blobs.put(content.data)
        known = work.attachments.current(project_id).get(document_id)
        if known is not None and known.sha256 == digest:
            return msgspec.structs.replace(_attached(known, document), is_new=False)
        row = work.attachments.add(
            project_id,
            document_id,
            sha256=digest,
            file_name=content.file_name,
            kind=content.kind,
            size=len(content.data),
            at=self._conversation.clock.now(),
        )
        draft = opened.draft.copy()
        draft.documents[document_id] = "provided"
        self._note(work, opened.project, draft, row, kind="upload", turn_key=turn_key, actor=actor)
        return _attached(row, document)

    def remove(self, project_id: int, document_id: str) -> Withdrawn:
        """Take back the current version of a document; the one before it, if any, is current again.

        Raises:
            UploadError: no such document, or no file of it is kept.
            NotFound: there is no such project.
            StorageError: nothing was changed.
        """
        with self._conversation.database.unit_of_work() as work:
            withdrawn = self.remove_in(work, project_id, document_id)
        self.tidy()
        return withdrawn

    def remove_in(
        self, work: UnitOfWork, project_id: int, document_id: str, *, turn_key: str = "", actor: str = ""
    ) -> Withdrawn:
        """Do as :meth:`remove` within a unit of work; the caller tidies after the commit."""
        project, dialogue, view = self._open(work, project_id)
        document = _document(dialogue, document_id)
        draft = view.draft.copy()
        row = work.attachments.current(project_id).get(document_id)
        if row is None:
            raise UploadError(T("「{title}」没有交过文件，不用撤回。", title=Text(document.title)))
        work.attachments.remove(row.id, at=self._conversation.clock.now())
        before = work.attachments.current(project_id).get(document_id)
        if before is None:
            draft.documents[document_id] = "missing"
            if draft.state == PACKAGE or "drafted" in draft.documents.values():
                mark_drafted(View(dialogue.rules, draft, view.as_of, view))
        self._note(work, project, draft, row, kind="withdraw", turn_key=turn_key, actor=actor)
        return Withdrawn(_attached(row, document), _attached(before, document) if before else None)

    def listing(self, project_id: int) -> list[Attached]:
        """Return the current version of every document that was handed in, in the order of the checklist.

        Raises:
            NotFound: there is no such project.
        """
        with self._conversation.database.unit_of_work() as work:
            return self.listing_in(work, project_id)

    def listing_in(self, work: UnitOfWork, project_id: int) -> list[Attached]:
        """Do as :meth:`listing` within a unit of work."""
        rules = self._conversation.load(work, project_id).rules
        current = work.attachments.current(project_id)
        documents = rules.documents.values()
        return [_attached(current[each.id], each) for each in documents if each.id in current]

    def read(self, attached: Attached) -> bytes:
        """Return the content of a version.

        Raises:
            NotFound: the content is gone.
            StorageError: it cannot be read, or is damaged.
        """
        return self.blobs.read(attached.sha256)

    def tick_off(self, work: UnitOfWork, project_id: int, draft: Draft) -> None:
        """Mark in the draft what was handed in, whatever the user has said of it: the file is here."""
        for document_id in work.attachments.current(project_id):
            draft.documents[document_id] = "provided"

    def tidy(self) -> None:
        """Delete contents that nothing refers to; what cannot be deleted now is left for the next time."""
        with suppress(StorageError):
            self._conversation.database.sweep()

    def _open(self, work: UnitOfWork, project_id: int) -> Opened:
        opened = self._conversation.load(work, project_id)
        if opened.project.submitted_at is not None:
            raise UploadError(SUBMITTED)
        return opened

    def _note(
        self,
        work: UnitOfWork,
        project: Project,
        draft: Draft,
        row: Attachment,
        *,
        kind: str,
        turn_key: str,
        actor: str,
    ) -> None:
        now = self._conversation.clock.now()
        work.projects.save(
            project.id, expected_version=project.version, state=dump_draft(draft), name=project.name, at=now
        )
        payload = {
            "document": row.document_id,
            "version": row.version,
            "file_name": row.file_name,
            "kind": row.kind,
            "size": row.size,
            "sha256": row.sha256,
        }
        work.events.append(
            project.id,
            at=now,
            turn_key=turn_key,
            kind=kind,
            payload=msgspec.json.encode(payload),
            actor=actor,
        )


def upload_limit() -> int:
    """Return the bytes that a file may have: SHENBAO_UPLOAD_LIMIT_MB (1 to 200), or 50 MB without a usable one."""
    given = os.environ.get(LIMIT_VARIABLE, "")
    if not (given.isascii() and given.isdecimal()) or int(given) < 1:
        return LARGEST_FILE
    return min(int(given), _HIGHEST_LIMIT) * MEGABYTE


def may_collect(view: View) -> bool:
    """Say whether anything may be kept: it applies, and whether it is secret (4) was asked and answered."""
    asked_first = all(part.id in view.facts for each in view.asked if each.stop for part in each.parts)
    return asked_first and not view.is_over


def clean_name(name: str) -> str:
    """Return the name of a file as it is kept; empty when nothing of it can be.

    Folders go, characters that nobody sees or that change the direction of reading go, those that Windows
    forbids become _, and a long name keeps its ending.
    """
    last = unicodedata.normalize("NFC", _FOLDERS.split(name)[-1])
    seen = "".join(char for char in _SPACES.sub(" ", last) if not unicodedata.category(char).startswith("C"))
    clean = _RESERVED.sub("_", seen).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= _LONGEST_NAME or not dot:
        return clean[:_LONGEST_NAME]
    ending = ending[: _LONGEST_NAME // 2]
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def _document(dialogue: Dialogue, document_id: str) -> Document:
    document = dialogue.rules.documents.get(document_id)
    if document is None:
        raise UploadError(T("清单里没有「{document}」这份材料。", document=document_id[:40]))
    return document


def _attached(row: Attachment, document: Document) -> Attached:
    return Attached(
        document_id=row.document_id,
        title=Text(document.title),
        version=row.version,
        file_name=row.file_name,
        kind=row.kind,
        size=row.size,
        at=row.added_at,
        sha256=row.sha256,
    )
