"""A question cut into clauses and words: the pack's terms, what kind of thing is asked, amounts, article numbers.

Chinese is written without spaces. A statistical segmenter would bring a dictionary of general Chinese and still
not know 宁政通 or 三同步; here the longest term that the pack or everyday speech lists is taken.
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

Kind = Literal["term", "asked", "measure", "article"]

_LONGEST = 1_000
_LATIN = re.compile(r"[a-z0-9][a-z0-9.+#-]*")
_CLAUSE = re.compile(r"(?<=\?)|[。!;…、:]+|,(?![0-9]{3})")


class Word(NamedTuple):
    """One word of a question.

    Attributes:
        name: the term's main form, the kind of thing asked, a measure, or an article's id.
        kind: which of these it is.
    """

    name: str
    kind: Kind


class Clause(NamedTuple):
    """A part of a question between two stops.

    Attributes:
        text: as written, in small letters.
        words: those that mean something, in order.
        is_asking: it asks something, so that what stands around it is only told.
    """

    text: str
    words: list[Word]
    is_asking: bool


_MARK = Word("", "asked")
"""What only makes a clause a question."""


class Cutter:
    """Cuts questions by the terms of a pack; immutable."""

    def __init__(self, synonyms: Synonyms) -> None:
        """Index the terms of ``synonyms``; they come before everyday speech."""
        self._amounts = synonyms.amounts
        forms: dict[str, Word | None] = dict.fromkeys(FILLERS)
        forms |= dict.fromkeys(QUESTION_MARKS, _MARK)
        for asked, said in ASKED.items():
            forms |= dict.fromkeys(said, asked_word(asked))
        for outside in synonyms.outside:
            forms |= dict.fromkeys(outside.words.lower().split(), outside_word(outside.id))
        for line in synonyms.words.splitlines():
            same = line.lower().split()
            forms |= {form: Word(same[0], "term") for form in same}
        self._forms = forms
        lengths: dict[str, set[int]] = {}
        for form in forms:
            lengths.setdefault(form[0], set()).add(len(form))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def clauses(self, text: str) -> list[Clause]:
        """Return the clauses of a text, in order."""
        lines = (normalise(line).lower() for line in text.splitlines())
        return [self._clause(clause) for line in lines for clause in _CLAUSE.split(line) if clause]

    def _clause(self, text: str) -> Clause:
        words: list[Word] = []
        at = 0
        while at < len(text):
            at = self._cut(text, at, words)
        is_asking = any(word.kind == "asked" for word in words)
        return Clause(text, [word for word in words if word is not _MARK], is_asking)

    def _cut(self, text: str, at: int, words: list[Word]) -> int:
        """Append what the longest word that begins at ``at`` stands for; return where the next may begin."""
        if found := read_measure(text, at):
            words += self._measured(found[1])
            return found[0]
        latin = _LATIN.match(text, at) if text[at].isascii() else None
        shortest = latin.end() - at if latin else 1
        for length in self._lengths.get(text[at], ()):
            form = text[at : at + length]
            if length >= shortest and form in self._forms:
                if word := self._forms[form]:
                    words.append(word)
                return at + len(form)
        return at + shortest

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
