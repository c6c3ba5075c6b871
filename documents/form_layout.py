"""Which cells of a table are labels, and which cells hold what belongs under each of them.

A label has its value beside it, or, when another label or the edge of the table follows, beneath it. A cell
that reads like a label but stands in the place of a value is one only when no other cell has better claim.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.form_labels import FUND_FAMILY, GROUPS, LABELS, SCHEDULE_FAMILY, label_of, labels_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from documents.word_reading import WordCell, WordTable

FOREIGN = "foreign"
_BLANK = re.compile(r"[\s_＿]*")
_UNIT = re.compile(r"[（(]?(?:万元|亿元|元)[）)]?")
_BLANK_ROWS = 2
_DIGIT_BOXES = 3
"""From so many cells of one or two characters on they are the boxes of one word."""


def is_blank(text: str) -> bool:
    """Say whether a text is nothing but space and lines to write on."""
    return _BLANK.fullmatch(text) is not None


class Entry:
    """A label of a table and what stands under it.

    Attributes:
        id: the cell or group of the form; ``foreign`` or ``fund_sum`` for a label it does not have.
        label: the label as it is written.
        row: the row of the label, from 0.
        lines: what stands under it.
        tables: tables in the place of the value.
        has_image: a picture stands there.
        is_below: the value stands beneath.
    """

    __slots__ = ("has_image", "id", "is_below", "label", "lines", "row", "tables")

    def __init__(self, name: str, cell: WordCell) -> None:
        """Be the entry of a label, with nothing under it yet."""
        self.id = name
        self.label = " ".join(cell.own_text.split())
        self.row = cell.top
        self.lines: list[str] = []
        self.tables: list[WordTable] = []
        self.has_image = self.is_below = False

    @property
    def text(self) -> str:
        """What stands under the label; nothing but lines to write on is nothing."""
        words = "\n".join(self.lines).strip()
        return "" if is_blank(words) else words


class Layout:
    """A table seen as labels with their values.

    Attributes:
        entries: one for each label, in reading order, groups last.
        rest: cells with words (or tables) that stand under no label, in reading order.
    """

    def __init__(self, table: WordTable, elsewhere: frozenset[str] = frozenset()) -> None:
        """Find the labels of ``table`` and what belongs to them.

        Args:
            table: the table.
            elsewhere: cells of the form whose labels stand outside it.
        """
        self._rows = table.rows
        self._elsewhere = elsewhere
        self._names = {id(cell): label_of(cell.text) for cell in self._cells()}
        self._labels: dict[int, str] = {}
        self._owners: dict[int, Entry] = {}
        self._entry_of: dict[int, Entry] = {}
        self._in_groups = self._named_in_groups()
        self._find_labels()
        self.entries: list[Entry] = []
        found = [cell for cell in self._cells() if id(cell) in self._labels]
        for cell in sorted(found, key=lambda cell: self._labels[id(cell)] in GROUPS):  # stable
            self.entries.append(self._entry(cell))
        self.rest = [cell for cell in self._cells() if self._is_free(cell) and not self._continues(cell)]

    def _cells(self) -> Iterator[WordCell]:
        for number, row in enumerate(self._rows):
            yield from (cell for cell in row if cell.top == number)

    def _find_labels(self) -> None:
        ahead: dict[str, int] = {}
        for name in self._names.values():
            ahead[name] = ahead.get(name, 0) + 1
        taken = {*self._elsewhere, *self._in_groups}
        for number, row in enumerate(self._rows):
            left = ""
            for cell in row:
                name = self._names[id(cell)] if cell.top == number else ""
                if name:
                    ahead[name] -= 1
                    is_known = name in taken or ahead[name] > 0 or not self._has_room(row, cell)
                    if not _is_value(name, left, has_better=is_known):
                        self._labels[id(cell)] = name
                        taken.add(name)
                left = self._labels.get(id(cell), "")

    def _has_room(self, row: list[WordCell], cell: WordCell) -> bool:
        """Say whether a value could stand beside a label or beneath it."""
        at = row.index(cell) + 1
        if at < len(row) and not self._names[id(row[at])]:
            return True
        below = self._rows[cell.bottom + 1] if cell.bottom + 1 < len(self._rows) else []
        first = next((other for other in below if other.top == cell.bottom + 1), None)
        return first is not None and not self._names[id(first)]

    def _named_in_groups(self) -> set[str]:
        """Return the labels that stand with their values in one cell (起始时间：… 完成时间：…)."""
        members = tuple(member for _, cells in GROUPS.values() for member in cells)
        return {name for cell in self._cells() for name, _, _ in labels_in(cell.own_text, members) if name}

    def _entry(self, cell: WordCell) -> Entry:
        name = self._labels[id(cell)]
        entry = Entry(name, cell)
        self._entry_of[id(cell)] = entry
        runs = self._beside(cell, name)
        beneath: list[WordCell] = []
        if name not in GROUPS:
            below_first = self._left_is_below(cell)
            if below_first or all(not value.text for run in runs for value in run):
                beneath = self._beneath(cell, name, is_forced=below_first or not any(runs))
        if beneath:
            runs, entry.is_below = [beneath], True
        for run in runs:
            self._fill(entry, run)
        return entry

    def _fill(self, entry: Entry, run: list[WordCell]) -> None:
        words = [value for value in run if value.text]
        if entry.id not in GROUPS and not entry.is_below:
            words = _of_one_value(run, words)
        for value in [*words, *(value for value in run if not value.text)]:
            self._owners[id(value)] = entry
            entry.has_image |= value.has_image
        if entry.id in GROUPS:
            entry.tables += [table for value in words for table in value.tables]
            entry.lines += [value.own_text for value in words]
        elif len(words) >= _DIGIT_BOXES and all(len(value.text) <= 2 for value in words):  # noqa: PLR2004
            entry.lines.append("".join(value.text for value in words))
        else:
            entry.lines += [value.text for value in words]

    def _beside(self, cell: WordCell, name: str) -> list[list[WordCell]]:
        """Return, for each row of a label, the cells to its right up to the next label."""
        runs: list[list[WordCell]] = []
        seen: set[int] = set()
        own = GROUPS[name][1] if name in GROUPS else (name,)
        for row in self._rows[cell.top : cell.bottom + 1]:
            run: list[WordCell] = []
            for value in row[row.index(cell) + 1 :]:
                if id(value) in self._labels or id(value) in self._owners:
                    break
                if run and self._is_labelled(value, own):
                    break
                if id(value) not in seen:
                    run.append(value)
                    seen.add(id(value))
            runs.append(run)
        return runs

    def _is_labelled(self, cell: WordCell, own: tuple[str, ...]) -> bool:
        """Say whether a cell carries its own label (项目类别：工程类) that no cell of the table is."""
        named = {*self._labels.values(), *self._elsewhere, *self._in_groups}
        wanted = tuple(name for name in LABELS if name not in named and name not in own)
        found = labels_in(cell.own_text, wanted)
        return len(found) > 1 and not found[0][2].strip()

    def _beneath(self, cell: WordCell, name: str, *, is_forced: bool) -> list[WordCell]:
        """Return the cells under a label that could hold its value.

        Args:
            cell: the label.
            name: its id.
            is_forced: the value can stand nowhere else; otherwise only the amounts under their heads are one.
        """
        if not is_forced and name not in FUND_FAMILY:
            return []
        for number in range(cell.bottom + 1, min(cell.bottom + 2 + _BLANK_ROWS, len(self._rows))):
            row = self._rows[number]
            found: list[WordCell] = []
            left = ""
            for value in row:
                if id(value) in self._labels:
                    left = self._labels[id(value)] if value.top == number else left
                elif left and left not in GROUPS:
                    left = ""  # this one is the value of a label in its own row
                elif (
                    value.left < cell.right
                    and value.right > cell.left
                    and id(value) not in self._owners
                    and value.top == number
                ):
                    found.append(value)
            if found and (any(value.text for value in found) or number == cell.bottom + 1):
                if any(value.text for value in found):
                    return found
                if not self._is_blank_row(row):
                    return found
            elif not self._is_blank_row(row):
                return []
        return []

    def _is_blank_row(self, row: list[WordCell]) -> bool:
        return all(not cell.text for cell in row if cell.top == cell.bottom)

    def _left_is_below(self, cell: WordCell) -> bool:
        """Say whether the label just before this one has its value beneath: then so has this one."""
        row = self._rows[cell.top]
        at = row.index(cell)
        before = self._entry_of.get(id(row[at - 1])) if at else None
        return before is not None and before.is_below

    def _is_free(self, cell: WordCell) -> bool:
        return bool(cell.text) and id(cell) not in self._labels and id(cell) not in self._owners

    def _continues(self, cell: WordCell) -> bool:
        """Add a cell to the value above it, when its row begins blank and has no label: a row that was split."""
        row = self._rows[cell.top]
        if cell.top == 0 or cell.tables or any(id(other) in self._labels for other in row):
            return False
        if any(other.text for other in row[: row.index(cell)]):
            return False
        above = next(
            (
                other
                for other in self._rows[cell.top - 1]
                if other.left < cell.right and other.right > cell.left and id(other) in self._owners
            ),
            None,
        )
        entry = None if above is None else self._owners[id(above)]
        if entry is None or entry.is_below or entry.id in FUND_FAMILY or self._carries_label(cell):
            return False
        entry.lines.append(cell.text)
        self._owners[id(cell)] = entry
        return True

    def _carries_label(self, cell: WordCell) -> bool:
        found = labels_in(cell.own_text, tuple(LABELS))
        return len(found) > 1 and not found[0][2].strip()


def _is_value(name: str, left: str, *, has_better: bool) -> bool:
    """Say whether a cell that reads like a label stands in the place of a value and is one."""
    if not left:
        return False
    if any(name in family and left in family for family in (FUND_FAMILY, SCHEDULE_FAMILY)):
        return False
    return has_better or name == FOREIGN


def _of_one_value(run: list[WordCell], words: list[WordCell]) -> list[WordCell]:
    """Return those cells of a row that are one value that was split; a strange label ends it."""
    if len(words) < 2 or (len(words) >= _DIGIT_BOXES and all(len(cell.text) <= 2 for cell in words)):  # noqa: PLR2004
        return words
    first, second = words[:2]
    if _UNIT.fullmatch(second.text):
        return words[:2]
    is_last = len(words) == 2 and run[-1] is second  # noqa: PLR2004
    return words[:2] if is_last else [first]
