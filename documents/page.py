"""The content of a page as the plain values that both kinds of template read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from documents.characters import clean
from documents.content import Checklist, Declaration

if TYPE_CHECKING:
    from collections.abc import Callable

BLANK_DATE = "    年   月   日"
SHORT = 400
"""Characters in a table row up to which it is kept on one page; a line break counts as a line of them."""
LINE = 20

Page = dict[str, Any]


def page_of(content: Declaration | Checklist, text: Callable[[str], Any] = str) -> Page:
    """Return the values for the template of ``content``, under the names of its attributes.

    Two things are worked out here, so that docx and PDF cannot differ in them: the blank date of a form, and
    for each row of the checklist's tables (``short``) whether it is kept on one page.

    Args:
        content: the page.
        text: what to make of every text, after it has been cleaned of what no format can keep.
    """
    page: Page = msgspec.to_builtins(content)
    if isinstance(content, Declaration):
        page["form_date"] = content.form_date or BLANK_DATE
    else:
        stage_rows = [row for stage in page["stages"] for row in stage["items"]]
        for row in [*stage_rows, *page["findings"], *page["deadlines"]]:
            row["short"] = _extent(row) <= SHORT
    return _each_text(page, lambda words: text(clean(words)))


def template_name(content: Declaration | Checklist) -> str:
    """Return the name, without ending, of the template for this kind of page."""
    return "declaration" if isinstance(content, Declaration) else "checklist"


def _extent(row: dict[str, str]) -> int:
    return sum(len(words) + LINE * words.count("\n") for words in row.values())


def _each_text(value: Any, text: Callable[[str], Any]) -> Any:
    match value:
        case str():
            return text(value)
        case dict():
            return {name: _each_text(part, text) for name, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list() | tuple():
            return [_each_text(part, text) for part in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
