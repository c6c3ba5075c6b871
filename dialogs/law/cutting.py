"""A question cut into words: the pack's terms, what kind of thing is asked, amounts, and the rest as character pairs.

Chinese is written without spaces. A statistical segmenter would bring a dictionary of general Chinese and still
not know 宁政通 or 三同步; here the longest term that the pack or everyday speech lists is taken, and whatever lies
between is kept as pairs of neighbouring characters, which also find words with a typing error in them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from dialogs.law.speech import ASKED, FILLERS, QUESTION_MARKS
from dialogs.parsing.numerals import NUMERAL_CHARACTERS, number
from dialogs.parsing.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.synonyms import AskedFor, Synonyms

Kind = Literal["term", "asked", "measure", "article", "pair", "letter", "mark"]

_LONGEST = 1_000
_MEASURE = re.compile(
    rf"(?P<amount>[{NUMERAL_CHARACTERS}]+?|[几上][十百千])[多来几余]? ?(?P<wan>个亿|亿|万|w)[元块]?钱?"
    r"|(?P<yuan>[0-9]{5,12}|[0-9]{1,3}(?:,[0-9]{3})+)元"
    r"|(?P<day>[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号]?|(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月)?)"
    rf"|(?P<length>[{NUMERAL_CHARACTERS}半]+)个?(?P<unit>年|月|天|日|周|星期|小时|工作日)(?!份|底|初)"
)
_ARTICLE = re.compile(
    r"(?:第(?P<article>[0-9]{1,3}|[一二三四五六七八九十百]{1,5})|(?P<bare>[0-9]{2}))条"
    r"(?:之?第?\(?(?P<item>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)?[项款点])?"
    r"|(?<![0-9])(?P<short>[0-9]{1,2})\((?P<short_item>[0-9]{1,2})\)"
)
_FIGURES = frozenset("0123456789.零〇一二两三四五六七八九十百千万亿半几上第")
"""What an amount, a length of time or the number of an article begins with; most characters need no closer look."""
_LATIN = re.compile(r"[a-z0-9][a-z0-9.+#-]*")
_CLAUSE = re.compile(r"[。!?;…、:]+|,(?![0-9]{3})")
_SAID_LOOSELY = {
    "几十": Decimal(50), "上十": Decimal(20), "几百": Decimal(300), "上百": Decimal(150), "几千": Decimal(3000),
    "上千": Decimal(1100),
}  # fmt: skip
_YUAN_PER_WAN = _WAN_PER_YI = 10_000
_MONTHS_A_YEAR = 12


class Word(NamedTuple):
    """One word of a question.

    Attributes:
        name: the term's main form, the kind of thing asked, a measure, an article's id, or characters as they stand.
        kind: which of these it is; "mark" is a small word that only makes the clause a question.
    """

    name: str
    kind: Kind


class Cutter:
    """Cuts questions by the terms of a pack; immutable."""

    def __init__(self, synonyms: Synonyms) -> None:
        """Index the terms of ``synonyms``; they come before everyday speech."""
        self._amounts = synonyms.amounts
        forms: dict[str, Word | None] = dict.fromkeys(FILLERS)
        forms |= {mark: Word(mark, "mark") for mark in QUESTION_MARKS}
        for asked, said in ASKED.items():
            forms |= dict.fromkeys(said, asked_word(asked))
        for outside in synonyms.outside:
            forms |= dict.fromkeys(outside.words.lower().split(), outside_word(outside.id))
        for line in synonyms.words.splitlines():
            same = line.lower().split()
            forms |= {form: Word(same[0], "term") for form in same}
        self._forms = forms
        self._longest: dict[str, int] = {}
        for form in forms:
            self._longest[form[0]] = max(len(form), self._longest.get(form[0], 0))

    def clauses(self, text: str) -> list[list[Word]]:
        """Return the words of each clause of a text, in order; clauses without words are left out."""
        lines = (normalise(line).lower() for line in text.splitlines())
        cut = (list(self._cut(clause)) for line in lines for clause in _CLAUSE.split(line))
        return [words for words in cut if words]

    def words(self, text: str) -> list[Word]:
        """Return all words of a text."""
        return [word for clause in self.clauses(text) for word in clause]

    def _cut(self, text: str) -> Iterator[Word]:
        rest = at = 0  # what lies between them is covered by no term
        while at < len(text):
            end, words = self._at(text, at)
            if end > at:
                yield from _pairs(text[rest:at])
                yield from words
                rest = at = end
            else:
                at += 1
        yield from _pairs(text[rest:])

    def _at(self, text: str, at: int) -> tuple[int, list[Word]]:
        """Return where the word that begins at ``at`` ends, and what it stands for; ``at`` itself when none does."""
        if text[at] in _FIGURES:
            if found := _ARTICLE.match(text, at):
                return found.end(), [Word(_article_id(found), "article")]
            if (found := _MEASURE.match(text, at)) and (words := list(self._measured(found))):
                return found.end(), words
        latin = _LATIN.match(text, at)
        shortest = latin.end() if latin else at + 1
        for end in range(min(at + self._longest.get(text[at], 0), len(text)), shortest - 1, -1):
            form = text[at:end]
            if form in self._forms:
                word = self._forms[form]
                return end, [word] if word else []
        if latin:
            return latin.end(), [Word(latin[0], "pair")]
        return at if text[at].isalnum() else at + 1, []

    def _measured(self, found: re.Match[str]) -> Iterator[Word]:
        """Yield where an amount lies between the pack's limits, or a length of time."""
        if found["wan"] or found["yuan"]:
            wan = _wan(found)
            if wan is not None:
                yield Word(f"#{sum(limit <= wan for limit in self._amounts)}", "measure")
                yield from (Word(f"={limit}", "measure") for limit in self._amounts if limit == wan)
        elif found["day"]:
            yield Word("#day", "measure")
        elif (value := number(found["length"])) is not None:
            unit = found["unit"]
            if unit == "月" and value and value % _MONTHS_A_YEAR == 0:
                unit, value = "年", value / _MONTHS_A_YEAR
            yield Word(f"#{unit}", "measure")
            yield Word(f"={value:f}{unit}", "measure")


def _wan(found: re.Match[str]) -> Decimal | None:
    """Return an amount in 万元; None when the numeral spells none."""
    if found["yuan"]:
        return Decimal(found["yuan"].replace(",", "")) / _YUAN_PER_WAN
    value = _SAID_LOOSELY.get(found["amount"]) or number(found["amount"])
    return value * _WAN_PER_YI if value is not None and "亿" in found["wan"] else value


def asked_word(asked: AskedFor) -> Word:
    """Return the word that stands for what a question asks for."""
    return Word(f"?{asked}", "asked")


def outside_word(matter: str) -> Word:
    """Return the word that stands for any of the words of an outside matter."""
    return Word(f"!{matter}", "term")


def shortened(text: str) -> str:
    """Return the beginning and the end of a text that is longer than any question."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"


def _pairs(stretch: str) -> Iterator[Word]:
    """Yield neighbouring characters, or the one that there is."""
    if len(stretch) == 1:
        yield Word(stretch, "letter")
    for at in range(len(stretch) - 1):
        yield Word(stretch[at : at + 2], "pair")


def _article_id(found: re.Match[str]) -> str:
    article = number(found["article"] or found["bare"] or found["short"])
    item = found["item"] or found["short_item"]
    return f"{article}({number(item)})" if item else f"{article}"
