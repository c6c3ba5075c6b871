"""The memory of many open drafts: how much a process grows while it serves them, and what is on disk."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.child import TALKING, Command, child
from benchmarks.contenders import CONTENDERS
from benchmarks.report import Result, Row
from benchmarks.scratch import Services, scratch

if TYPE_CHECKING:
    from benchmarks.child import Child
    from benchmarks.contenders import Place
    from benchmarks.report import Plan

PART = "open drafts"
MESSAGES = 6
FIRST = 10 * TALKING
"""Drafts that come before the measurement: what a process needs to talk at all is no draft."""
NAMES = ("sqlite", "aiogram-memory", "dialog-memory", "ptb-at-end")
"""The pickle is written once: for each user that has said something the library writes it anew otherwise, every minute,
which takes half an hour for 10,000."""
FILES = {"sqlite": "shenbao.db", "ptb-at-end": "bot.pickle"}


def measure(plan: Plan) -> Result:
    """Let many users begin the form, and see how the processes have grown; they need not take turns for that."""
    count = plan.of(300, 10_000)
    rows: list[Row] = []
    with ExitStack() as stack:
        running: dict[str, tuple[Place, Child]] = {}
        for name in NAMES:
            place = stack.enter_context(scratch(Services("", "")))
            if reason := CONTENDERS[name].missing(place):
                rows.append(Row(PART, CONTENDERS[name].title, "", f"{reason}: skipped"))
            else:
                running[name] = place, stack.enter_context(child(name, place))
        before = _serve(running, FIRST)
        after = _serve(running, count)
        for name, (_, process) in running.items():
            process.stop()
            grown = after[name] - before[name]
            rows.append(_row(name, f"memory of {count:,}", grown, count))
        for name, file in FILES.items():
            if name in running:
                size = (Path(running[name][0].folder) / file).stat().st_size / 1024
                rows.append(_row(name, f"file of {count + FIRST:,}", size, count + FIRST))
    return Result(rows)


def _serve(running: dict[str, tuple[Place, Child]], drafts: int) -> dict[str, float]:
    """Let so many new users begin; return the KB of each process."""
    for _, process in running.values():
        process.tell(Command("open_drafts", drafts, messages=MESSAGES))
    return {name: process.answer(float) for name, (_, process) in running.items()}


def _row(name: str, where: str, size: float, count: int) -> Row:
    return Row(PART, CONTENDERS[name].title, where, f"{size / 1024:.1f} MB", f"{size / count:.2f} KB each")
