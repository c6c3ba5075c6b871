"""The package to hand in: one zip, ordered and named as a clerk would, the same bytes for the same answers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bot.answers import answers_yaml
from bot.package import papers_of, render_papers, safe_name, write_together
from documents.archive import undated
from rules.text import T, Text, joined
from rules.verdict import verdict_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.conversation import Conversation
    from dialogs.view import View
    from rules.text import Translate
    from rules.verdict import DocumentNeed

CONTENTS_FILE = "00_目录.txt"
CATALOGUE_FILE = "信息资源目录"
VERDICT_FILE = "判断结果.json"
ANSWERS_FILE = "答案.yaml"
_LAST_FILES = (VERDICT_FILE, ANSWERS_FILE, CONTENTS_FILE)
_FORMATS = 2
"""Every paper is made as docx and as PDF."""
NAME_FILE = "_申报材料.zip"
DRAFT_NAME_FILE = "_申报材料_草稿.zip"
_NUMBERED = re.compile(r"\d\d_[^/\\]+")
_WINDOWS_LINE = "\r\n"
_BYTE_ORDER_MARK = "\ufeff"


class Upload(NamedTuple):
    """A document that the user handed in: its title in the checklist, how its name ends, and its bytes."""

    title: str
    suffix: str
    data: bytes


class Produced(NamedTuple):
    """What was made.

    Attributes:
        paths: the files, in the order in which they are handed in.
        missing_characters: characters that the PDF's font does not have; printed as 〓.
    """

    paths: list[Path]
    missing_characters: tuple[str, ...]


class Bundle(NamedTuple):
    """The zip.

    Attributes:
        name: what it is called; says 草稿 while anything that is required is missing.
        data: its bytes.
        files: what is in it, in order, the table of contents first.
        missing_characters: printed as 〓 in the PDFs.
    """

    name: str
    data: bytes
    files: list[tuple[str, bytes]]
    missing_characters: tuple[str, ...]


class Packing:
    """A package under way: going through it makes its files one by one; afterwards it can be had as a zip.

    Attributes:
        total: how many files will be made.
    """

    def __init__(self, view: View, uploads: Sequence[Upload] = (), translate: Translate = str) -> None:
        """Prepare the package of a project.

        Args:
            view: the project; ``mark_drafted`` has been called on it.
            uploads: what was handed in, in the order of the checklist.
            translate: the language of the checklist and the table of contents; forms are always Chinese.
        """
        self._view = view
        self._translate = translate
        self._papers = papers_of(view, translate)
        self._handed_in = [*_catalogue(view), *uploads]
        self._files: list[tuple[str, bytes]] = []
        self._missing: dict[str, None] = {}
        self.total = len(self._papers) * _FORMATS + len(self._handed_in) + len(_LAST_FILES)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Make the files; the table of contents, which names the others, comes last."""
        for made in render_papers(self._papers):
            self._missing |= dict.fromkeys(made.missing_characters)
            yield self._kept(made.name, made.data)
        for number, upload in enumerate(self._handed_in, start=len(self._papers) + 1):
            yield self._kept(f"{number:02d}_{safe_name(upload.title)}{upload.suffix}", upload.data)
        verdict = msgspec.json.encode(verdict_json(self._view.verdict))
        yield self._kept(VERDICT_FILE, msgspec.json.format(verdict, indent=2))
        yield self._kept(ANSWERS_FILE, answers_yaml(self._view).encode())
        lines = _contents(self._view, [name for name, _ in self._files])
        words = _WINDOWS_LINE.join(line.render(self._translate) for line in lines)
        yield self._kept(CONTENTS_FILE, f"{_BYTE_ORDER_MARK}{words}{_WINDOWS_LINE}".encode())

    @property
    def missing_characters(self) -> tuple[str, ...]:
        """Characters of the papers made so far that the PDF's font does not have; printed as 〓."""
        return tuple(self._missing)

    def bundle(self) -> Bundle:
        """Return the package, once every file is made; the table of contents stands first in it."""
        *others, contents = self._files
        files = [contents, *others]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in files:
                archive.writestr(undated(name), data)
        name = _name(self._view, draft=is_draft(self._view))
        return Bundle(name, out.getvalue(), files, self.missing_characters)

    def _kept(self, name: str, data: bytes) -> tuple[str, bytes]:
        self._files.append((name, data))
        return name, data


def make_bundle(view: View, uploads: Sequence[Upload] = (), translate: Translate = str) -> Bundle:
    """Make the package of a project at once; the arguments are those of ``Packing``."""
    packing = Packing(view, uploads, translate)
    for _ in packing:
        pass
    return packing.bundle()


def produce(view: View, folder: Path, uploads: Sequence[Upload] = (), translate: Translate = str) -> Produced:
    """Make the package of a project and write it into ``folder``: each paper, and the zip of them all.

    What an earlier package left there and this one does not hold is removed: a paper that no longer applies
    must not be handed in by mistake. Other files are not touched.

    Raises:
        OSError: the folder cannot be written, or the disk is full; files already there are untouched.
    """
    bundle = make_bundle(view, uploads, translate)
    stale = _earlier(folder)
    paths = write_together(folder, [*bundle.files, (bundle.name, bundle.data)])
    for path in stale - set(paths):
        path.unlink(missing_ok=True)
    return Produced(paths, bundle.missing_characters)


def conversation_uploads(conversation: Conversation, project_id: int) -> list[Upload]:
    """Return what was handed in for a project, in the order of the checklist.

    Raises:
        StorageError: a content cannot be read.
    """
    kept = conversation.uploads
    return [
        Upload(each.title.render(), f".{each.kind}", kept.read(each)) for each in kept.listing(project_id)
    ]


def _earlier(folder: Path) -> set[Path]:
    """Return the files of the last package in a folder, as its table of contents names them."""
    try:
        lines = (folder / CONTENTS_FILE).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    named = {folder / line for line in lines if _NUMBERED.fullmatch(line)}
    return named | set(folder.glob(f"*{NAME_FILE}")) | set(folder.glob(f"*{DRAFT_NAME_FILE}"))


def _name(view: View, *, draft: bool) -> str:
    name = safe_name(str(view.facts.get("project_name", "")) or "project")
    return f"{name}{DRAFT_NAME_FILE if draft else NAME_FILE}"


def is_draft(view: View) -> bool:
    """Say whether anything is still missing: an answer, something to mend, or a document to hand in now."""
    return not view.is_complete or bool(missing_documents(view))


def missing_documents(view: View) -> list[DocumentNeed]:
    """Return what is to be handed in now, or may have to be, and is not there."""
    return [
        need
        for need in view.verdict.documents
        if need.requirement in ("required", "undetermined")
        and need.status == "missing"
        and need.document.stage not in view.rules.later_stages
    ]


def _catalogue(view: View) -> list[Upload]:
    entries = view.facts.get("catalogue")
    if not isinstance(entries, tuple) or not entries:
        return []
    from documents.catalogue_sheet import write_catalogue

    return [Upload(CATALOGUE_FILE, ".xlsx", write_catalogue(entries))]


def _contents(view: View, names: list[str]) -> list[Text]:
    lines = [
        T("申报材料目录"),
        T("项目：{name}", name=str(view.facts.get("project_name", ""))),
        T("日期：{day}", day=view.as_of.isoformat()),
        Text(""),
        *(Text("{words}", {"words": name}) for name in names),
        Text(""),
    ]
    if not is_draft(view):
        return [*lines, T("现在要交的都齐了。")]
    lines.append(T("草稿：还有没答的题、要改的问题或缺的材料，补齐后请重新生成。"))
    if missing := missing_documents(view):
        titles = joined([Text(need.document.title) for need in missing])
        lines.append(T("还缺的材料：{titles}", titles=titles))
    if view.open:
        lines.append(
            T("还没答的题：{labels}", labels=joined([Text(question.label) for question in view.open]))
        )
    return lines
