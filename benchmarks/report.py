"""What was measured: rows of one table, and lines that a plot shows."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADS = ("what", "where", "figure", "spread", "p50 ms", "p99 ms", "ours / theirs")


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        part: the heading that it stands under.
        what: is measured.
        where: under which circumstances.
        figure: with its unit.
        spread: the lowest and the highest of the rounds.
        p50, p99: milliseconds.
        ratio: how many times as much ours does; empty where nothing is compared.
    """

    part: str
    what: str
    where: str
    figure: str
    spread: str = ""
    p50: str = ""
    p99: str = ""
    ratio: str = ""


class Bars(NamedTuple):
    """A group of bars for the plot: turns a second of each contender, by how many talk at once."""

    title: str
    names: list[str]
    levels: list[int]
    rates: dict[tuple[str, int], float]


class Line(NamedTuple):
    """A line for the plot: the milliseconds of a turn as something grows.

    Attributes:
        name: what grows.
        points: how large it is, and the milliseconds.
    """

    name: str
    points: list[tuple[int, float]]


class Result(NamedTuple):
    """What a part has found; notes are for whoever reads the terminal."""

    rows: list[Row]
    bars: Bars | None = None
    lines: Sequence[Line] = ()
    notes: Sequence[str] = ()


class Plan(NamedTuple):
    """How much is measured.

    Attributes:
        is_quick: a minute or two in all, for a look; else for figures that are to be kept.
    """

    is_quick: bool

    def of(self, quick: int, full: int) -> int:
        """Return one or the other."""
        return quick if self.is_quick else full


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the lowest and the highest of some figures; empty for a single one."""
    if len(values) < 2:
        return ""
    return f"{min(values):,.{digits}f} to {max(values):,.{digits}f}"


def percentile(times: Sequence[float], share: float) -> float:
    """Return what so large a share of sorted times does not exceed."""
    return times[min(len(times) - 1, int(len(times) * share))]


def median(values: Sequence[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)


def as_text(rows: Sequence[Row]) -> str:
    """Return the table for a terminal: what belongs to one part stands under its heading."""
    cells = [[*row[1:]] for row in rows]
    widths = [max(len(line[column]) for line in [list(HEADS), *cells]) for column in range(len(HEADS))]
    lines: list[str] = [_aligned(HEADS, widths)]
    part = ""
    for row in rows:
        if row.part != part:
            part = row.part
            lines += ["", part]
        lines.append(_aligned(row[1:], widths))
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the same table for the document."""
    lines = [f"| {' | '.join(HEADS)} |", "|---|---|--:|--:|--:|--:|--:|"]
    part = ""
    for row in rows:
        if row.part != part:
            part = row.part
            lines.append(f"| **{part}** |{' |' * (len(HEADS) - 1)}")
        lines.append(f"| {' | '.join(row[1:])} |")
    return "\n".join(lines)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
    return "  ".join((*left, *right)).rstrip()
