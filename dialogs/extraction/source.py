"""A description in one spelling, with the way back to the words that were typed."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_DROPPED = "*#`\"'“”‘’「」『』"
_KEPT = "，：；？！"
"""Not folded to half width: in 市级500，180万 the comma parts two sums, in 6,800,000 it groups digits."""
_WIDE_GROUPS = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９0-9]))")
"""A comma that groups digits as wide as itself."""
_CELL = "|"
_ASCII_WORD = re.compile("[0-9a-z]")
_ITEM = re.compile("(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})、(?=[一-龥])")
_UNFINISHED = re.compile(r"[一-龥0-9a-z,，、]$")
_CONTINUED = re.compile(r"^[一-龥0-9a-z](?![.、)）])")
_LABEL = re.compile(r"^[^。，,;；\n]{1,12}[:：|]")
_WRAPPED_FROM = 28
"""A line of at least so many characters without a full stop was broken by a mail program."""


_RAGGED = 3
"""By how much the full lines of a broken paragraph differ in length."""


class Source(msgspec.Struct, frozen=True):
    """A text as typed and as it is searched.

    Attributes:
        original: as typed.
        text: half-width and lower case, without spaces, quotation marks and invisible characters; | between the
            cells of a table, line ends kept where a line is a unit of its own.
        places: for each character of ``text``, where it stands in ``original``.
        gaps: places of ``text`` before which a space stood.
    """

    original: str
    text: str
    places: tuple[int, ...]
    gaps: frozenset[int]

    def words(self, start: int, end: int) -> str:
        """Return the words as typed that ``text[start:end]`` comes from."""
        return self.original[self.places[start] : self.places[end - 1] + 1] if start < end else ""


def read_source(original: str) -> Source:
    """Return a description ready to be searched."""
    grouped = _WIDE_GROUPS.sub(",", original)
    chars = [(plain, index) for index, char in enumerate(grouped) for plain in _plain(char)]
    chars = list(_joined(_spaced(chars)))
    kept: list[tuple[str, int]] = []
    gaps: set[int] = set()
    for char, index in chars:
        if char == "\0":
            gaps.add(len(kept))
        else:
            kept.append((char, index))
    return Source(
        original,
        "".join(char for char, _ in kept),
        tuple(index for _, index in kept),
        frozenset(gaps),
    )


def _plain(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    if char == "\t":
        return _CELL
    if char in _DROPPED:
        return ""
    if char in _KEPT:
        return char
    if char == "\0" or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Mn"}:
        return ""
    if unicodedata.category(char) == "No":
        return ";"  # ① numbers an item; as a 1 it would run into the sum before it
    return unicodedata.normalize("NFKC", char).casefold().replace("\0", "")


def _spaced(chars: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Drop spaces, but keep one between two Latin words or numbers; a dropped one leaves a mark."""
    spaced: list[tuple[str, int]] = []
    at = 0
    while at < len(chars):
        char, index = chars[at]
        if not char.isspace() or char == "\n":
            spaced.append((char, index))
            at += 1
            continue
        while at < len(chars) and chars[at][0].isspace() and chars[at][0] != "\n":
            at += 1
        number = _ITEM.match("".join(plain for plain, _ in chars[at : at + 4]))
        if number and spaced and spaced[-1][0] != "\n":
            spaced.append((";", index))  # 1、不涉密 2、新建: items of a list in one line
            at += number.end()
            continue
        before = spaced[-1][0] if spaced else "\n"
        after = chars[at][0] if at < len(chars) else "\n"
        if _ASCII_WORD.match(before) and _ASCII_WORD.match(after):
            spaced.append((" ", index))
        elif before != "\n" and after != "\n":
            spaced.append(("\0", index))
    return spaced


def _joined(chars: list[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Leave out the line ends that a mail program put into a sentence."""
    lines: list[list[tuple[str, int]]] = [[]]
    for pair in chars:
        lines[-1].append(pair)
        if pair[0] == "\n":
            lines.append([])
    texts = ["".join(char for char, _ in line).replace("\0", "") for line in lines]
    for line, text, after in zip(lines, texts, [*texts[1:], ""], strict=True):
        is_wrapped = (
            len(text) > _WRAPPED_FROM
            and sum(abs(len(other) - len(text)) <= _RAGGED for other in texts) > 1
            and _UNFINISHED.search(text.rstrip("\n"))
            and _CONTINUED.match(after)
            and not _LABEL.match(after)
            and _CELL not in text
        )
        yield from line[:-1] if is_wrapped else line
