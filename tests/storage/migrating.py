"""Migrate a database; at a certain statement stop until a line comes. The tests kill it there, or let it go on."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Engine, event

from storage.database import open_database

location, stop_at = sys.argv[1:]
changes: list[str] = []


def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.lstrip().startswith(("CREATE", "ALTER", "DROP")):
        changes.append(statement)
    if stop_at and stop_at in statement:
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        sys.stdin.readline()


event.listen(Engine, "before_cursor_execute", note)
with open_database(location, wait=60) as database:
    database.migrate()
sys.stdout.write(f"{len(changes)}\n")
