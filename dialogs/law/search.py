"""Which article answers a question: BM25 over the articles, and the nearest of the questions that the pack lists.

What no article settles competes in the same ranking: the pack lists it under ``outside``. A question is covered
when an article comes before all of that and fits well enough. docs/decisions/0007-ranking.md says why it is ours.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from dialogs.law.cutting import Cutter, asked_word, outside_word, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialogs.law.cutting import Word
    from rules.pack import Pack

_WEIGHTS = {
    "term": 1.0,
    "measure": 0.8,
    "asked": 0.7,
    "pair": 0.6,
    "letter": 0.4,
    "mark": 0.0,
    "article": 3.0,
}
"""How much a kind of word counts beside a term of the pack."""
_SATURATION, _LENGTH = 1.2, 0.4
"""BM25's k1 and b."""
_PHRASE, _LETTERS = 0.5, 0.4
"""Shares: of the nearest listed question in a score, and of its bare characters in how near it is."""
_CONTEXT = 0.4
"""Weight of what is told around a question."""
_ENOUGH, _MARGIN, _EXPLAINED = 0.3, 1.06, 0.4
"""What an article must reach: a score, how much better than the outside matters, the share of words that it knows."""
_SILENT = 0.65
"""Left of a score when the question asks how long, how much or how many, and this is never asked that."""
_AMOUNTS_ASKED = frozenset(asked_word(kind) for kind in ("how_long", "how_much", "how_many"))
_SENTENCE = re.compile(r"[。；\n]")
_NO_LETTER = re.compile(r"\W+")
_Name = TypeVar("_Name")


class Found(NamedTuple):
    """An article or an outside matter by its id, and how well it fits, from 0 to 1."""

    name: str
    score: float


class Ranking(NamedTuple):
    """What was found for a question.

    Attributes:
        articles: best first; an article is there with the best of its items only.
        outside: matters that no article settles, best first.
        explained: the share of what the question talks about that the best article knows, from 0 to 1.
    """

    articles: list[Found]
    outside: list[Found]
    explained: float

    @property
    def is_covered(self) -> bool:
        """An article fits, and better than anything that no article settles."""
        best = self.articles[0].score if self.articles else 0.0
        rival = self.outside[0].score if self.outside else 0.0
        return best >= max(_ENOUGH, _MARGIN * rival) and self.explained >= _EXPLAINED

    @property
    def has_near_article(self) -> bool:
        """An article shares more with the question than chance, whether it answers it or not."""
        return bool(self.articles) and self.articles[0].score >= _ENOUGH and self.explained >= _EXPLAINED

    @property
    def has_outside(self) -> bool:
        """The question belongs to a matter that no article settles."""
        return bool(self.outside) and self.outside[0].score >= _ENOUGH


class Index:
    """The articles of a pack, ready to be searched; immutable, built once an edition and text."""

    def __init__(self, pack: Pack, official: Mapping[str, str] | None = None) -> None:
        """Read what the pack says of each article and outside matter.

        Args:
            pack: articles and synonyms.
            official: article → its original words, when the operator has loaded them.
        """
        self._cutter = Cutter(pack.synonyms)
        self._articles = frozenset(article.id for article in pack.articles)
        self._bags: dict[str, Counter[Word]] = {}
        phrases: list[tuple[str, str]] = []
        for article in pack.articles:
            asked = pack.synonyms.asked.get(article.id, "").splitlines()
            original = _SENTENCE.split((official or {}).get(article.id, ""))
            phrases += [
                (article.id, phrase) for phrase in (article.title, *article.keywords, *asked, *original)
            ]
            said = self._cutter.words(article.explanation)
            self._bags[article.id] = Counter(word for word in said if word.kind != "asked")
        self._conditions: dict[str, frozenset[Word]] = {}
        for outside in pack.synonyms.outside:
            if outside.asks:
                wanted = [asked_word(kind) for kind in outside.asks]
                self._conditions[outside.id] = frozenset([*wanted, outside_word(outside.id)])
            phrases += [(outside.id, phrase) for phrase in outside.phrases.splitlines()]
            self._bags[outside.id] = Counter(self._cutter.words(outside.words))
        cut = [(name, phrase, frozenset(self._cutter.words(phrase))) for name, phrase in phrases]
        for name, _, words in cut:
            self._bags[name].update(words)
        self._weights = _tellings(self._bags)
        self._mean_length = sum(bag.total() for bag in self._bags.values()) / max(len(self._bags), 1)
        self._owners = [name for name, _, _ in cut]
        self._by_words = _Vectors([{word: self._weights[word] for word in words} for _, _, words in cut])
        self._by_letters = _Vectors([_letters(phrase) for _, phrase, _ in cut])

    def rank(self, question: str) -> Ranking:
        """Return the articles and the outside matters that fit a question."""
        words = self._weighted(question)
        near = self._nearest(question, words)
        mass = sum(words.values())
        amounts_asked = _AMOUNTS_ASKED.intersection(words)
        articles: dict[str, Found] = {}
        outside: list[Found] = []
        for name, bag in self._bags.items():
            score = _PHRASE * near.get(name, 0.0) + (1 - _PHRASE) * self._bm25(bag, words) / (mass or 1)
            score *= _SILENT ** sum(word not in bag for word in amounts_asked)
            if name in self._conditions and self._conditions[name].isdisjoint(words):
                score *= _SILENT
            if any(word.kind == "article" and word.name == name for word in words):
                score = 1.0
            if score and name not in self._articles:
                outside.append(Found(name, score))
            elif score:
                whole = name.partition("(")[0]
                articles[whole] = max(articles.get(whole, Found(name, 0.0)), Found(name, score), key=_score)
        ranked = sorted(articles.values(), key=_score, reverse=True)
        explained = self._explained(ranked[0].name, words) if ranked else 0.0
        return Ranking(ranked, sorted(outside, key=_score, reverse=True), explained)

    def _explained(self, name: str, words: Mapping[Word, float]) -> float:
        """Return the share of the words, but for the kind of thing asked, that an article knows."""
        talk = {word: weight for word, weight in words.items() if word.kind != "asked"}
        bag = self._bags[name]
        known = sum(weight for word, weight in talk.items() if word in bag or word.name == name)
        return known / (sum(talk.values()) or 1.0)

    def _weighted(self, question: str) -> dict[Word, float]:
        """Return the words of a question and their weights: a long story counts less than what is asked in it."""
        clauses = self._cutter.clauses(shortened(question))
        asks = [any(word.kind in ("asked", "mark") for word in clause) for clause in clauses]
        told = False  # something that could be asked about
        weighted: dict[Word, float] = {}
        for clause, is_asking in zip(reversed(clauses), reversed(asks), strict=True):
            share = 1.0 if is_asking or not told or not any(asks) else _CONTEXT
            told = told or any(word.kind in ("term", "measure", "article") for word in clause)
            for word in clause:
                weight = share * self._weights.get(word, _WEIGHTS[word.kind])
                weighted[word] = max(weighted.get(word, 0.0), weight)
        return {word: weight for word, weight in weighted.items() if weight}

    def _nearest(self, question: str, words: Mapping[Word, float]) -> dict[str, float]:
        """Return how near the nearest listed question of each article and matter is, from 0 to 1."""
        letters = self._by_letters.cosines(_letters(shortened(question)))
        near: dict[str, float] = {}
        for number, cosine in self._by_words.cosines(words).items():
            nearness = (1 - _LETTERS) * cosine + _LETTERS * letters.get(number, 0.0)
            name = self._owners[number]
            near[name] = max(near.get(name, 0.0), nearness)
        return near

    def _bm25(self, bag: Counter[Word], words: Mapping[Word, float]) -> float:
        """Return the weight of the words that are found, each the more the oftener it is there, up to its own."""
        length = _SATURATION * (1 - _LENGTH + _LENGTH * bag.total() / self._mean_length)
        return sum(weight * bag[word] / (bag[word] + length) for word, weight in words.items() if word in bag)


class _Vectors(Generic[_Name]):
    """Many small vectors, found by what they share with a given one."""

    def __init__(self, vectors: Iterable[Mapping[_Name, float]]) -> None:
        self._places: dict[_Name, list[tuple[int, float]]] = {}
        for number, vector in enumerate(vectors):
            norm = _norm(vector)
            for name, value in vector.items():
                if value:
                    self._places.setdefault(name, []).append((number, value / norm))

    def cosines(self, vector: Mapping[_Name, float]) -> dict[int, float]:
        """Return the cosine with every vector that shares something, by its number."""
        norm = _norm(vector)
        found: dict[int, float] = {}
        for name, value in vector.items():
            for number, share in self._places.get(name, ()):
                found[number] = found.get(number, 0.0) + value * share / norm
        return found


def _tellings(bags: Mapping[str, Counter[Word]]) -> dict[Word, float]:
    """Return how much each word tells about which article is meant (log-entropy weighting).

    The usual rarity would punish 备案 or 验收 for being asked about often; what counts is how few articles share it.
    """
    spread: dict[Word, dict[str, float]] = {}
    for name, bag in bags.items():
        whole, total = name.partition("(")[0], bag.total()
        for word, count in bag.items():
            shares = spread.setdefault(word, {})
            shares[whole] = shares.get(whole, 0.0) + count / total
    most = math.log(max(len(bags), 2))
    return {
        word: _WEIGHTS[word.kind] * max(1 - _entropy(list(shares.values())) / most, 0.0)
        for word, shares in spread.items()
    }


def _entropy(shares: list[float]) -> float:
    total = sum(shares)
    return -sum(share / total * math.log(share / total) for share in shares)


def _letters(text: str) -> dict[str, float]:
    """Return the pairs of neighbouring characters of a text."""
    bare = _NO_LETTER.sub("", text.lower())
    return {bare[at : at + 2]: 1.0 for at in range(len(bare) - 1)}


def _norm(vector: Mapping[_Name, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values())) or 1.0


def _score(found: Found) -> float:
    return found.score
