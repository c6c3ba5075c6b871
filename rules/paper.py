"""The papers that the program fills in, as a pack's files describe them: their cells, and the lines of these."""

from __future__ import annotations

from typing import Literal

import msgspec

from rules.entry import Entry, Note


class CellLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a form cell.

    Attributes:
        text: with the facts it is made from in braces, or a kind of event for its day; left out while one of
            them is empty.
        when: CEL; the line is left out unless it holds. Empty means always.
        unless: a fact; once it is answered, its own words say this and the line is left out.
        guidance: what belongs here; printed after 待补充 in place of a line that lacks a fact.
        blanks: a fact without an answer leaves a blank to fill in by hand; the line is never left out for it.
    """

    text: str
    when: str = ""
    unless: str = ""
    guidance: str = ""
    blanks: bool = False


class FormCell(Entry, frozen=True):
    """A cell of an official form and the answers it is filled from.

    Attributes:
        label: as the form prints it.
        when: CEL; the form has no such cell unless it holds. Empty means always.
        heading: of the chapter that begins with this cell; a report only.
        place: where a table or a statement prints it: in its body, above it, or where it is signed.
        source: what fills the cell besides ``lines``: the day, the documents handed in, or how many entries of
            the catalogue are shared in which way.
        document: a document of the pack; the cell says 随附 when it is there.
        by_hand: no answer fills this cell; it is there to be filled in by hand.
    """

    label: str
    lines: list[CellLine] = []
    when: str = ""
    heading: str = ""
    place: Literal["body", "head", "signature"] = "body"
    source: Literal["", "as_of", "handed_in", "sharing"] = ""
    document: str = ""
    by_hand: bool = False
    reading: str = ""


Layout = Literal["declaration", "review", "table", "report", "statement"]


class Form(Entry, frozen=True):
    """A paper that the program fills in: an official form, or one that an article describes.

    Attributes:
        title: as printed; may break over lines.
        file: what the file is called, without number and ending.
        layout: how it is printed. 申报表 and 审查表 are laid out as their annexes, cell by cell; the others take
            any cells in order.
        document: the document of the pack that it drafts; empty when no article lists it.
        when: CEL; the form is made while it holds. Empty means always.
        notes: printed beneath the form while they hold.
    """

    title: str
    file: str
    layout: Layout
    articles: list[str]
    cells: list[FormCell]
    document: str = ""
    when: str = ""
    notes: list[Note] = []
    reading: str = ""
