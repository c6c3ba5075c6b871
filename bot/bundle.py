"""The package to hand in: one zip, ordered and named as a clerk would, the same bytes for the same answers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bot.answers import answers_yaml
from bot.package import render_package, safe_name, write_together
from documents.archive import undated
from rules.text import T, Text, joined
from rules.verdict import verdict_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.conversation import Conversation
    from dialogs.view import View
    from rules.text import Translate

CONTENTS_FILE = "00_目录.txt"
CATALOGUE_FILE = "信息资源目录"
VERDICT_FILE = "判断结果.json"
ANSWERS_FILE = "答案.yaml"
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


def make_bundle(view: View, uploads: Sequence[Upload] = (), translate: Translate = str) -> Bundle:
    """Make the package of a project.

    Args:
        view: the project; ``mark_drafted`` has been called on it.
        uploads: what was handed in, in the order of the checklist.
        translate: the language of the checklist and the table of contents; forms are always Chinese.
    """
    made = render_package(view, translate)
    files = list(made.files)
    number = len({name.split("_")[0] for name, _ in files}) + 1
    for upload in [*_catalogue(view), *uploads]:
        files.append((f"{number:02d}_{safe_name(upload.title)}{upload.suffix}", upload.data))
        number += 1
    files.append(
        (VERDICT_FILE, msgspec.json.format(msgspec.json.encode(verdict_json(view.verdict)), indent=2))
    )
    files.append((ANSWERS_FILE, answers_yaml(view).encode()))
    lines = [line.render(translate) for line in _contents(view, [name for name, _ in files])]
    contents = (_BYTE_ORDER_MARK + _WINDOWS_LINE.join(lines) + _WINDOWS_LINE).encode()
    files.insert(0, (CONTENTS_FILE, contents))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            archive.writestr(undated(name), data)
    return Bundle(_name(view, draft=is_draft(view)), out.getvalue(), files, made.missing_characters)


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
    return not view.is_complete or bool(_missing(view))


def _missing(view: View) -> list[Text]:
    return [
        Text(need.document.title)
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
    if missing := _missing(view):
        lines.append(T("还缺的材料：{titles}", titles=joined(missing)))
    if view.open:
        lines.append(
            T("还没答的题：{labels}", labels=joined([Text(question.label) for question in view.open]))
        )
    return lines
