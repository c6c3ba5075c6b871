"""The lines of an official text told apart: where each article and annex begins, and what belongs to none."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

from rules.numbering import NUMERAL, item_mark, numeral
from rules.regulation_items import INVISIBLE, Doubt, Line, ends_sentence
from rules.text import T

Key = tuple[int, int]
"""An article's place: 第十三条 is (13, 0), 第十三条之一 (13, 1)."""

_NUMBER = rf"((?:{NUMERAL}\s*){{1,9}})"
_ARTICLE = re.compile(rf"第\s*{_NUMBER}条(?:\s*之\s*({NUMERAL}{{1,3}}))?")
_CHAPTER = re.compile(rf"第\s*{_NUMBER}[编章节](?!规定|的|所|第)[^。；;，,]{{0,40}}$")
_CONTENTS = re.compile(r"目\s*[录次]$")
_CONTENTS_ENTRY = re.compile(r"(?:第.{1,12}[编章节条]|附[件则表录])[^\t.·…]*(?:[.·…]{2,}|\t)[\s.·…]*\d{1,4}$")
_PAGE_NUMBER = re.compile(
    r"[-—–―~·]+\s*\d{1,4}\s*[-—–―~·]+$|第\s*\d{1,4}\s*页(?:\s*[,/]?\s*共\s*\d{1,4}\s*页)?$"
)
_BARE_NUMBER = re.compile(r"\d{1,4}$")
_ANNEX = re.compile(rf"(附[件表录])\s*({NUMERAL}{{0,3}})(?:\s*[:：]\s*|\s+|$)([^。；;，,]{{0,40}})$")
_ANNEX_LIST = re.compile(r"附[件表录]\s*[:：]")
_SIGNED = re.compile(
    rf"[^。；;：:，,]{{0,30}}(?:{NUMERAL}\s*){{4}}年\s*(?:{NUMERAL}\s*){{1,2}}月\s*(?:{NUMERAL}\s*){{1,3}}日(?:印发)?$"
    r"|(?:抄送|主送|分送)\s*[:：]"
)
"""The date under a text, or the imprint at its end."""
_REFERENCE = re.compile(r"[、，,；;。）)》」”至和与及或到～~-]|第|规定|所|的|中|款|要求|以[上下外]")
"""What follows the number of an article that a sentence without a space only refers to."""
_SPACED_REFERENCE = re.compile(rf"第\s*{NUMERAL}+\s*[款项]|规定的|所[列称述]")
_LONGEST_HEADING = 60
_LONGEST_LOST_HEADING = 12
_MOST_SIGNED = 3
_FEWEST_LINES_OF_A_PAGE = 5


class Start(NamedTuple):
    """A line that may open an article.

    Attributes:
        at: its index among the lines.
        key: the article's place.
        written: the number as it stands.
        rest: the words after it.
        is_set_off: a space or the line's end follows the number, as it does when an article opens.
    """

    at: int
    key: Key
    written: str
    rest: str
    is_set_off: bool


class Annex(NamedTuple):
    """An annex.

    Attributes:
        name: how it is cited: 附件1.
        written: its number as it stands.
        lines: its words, its title first.
    """

    name: str
    written: str
    lines: list[str]


class Outline:
    """The parts of a text before they are read.

    Attributes:
        front: what stands before the first article, without the table of contents.
        articles: where each begins and the lines it has, the first without its number.
        annexes: the annexes.
        doubts: what could be read in more than one way.
    """

    def __init__(self, text: str) -> None:
        """Read the whole text, a paragraph a line."""
        self.doubts: list[Doubt] = []
        lines = _without_page_numbers(_lines(text))
        candidates = [start for at, line in enumerate(lines) if (start := _article_start(at, line.text))]
        candidates = _after_contents(lines, candidates)
        first = candidates[0].at if candidates else len(lines)
        end = next((at for at in range(first, len(lines)) if _ends_articles(lines[at].text)), len(lines))
        self.front = [line.text for line in lines[:first] if not _CONTENTS.match(line.text)]
        starts = self._chosen(lines, [start for start in candidates if start.at < end])
        bounds = [*(start.at for start in starts), end]
        self.articles: list[tuple[Start, list[Line]]] = []
        for start, stop in zip(starts, bounds[1:], strict=True):
            body = self._body(lines, start, stop)
            self.articles.append((start, body))
        if self.articles:
            _drop_signature(self.articles[-1][1])
        self.annexes = _annexes(lines[end:])

    def _chosen(self, lines: list[Line], candidates: list[Start]) -> list[Start]:
        """Return the lines that do open articles: the longest rising run of numbers, and strays that stand alone.

        A reference to another article at the beginning of a line breaks the order of the numbers around it, so
        it is in no longest run.
        """
        run = _longest_run(candidates)
        keys = {start.key for start in run}
        chosen = set(run)
        for start in candidates:
            if start in chosen or not start.is_set_off:
                continue
            place = lines[start.at].number
            if start.key in keys:
                self.doubts.append(
                    Doubt(
                        place,
                        T("「{number}」不止一次出现在行首，这一处按前一条的文字处理。", number=start.written),
                    )
                )
            else:
                keys.add(start.key)
                chosen.add(start)
                self.doubts.append(
                    Doubt(place, T("「{number}」不在它的次序上，请核对原文。", number=start.written))
                )
        return sorted(chosen)

    def _body(self, lines: list[Line], start: Start, stop: int) -> list[Line]:
        body = [Line(lines[start.at].number, start.rest)]
        after_chapter = False
        for at in range(start.at + 1, stop):
            line = lines[at]
            if _is_chapter(line.text):
                after_chapter = True
                continue
            is_last = at + 1 == stop or _is_chapter(lines[at + 1].text)
            if is_last and _may_be_heading(line.text) and (after_chapter or ends_sentence(body[-1].text)):
                if not after_chapter:
                    self.doubts.append(
                        Doubt(line.number, T("「{words}」没有编号，按章节标题处理。", words=line.text))
                    )
                continue
            body.append(line)
        return body


def cited(key: Key) -> str:
    """Return how an article is cited: 13, 13之1."""
    return f"{key[0]}之{key[1]}" if key[1] else str(key[0])


def _lines(text: str) -> list[Line]:
    """Return the lines that say something: no empty ones, page numbers or entries of a table of contents."""
    shown = INVISIBLE.sub("", text)
    lines = [Line(number, raw.strip()) for number, raw in enumerate(shown.splitlines(), start=1)]
    return [line for line in lines if line.text and not _is_furniture(line.text)]


def _without_page_numbers(lines: list[Line]) -> list[Line]:
    """Leave out lines that are only a number, if they count pages: one by one, and well apart."""
    numbers = [at for at, line in enumerate(lines) if _BARE_NUMBER.match(line.text)]
    are_pages = len(numbers) > 1 and all(
        int(lines[after].text) == int(lines[before].text) + 1 and after - before > _FEWEST_LINES_OF_A_PAGE
        for before, after in pairwise(numbers)
    )
    pages = set(numbers) if are_pages else set[int]()
    return [line for at, line in enumerate(lines) if at not in pages]


def _is_furniture(text: str) -> bool:
    if len(text) > _LONGEST_HEADING * 4:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return bool(_PAGE_NUMBER.match(plain) or _CONTENTS_ENTRY.match(plain))


def _article_start(at: int, text: str) -> Start | None:
    found = _ARTICLE.match(text)
    number = numeral(found[1]) if found else None
    if found is None or number is None:
        return None
    after = text[found.end() :]
    rest = after.strip()
    is_set_off = not after or after[0].isspace() or after[0] in "【〔[（("
    if (_SPACED_REFERENCE if is_set_off else _REFERENCE).match(rest):
        return None
    part = numeral(found[2]) or 0 if found[2] else 0
    return Start(at, (number, part), found[0].strip(), rest, is_set_off)


def _after_contents(lines: list[Line], candidates: list[Start]) -> list[Start]:
    """Leave out the articles that a table of contents lists: the text then begins with the first one again."""
    if not candidates or not any(_CONTENTS.match(line.text) for line in lines[: candidates[0].at]):
        return candidates
    again = next((start.at for start in candidates[1:] if start.key == candidates[0].key), 0)
    return [start for start in candidates if start.at >= again]


def _longest_run(candidates: list[Start]) -> list[Start]:
    """Return the longest subsequence with rising numbers; of equal ones, lines set off by a space."""
    tails: list[int] = []
    keys: list[Key] = []
    before: list[int] = []
    for index, start in enumerate(candidates):
        at = bisect_left(keys, start.key)
        before.append(tails[at - 1] if at else -1)
        if at == len(keys):
            keys.append(start.key)
            tails.append(index)
        elif start.key < keys[at] or (start.is_set_off and not candidates[tails[at]].is_set_off):
            keys[at], tails[at] = start.key, index
    run: list[Start] = []
    index = tails[-1] if tails else -1
    while index >= 0:
        run.append(candidates[index])
        index = before[index]
    return run[::-1]


def _is_chapter(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(_CHAPTER.match(text))


def _may_be_heading(text: str) -> bool:
    """Say whether a line looks like a title that has lost its number: short, without punctuation."""
    return (
        len(text) <= _LONGEST_LOST_HEADING
        and not re.search(r"[。；;：:，,.、！!？?（(]", text)
        and not item_mark(text)
    )


def _ends_articles(text: str) -> bool:
    return bool(_ANNEX_LIST.match(text) or _annex_start(text))


def _drop_signature(body: list[Line]) -> None:
    """Take who signed, when, and the imprint from the end of the last article."""
    marks = (at for at, line in enumerate(body) if at and _SIGNED.match(line.text))
    dated = first = next(marks, len(body))
    while first > 1 and dated - first < _MOST_SIGNED and not ends_sentence(body[first - 1].text):
        first -= 1
    if not any(line.text.endswith("。") for line in body[first:]):
        del body[first:]


def _annexes(lines: list[Line]) -> list[Annex]:
    """Return the annexes. A number with a title beside it may only list an annex that comes later."""
    opening: dict[str, tuple[int, re.Match[str]]] = {}
    for at, line in enumerate(lines):
        found = _annex_start(line.text)
        name = found[1] + str(numeral(found[2]) or "") if found else ""
        if found and (name not in opening or opening[name][1][3]):
            opening[name] = at, found
    placed = sorted((at, name, found) for name, (at, found) in opening.items())
    annexes: list[Annex] = []
    stop = len(lines)
    for at, name, found in reversed(placed):
        words = [*filter(None, [found[3]]), *(line.text for line in lines[at + 1 : stop])]
        annexes.append(Annex(name, found[0][: found.end(2)], words))
        stop = at
    return annexes[::-1]


def _annex_start(text: str) -> re.Match[str] | None:
    found = _ANNEX.match(text) if len(text) <= _LONGEST_HEADING else None
    return found if found and (found[2] or found[0] == found[1]) else None
