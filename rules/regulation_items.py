"""One article of an official text: its paragraphs (款), items (项) and sub-items (目), told by their numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from rules.numbering import NUMERAL, chinese, item_mark
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules.numbering import Mark

INVISIBLE = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Soft hyphens, zero-width spaces, direction marks: what a copy from a web page or a PDF brings along."""

_ITEM, _SUB_ITEM = 0, 1
_SENTENCE_END = re.compile(r"[。；;：:！!？?]$")
_INLINE = re.compile(rf"(?<=[：:；;。])\s*(?=[（(]({NUMERAL}+)[）)])")
"""Where an item begins in the middle of a line."""
_FIRST_INLINE = re.compile("[（(][一1１][）)]")
_SHOWN = 16
"""Characters of an excerpt."""


class Line(NamedTuple):
    """A line of the text, without space at its ends; counted from 1."""

    number: int
    text: str


class Doubt(NamedTuple):
    """A place of an official text that a person should look at.

    Attributes:
        line: where, counted from 1; 0 when it is no one place.
        text: what is doubtful, and how it was read.
    """

    line: int
    text: Text


class Item:
    """An item (项).

    Attributes:
        number: its value.
        written: its number as it stands.
        lines: its words, without its own number.
        sub_items: its sub-items (目), each with its number.
        bare: its lines with numbers in one style, for the fingerprint.
    """

    def __init__(self, mark: Mark) -> None:
        """Begin with the line that ``mark`` opens."""
        self.number, self.written = mark.number, mark.written
        self.lines = [mark.rest]
        self.bare = [mark.rest]
        self.sub_items: list[str] = []

    def add(self, text: str, bare: str, *, is_sub_item: bool) -> None:
        """Add a line beneath the first."""
        self.lines.append(text)
        self.bare.append(bare)
        if is_sub_item:
            self.sub_items.append(text)
        elif self.sub_items:
            self.sub_items[-1] += "\n" + text


class Article:
    """What stands in an article.

    Numbers are compared and cited without their style: ``bare`` writes every item as (一) and every sub-item as
    1。, so that another style of the same number is no change of the text.

    Attributes:
        lines: everything, a paragraph or item a line.
        paragraphs: its 款, without the items in them.
        items: its items, in order.
        bare: its lines with numbers in one style, for the fingerprint.
        doubts: what could be read in more than one way.
    """

    def __init__(self, name: str, lines: Iterable[Line]) -> None:
        """Read the lines of an article.

        Args:
            name: the article's number as it stands, for the doubts.
            lines: the first without the article's number.
        """
        self.lines: list[str] = []
        self.paragraphs: list[str] = []
        self.items: list[Item] = []
        self.bare: list[str] = []
        self.doubts: list[Doubt] = []
        self._name = name
        self._levels: list[tuple[str, int]] = []
        self._item: Item | None = None
        self._after: list[str] = []  # paragraphs since the last item: its own if the list goes on
        for line in _split_inline(_paragraphs(lines)):
            self._take(line)
        self.paragraphs += self._after

    def _take(self, line: Line) -> None:
        before = self.lines[-1] if self.lines else ""
        mark = item_mark(line.text, before)
        level = self._level(mark, line) if mark else None
        self.lines.append(line.text)
        if mark is None or level is None:
            self.bare.append(line.text)
            self._add_plain(line.text, before)
        elif level == _ITEM:
            self.bare.append(f"({chinese(mark.number)}){mark.rest}")
            if self._item is not None:
                self._item.lines += self._after
                self._item.bare += self._after
            else:
                self.paragraphs += self._after
            self._after = []
            self._item = Item(mark)
            self.items.append(self._item)
        else:
            bare = f"{mark.number}。{mark.rest}" if level == _SUB_ITEM else line.text
            self.bare.append(bare)
            if self._item is not None:
                self._item.add(line.text, bare, is_sub_item=level == _SUB_ITEM)

    def _add_plain(self, text: str, before: str) -> None:
        """A plain line goes on with an item whose sentence is open; after a full stop it is a 款 again."""
        if self._item is not None and not self._after and not before.endswith("。"):
            self._item.add(text, text, is_sub_item=False)
        else:
            self._after.append(text)

    def _level(self, mark: Mark, line: Line) -> int | None:
        """Return how deep in lists a number stands; None when it belongs to no list."""
        styles = [style for style, _ in self._levels]
        if mark.style in styles:
            level = styles.index(mark.style)
            last = self._levels[level][1]
            if mark.number <= last:
                self._doubt(
                    line,
                    T("「{number}」在{article}里又出现一次或顺序不对，按普通文字处理。", **self._where(mark)),
                )
                return None
            if mark.number > last + 1:
                self._doubt(
                    line, T("{article}的编号从 {last} 跳到「{number}」。", last=last, **self._where(mark))
                )
        elif mark.number == 1:
            level = len(self._levels)
        else:
            # typed in another style in the middle of a list
            level = next(
                (at for at in range(len(styles))[::-1] if self._levels[at][1] + 1 == mark.number), -1
            )
            if level < 0:
                self._doubt(
                    line,
                    T("{article}里的「{number}」接不上前面的编号，按普通文字处理。", **self._where(mark)),
                )
                return None
        style = mark.style if level == len(styles) else styles[level]
        self._levels[level:] = [(style, mark.number)]
        return level

    def _where(self, mark: Mark) -> dict[str, str]:
        return {"number": mark.written, "article": self._name}

    def _doubt(self, line: Line, text: Text) -> None:
        self.doubts.append(Doubt(line.number, text))


def bare_text(text: str) -> str:
    """Return a text without what the eye does not see: spaces, character widths and invisible marks."""
    return "".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).split())


def excerpt(text: str, most: int = _SHOWN) -> str:
    """Return the first words of a text, for pointing at it."""
    return text if len(text) <= most else text[:most] + "…"


def ends_sentence(text: str) -> bool:
    """Say whether a line is finished, so that the next begins something new."""
    return bool(_SENTENCE_END.search(text))


def _paragraphs(lines: Iterable[Line]) -> Iterable[Line]:
    """Join the lines of a paragraph that was broken to fit a page, and leave out empty ones."""
    held: list[Line] = []
    for line in lines:
        if held and (ends_sentence(held[-1].text) or item_mark(line.text, held[-1].text)):
            yield Line(held[0].number, "".join(each.text for each in held))
            held = []
        if line.text:
            held.append(line)
    if held:
        yield Line(held[0].number, "".join(each.text for each in held))


def _split_inline(lines: Iterable[Line]) -> Iterable[Line]:
    """Give each item of a list that is written in one line a line of its own."""
    for line in lines:
        cuts = [found.start() for found in _INLINE.finditer(line.text)]
        if cuts and (item_mark(line.text) or _FIRST_INLINE.search(line.text)):
            for start, end in zip([0, *cuts], [*cuts, None], strict=True):
                yield Line(line.number, line.text[start:end].strip())
        else:
            yield line
