"""The files to hand in, made from the answers: 申报表 and 申报材料清单, each as docx and PDF."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.checklist import checklist_content
from documents.content import Checklist, Declaration
from rules.forms import fill_form

if TYPE_CHECKING:
    from dialogs.view import View
    from rules.text import Translate

DECLARATION_FORM = "declaration"
DECLARATION_FILE = "01_申报表"
CHECKLIST_FILE = "02_申报材料清单"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 60


class Produced(NamedTuple):
    """What was made.

    Attributes:
        paths: the files, in the order in which they are handed in.
        missing_characters: characters that the PDF's font does not have; printed as 〓.
    """

    paths: list[Path]
    missing_characters: tuple[str, ...]


def produce(view: View, folder: Path, translate: Translate = str) -> Produced:
    """Make the documents of a project and write them into ``folder``.

    Args:
        view: the project.
        folder: made if it is not there; files of the same names are replaced, each at once.
        translate: the language of the checklist; official forms are always Chinese.

    Raises:
        OSError: the folder cannot be written, or the disk is full; files already there are untouched.
    """
    from documents.docx import render_docx
    from documents.pdf import render_pdf

    folder.mkdir(parents=True, exist_ok=True)
    contents: list[tuple[str, Declaration | Checklist]] = [
        (DECLARATION_FILE, declaration_content(view)),
        (CHECKLIST_FILE, checklist_content(view, translate)),
    ]
    paths: list[Path] = []
    missing: dict[str, None] = {}
    for name, content in contents:
        pdf = render_pdf(content)
        missing |= dict.fromkeys(pdf.missing_characters)
        for suffix, data in ((".docx", render_docx(content)), (".pdf", pdf.data)):
            paths.append(_write(folder / f"{name}{suffix}", data))
    return Produced(paths, tuple(missing))


def declaration_content(view: View) -> Declaration:
    """Return Annex 1 filled from the answers; blank where there is none."""
    handed_in = [need.document.title for need in view.verdict.wanted if need.status != "missing"]
    cells = fill_form(view.seen, DECLARATION_FORM, handed_in)
    materials = tuple(cells.pop("materials", "").splitlines())
    title = view.rules.forms[DECLARATION_FORM].title
    return Declaration(title=title, draft=not view.is_complete, materials=materials, **cells)


def safe_name(name: str) -> str:
    """Return a project's name as a file name that every system takes."""
    return _UNSAFE.sub("_", name).strip(" ._")[:_LONGEST_NAME] or "_"


def _write(path: Path, data: bytes) -> Path:
    """Write beside the target and rename: a full disk leaves the old file, never half a new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
