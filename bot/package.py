"""The files to hand in, made from the answers: the list of documents and every form that applies, as docx and PDF."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.checklist import checklist_content
from bot.forms import form_contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.view import View
    from documents.page import Content
    from rules.text import Translate

CHECKLIST_FILE = "申报材料清单"
CHECKLIST_PLACE = 1
"""The list of documents comes second: it is what a clerk looks for behind 申报表."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 60


class RenderedPackage(NamedTuple):
    """What was made, not yet written anywhere.

    Attributes:
        files: name and bytes of each file, in the order in which they are handed in.
        missing_characters: characters that the PDF's font does not have; printed as 〓.
    """

    files: list[tuple[str, bytes]]
    missing_characters: tuple[str, ...]


def render_package(view: View, translate: Translate = str) -> RenderedPackage:
    """Make the documents of a project: the same answers on the same day give the same bytes.

    Args:
        view: the project; ``mark_drafted`` has been called on it, so that its lists name what is made here.
        translate: the language of the checklist; official forms are always Chinese.
    """
    # take longer to import than to use
    from documents.docx import render_docx
    from documents.pdf import render_pdf

    contents: list[tuple[str, Content]] = [(form.file, page) for form, page in form_contents(view)]
    contents.insert(CHECKLIST_PLACE, (CHECKLIST_FILE, checklist_content(view, translate)))
    files: list[tuple[str, bytes]] = []
    missing: dict[str, None] = {}
    for number, (name, content) in enumerate(contents, start=1):
        pdf = render_pdf(content)
        missing |= dict.fromkeys(pdf.missing_characters)
        files.append((f"{number:02}_{name}.docx", render_docx(content)))
        files.append((f"{number:02}_{name}.pdf", pdf.data))
    return RenderedPackage(files, tuple(missing))


def safe_name(name: str) -> str:
    """Return a project's name as a file name that every system takes."""
    return _UNSAFE.sub("_", name).strip(" ._")[:_LONGEST_NAME] or "_"


def write_together(folder: Path, files: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Write files into a folder, all of them or none; those of the same names are replaced.

    Raises:
        OSError: the folder cannot be written, or the disk is full; files already there are untouched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as beside:
        for name, data in files:
            (Path(beside) / name).write_bytes(data)
        return [(Path(beside) / name).replace(folder / name) for name, _ in files]
