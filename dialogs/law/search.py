"""Which article answers a question: BM25 over words and characters, and a decision whether any article does.

What no article settles competes in the same ranking: the pack lists it under ``outside``. A question is covered when
the best article is ahead of all of that and knows enough of what the question says.
docs/decisions/0007-ranking.md says why it is ours.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dialogs.law.cutting import Cutter, Word, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
_BIAS, _LEAD, _WORDS_KNOWN, _SIGNS_KNOWN = -3.6, 5.0, 2.5, 2.5
"""The logistic decision that an article answers, as ``python -m benchmarks.ask --fit`` prints it."""
_SMOOTHING = 0.02
"""Added to both scores before they are compared, lest next to nothing be far ahead of nothing."""
_NEAR = 0.3
"""What the best article must know of a question that is not covered to be named all the same."""
_SENTENCE = re.compile(r"[。；\n]")
_NO_CHARACTER = re.compile(r"\W+")


class Found(NamedTuple):
    """An article or an outside matter by its id, and how well it fits, from 0 to 1."""

    name: str
    score: float


class Ranking(NamedTuple):
    """What was found for a question.

    Attributes:
        articles: best first; an article is there with the best of its items only.
        outside: matters that no article settles, best first.
        words_known: the share of the question's words that the best article knows, from 0 to 1.
        signs_known: the share of its characters, likewise.
    """

    articles: list[Found]
    outside: list[Found]
    words_known: float
    signs_known: float

    @property
    def evidence(self) -> tuple[float, float, float]:
        """How far the best article is ahead of the best outside matter, and what it knows of the question."""
        best, rival = (found[0].score if found else 0.0 for found in (self.articles, self.outside))
        lead = math.log((best + _SMOOTHING) / (rival + _SMOOTHING))
        return lead, self.words_known, self.signs_known

    @property
    def is_covered(self) -> bool:
        """The best article answers the question."""
        lead, words_known, signs_known = self.evidence
        decision = _BIAS + _LEAD * lead + _WORDS_KNOWN * words_known + _SIGNS_KNOWN * signs_known
        return bool(self.articles) and decision > 0

    @property
    def has_near_article(self) -> bool:
        """An article shares more with the question than chance, whether it answers it or not."""
        return min(self.words_known, self.signs_known) >= _NEAR

    @property
    def has_outside(self) -> bool:
        """The question belongs to a matter that no article settles, rather than to an article."""
        return bool(self.outside) and self.outside[0].score >= (_NEAR / 2)


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
        self._counts: dict[str, Counter[Sign]] = {}
        for article in pack.articles:
            asked = pack.synonyms.asked.get(article.id, "")
            original = (official or {}).get(article.id, "")
            said = _SENTENCE.split("\n".join((article.explanation, asked, original)))
            self._counts[article.id] = self._count((article.title, *article.keywords, *said))
        for outside in pack.synonyms.outside:
            self._counts[outside.id] = self._count([*outside.phrases.splitlines(), *outside.words.split()])
        self._rarity, self._rarest = _rarities(self._counts)
        self._places = self._weighed()

    def rank(self, question: str) -> Ranking:
        """Return the articles and the outside matters that fit a question."""
        clauses = self._cutter.clauses(shortened(question))
        signs = _weighted(clauses)
        most = sum(weight * self._worth(sign) for sign, weight in signs.items()) or 1.0
        scores: dict[str, float] = {}
        for sign, weight in signs.items():
            for name, value in self._places.get(sign, ()):
                scores[name] = scores.get(name, 0.0) + weight * value / most
        cited = {word.name for clause in clauses for word in clause.words if word.kind == "article"}
        scores |= dict.fromkeys(cited.intersection(self._counts), 1.0)
        articles: dict[str, Found] = {}
        for name in scores.keys() - self._outside:
            whole, found = name.partition("(")[0], Found(name, scores[name])
            articles[whole] = min(articles.get(whole, found), found, key=_best_first)
        ranked = sorted(articles.values(), key=_best_first)
        outside = sorted((Found(name, scores[name]) for name in scores.keys() & self._outside), key=_best_first)
        words_known = signs_known = 0.0
        if ranked:
            words_known = self._known(ranked[0].name, signs, _is_telling)
            signs_known = self._known(ranked[0].name, signs, _is_characters)
        return Ranking(ranked, outside, words_known, signs_known)

    def _count(self, phrases: Iterable[str]) -> Counter[Sign]:
        """Return how often each sign stands in phrases, each time as much as it weighs."""
        counts: Counter[Sign] = Counter()
        for phrase in phrases:
            for sign, weight in _weighted(self._cutter.clauses(phrase), context=1.0).items():
                counts[sign] += weight
        return counts

    def _weighed(self) -> dict[Sign, list[tuple[str, float]]]:
        """Return each sign's share in the score of each article and outside matter that has it (BM25)."""
        mean = sum(counts.total() for counts in self._counts.values()) / max(len(self._counts), 1)
        places: dict[Sign, list[tuple[str, float]]] = {}
        for name, counts in self._counts.items():
            length = _SATURATION * (1 - _LENGTH + _LENGTH * counts.total() / (mean or 1.0))
            for sign, count in counts.items():
                value = self._rarity[sign] * count / (count + length)
                places.setdefault(sign, []).append((name, value))
        return places

    def _worth(self, sign: Sign) -> float:
        """Return how rare a sign is; what nobody listed counts as the rarest."""
        return self._rarity.get(sign, self._rarest)

    def _known(self, name: str, signs: Mapping[Sign, float], is_counted: Callable[[Sign], bool]) -> float:
        """Return the share of some of the signs that an article knows."""
        counted = {sign: weight * self._worth(sign) for sign, weight in signs.items() if is_counted(sign)}
        counts = self._counts[name]
        known = sum(worth for sign, worth in counted.items() if sign in counts or sign[0] == name)
        return known / (sum(counted.values()) or 1.0)


def _weighted(clauses: list[Clause], context: float = _CONTEXT) -> dict[Sign, float]:
    """Return the signs of a text and their weights: a long story counts less than what is asked in it."""
    is_asked = any(clause.is_asking for clause in clauses)
    is_told = False  # something that could be asked about
    weighted: dict[Sign, float] = {}
    for clause in reversed(clauses):
        share = 1.0 if clause.is_asking or not is_told or not is_asked else context
        is_told = is_told or any(word.kind != "asked" for word in clause.words)
        for sign, weight in _signs(clause):
            weighted[sign] = max(weighted.get(sign, 0.0), share * weight)
    return weighted


def _signs(clause: Clause) -> Iterable[tuple[Sign, float]]:
    for word in clause.words:
        yield word, _WORD
    bare = _NO_CHARACTER.sub("", clause.text)
    for character in bare:
        yield character, _CHARACTER
    for first, second in pairwise(bare):
        yield first + second, _PAIR


def _rarities(counts: Mapping[str, Counter[Sign]]) -> tuple[dict[Sign, float], float]:
    """Return the inverse document frequency of each sign, and the highest there is.

    The items of an article are one document here: 服务器 is not less telling for standing in 13 and in 13(1).
    """
    documents: dict[Sign, set[str]] = {}
    for name, bag in counts.items():
        for sign in bag:
            documents.setdefault(sign, set()).add(name.partition("(")[0])
    many = len({name.partition("(")[0] for name in counts})

    def rarity(few: int) -> float:
        return math.log(1 + (many - few + 0.5) / (few + 0.5))

    return {sign: rarity(len(names)) for sign, names in documents.items()}, rarity(1)


def _is_telling(sign: Sign) -> bool:
    return isinstance(sign, Word) and sign.kind != "asked"


def _is_characters(sign: Sign) -> bool:
    return isinstance(sign, str)


def _best_first(found: Found) -> tuple[float, str]:
    return -found.score, found.name
