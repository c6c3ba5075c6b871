"""A question cut into words: the pack's terms, what kind of thing is asked, amounts, and the rest as character pairs.

Chinese is written without spaces. A statistical segmenter would bring a dictionary of general Chinese and still
not know 宁政通 or 三同步; here the longest term that the pack or everyday speech lists is taken, and whatever lies
between is kept as pairs of neighbouring characters, which also find words with a typing error in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from dialogs.law.speech import ASKED, FILLERS, QUESTION_MARKS
from dialogs.parsing.measures import Amount, Length, Reference, read_measure
from dialogs.parsing.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.synonyms import AskedFor, Synonyms

Kind = Literal["term", "asked", "measure", "article", "pair", "letter", "mark"]

_LONGEST = 1_000
_LATIN = re.compile(r"[a-z0-9][a-z0-9.+#-]*")
_CLAUSE = re.compile(r"[。!?;…、:]+|,(?![0-9]{3})")


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
        if found := read_measure(text, at):
            return found[0], list(self._measured(found[1]))
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

    def _measured(self, measure: Amount | Length | Reference) -> Iterator[Word]:
        """Yield where an amount lies between the pack's limits, a length of time, or the article that is named."""
        match measure:
            case Amount(wan):
                yield Word(f"#{sum(limit <= wan for limit in self._amounts)}", "measure")
                yield from (Word(f"={limit}", "measure") for limit in self._amounts if limit == wan)
            case Length(unit, value):
                yield Word(f"#{unit}", "measure")
                if value is not None:
                    yield Word(f"={value:f}{unit}", "measure")
            case Reference(article):
                yield Word(article, "article")


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
