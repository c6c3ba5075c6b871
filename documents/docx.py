"""Writes a page as .docx, for the reader who will edit it."""

from __future__ import annotations

import functools
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from documents.archive import undated
from documents.page import page_of, template_name

if TYPE_CHECKING:
    from jinja2 import Template

    from documents.page import Content

TEMPLATES = Path(__file__).parent / "templates"
PROPERTIES = "docProps/"
BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}


class _Member(msgspec.Struct, frozen=True):
    """A file inside a template; ``fill`` is there when texts go into it."""

    name: str
    data: bytes
    fill: Any = None


def render_docx(content: Content) -> bytes:
    """Return the page as a .docx file; the same content gives the same bytes.

    Every text is printed exactly as it is, whatever it holds, except that control characters, which the
    format cannot keep, are left out.
    """
    # takes longer to import than to use
    from markupsafe import Markup, escape

    def literal(words: str) -> Any:
        escaped = str(escape(words))
        for character, element in BREAKS.items():
            escaped = escaped.replace(character, f'</w:t>{element}<w:t xml:space="preserve">')
        return Markup(escaped)  # noqa: S704 - escaped in the lines above

    texts, plain = page_of(content, literal), page_of(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in _members(template_name(content)):
            data = member.data
            if member.fill is not None:
                data = member.fill.render(plain if member.name.startswith(PROPERTIES) else texts).encode()
            archive.writestr(undated(member.name), data)
    return out.getvalue()


@functools.cache
def _members(name: str) -> tuple[_Member, ...]:
    """Return the files of a template, those with tags compiled; read once, because that takes most of the time."""
    with zipfile.ZipFile(TEMPLATES / f"{name}.docx") as archive:
        return tuple(_member(path, archive.read(path)) for path in archive.namelist())


def _member(name: str, data: bytes) -> _Member:
    if b"{{" not in data and b"{%" not in data:
        return _Member(name, data)
    return _Member(name, data, _compiled(data.decode()))


def _compiled(xml: str) -> Template:
    from docxtpl import DocxTemplate  # pyright: ignore[reportMissingTypeStubs]
    from jinja2 import Environment, StrictUndefined

    # docxtpl turns {%p …%} and {%tr …%}, which stand in a paragraph or row of their own, into bare tags
    template: Any = DocxTemplate("")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(template.patch_xml(xml))
