"""Turns a second of ours and of the peers: one after the other in every round, so that a noisy machine hits all."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import calibration
from benchmarks.child import Child, Command, child
from benchmarks.contenders import CONTENDERS
from benchmarks.driver import Sample
from benchmarks.report import Bars, Result, Row, median, percentile, spread
from benchmarks.scratch import scratch, services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.calibration import Speed
    from benchmarks.report import Plan

PART = "turns"


class Runner(NamedTuple):
    """A contender in one process or more.

    Attributes:
        beside: the runner of ours that it is compared with; empty for ours.
    """

    name: str
    processes: int = 1
    beside: str = ""

    @property
    def title(self) -> str:
        """What the table calls it."""
        several = f", {self.processes} processes" if self.processes > 1 else ""
        return CONTENDERS[self.name].title + several


RUNNERS = (
    Runner("sqlite"),
    Runner("postgresql"),
    Runner("sqlite", 2),
    Runner("postgresql", 2),
    Runner("sqlite-telegram"),
    Runner("postgresql-telegram"),
    Runner("aiogram-memory", beside="ours, SQLite"),
    Runner("aiogram-redis", beside="ours, SQLite"),
    Runner("aiogram-redis", 2, "ours, SQLite, 2 processes"),
    Runner("dialog-memory", beside="ours, SQLite"),
    Runner("dialog-redis", beside="ours, SQLite"),
    Runner("ptb", beside="ours, SQLite"),
)


class Figure(NamedTuple):
    """Turns a second and milliseconds of one run."""

    rate: float
    p50: float
    p99: float


def measure(plan: Plan) -> Result:
    """Measure all of them."""
    levels = [1, 16] if plan.is_quick else [1, 16, 128]
    rounds, seconds = plan.of(1, 4), 0.8 if plan.is_quick else 1.2
    figures: dict[tuple[Runner, int], list[Figure]] = {}
    speeds: list[Speed] = []
    skipped: list[Row] = []
    with ExitStack() as stack:
        running: dict[Runner, list[Child]] = {}
        for runner in RUNNERS:
            if plan.is_quick and runner.processes > 1:
                continue
            place = stack.enter_context(scratch(services()))
            if reason := CONTENDERS[runner.name].missing(place):
                skipped.append(Row(PART, runner.title, "", f"{reason}: skipped"))
                continue
            running[runner] = [
                stack.enter_context(child(runner.name, place, number=number))
                for number in range(runner.processes)
            ]
        _tell([process for processes in running.values() for process in processes], Command("ready"))
        for level in levels:
            for runner, processes in running.items():
                _tell(processes, Command("spread", level // len(processes)))
                figures[runner, level] = []
        for number in range(rounds):
            speeds.append(calibration.speed())
            order = list(running.items())
            for level in levels:
                for runner, processes in order if number % 2 == 0 else reversed(order):
                    if level >= runner.processes:
                        figures[runner, level].append(_run(processes, level, seconds))
    return _result(levels, figures, speeds, skipped)


def _tell(processes: Sequence[Child], command: Command) -> None:
    """Tell processes the same, and wait for all of them."""
    for process in processes:
        process.tell(command)
    for process in processes:
        process.answer(type(None))


def _run(processes: Sequence[Child], conversations: int, seconds: float) -> Figure:
    for process in processes:
        process.tell(Command("run", conversations // len(processes), seconds))
    samples = [process.answer(Sample) for process in processes]
    times = sorted(taken / 1000 for sample in samples for taken in sample.times)
    rate = len(times) / max(sample.seconds for sample in samples)
    return Figure(rate, percentile(times, 0.50), percentile(times, 0.99))


def _result(
    levels: list[int],
    figures: dict[tuple[Runner, int], list[Figure]],
    speeds: list[Speed],
    skipped: list[Row],
) -> Result:
    rows: list[Row] = []
    rates: dict[tuple[str, int], float] = {}
    ours = {(runner.title, level): found for (runner, level), found in figures.items()}
    for level in levels:
        for runner in RUNNERS:
            found = figures.get((runner, level))
            if not found:
                continue
            every = [figure.rate for figure in found]
            rates[runner.title, level] = median(every)
            beside = ours.get((runner.beside, level), [])
            ratios = [mine.rate / theirs.rate for mine, theirs in zip(beside, found, strict=False)]
            rows.append(
                Row(
                    PART,
                    runner.title,
                    f"{level} at once",
                    f"{median(every):,.0f} turns/s",
                    spread(every),
                    f"{median([figure.p50 for figure in found]):.2f}",
                    f"{median([figure.p99 for figure in found]):.1f}",
                    f"{median(ratios):.2f}" if ratios else "",
                )
            )
    names = [runner.title for runner in RUNNERS if any((runner.title, level) in rates for level in levels)]
    rows += calibration.rows(PART, speeds)
    return Result(rows + skipped, Bars("turns a second", names, levels, rates))
