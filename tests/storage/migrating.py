"""Migrate a database, but stop at a certain statement until a line comes; the tests kill it there, or let it go on."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Engine, event

from storage.database import open_database

location, stop_at = sys.argv[1:]


def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if stop_at in statement:
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        sys.stdin.readline()


event.listen(Engine, "before_cursor_execute", stop)
with open_database(location) as database:
    database.migrate()
