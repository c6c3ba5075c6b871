"""Hand in numbered contents for ever and print each digest after its commit; the kill test ends it.

Told to, it stops for good in the middle of the first one: after its content was put (``content``), or after its
row was added and before the commit (``row``); it then prints the digest of what is under way.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from storage.database import open_database

path, project_id, stop_after = sys.argv[1], int(sys.argv[2]), sys.argv[3]
at = datetime(2026, 3, 2, tzinfo=UTC)


def say(digest: str) -> None:
    sys.stdout.write(f"{digest}\n")
    sys.stdout.flush()


def reached(step: str, digest: str) -> None:
    if step == stop_after:
        say(digest)
        sys.stdin.read()


with open_database(path) as database:
    database.migrate()
    for number in range(1_000_000):
        with database.unit_of_work() as work:
            digest = database.blobs.put(b"%d " % number * 10_000)
            reached("content", digest)
            work.attachments.add(
                project_id,
                "preliminary_design",
                sha256=digest,
                file_name="设计.pdf",
                kind="pdf",
                size=10_000,
                at=at,
            )
            reached("row", digest)
        say(digest)
