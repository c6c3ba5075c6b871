"""Draws what was measured as SVG: bars for turns a second, lines for how a turn grows; legible on light and dark."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.report import Bars, Line

WIDTH, LEFT, RIGHT = 860, 290, 90
BAR, GAP, TOP = 16, 8, 44
PLOT_HEIGHT, MARGIN = 230, 56
_STYLE = """\
:root { color-scheme: light dark }
text { font: 13px system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: #24292f }
.head { font-size: 15px; font-weight: 600 }
.soft { fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.back { fill: #ffffff }
.ours { fill: #0b6bcb } .peer { fill: #9a6700 }
.line { fill: none; stroke-width: 2.5; stroke: var(--ink) } .dot { fill: var(--ink) } .name { fill: var(--ink) }
.c0 { --ink: #0b6bcb } .c1 { --ink: #1a7f37 } .c2 { --ink: #9a6700 }
.c3 { --ink: #cf222e } .c4 { --ink: #8250df } .c5 { --ink: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .soft { fill: #9da7b3 } .grid { stroke: #3d444d } .back { fill: #0d1117 }
  .ours { fill: #4493f8 } .peer { fill: #d29922 }
  .c0 { --ink: #4493f8 } .c1 { --ink: #3fb950 } .c2 { --ink: #d29922 }
  .c3 { --ink: #ff7b72 } .c4 { --ink: #bc8cff } .c5 { --ink: #9da7b3 }
}
"""
_COLOURS = 6


def draw(bars: Bars | None, lines: Sequence[Line]) -> str:
    """Return the plot: a group of bars for each number of conversations, and under them the lines."""
    parts: list[str] = []
    height = 12.0
    if bars is not None:
        for level in bars.levels:
            drawn, taken = _bars(bars, level, height)
            parts += drawn
            height += taken
    if lines:
        drawn, taken = _lines(lines, height)
        parts += drawn
        height += taken
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">\n'
        "<title>Turns a second of ours and of others, and how a turn grows</title>\n"
        f"<style>\n{_STYLE}</style>\n"
        f'<rect class="back" width="{WIDTH}" height="{height:.0f}"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, *, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _bars(bars: Bars, level: int, top: float) -> tuple[list[str], float]:
    """Return the bars of one number of conversations, and the height that they take."""
    found = [(name, bars.rates[name, level]) for name in bars.names if (name, level) in bars.rates]
    most = max(rate for _, rate in found)
    one = "one conversation" if level == 1 else f"{level} conversations at once"
    parts = [_text(16, top + 20, f"{bars.title}: {one}", kind="head")]
    y = top + TOP - 10
    for name, rate in found:
        long = (WIDTH - LEFT - RIGHT) * rate / most
        kind = "ours" if name.startswith("ours") else "peer"
        parts.append(_text(LEFT - 10, y + BAR - 3, name, anchor="end"))
        parts.append(
            f'<rect class="{kind}" x="{LEFT}" y="{y:.1f}" width="{long:.1f}" height="{BAR}" rx="2"/>'
        )
        parts.append(_text(LEFT + long + 8, y + BAR - 3, f"{rate:,.0f}", kind="soft"))
        y += BAR + GAP
    return parts, y - top + 10


def _lines(lines: Sequence[Line], top: float) -> tuple[list[str], float]:
    """Return the lines, both axes by powers of ten, and the height that they take."""
    sizes = [size for line in lines for size, _ in line.points]
    costs = [cost for line in lines for _, cost in line.points]
    first, last = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    last, high = max(last, first + 1), max(high, low + 1)
    left, wide = 70.0, WIDTH - 70.0 - 40
    bottom = top + TOP + PLOT_HEIGHT

    def x_of(size: float) -> float:
        return left + wide * (math.log10(size) - first) / (last - first)

    def y_of(cost: float) -> float:
        return bottom - PLOT_HEIGHT * (math.log10(cost) - low) / (high - low)

    parts = [_text(16, top + 20, "milliseconds of a turn, as something grows", kind="head")]
    for power in range(low, high + 1):
        y = y_of(10.0**power)
        parts += [
            f'<path class="grid" d="M{left:.0f} {y:.1f}H{left + wide:.0f}"/>',
            _text(left - 8, y + 4, f"{10.0**power:g} ms", kind="soft", anchor="end"),
        ]
    parts += [
        _text(x_of(10.0**power), bottom + 20, f"{10**power:,}", kind="soft", anchor="middle")
        for power in range(first, last + 1)
    ]
    for number, line in enumerate(lines):
        colour = f"c{number % _COLOURS}"
        points = [(x_of(size), y_of(cost)) for size, cost in line.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path class="line {colour}" d="M{path}"/>')
        parts += [f'<circle class="dot {colour}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points]
        # the legend stands under the axis, in two columns
        x, y = 16 + (number % 2) * WIDTH / 2, bottom + MARGIN + (number // 2) * 22
        parts.append(f'<circle class="dot {colour}" cx="{x + 6:.1f}" cy="{y - 4:.1f}" r="5"/>')
        cheapest, dearest = line.points[0][1], line.points[-1][1]
        parts.append(_text(x + 18, y, f"{line.name}: {cheapest:.2f} to {dearest:.2f} ms"))
    return parts, bottom - top + MARGIN + (len(lines) + 1) // 2 * 22
