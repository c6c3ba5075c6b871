"""Verdicts a second on one core, start excluded: ``python -m benchmarks.assess``."""

from __future__ import annotations

import statistics
import time
from datetime import date
from pathlib import Path

import msgspec

from bot.packs import installed_pack
from bot.reading import parse_json, parse_yaml
from rules.assessment import assess
from rules.case import parse_case
from rules.verdict import verdict_json

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ROUNDS, CASES = 5, 2_000
AMOUNTS = ("59.99", "60", "480", "500", "1499.99", "1500", "4999.99", "5000", "12345.67")


def lines() -> list[bytes]:
    """Return JSON Lines: the examples, each with other amounts."""
    cases = [parse_yaml(path.read_text("utf-8")).data for path in sorted(EXAMPLES.glob("*.yaml"))]
    made: list[bytes] = []
    for number in range(CASES):
        case = cases[number % len(cases)]
        facts = case["facts"] | {
            "total_investment": AMOUNTS[number % len(AMOUNTS)],
            "free_operation_months": 36,
        }
        facts = {name: value for name, value in facts.items() if name not in ("planned_start", "planned_end")}
        made.append(msgspec.json.encode(case | {"facts": facts}))
    return made


def rates(rounds: int) -> list[float]:
    """Return the verdicts a second of rounds: reading, assessing and printing each line, as ``shenbao assess`` does."""
    rules, _ = installed_pack()
    today = date(2026, 11, 23)
    batch = lines()
    found: list[float] = []
    for _ in range(rounds):
        begin = time.process_time()
        for line in batch:
            msgspec.json.encode(verdict_json(assess(rules, parse_case(rules, parse_json(line), today=today))))
        found.append(len(batch) / (time.process_time() - begin))
    return found


def main() -> None:
    """Print the median."""
    rate = statistics.median(rates(ROUNDS))
    print(f"assess: {rate:,.0f} verdicts/s (median of {ROUNDS} rounds of {CASES}, one core)")


if __name__ == "__main__":
    main()
