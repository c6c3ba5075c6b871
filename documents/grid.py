"""The cells of a table from outside as plain text, and how large such a table may be; csv is read here."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import msgspec

from documents.characters import clean
from documents.guard import MEGABYTE, RefusedFileError
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 5_000
MOST_ROWS = MOST_ENTRIES + 10
"""Rows that hold anything: entries below a title and headings."""
HIGHEST_ROW = 20_000
MOST_COLUMNS = 256
LARGEST_CSV = 20 * MEGABYTE
TOO_MANY_ROWS = T("表格超过 {most} 行，请拆成几份后再传。", most=MOST_ENTRIES)
TOO_MUCH = T("表格里的内容太多，不能读取；请拆成几份后再传。")

_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = (",", "\t", ";")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")


class Grid(msgspec.Struct, frozen=True):
    """A table.

    Attributes:
        title: the name of the worksheet; empty for csv.
        rows: the rows that hold anything: their numbers, as a spreadsheet program shows them, and their cells.
    """

    title: str
    rows: list[tuple[int, list[str]]]

    def add(self, number: int, cells: list[str]) -> None:
        """Keep a row.

        Raises:
            RefusedFileError: too many rows or columns, or too far down.
        """
        check_place(number, len(cells))
        if not any(cells):
            return
        if len(self.rows) >= MOST_ROWS:
            raise RefusedFileError(TOO_MANY_ROWS)
        self.rows.append((number, cells))


def check_place(row: int, column: int) -> None:
    """Let a place near the top left pass.

    Raises:
        RefusedFileError: the place, both counted from 1, is far beyond any catalogue.
    """
    if row > HIGHEST_ROW:
        raise RefusedFileError(
            T("表格用到了第 {most} 行以下，请删去下面的行（空行也要删），另存后再传。", most=HIGHEST_ROW)
        )
    if column > MOST_COLUMNS:
        raise RefusedFileError(
            T("表格用到了第 {most} 列以外，请删去右边的列（空列也要删），另存后再传。", most=MOST_COLUMNS)
        )


def csv_grids(data: bytes) -> Iterator[Grid]:
    """Yield the table that a csv holds, once for each delimiter that it may be written with.

    Raises:
        RefusedFileError: not text in UTF-8 or GB18030, or too large.
    """
    if len(data) > LARGEST_CSV:
        raise RefusedFileError(T("文件超过 {most} MB，请拆成几份后再传。", most=LARGEST_CSV // MEGABYTE))
    encoding = _encoding(data)
    for delimiter in _DELIMITERS:
        grid = Grid("", [])
        with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as stream:
            try:
                for number, cells in enumerate(csv.reader(stream, delimiter=delimiter), start=1):
                    check_place(number, len(cells))
                    grid.add(number, [clean(cell).strip() for cell in cells])
            except csv.Error:
                raise RefusedFileError(
                    T("csv 的引号没有配对，或有单元格太长，请用 Excel 另存为 xlsx 后再传。")
                ) from None
        yield grid


def _encoding(data: bytes) -> str:
    if not _BINARY.search(data):
        for encoding in _ENCODINGS:
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    raise RefusedFileError(
        T("这不是 xlsx，也不是 UTF-8 或 GB18030 编码的 csv；请用 Excel 另存为 xlsx 后再传。")
    )
