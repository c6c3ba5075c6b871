"""What reading a description costs and how much it gets: `python -m benchmarks.extract`."""

from __future__ import annotations

import json
import statistics
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.extract import extraction_json
from bot.packs import installed_pack
from dialogs.extraction import LONGEST_DESCRIPTION, extract

if TYPE_CHECKING:
    from rules.ruleset import RuleSet

TESTS = Path(__file__).parents[1] / "tests/dialogs"
FILES = ("extraction.jsonl", "extraction_fresh.jsonl")
TODAY = date(2026, 11, 23)


def main() -> None:
    """Print the facts right, left open and wrong for each file, then milliseconds a description."""
    rules, _ = installed_pack()
    texts: list[str] = []
    for name in FILES:
        cases = [json.loads(line) for line in (TESTS / name).read_text("utf-8").splitlines()]
        texts += [case["text"] for case in cases]
        print(f"{name}  descriptions {len(cases)}  {_score(rules, cases)}")
    taken = [_milliseconds(lambda text=text: extract(rules, text, TODAY)) for text in texts]
    page = "\n".join(texts)[:LONGEST_DESCRIPTION]
    longest = _milliseconds(lambda: extract(rules, page, TODAY))
    print(
        f"descriptions {len(texts)}  median {statistics.median(taken):.2f} ms  slowest {max(taken):.1f} ms  "
        f"{len(page)} characters {longest:.0f} ms"
    )


def _score(rules: RuleSet, cases: list[dict[str, Any]]) -> str:
    right = wrong = stated = 0
    for case in cases:
        found = extraction_json(rules, extract(rules, case["text"], TODAY))["facts"]
        facts = json.loads(json.dumps(found, default=float))
        good = sum(case["facts"].get(name) == value for name, value in facts.items())
        right, wrong, stated = right + good, wrong + len(facts) - good, stated + len(case["facts"])
    return f"right {right}/{stated} ({right / stated:.1%})  left open {stated - right}  wrong {wrong}"


def _milliseconds(run: object) -> float:
    assert callable(run)
    began = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
