"""Move a database, a few rows at a time, and print a line after each; the kill test ends it."""

from __future__ import annotations

import sys

from storage import moving
from storage.database import open_database

source, target = sys.argv[1:]
moving.MOST_ROWS = 2


def tell(name: str, count: int) -> None:
    sys.stdout.write(f"{name} {count}\n")
    sys.stdout.flush()


with open_database(source) as reading, open_database(target) as written:
    moving.move(reading, written, origin="old", on_progress=tell)
