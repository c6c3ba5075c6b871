"""The content of a page as the plain values that both kinds of template read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from documents.characters import clean
from documents.content import Checklist, Declaration
from documents.papers import FormTable, Report, SecurityReview, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

Content: TypeAlias = Declaration | Checklist | SecurityReview | FormTable | Report | Statement
"""Everything that can be printed."""

BLANK_DATE = "    年   月   日"
SHORT = 400
"""Characters in a table row up to which it is kept on one page; a line break counts as a line of them."""
LINE = 20

Page = dict[str, Any]


def page_of(content: Content, text: Callable[[str], Any] = str) -> Page:
    """Return the values for the template of ``content``, under the names of its attributes.

    What is worked out here cannot differ between docx and PDF: the blank date of a form; ``name``, the title
    on one line; for each row of a list (``short``) whether it is kept on one page; the paragraphs of running
    text, one for each line of an answer; and for each row of the checklist, which is no form and has no cells,
    an ``id`` that says where in the content it stands, such as ``stages.0.items.2``.

    Args:
        content: the page.
        text: what to make of every text, after it has been cleaned of what no format can keep.
    """
    page: Page = msgspec.to_builtins(content)
    page["name"] = "".join(clean(content.title).split("\n"))
    match content:
        case Declaration():
            page["form_date"] = content.form_date or BLANK_DATE
            page["materials"] = "\n".join(content.materials)
        case SecurityReview():
            page["form_date"] = content.form_date or BLANK_DATE
        case Checklist():
            for place, stage in enumerate(page["stages"]):
                _mark_rows(stage["items"], f"stages.{place}.items")
            for name in ("findings", "deadlines"):
                _mark_rows(page[name], name)
        case FormTable():
            page["form_date"] = BLANK_DATE
            _mark_short(page["rows"])
        case Report():
            for chapter in page["chapters"]:
                for section in chapter["sections"]:
                    section["paragraphs"] = _paragraphs(section["paragraphs"])
        case Statement():
            page["form_date"] = BLANK_DATE
            page["paragraphs"] = [
                {"text": words, "id": line["id"]}
                for line in page["paragraphs"]
                for words in _paragraphs([line["text"]])
            ]
    return _each_text(page, lambda words: text(clean(words)))


def template_name(content: Content) -> str:
    """Return the name, without ending, of the template for this kind of page."""
    match content:
        case Declaration():
            return "declaration"
        case Checklist():
            return "checklist"
        case SecurityReview():
            return "security_review"
        case FormTable():
            return "form_table"
        case Report():
            return "report"
        case Statement():
            return "statement"


def _mark_rows(rows: list[dict[str, Any]], place: str) -> None:
    _mark_short(rows)
    for number, row in enumerate(rows):
        row["id"] = f"{place}.{number}"


def _mark_short(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        texts = [words for name, words in row.items() if name != "id"]
        row["short"] = sum(len(words) + LINE * words.count("\n") for words in texts) <= SHORT


def _paragraphs(texts: list[str]) -> list[str]:
    return [line for words in texts for line in clean(words).split("\n")]


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
