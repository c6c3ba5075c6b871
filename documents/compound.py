"""The directory of a compound file, the container of .doc and of office files with a password.

Only what tells the kind of file is read: the allocation table, the names, the first bytes of a stream. Every
number in the file may lie, so each is checked against the size of the file before it is followed.
"""

from __future__ import annotations

import struct
import sys
from array import array
from typing import NamedTuple

from documents.guard import damaged

_SECTOR_SHIFTS = (9, 12)
_MINI_SECTOR = 64
_ENTRY = 128
_MOST_ENTRIES = 20_000
_FREE = 0xFFFFFFFF
_HIGHEST_SECTOR = 0xFFFFFFFA
_ROOT = 0


class Entry(NamedTuple):
    """A stream, or a folder of streams.

    Attributes:
        left, right, child: other entries; the siblings of a folder form a tree.
        start: its first sector.
        size: in bytes.
    """

    name: str
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """The names in a compound file, and the beginnings of its streams.

    Attributes:
        entries: every entry, the root first.
        top: the entries of the root folder by name in lower case; an embedded document has its own folder.
    """

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            RefusedFileError: the file is cut off, or is not what its header says.
        """
        self._data = memoryview(data)
        try:
            self._read_header()
            self._table = self._allocation()
            self.entries = self._directory()
            self.top = self._children(self.entries[_ROOT].child)
        except (struct.error, IndexError):
            raise damaged() from None

    def head(self, entry: Entry, length: int) -> bytes:
        """Return the first bytes of a stream, at most those of its first (mini) sector.

        Raises:
            RefusedFileError: the stream lies outside the file.
        """
        if entry.size >= self._mini_cutoff:
            return bytes(self._sector(entry.start)[:length])
        place = entry.start * _MINI_SECTOR
        chain = self._chain(self.entries[_ROOT].start)
        index, offset = divmod(place, self._size)
        if index >= len(chain):
            raise damaged()
        return bytes(self._sector(chain[index])[offset : offset + min(length, _MINI_SECTOR)])

    def _read_header(self) -> None:
        shift, table_sectors, first_directory, mini_cutoff, first_extension = struct.unpack_from(
            "<30xH12xII4xI8xI", self._data
        )
        if shift not in _SECTOR_SHIFTS:
            raise damaged()
        self._size = 1 << shift
        self._count = -(-(len(self._data) - self._size) // self._size)
        self._table_sectors = table_sectors
        self._first_directory = first_directory
        self._mini_cutoff = mini_cutoff
        self._first_extension = first_extension
        if not 0 < table_sectors <= self._count:
            raise damaged()

    def _allocation(self) -> array[int]:
        """Return the table that says which sector follows each sector."""
        numbers = [*struct.unpack_from("<109I", self._data, 76)]
        following = self._first_extension
        last = self._size // 4 - 1
        while len(numbers) < self._table_sectors:
            more = struct.unpack(f"<{last + 1}I", self._sector(following))
            numbers += more[:last]
            following = more[last]
        table = array("I")
        for number in numbers[: self._table_sectors]:
            table.frombytes(self._sector(number))
        if sys.byteorder == "big":
            table.byteswap()
        if any(entry != _FREE for entry in table[self._count :]):
            raise damaged()  # sectors in use lie behind the end: the file is cut off
        return table

    def _directory(self) -> list[Entry]:
        chain = self._chain(self._first_directory)
        if len(chain) * self._size > _MOST_ENTRIES * _ENTRY:
            raise damaged()
        entries: list[Entry] = []
        for number in chain:
            sector = self._sector(number)
            entries += [_entry(sector[at : at + _ENTRY]) for at in range(0, self._size, _ENTRY)]
        if not entries:
            raise damaged()
        return entries

    def _children(self, first: int) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        seen: set[int] = set()
        waiting = [first]
        while waiting:
            number = waiting.pop()
            if number >= len(self.entries) or number in seen:
                continue
            seen.add(number)
            entry = self.entries[number]
            found[entry.name.casefold()] = entry
            waiting += [entry.left, entry.right]
        return found

    def _chain(self, start: int) -> list[int]:
        chain: list[int] = []
        while start < _HIGHEST_SECTOR:
            if start >= len(self._table) or len(chain) > self._count:
                raise damaged()
            chain.append(start)
            start = self._table[start]
        return chain

    def _sector(self, number: int) -> memoryview:
        start = (number + 1) * self._size
        sector = self._data[start : start + self._size]
        if len(sector) < self._size:
            raise damaged()
        return sector


def _entry(raw: memoryview) -> Entry:
    name, length, left, right, child, start, size = struct.unpack("<64sH2x3I36xII4x", raw)
    return Entry(name[: max(length - 2, 0)].decode("utf-16-le", "replace"), left, right, child, start, size)
