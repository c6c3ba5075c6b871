"""An official text split into the parts that packs cite: articles, items and annexes, each with its fingerprint.

Only fingerprints stand in a pack, never the text. When a newer text arrives, the rules whose article differs are
the ones to read again (``rules.regulation_diff``).
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import msgspec

from rules.numbering import item_mark
from rules.regulation_items import Article, Doubt, bare_text, excerpt
from rules.regulation_outline import Outline, cited
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.regulation_outline import Annex, Start

_HEADING = re.compile(r"[【〔\[]([^】〕\]]{1,30})[】〕\]]|[（(]([^（()）]{1,20})[）)]")
_KIND = re.compile(
    r"(?:办法|条例|规定|细则|规则|规程|章程|制度|方案|意见|指南|标准|法)(?:[（(].{1,20}[）)])?$"
)
_VERSION = re.compile(r"[（(]([^（()）]{0,12}(?:稿|草案|试行|暂行|修订|修正)[^（()）]{0,12})[）)]")
_CLOSING = ("；", "。")
_LONGEST_TITLE = 60


class Part(msgspec.Struct, frozen=True):
    """An article (条), an item (项) of one, or an annex (附件).

    Attributes:
        kind: which of the three.
        number: as the text writes it: 第十三条, （一）, 附件 1.
        heading: of an annex its title, of an article the title that some texts put in brackets after its number.
        text: its words without its own number, a paragraph a line; those of an article include its items.
        paragraphs: its 款 without the items in them; of an annex all its lines.
        items: how the items of an article are cited, in order.
        sub_items: the 目 of an item, each with its number.
        fingerprint: of its words; spaces, character widths and the style of numbers do not count.
        alike: fingerprints of the same words closed by another mark: the last item of a list ends with a full
            stop, and no longer does once another follows.
    """

    kind: Literal["article", "item", "annex"]
    number: str
    text: str
    fingerprint: str
    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    sub_items: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()

    def matches(self, taken: str) -> bool:
        """Say whether these are the words that a fingerprint was taken of."""
        return taken == self.fingerprint or taken in self.alike


class Regulation(msgspec.Struct, frozen=True):
    """An official text.

    Attributes:
        title: what it is called; empty when nothing before the first article looks like a title.
        version: what the text says of itself: 送审稿, 试行; often nothing.
        parts: by the citation that packs use (13, 13(1), 13之1, 附件1), in the order of the text.
        doubts: places that a person should look at, missing numbers among them, in the order of the text.
    """

    title: str
    version: str
    parts: dict[str, Part]
    doubts: tuple[Doubt, ...]

    def count(self, kind: Literal["article", "item", "annex"]) -> int:
        """Return how many parts of a kind there are."""
        return sum(part.kind == kind for part in self.parts.values())


def fingerprint(text: str) -> str:
    """Return "sha256:" and 16 hex digits of a text, the same whatever its spacing and character widths."""
    return "sha256:" + hashlib.sha256(bare_text(text).encode(errors="replace")).hexdigest()[:16]


def split_regulation(text: str) -> Regulation:
    """Split an official text into its parts.

    Numbers may be written in any style. Chapter titles, whatever stands before the first article, the list of
    annexes, page numbers and signatures belong to no part. A line that opens with a reference to another article
    stays where it is: only numbers in their order open one.

    Args:
        text: the whole text, a paragraph a line; lines broken to fit a page are joined.

    Returns:
        Its parts; none when the text has no article.
    """
    outline = Outline(text)
    parts: dict[str, Part] = {}
    doubts = list(outline.doubts)
    for start, lines in outline.articles:
        article = Article(start.written, lines)
        doubts += article.doubts
        if not any(article.lines):
            doubts.append(Doubt(lines[0].number, T("{article}没有内容。", article=start.written)))
        parts |= _article_parts(start, article)
    parts |= {annex.name: _annex_part(annex) for annex in outline.annexes}
    doubts += _gaps(outline)
    title, version = _title(outline.front)
    return Regulation(title, version, parts, tuple(sorted(doubts, key=lambda doubt: doubt.line)))


def _article_parts(start: Start, article: Article) -> dict[str, Part]:
    name = cited(start.key)
    items = {f"{name}({item.number})": item for item in article.items}
    opening = article.lines[0] if article.lines else ""
    heading = None if item_mark(opening) else _HEADING.match(opening)
    whole = Part(
        kind="article",
        number=start.written,
        text="\n".join(article.lines),
        fingerprint=fingerprint("".join(article.bare)),
        heading=next(filter(None, heading.groups()), "") if heading else "",
        paragraphs=tuple(article.paragraphs),
        items=tuple(items),
    )
    return {name: whole} | {
        citation: Part(
            kind="item",
            number=item.written,
            text="\n".join(item.lines),
            fingerprint=fingerprint("".join(item.bare)),
            sub_items=tuple(item.sub_items),
            alike=_alike("".join(item.bare)),
        )
        for citation, item in items.items()
    }


def _alike(words: str) -> tuple[str, ...]:
    bare = words.rstrip("".join(_CLOSING))
    return tuple(fingerprint(bare + mark) for mark in ("", *_CLOSING) if bare + mark != words)


def _annex_part(annex: Annex) -> Part:
    text = "\n".join(annex.lines)
    return Part(
        kind="annex",
        number=annex.written,
        text=text,
        fingerprint=fingerprint(text),
        heading=excerpt(annex.lines[0], _LONGEST_TITLE) if annex.lines else "",
        paragraphs=tuple(annex.lines),
    )


def _gaps(outline: Outline) -> Iterator[Doubt]:
    """Yield the numbers that no article has, between 第一条 and the highest."""
    numbers = sorted({start.key[0] for start, _ in outline.articles})
    places = {start.key[0]: lines[0].number for start, lines in outline.articles}
    for before, after in pairwise([0, *numbers]):
        if after == before + 2:
            yield Doubt(places[after], T("缺第 {number} 条。", number=before + 1))
        elif after > before + 2:
            yield Doubt(places[after], T("缺第 {first} 条到第 {last} 条。", first=before + 1, last=after - 1))


def _title(front: list[str]) -> tuple[str, str]:
    """Return the title and the version out of what stands before the first article."""
    short = [line for line in front if len(line) <= _LONGEST_TITLE]
    titles = [line for line in short if _KIND.search(line)] or short[:1]
    versions = [found[1] for line in short if (found := _VERSION.search(line))]
    return titles[-1] if titles else "", versions[-1] if versions else ""
