"""The files to hand in, made from the answers: the list of documents and every form that applies, as docx and PDF."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.checklist import checklist_content
from bot.forms import form_contents
from dialogs.view import View, mark_drafted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from documents.page import Content
    from rules.text import Translate

CHECKLIST = "checklist"
CHECKLIST_FILE = "申报材料清单"
CHECKLIST_PLACE = 1
"""The list of documents comes second: it is what a clerk looks for behind 申报表."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 60


class Paper(NamedTuple):
    """A paper that is made from the answers.

    Attributes:
        id: the form's id, or ``checklist``.
        file: what its files are called, without number and ending.
    """

    id: str
    file: str
    content: Content


class RenderedFile(NamedTuple):
    """A file of a package; ``missing_characters`` as in ``RenderedPackage``."""

    name: str
    data: bytes
    missing_characters: tuple[str, ...] = ()


class RenderedPackage(NamedTuple):
    """What was made, not yet written anywhere.

    Attributes:
        files: name and bytes of each file, in the order in which they are handed in.
        missing_characters: characters that the PDF's font does not have; printed as 〓.
    """

    files: list[tuple[str, bytes]]
    missing_characters: tuple[str, ...]


def as_drafted(view: View) -> View:
    """Return a project as it stands once its papers are made; the draft itself is not touched."""
    drafted = View(view.rules, view.draft.copy(), view.as_of)
    mark_drafted(drafted)
    return View(view.rules, drafted.draft, view.as_of)


def papers_of(view: View, translate: Translate = str) -> list[Paper]:
    """Return the papers of a project in the order in which they are handed in.

    Args:
        view: the project; ``mark_drafted`` has been called on it, so that its lists name what is made here.
        translate: the language of the checklist; official forms are always Chinese.
    """
    papers = [Paper(form.id, form.file, content) for form, content in form_contents(view)]
    papers.insert(CHECKLIST_PLACE, Paper(CHECKLIST, CHECKLIST_FILE, checklist_content(view, translate)))
    return papers


def render_papers(papers: Iterable[Paper]) -> Iterator[RenderedFile]:
    """Make the files of papers one after another, each as docx and as PDF, numbered in their order."""
    # take longer to import than to use
    from documents.docx import render_docx
    from documents.pdf import render_pdf

    for number, paper in enumerate(papers, start=1):
        yield RenderedFile(f"{number:02}_{paper.file}.docx", render_docx(paper.content))
        pdf = render_pdf(paper.content)
        yield RenderedFile(f"{number:02}_{paper.file}.pdf", pdf.data, pdf.missing_characters)


def render_package(view: View, translate: Translate = str) -> RenderedPackage:
    """Make the papers of a project: the same answers on the same day give the same bytes.

    The arguments are those of ``papers_of``.
    """
    made = list(render_papers(papers_of(view, translate)))
    missing = dict.fromkeys(character for file in made for character in file.missing_characters)
    return RenderedPackage([(file.name, file.data) for file in made], tuple(missing))


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
