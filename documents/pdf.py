"""Writes a page as PDF/A, for the reader who will print or keep it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from documents.characters import FONTS, fit_to_font
from documents.page import page_of, template_name

if TYPE_CHECKING:
    import typst

    from documents.page import Content

TEMPLATES = Path(__file__).parent / "templates"

MOMENT = 315_532_800
"""PDF/A insists on a date; 1 January 1980, as in our zip files, stands for none."""

_of_thread = threading.local()


class PdfDocument(msgspec.Struct, frozen=True):
    """A PDF and what could not be printed in it.

    Attributes:
        data: the file.
        missing_characters: those the shipped font does not have, in code order; 〓 stands for each.
    """

    data: bytes
    missing_characters: tuple[str, ...]


def render_pdf(content: Content) -> PdfDocument:
    """Return the page as PDF/A-2b with its font in it; the same content gives the same bytes.

    Texts reach the template as data, so nothing in them is ever read as markup.
    """
    missing: set[str] = set()

    def printable(words: str) -> str:
        fitted, lost = fit_to_font(words)
        missing.update(lost)
        return fitted

    page = msgspec.json.encode(page_of(content, printable)).decode()
    data = _compiler().compile(
        input=TEMPLATES / f"{template_name(content)}.typ",
        sys_inputs={"page": page},
        format="pdf",
        pdf_standards="a-2b",
        timestamp=MOMENT,
    )
    if not isinstance(data, bytes):
        raise TypeError("typst returned no PDF")
    return PdfDocument(data, tuple(sorted(missing)))


def _compiler() -> typst.Compiler:
    """Return this thread's compiler: it keeps the font and the templates parsed, but serves one thread only."""
    compiler: typst.Compiler | None = getattr(_of_thread, "compiler", None)
    if compiler is None:
        # takes longer to import than to use
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        _of_thread.compiler = compiler
    return compiler
