"""What else is waited for: the start, the package, verdicts, the page, reminders."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from benchmarks import assess, package, reminders, turn, web
from benchmarks.report import Result, Row, percentile, spread

if TYPE_CHECKING:
    from benchmarks.report import Plan

PART = "the rest"
PEOPLE = 50


def measure(plan: Plan) -> Result:
    """Measure each in a short form; the module of each measures it at length."""
    starts = [turn.start() for _ in range(plan.of(2, 5))]
    rates = assess.rates(plan.of(1, 5))
    papers, _ = package.make(plan.of(3, 20))
    page = web.measure(PEOPLE, plan.of(4, 15), starts=plan.of(1, 3), has_idle=not plan.is_quick)
    sent, allowed = reminders.empty_outbox(plan.of(1_500, 3_000))
    step = sorted(time for _ in range(3) for time in turn.turns())
    rows = [
        Row(
            PART,
            "start",
            "command to first question",
            f"{statistics.median(starts):.2f} s",
            spread(starts, 2),
        ),
        Row(
            PART,
            "a turn in memory",
            "no database",
            f"{1000 / statistics.mean(step):,.0f} turns/s",
            "",
            f"{percentile(step, 0.50):.2f}",
            f"{percentile(step, 0.99):.1f}",
        ),
        Row(PART, "assess", "one core", f"{statistics.median(rates):,.0f} verdicts/s", spread(rates)),
        Row(PART, "package", "warm", f"{statistics.median(papers):.0f} ms", spread(papers)),
        Row(
            PART, "page", "start to first page", f"{statistics.median(page.cold):.2f} s", spread(page.cold, 2)
        ),
        Row(
            PART,
            "page",
            f"{PEOPLE} people who type",
            f"{len(page.times)} turns",
            "",
            f"{percentile(page.times, 0.50) * 1000:.1f}",
            f"{percentile(page.times, 0.99) * 1000:.1f}",
        ),
        Row(PART, "reminders", f"{allowed:g}/s allowed", f"{sent:.1f} /s"),
    ]
    if page.idle is not None:
        rows.append(Row(PART, "page", "memory of an idle session", f"{page.idle:.2f} KB"))
    return Result(rows)
