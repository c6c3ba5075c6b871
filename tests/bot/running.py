"""What the tests of the command line share: how a run of the program looks to them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


class Ran(NamedTuple):
    """How a run of the program ended, and what it printed."""

    status: int
    out: str
    err: str


class Program(Protocol):
    """The program, run in this process."""

    def __call__(self, *arguments: str | Path, stdin: str | bytes = "") -> Ran:
        """Run it with these arguments."""
        ...


def papers(folder: Path) -> list[str]:
    """Return the printed papers in a folder, without the other parts of the package (list, verdict, answers, zip)."""
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".docx", ".pdf"))
