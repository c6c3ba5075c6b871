"""What one worksheet of an xlsx and its table of strings hold, told element by element."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from documents.characters import clean
from documents.grid import TOO_MUCH, check_place
from documents.guard import RefusedFileError

if TYPE_CHECKING:
    from documents.grid import Grid

MOST_STRINGS = 200_000
LONGEST_CELL = 32_767
"""Characters; more than this no spreadsheet program keeps."""

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})$")
_NUMBER = re.compile(r"[1-9]\d{0,6}$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAST_DAY = 2_958_465


class Dates(msgspec.Struct, frozen=True):
    """Which styles show a number as a date, and the day that is 0."""

    styles: frozenset[str]
    epoch: datetime


class _Collector:
    """Text is gathered while an element that holds some is open; what a reader does not see (注音) is left out."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.open = False
        self.phonetic = False

    def text(self, words: str) -> None:
        """Gather a piece of text, as far as a cell can hold it."""
        if self.open and self.length < LONGEST_CELL:
            self.pieces.append(words)
            self.length += len(words)

    def gathered(self) -> str:
        """Return the text so far, and begin anew."""
        words = "".join(self.pieces)[:LONGEST_CELL]
        self.pieces, self.length = [], 0
        return words


class Strings(_Collector):
    """The table of strings; each is made fit to keep once, however many cells point to it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - the handler's signature
        """Listen while a text is open."""
        if name == "t":
            self.open = not self.phonetic
        elif name == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        """Keep a string that is whole."""
        if name == "t":
            self.open = False
        elif name == "rPh":
            self.phonetic = False
        elif name == "si":
            if len(self.texts) >= MOST_STRINGS:
                raise RefusedFileError(TOO_MUCH)
            self.texts.append(_fit(self.gathered()))


class Sheet(_Collector):
    """One worksheet; its declared size is believed only when it is too large."""

    def __init__(self, grid: Grid, strings: list[str], dates: Dates) -> None:
        super().__init__()
        self.grid = grid
        self.strings = strings
        self.dates = dates
        self.row = 0
        self.cells: list[str] = []
        self.kind = self.style = self.formula = self.words = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Check where a row or a cell stands, and listen while its text is open."""
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "f") or (name == "t" and not self.phonetic):
            self.open = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self.phonetic = True
        elif name == "dimension":
            corner = _CELL.match(attributes.get("ref", "").rpartition(":")[2])
            if corner:
                check_place(int(corner[2]), _column(corner[1]))

    def end(self, name: str) -> None:
        """Keep a cell or a row that is whole."""
        if name == "t":
            self.open = False
        elif name in ("v", "is"):
            self.open = False
            self.words = self.gathered()
        elif name == "f":
            self.open = False
            self.formula = self.gathered()
        elif name == "c":
            self.cells[-1] = self._value()
        elif name == "row":
            self.grid.add(self.row, self.cells)
        elif name == "rPh":
            self.phonetic = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", str(self.row + 1))
        if not _NUMBER.match(number) or int(number) <= self.row:
            raise ValueError(number)
        self.row, self.cells = int(number), []
        check_place(self.row, 1)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        column = len(self.cells) + 1
        if "r" in attributes:
            place = _CELL.match(attributes["r"])
            if not place:
                raise ValueError(attributes["r"])
            column = _column(place[1])
            check_place(int(place[2]), column)
            if int(place[2]) != self.row or column <= len(self.cells):
                raise ValueError(attributes["r"])
        check_place(self.row, column)
        self.cells += [""] * (column - len(self.cells))
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.words = self.formula = ""
        self.gathered()

    def _value(self) -> str:
        if self.formula and not self.words:
            return _fit(f"={self.formula}")
        if not self.words:
            return ""
        if self.kind == "s":
            return self.strings[int(self.words)] if self.words.isdecimal() else ""
        if self.kind == "n":
            return self._number()
        if self.kind == "b":
            return "TRUE" if self.words == "1" else "FALSE"
        return _fit(self.words)

    def _number(self) -> str:
        number = float(self.words)
        if self.style in self.dates.styles and 1 <= number < _LAST_DAY:
            moment = self.dates.epoch + timedelta(days=number)
            return moment.date().isoformat()
        return self.words if self.words.isdecimal() else f"{number:.15g}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _fit(words: str) -> str:
    """Return a text without the escapes of the format, control characters and outer spaces."""
    if "_x" in words:
        words = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), words)
    return clean(words).strip()
