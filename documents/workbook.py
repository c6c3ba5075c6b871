"""The cells of an xlsx from outside, in one pass over its XML that never builds a tree.

A library that loads workbooks believes what it reads: a cell at XFD1048576, a million columns, a string table
of gigabytes. Here every place is checked as it comes, and memory holds only the cells that are kept.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

import msgspec

from documents.grid import TOO_MUCH, Grid
from documents.guard import DAMAGE, MEGABYTE, RefusedFileError, damaged, open_zip
from documents.worksheet import Dates, Sheet, Strings
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from zipfile import ZipFile

MOST_BYTES = 24 * MEGABYTE
MOST_ELEMENTS = 700_000
"""Of XML, in all parts that are read together; a full catalogue takes a quarter of either."""

_CHUNK = MEGABYTE // 4
_LONGEST_TAG = MEGABYTE
"""Bytes; a tag is read only when it is whole, and one of a million attributes costs seconds."""
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""The numbers of the built-in formats that show a number as a date or a time."""
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - cells have no time zone


def workbook_grids(data: bytes) -> Iterator[Grid]:
    """Yield the visible worksheets of an xlsx, each read when its turn comes; dates become 2026-01-05.

    Raises:
        RefusedFileError: not an xlsx, damaged, encrypted, or made to exhaust memory or time.
    """
    with open_zip(data) as archive, _damage_refused():
        parts = _Parts(archive)
        main = next((part.target for part in parts.related("") if part.kind == "officeDocument"), "")
        workbook, strings, styles = _Workbook(), Strings(), _Styles()
        if main:
            parts.scan(main, workbook)
        if not workbook.sheets:
            raise RefusedFileError(T("这不是 Excel 表格，请把目录另存为 xlsx 或 csv 后再传。"))
        related = {part.id: part for part in parts.related(main)}
        for part in related.values():
            if part.kind == "sharedStrings":
                parts.scan(part.target, strings)
            elif part.kind == "styles":
                parts.scan(part.target, styles)
        dates = Dates(styles.dates(), _EPOCH_1904 if workbook.from_1904 else _EPOCH)
        for title, relation in workbook.sheets:
            part = related.get(relation)
            if part is not None and part.kind == "worksheet":
                sheet = Sheet(Grid(title, []), strings.texts, dates)
                parts.scan(part.target, sheet)
                yield sheet.grid


class _Handler(Protocol):
    """What is told of each element; names are without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, words: str) -> None: ...


class _Part(msgspec.Struct, frozen=True):
    """A part that another one names."""

    id: str
    kind: str
    target: str


@contextmanager
def _damage_refused() -> Generator[None]:
    try:
        yield
    except RefusedFileError:
        raise
    except (*DAMAGE, expat.ExpatError, LookupError):
        raise damaged() from None


class _Parts:
    """The XML parts of a file, and how much of them may still be read."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.bytes_left = MOST_BYTES
        self.elements_left = MOST_ELEMENTS

    def scan(self, name: str, handler: _Handler) -> None:
        """Tell ``handler`` of every element of a part."""
        self.bytes_left -= self.archive.getinfo(name).file_size
        if self.bytes_left < 0:
            raise RefusedFileError(TOO_MUCH)

        def start(name: str, attributes: dict[str, str]) -> None:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise RefusedFileError(TOO_MUCH)
            handler.start(name.rpartition(":")[2], attributes)

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        with self.archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise RefusedFileError(TOO_MUCH)
        parser.Parse(b"", True)  # noqa: FBT003 - the name of the parameter is not public

    def related(self, source: str) -> list[_Part]:
        """Return the parts that a part names (the whole file: "")."""
        folder, name = posixpath.split(source)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self.archive.NameToInfo:
            return []
        found = _Relations(folder)
        self.scan(path, found)
        return found.parts


def _refuse_doctype(*_: object) -> None:
    raise RefusedFileError(T("文件里有不该出现的外部引用，不能读取；请用 Word 或 Excel 重新另存后再传。"))


class _Silent:
    """A handler that listens only to where elements start."""

    def end(self, name: str) -> None:
        """Pass over."""

    def text(self, words: str) -> None:
        """Pass over."""


class _Relations(_Silent):
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.parts: list[_Part] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self.folder, attributes["Target"])).lstrip("/")
            kind = posixpath.basename(attributes["Type"])
            self.parts.append(_Part(attributes["Id"], kind, target))


class _Workbook(_Silent):
    """The visible worksheets by title and relation."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes["name"], relation))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Styles(_Silent):
    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.cell_styles: list[str] = []
        self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.cell_styles.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        self.inside = self.inside and name != "cellXfs"

    def dates(self) -> frozenset[str]:
        """Return the numbers of the styles that show a number as a date."""
        return frozenset(
            str(index) for index, number in enumerate(self.cell_styles) if self._shows_date(number)
        )

    def _shows_date(self, number: str) -> bool:
        if number in self.formats:
            return bool(_DATE_LETTERS.search(_FORMAT_LITERALS.sub("", self.formats[number])))
        return number.isdecimal() and int(number) in _DATE_FORMATS
