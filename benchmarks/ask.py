"""How well and how fast questions about the regulation are answered: ``python -m benchmarks.ask [--fit] [FILE.tsv]``."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.packs import installed_pack
from dialogs.law.answer import Advisor
from dialogs.law.search import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.law.answer import Answer

TESTS = Path(__file__).resolve().parent.parent / "tests" / "dialogs"
NOT_COVERED = "-"
BUILDS = 5
STEPS, RATE = 400, 4.0


class Case(NamedTuple):
    """A question, who asks it, and the whole articles that answer it; none: the regulation does not settle it."""

    voice: str
    question: str
    right: frozenset[str]


class Tally(NamedTuple):
    """How many questions of each kind there are and how many were answered right."""

    covered: int = 0
    first: int = 0
    third: int = 0
    missed: int = 0
    outside: int = 0
    refused: int = 0

    def plus(self, case: Case, answer: Answer) -> Tally:
        """Return the tally with one more answer counted, as tests/dialogs/test_law_questions.py counts it."""
        if not case.right:
            return self._replace(outside=self.outside + 1, refused=self.refused + (not answer.covered))
        hits = [answer.covered and whole(article) in case.right for article in answer.articles]
        return self._replace(
            covered=self.covered + 1,
            first=self.first + (hits[:1] == [True]),
            third=self.third + any(hits),
            missed=self.missed + (not answer.covered),
        )

    def __str__(self) -> str:
        """Return the shares in words."""
        said: list[str] = []
        if self.covered:
            first, third = self.first / self.covered, self.third / self.covered
            said.append(
                f"{self.covered} covered: top-1 {first:.1%}, top-3 {third:.1%}, called not covered {self.missed}"
            )
        if self.outside:
            said.append(f"{self.outside} not covered: recognised {self.refused / self.outside:.1%}")
        return "; ".join(said)


def whole(article: str) -> str:
    """Return the article that an item belongs to."""
    return article.partition("(")[0]


def cases(path: Path) -> list[Case]:
    """Read questions: each line the voice (or nothing), the question, and its articles or ``-``, tabs between."""
    found: list[Case] = []
    for line in path.read_text("utf-8").splitlines():
        *voice, question, right = line.split("\t")
        answers = frozenset() if right == NOT_COVERED else frozenset(map(whole, right.split("|")))
        found.append(Case("".join(voice) or path.stem, question, answers))
    return found


def measure(asked: Iterable[Case]) -> None:
    """Time the index and each question, and print the right answers of each voice and of all."""
    rules, _ = installed_pack()
    advisor, builds = Advisor(rules), list[float]()
    for _ in range(BUILDS):
        begin = time.perf_counter()
        advisor = Advisor(rules)
        builds.append(time.perf_counter() - begin)
    tallies: dict[str, Tally] = {}
    times: list[float] = []
    for case in asked:
        begin = time.perf_counter()
        answer = advisor.answer(case.question)
        advisor.messages(answer)
        times.append(time.perf_counter() - begin)
        for voice in (case.voice, "all"):
            tallies[voice] = tallies.get(voice, Tally()).plus(case, answer)
    times.sort()
    median, late = statistics.median(times) * 1000, times[len(times) * 99 // 100] * 1000
    print(f"ask: index {statistics.median(builds) * 1000:.0f} ms (median of {BUILDS})")
    print(f"ask: {median:.2f} ms a question (median), {late:.2f} (p99)")
    for voice in sorted(tallies, key="all".__eq__):
        print(f"ask: {voice}: {tallies[voice]}")


def fit(asked: list[Case]) -> None:
    """Print the weights of the decision whether an article answers, fitted to questions (logistic regression).

    Only questions that the pack was not improved with tell anything: on the others every weight looks too good.
    """
    index = Index(installed_pack()[0].pack)
    ranked = [index.rank(case.question) for case in asked]
    rows = [
        ((1.0, found.lead, found.known), float(bool(case.right)))
        for found, case in zip(ranked, asked, strict=True)
    ]
    weights = [0.0, 0.0, 0.0]
    for _ in range(STEPS):
        slope = [0.0, 0.0, 0.0]
        for row, is_covered in rows:
            decision = sum(weight * value for weight, value in zip(weights, row, strict=True))
            error = is_covered - 1 / (1 + math.exp(-decision))
            slope = [sum_ + error * value for sum_, value in zip(slope, row, strict=True)]
        weights = [weight + RATE * sum_ / len(rows) for weight, sum_ in zip(weights, slope, strict=True)]
    print("fit: bias {:.2f}, lead {:.2f}, known {:.2f}".format(*weights))


def main() -> None:
    """Measure, or fit, on one file or on the questions of the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--fit", action="store_true")
    given = parser.parse_args()
    paths = [given.file] if given.file else sorted(TESTS.glob("questions*.tsv"))
    asked = [case for path in paths for case in cases(path)]
    if given.fit:
        fit(asked)
    else:
        measure(asked)


if __name__ == "__main__":
    main()
