"""Draws a page for the screen, from the templates of the PDF, and says where each cell of the form is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from documents.typesetting import compiler, manuscript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from documents.page import Content

MARKS = """(
  sheet: {
    let sheet = query(<sheet>).first().value
    for side in sheet.keys() { sheet.at(side) = sheet.at(side).pt() }
    sheet
  },
  marks: query(<cell>).map(it => {
    let (cell, x, dy) = it.value
    let here = it.location().position()
    (cell: cell, page: here.page - 1, x: if x == none { here.x.pt() } else { x.pt() }, y: (here.y + dy).pt())
  }),
)"""
"""What typst is asked once the page is set; style.typ says which marks there are. All lengths in pt."""


class Area(msgspec.Struct, frozen=True):
    """A rectangle of a page that belongs to a cell of the form.

    Attributes:
        page: counted from 0.
        cell: the id of the cell in the rule pack, such as ``project_name``; of a row of the checklist, its place
            in the content, such as ``stages.0.items.2``.
        x: from the left edge of the page to that of the rectangle, in pt.
        y: from the upper edge of the page to that of the rectangle, in pt.
        width: in pt.
        height: in pt.
    """

    page: int
    cell: str
    x: float
    y: float
    width: float
    height: float


class Preview(msgspec.Struct, frozen=True):
    """A page as it will be printed, for the screen.

    Attributes:
        pages: an SVG for each page. Texts are outlines of their letters; there is no script in it and no
            reference to anything outside it.
        width: of every page, in pt.
        height: of every page, in pt.
        areas: in the order of reading. A cell that goes over to further pages has one on each of them.
        missing_characters: those the shipped font does not have, in code order; 〓 stands for each.
    """

    pages: tuple[bytes, ...]
    width: float
    height: float
    areas: tuple[Area, ...]
    missing_characters: tuple[str, ...]


class _Mark(msgspec.Struct, frozen=True):
    cell: str
    page: int
    x: float
    y: float


class _Sheet(msgspec.Struct, frozen=True):
    """Its size, and its margins above and below the text."""

    width: float
    height: float
    top: float
    bottom: float


class _Answer(msgspec.Struct, frozen=True):
    sheet: _Sheet
    marks: list[_Mark]


# Made here, and not by the first threads that need it: msgspec looks at a type at its first use, and when two threads
# do so at once the process ends.
_answer = msgspec.json.Decoder(_Answer)


def render_preview(content: Content) -> Preview:
    """Return the page as it will be printed, with the places of its cells; the same content gives the same bytes."""
    page = manuscript(content)
    typesetter = compiler()
    drawn = typesetter.compile(
        input=page.template, sys_inputs={**page.inputs, "preview": "marks"}, format="svg"
    )
    if drawn is None:
        raise TypeError("typst returned no SVG")
    answer = _answer.decode(typesetter.eval(MARKS))
    marks: dict[str, list[_Mark]] = {}
    for mark in answer.marks:
        marks.setdefault(mark.cell, []).append(mark)
    areas = (area for of_cell in marks.values() for area in _areas(of_cell, answer.sheet))
    return Preview(
        pages=(drawn,) if isinstance(drawn, bytes) else tuple(drawn),
        width=answer.sheet.width,
        height=answer.sheet.height,
        areas=tuple(sorted(areas, key=_order_of_reading)),
        missing_characters=page.missing_characters,
    )


def _areas(marks: Sequence[_Mark], sheet: _Sheet) -> Iterable[Area]:
    """Yield what a cell takes of each page: all between its first mark and its last, as wide as the marks say."""
    first = min((mark.page, mark.y) for mark in marks)
    last = max((mark.page, mark.y) for mark in marks)
    left = min(mark.x for mark in marks)
    right = max(mark.x for mark in marks)
    for page in range(first[0], last[0] + 1):
        upper = first[1] if page == first[0] else sheet.top
        lower = last[1] if page == last[0] else sheet.height - sheet.bottom
        x, y, width, height = (round(number, 2) for number in (left, upper, right - left, lower - upper))
        yield Area(page, marks[0].cell, x, y, width, height)


def _order_of_reading(area: Area) -> tuple[int, float, float]:
    # cells of one row begin at one height, but for the last digit
    return area.page, round(area.y, 1), area.x
