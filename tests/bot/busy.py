"""A database that is written to all the time, and what was acknowledged of it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHAT = "telegram.1:42"
_AT_ONCE = 7
_LONGEST = 60


class Writing:
    """Turns, each of which leaves a change, a message, a reminder and a file, and removes an older file.

    Attributes:
        project_id: the project that is written to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.unit_of_work() as work:
            work.editions.put("e", pack_id="shizuishan", files={"pack.yaml": "title: 办法"}, at=NOON)
            self.project_id = work.projects.create(
                owner="u", name="平台 🏛️", pack_id="shizuishan", edition_id="e", state=b"{}", at=NOON
            ).id
        self._count = 0

    def turn(self) -> None:
        """Write once; what was written is on the disk when this returns."""
        number = self._count
        with self._database.unit_of_work() as work:
            digest = work.blobs.put(content_of(number))
            work.attachments.add(
                self.project_id,
                f"document {number}",
                sha256=digest,
                file_name="设计.pdf",
                kind="pdf",
                size=9,
                at=NOON,
            )
            if number % 2 and number > 1:
                (removed,) = work.attachments.versions(self.project_id, f"document {number - 2}")
                work.attachments.remove(removed.id, at=NOON)
            work.events.append(self.project_id, at=NOON, turn_key="t", kind="set", payload=b"%d" % number)
            due = NOON + timedelta(days=number)
            work.outbox.put(chat=CHAT, dedupe_key=f"key {number}", payload=b"{}", due_at=due, at=NOON)
            work.deadlines.put(
                self.project_id, key=f"{number}", deadline_id="filing", due="2026-12-01", next_at=due
            )
        self._count += 1
        if number % _AT_ONCE == 0:
            self._database.sweep()

    @property
    def acknowledged(self) -> int:
        """How many turns have been told that they are kept."""
        return self._count


def content_of(number: int) -> bytes:
    """Return the file of a turn."""
    return b"%d " % number * 500


@contextmanager
def busy(location: Path | str) -> Iterator[Writing]:
    """Write from another thread until the block ends; some turns are there when it begins."""
    stopping = Event()
    with open_database(location) as database:
        database.migrate()
        writing = Writing(database)
        for _ in range(_AT_ONCE + 3):
            writing.turn()

        def write() -> None:
            while not stopping.is_set():
                writing.turn()

        thread = Thread(target=write)
        thread.start()
        try:
            yield writing
        finally:
            stopping.set()
            thread.join(_LONGEST)


def assert_nothing_is_lost(location: Path | str, writing: Writing, acknowledged: int) -> int:
    """Read everything back that was acknowledged, and check that the rest is whole; return how many turns there are."""
    with open_database(location) as database:
        database.migrate()
        with database.unit_of_work() as work:
            kept = [int(event.payload) for event in work.events.list_for(writing.project_id)]
            assert kept == list(range(len(kept)))
            assert len(kept) >= acknowledged
            messages = {message.dedupe_key: message for message in work.outbox.listing(limit=len(kept) + 1)}
            deadlines = {row.key: row for row in work.deadlines.list_for(writing.project_id)}
            files = work.attachments.current(writing.project_id)
        for number in kept:
            due = NOON + timedelta(days=number)
            assert messages[f"key {number}"].due_at == deadlines[str(number)].next_at == due
            assert messages[f"key {number}"].status == "pending"
        assert len(messages) == len(deadlines) == len(kept)
        last_odd = (len(kept) - 2) // 2 * 2 + 1
        expected = {f"document {number}" for number in kept if number % 2 == 0 or number == last_odd}
        assert set(files) == expected
        for document, attachment in files.items():
            assert database.blobs.read(attachment.sha256) == content_of(int(document.split()[1]))
        return len(kept)
