"""The whole package of a complete project, warm: ``python -m benchmarks.package``."""

from __future__ import annotations

import statistics
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bundle import make_bundle
from bot.packs import installed_pack
from bot.reading import parse_yaml
from dialogs.draft import Draft
from dialogs.machine import REVIEW
from dialogs.reading import read_fact
from dialogs.view import View, mark_drafted
from rules.case import parse_case

if TYPE_CHECKING:
    from bot.bundle import Bundle

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "engineering-5600.yaml"
ROUNDS = 20
TODAY = date(2026, 11, 23)


def project(round_number: int) -> View:
    """Return the example with a name of its own, so that nothing is answered from memory."""
    rules, _ = installed_pack()
    data = parse_yaml(EXAMPLE.read_text("utf-8")).data
    data["facts"]["project_name"] += str(round_number)
    case = parse_case(rules, data, today=TODAY, read_fact=lambda fact, raw: read_fact(fact, raw, as_of=TODAY))
    draft = Draft(state=REVIEW, facts=case.facts, documents=case.documents, events=case.events)
    mark_drafted(View(rules, draft, case.as_of))
    return View(rules, draft, case.as_of)


def make(rounds: int) -> tuple[list[float], Bundle]:
    """Return the milliseconds of warm rounds, and the last package.

    A round is answers → verdict → every paper as docx and PDF, the catalogue, the zip.
    """
    times: list[float] = []
    for number in range(rounds + 2):
        view = project(number)
        begin = time.perf_counter()
        bundle = make_bundle(view)
        times.append((time.perf_counter() - begin) * 1000)
    return times[2:], bundle


def main() -> None:
    """Print the median."""
    warm, bundle = make(ROUNDS)
    size = len(bundle.data) // 1024
    print(
        f"package: median {statistics.median(warm):.0f} ms, {len(bundle.files)} files, {size} KB ({ROUNDS} rounds)"
    )


if __name__ == "__main__":
    main()
