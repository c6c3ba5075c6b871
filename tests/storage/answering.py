"""Commit numbered answers for ever and print each number after its commit; the kill test ends it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from storage.database import open_database

path, project_id = sys.argv[1], int(sys.argv[2])
at = datetime(2026, 3, 2, tzinfo=UTC)

with open_database(path) as database:
    database.migrate()
    for _ in range(1_000_000):
        with database.unit_of_work() as work:
            version = work.projects.get(project_id).version
            work.inbox.take("web", f"update {version}", at)
            work.events.append(project_id, at=at, turn_key="t", kind="set", payload=b"%d" % version)
            work.projects.save(
                project_id, expected_version=version, state=b"%d" % version, name="平台", at=at
            )
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()
