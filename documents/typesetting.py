"""What the PDF and the live preview have in common: the template, the texts that it gets, and who sets them."""

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

_of_thread = threading.local()


class Manuscript(msgspec.Struct, frozen=True):
    """A page ready to be set.

    Attributes:
        template: the file of its template.
        inputs: what the template reads. Texts are data in it, so nothing in them is ever read as markup.
        missing_characters: those the shipped font does not have, in code order; 〓 stands for each.
    """

    template: Path
    inputs: dict[str, str]
    missing_characters: tuple[str, ...]


def manuscript(content: Content) -> Manuscript:
    """Return the page with every text fitted to the font."""
    missing: set[str] = set()

    def printable(words: str) -> str:
        fitted, lost = fit_to_font(words)
        missing.update(lost)
        return fitted

    page = msgspec.json.encode(page_of(content, printable)).decode()
    return Manuscript(TEMPLATES / f"{template_name(content)}.typ", {"page": page}, tuple(sorted(missing)))


def compiler() -> typst.Compiler:
    """Return this thread's compiler: it keeps the font and the templates parsed, but serves one thread only."""
    known: typst.Compiler | None = getattr(_of_thread, "compiler", None)
    if known is None:
        # takes longer to import than to use
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        known = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        _of_thread.compiler = known
    return known
