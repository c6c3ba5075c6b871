"""Which article answers a question: BM25 over words and characters, and a decision whether any article does.

What no article settles competes in the same ranking: the pack lists it under ``outside``. A question is covered when
the best article is far enough ahead of all of that and knows the words of the question.
docs/decisions/0007-ranking.md says why it is ours.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import chain
from operator import add
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dialogs.law.cutting import Cutter, Word, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialogs.law.cutting import Clause
    from rules.pack import Pack

Sign: TypeAlias = Word | str
"""What a question and an article may share: a word, or a character or two neighbouring ones as they stand."""

_SATURATION, _LENGTH = 1.5, 0.4
"""BM25's k1 and b."""
_WORD, _PAIR, _CHARACTER = 1.0, 1.0, 0.6
"""Weights of the signs. Characters find what no word lists, and what is mistyped."""
_CONTEXT = 0.5
"""Weight of what is told around a question."""
_BIAS, _LEAD, _KNOWN = -2.0, 6.2, 2.0
"""The logistic decision that an article answers, fitted by ``python -m benchmarks.ask --fit``."""
_SMOOTHING = 1.0
"""Added to both scores before they are compared, lest next to nothing be far ahead of nothing."""
_CHANCE = 0.2
"""What an article must beat in a pack that lists no outside matters: this share of the highest possible score."""
_NEAR = 0.12
"""The share of the highest possible score from which on an article or a matter is worth naming."""
_RUN = re.compile(r"[^\W\x00-\x7f]+")


class Found(NamedTuple):
    """An article or an outside matter by its id, and how well it fits."""

    name: str
    score: float


class Ranking(NamedTuple):
    """What was found for a question.

    Attributes:
        articles: best first; an article is there with the best of its items only.
        outside: matters that no article settles, best first.
        known: the share of the question's words that the best article knows, from 0 to 1.
        most: the score of what would know all of the question.
        rival: the score to beat.
        cites: the question names an article by its number; None: it names only some that there are not.
    """

    articles: list[Found]
    outside: list[Found]
    known: float
    most: float
    rival: float
    cites: bool | None

    @property
    def lead(self) -> float:
        """How far the best article is ahead of what is not covered; below 0 it is behind."""
        return math.log((_best(self.articles) + _SMOOTHING) / (self.rival + _SMOOTHING))

    @property
    def is_covered(self) -> bool:
        """The best article answers the question."""
        if self.cites is not False:
            return self.cites is True
        return _BIAS + _LEAD * self.lead + _KNOWN * self.known > 0

    @property
    def has_near_article(self) -> bool:
        """An article shares more with the question than chance, whether it answers it or not."""
        return _best(self.articles) > _NEAR * self.most

    @property
    def has_outside(self) -> bool:
        """The question belongs to a matter that no article settles."""
        return _best(self.outside) > _NEAR * self.most


class Index:
    """The articles of a pack, ready to be searched; immutable, built once an edition and text."""

    def __init__(self, pack: Pack, official: Mapping[str, str] | None = None) -> None:
        """Read what the pack says of each article and outside matter.

        Args:
            pack: articles and synonyms.
            official: article → its original words, when the operator has loaded them.
        """
        self._cutter = Cutter(pack.synonyms)
        self._outside = frozenset(outside.id for outside in pack.synonyms.outside)
        self._places: dict[Sign, dict[str, int]] = {}
        totals: dict[str, int] = {}
        for article in pack.articles:
            asked = pack.synonyms.asked.get(article.id, "")
            original = (official or {}).get(article.id, "")
            said = "\n".join((article.title, *article.keywords, article.explanation, asked, original))
            totals[article.id] = self._place(article.id, said)
        for outside in pack.synonyms.outside:
            totals[outside.id] = self._place(outside.id, f"{outside.phrases}\n{outside.words}")
        mean = sum(totals.values()) / max(len(totals), 1)
        self._damping = {
            name: _SATURATION * (1 - _LENGTH + _LENGTH * total / (mean or 1.0))
            for name, total in totals.items()
        }
        self._wholes = len(set(map(_whole, totals)))

    def rank(self, question: str) -> Ranking:
        """Return the articles and the outside matters that fit a question."""
        clauses = self._cutter.clauses(shortened(question))
        signs = {sign: weight * self._rarity(sign) for sign, weight in _weighted(clauses).items()}
        scores: dict[str, float] = {}
        for sign, worth in signs.items():
            for name, count in self._places.get(sign, {}).items():
                scores[name] = scores.get(name, 0.0) + worth * count / (count + self._damping[name])
        cited = {word.name for clause in clauses for word in clause.words if word.kind == "article"}
        named = cited.intersection(self._damping)
        most = sum(signs.values())
        scores |= {name: scores.get(name, 0.0) + most for name in named}
        articles: dict[str, Found] = {}
        for name in scores.keys() - self._outside:
            whole, found = _whole(name), Found(name, scores[name])
            articles[whole] = min(articles.get(whole, found), found, key=_best_first)
        ranked = sorted(articles.values(), key=_best_first)
        outside = sorted(
            (Found(name, scores[name]) for name in scores.keys() & self._outside), key=_best_first
        )
        known = self._known(ranked[0].name, signs) if ranked else 0.0
        rival = _best(outside) if self._outside else _CHANCE * most
        return Ranking(ranked, outside, known, most, rival, bool(named) if named or not cited else None)

    def _place(self, name: str, text: str) -> int:
        """Note the signs of a text under a name; return how many there are."""
        clauses = self._cutter.clauses(text)
        runs = [run for clause in clauses for run in _RUN.findall(clause.text)]
        signs: Counter[Sign] = Counter(word for clause in clauses for word in clause.words)
        signs.update(chain.from_iterable(runs))
        signs.update(chain.from_iterable(map(add, run, run[1:]) for run in runs))
        for sign, count in signs.items():
            self._places.setdefault(sign, {})[name] = count
        return signs.total()

    def _rarity(self, sign: Sign) -> float:
        """Return the inverse document frequency of a sign; what nobody listed is as rare as what stands once.

        The items of an article are one document here: 服务器 is not less telling for standing in 13 and in 13(1).
        """
        few = max(len(set(map(_whole, self._places.get(sign, ())))), 1)
        return math.log(1 + (self._wholes - few + 0.5) / (few + 0.5))

    def _known(self, name: str, signs: Mapping[Sign, float]) -> float:
        """Return the share of the words that an article knows."""
        told = {
            sign: worth for sign, worth in signs.items() if isinstance(sign, Word) and sign.kind != "asked"
        }
        known = sum(worth for sign, worth in told.items() if name in self._places.get(sign, ()))
        return known / (sum(told.values()) or 1.0)


def _weighted(clauses: list[Clause]) -> dict[Sign, float]:
    """Return the signs of a text and their weights: a long story counts less than what is asked in it."""
    is_asked = any(clause.is_asking for clause in clauses)
    is_told = False  # something that could be asked about
    weighted: dict[Sign, float] = {}
    for clause in reversed(clauses):
        share = 1.0 if clause.is_asking or not is_told or not is_asked else _CONTEXT
        is_told = is_told or any(word.kind != "asked" for word in clause.words)
        for sign, weight in _signs(clause):
            weighted[sign] = max(weighted.get(sign, 0.0), share * weight)
    return weighted


def _signs(clause: Clause) -> Iterator[tuple[Sign, float]]:
    for word in clause.words:
        yield word, _WORD
    for run in _RUN.findall(clause.text):
        yield from ((character, _CHARACTER) for character in run)
        yield from ((pair, _PAIR) for pair in map(add, run, run[1:]))


def _whole(name: str) -> str:
    """Return the article that an item belongs to."""
    return name.partition("(")[0]


def _best(ranked: list[Found]) -> float:
    return ranked[0].score if ranked else 0.0


def _best_first(found: Found) -> tuple[float, str]:
    return -found.score, found.name
