"""Writes a page as .docx, for the reader who will edit it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.archive import repack
from documents.page import page_of, template_name

if TYPE_CHECKING:
    from documents.content import Checklist, Declaration

TEMPLATES = Path(__file__).parent / "templates"
BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})
LONGEST_PROPERTY = 255
"""What the file format allows for a document property."""


def render_docx(content: Declaration | Checklist) -> bytes:
    """Return the page as a .docx file; the same content gives the same bytes.

    Every text is printed exactly as it is, whatever it holds, except that control characters, which the
    format cannot keep, are left out.
    """
    # takes longer to import than to use
    from docxtpl import DocxTemplate  # pyright: ignore[reportMissingTypeStubs]
    from markupsafe import Markup, escape

    def literal(words: str) -> Any:
        # docxtpl rewrites {_{ and its like after filling in; as character references they are out of its reach
        escaped = str(escape(words)).translate(BRACES)
        return Markup(escaped)  # noqa: S704 - escaped in the line above

    template: Any = DocxTemplate(TEMPLATES / f"{template_name(content)}.docx")
    template.render(page_of(content, literal), autoescape=True)
    # not get_docx(), which would load the empty template anew
    template.docx.core_properties.title = page_of(content)["title"][:LONGEST_PROPERTY]
    out = io.BytesIO()
    template.save(out)
    return repack(out.getvalue())
