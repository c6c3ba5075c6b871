"""How fast the machine is, so that figures of two machines can be held against each other: Python and SQLite alone."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.report import Row, median, spread
from benchmarks.scratch import Services, scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 0.3
GROUP = 16
CALLS = 1000


class Speed(NamedTuple):
    """What the machine does in a second.

    Attributes:
        calls: of a method, in Python.
        commits: of SQLite, an insert in each.
        grouped: inserts, many to a commit.
    """

    calls: float
    commits: float
    grouped: float


class _Account:
    def __init__(self) -> None:
        self.balance = 0

    def add(self, amount: int) -> int:
        self.balance += amount
        return self.balance


def speed() -> Speed:
    """Measure the machine for a second."""
    account = _Account()

    def call() -> None:
        for number in range(CALLS):
            account.add(number)

    return Speed(_a_second(call, CALLS), _inserts(1), _inserts(GROUP))


def rows(part: str, measured: Sequence[Speed]) -> list[Row]:
    """Return the rows of the table.

    Args:
        part: which they belong to.
        measured: what was found in each round.
    """
    calls, commits, grouped = zip(*measured, strict=True)
    return [
        _row(part, "Python: calls of a method", calls, "calls/s"),
        _row(part, "raw sqlite3: insert, commit, sync", commits, "inserts/s"),
        _row(part, f"raw sqlite3: {GROUP} inserts to a commit", grouped, "inserts/s"),
    ]


def _row(part: str, what: str, every: Sequence[float], unit: str) -> Row:
    return Row(part, what, "calibration of the machine", f"{median(every):,.0f} {unit}", spread(every))


def _inserts(group: int) -> float:
    with scratch(Services("", "")) as place:
        connection = sqlite3.connect(Path(place.folder) / "speed.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, state TEXT)")

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(group):
                connection.execute("INSERT INTO kept (state) VALUES (?)", ("x" * 1000,))
            connection.execute("COMMIT")

        rate = _a_second(commit, group)
        connection.close()
    return rate


def _a_second(act: Callable[[], None], count: int) -> float:
    """Return how many are done in a second, of which an act does ``count``."""
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        act()
        done += count
    return done / (time.perf_counter() - began)
