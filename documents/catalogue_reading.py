"""Reading a catalogue (信息资源目录) that a unit sends as xlsx or csv: headings, rows, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from documents.grid import MOST_ENTRIES, TOO_MANY_ROWS, Grid, csv_grids
from documents.guard import COMPOUND_FILE, RefusedFileError
from documents.workbook import workbook_grids
from rules.catalogue import BY_ID, FIELDS, heading_named, option_named, plain
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.catalogue import CatalogueField

_HEADER_WITHIN = 10
_ZIP = b"PK\x03\x04"


class Header(msgspec.Struct, frozen=True):
    """Where the columns of a catalogue stand.

    Attributes:
        row: the number of the row with the headings.
        columns: the index, from 0, of each field that has a column.
    """

    row: int
    columns: dict[str, int]


class CatalogueSheet(msgspec.Struct, frozen=True):
    """A catalogue as it was handed in.

    Attributes:
        title: the worksheet that was read; empty for csv.
        rows: the entries with the numbers of their rows. Values are keys of options, or the words that came.
        absent: the fields that the sheet has no column for.
    """

    title: str
    rows: tuple[tuple[int, dict[str, str]], ...]
    absent: tuple[str, ...]


def read_catalogue(data: bytes, file_name: str) -> CatalogueSheet:
    """Read a catalogue from an xlsx (known by its content) or a csv in UTF-8 or GB18030.

    Args:
        data: the file.
        file_name: what the user calls it, for the sentence that refuses it.

    Raises:
        RefusedFileError: not such a file, damaged, hostile, too long, or without the headings of a catalogue.
    """
    found = find_catalogue(data)
    if found is None:
        raise RefusedFileError(
            T(
                "「{name}」里没有找到目录的表头（要有「{heading}」这一列和其他列），请用模板填写后再传。",
                name=file_name,
                heading=BY_ID["name"].label,
            )
        )
    grid, header = found
    rows = tuple(_entries(grid, header))
    if len(rows) > MOST_ENTRIES:
        raise RefusedFileError(TOO_MANY_ROWS)
    absent = tuple(field.id for field in FIELDS if field.id not in header.columns)
    return CatalogueSheet(grid.title, rows, absent)


def find_catalogue(data: bytes) -> tuple[Grid, Header] | None:
    """Return the first table with the headings of a catalogue, and where they stand.

    Raises:
        RefusedFileError: not a spreadsheet, damaged or hostile.
    """
    if not data.strip():
        raise RefusedFileError(T("文件是空的，请核对后再传。"))
    for grid in workbook_grids(data) if data.startswith((_ZIP, COMPOUND_FILE)) else csv_grids(data):
        header = _header(grid)
        if header is not None:
            return grid, header
    return None


def _header(grid: Grid) -> Header | None:
    """Find the row with the most headings.

    Official templates spread them over two rows (共享属性 above 共享类型 and 共享方式), so a cell that is empty
    takes its heading from the row above.
    """
    best: Header | None = None
    above: list[str] = []
    for number, cells in grid.rows:
        if number > _HEADER_WITHIN:
            break
        columns = _columns(cells, above) if any(map(heading_named, cells)) else {}
        if "name" in columns and len(columns) > max(1, len(best.columns) if best else 0):
            best = Header(number, columns)
        above = cells
    return best


def _columns(cells: list[str], above: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    width = max(len(cells), len(above))
    for index in range(width):
        words = (cells[index] if index < len(cells) else "") or (above[index] if index < len(above) else "")
        field = heading_named(words)
        if field is not None:
            columns.setdefault(field.id, index)
    return columns


def _entries(grid: Grid, header: Header) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in grid.rows:
        if number <= header.row:
            continue
        entry = {
            field.id: _value(field, cells, header.columns[field.id]) if field.id in header.columns else ""
            for field in FIELDS
        }
        if any(entry.values()):
            yield number, entry


def _value(field: CatalogueField, cells: list[str], index: int) -> str:
    words = cells[index] if index < len(cells) else ""
    if not words or not field.listed:
        return words
    option = option_named(field, words)
    # Synonyms of a suggestion are left as they were written (PDF says more than 电子文件).
    if option is None or (field.suggestions and plain(words) != plain(option.key)):
        return words
    return option.key
