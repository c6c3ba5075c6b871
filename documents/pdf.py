"""Writes a page as PDF/A, for the reader who will print or keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from documents.typesetting import compiler, manuscript

if TYPE_CHECKING:
    from documents.page import Content

MOMENT = 315_532_800
"""PDF/A insists on a date; 1 January 1980, as in our zip files, stands for none."""


class PdfDocument(msgspec.Struct, frozen=True):
    """A PDF and what could not be printed in it.

    Attributes:
        data: the file.
        missing_characters: those the shipped font does not have, in code order; 〓 stands for each.
    """

    data: bytes
    missing_characters: tuple[str, ...]


def render_pdf(content: Content) -> PdfDocument:
    """Return the page as PDF/A-2b with its font in it; the same content gives the same bytes."""
    page = manuscript(content)
    data = compiler().compile(
        input=page.template,
        sys_inputs=page.inputs,
        format="pdf",
        pdf_standards="a-2b",
        timestamp=MOMENT,
    )
    if not isinstance(data, bytes):
        raise TypeError("typst returned no PDF")
    return PdfDocument(data, page.missing_characters)
