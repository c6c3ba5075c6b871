"""How well and how fast questions about the regulation are answered: ``python -m benchmarks.ask [QUESTIONS.tsv]``."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from bot.packs import installed_pack
from dialogs.law.answer import Advisor

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "dialogs" / "questions.tsv"
NOT_COVERED = "-"
BUILDS = 5


def main() -> None:
    """Time the index and each question, and count the right answers, as tests/dialogs/test_law_questions.py does."""
    rules, _ = installed_pack()
    builds: list[float] = []
    for _ in range(BUILDS):
        begin = time.perf_counter()
        advisor = Advisor(rules)
        builds.append(time.perf_counter() - begin)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS
    first = third = covered = refused = outside = missed = 0
    times: list[float] = []
    for line in path.read_text("utf-8").splitlines():
        question, _, right = line.partition("\t")
        begin = time.perf_counter()
        answer = advisor.answer(question)
        advisor.messages(answer)
        times.append(time.perf_counter() - begin)
        if right == NOT_COVERED:
            outside += 1
            refused += not answer.covered
            continue
        wanted = {article.partition("(")[0] for article in right.split("|")}
        hits = [answer.covered and article.partition("(")[0] in wanted for article in answer.articles]
        covered += 1
        first += hits[:1] == [True]
        third += any(hits)
        missed += not answer.covered
    times.sort()
    print(f"ask: index {statistics.median(builds) * 1000:.0f} ms (median of {BUILDS})")
    print(
        f"ask: {statistics.median(times) * 1000:.2f} ms a question (median), {times[len(times) * 99 // 100] * 1000:.2f} (p99)"
    )
    print(
        f"ask: {covered} covered: top-1 {first / covered:.1%}, top-3 {third / covered:.1%}, called not covered {missed}"
    )
    print(f"ask: {outside} not covered: recognised {refused / outside:.1%}")


if __name__ == "__main__":
    main()
