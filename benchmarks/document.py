"""Puts what was measured into docs/: the table between two marks of performance.md, and the plot beside it."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plot import draw
from benchmarks.report import as_markdown
from bot.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.report import Result

DOCS = Path(__file__).resolve().parent.parent / "docs"
FIRST, LAST = "<!-- measured: begin -->", "<!-- measured: end -->"
LIBRARIES = ("aiogram", "aiogram-dialog", "python-telegram-bot", "redis", "psycopg", "SQLAlchemy")


def write(results: Sequence[Result], command: str) -> None:
    """Replace the table and the plot.

    Args:
        results: of all parts.
        command: that measured them.
    """
    document = DOCS / "performance.md"
    document.write_text(with_figures(document.read_text("utf-8"), results, command), "utf-8")
    bars = next((result.bars for result in results if result.bars), None)
    (DOCS / "performance.svg").write_text(
        draw(bars, [line for result in results for line in result.lines]), "utf-8"
    )


def with_figures(document: str, results: Sequence[Result], command: str) -> str:
    """Return the document with what stands between the marks replaced."""
    before, _, rest = document.partition(FIRST)
    _, _, after = rest.partition(LAST)
    day = SystemClock().now().date().isoformat()
    rows = [row for result in results for row in result.rows]
    said = f"Measured on {day} by `{command}`: {_machine()}.\n\n{_versions()}\n\n{as_markdown(rows)}"
    return f"{before}{FIRST}\n{said}\n{LAST}{after}"


def _machine() -> str:
    cores = os.cpu_count() or 0
    return f"{cores} cores of {_processor()}, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        known = Path("/proc/cpuinfo").read_text("ascii", errors="replace")
    except OSError:
        return platform.processor()
    found = re.search(r"model name\s*:\s*(.+)", known)
    return found[1].strip() if found else platform.processor()


def _versions() -> str:
    named = [f"{name} {_version(name)}" for name in LIBRARIES]
    return f"Libraries: {', '.join(named)}."


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "not installed"
