"""Moving everything from one database to another, of the same kind or not; one that was killed goes on.

Rows are copied in the order of their keys, some in a transaction, so the last key in the target tells where to go
on. Until everything has been compared the target bears a mark with which no program opens it.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, text

from storage.copy_in import copy_in
from storage.errors import StorageError
from storage.fingerprints import Fingerprint, fingerprint, last_key, rows_in_order
from storage.locks import MIGRATION, hold, is_shared_between_machines
from storage.move_marks import is_mark, mark_of, read_revision, revision_in, write_revision
from storage.moved_contents import content_fingerprint, copy_contents
from storage.numbering import go_on_after, last_number, numbered_tables
from storage.revisions import HEAD
from storage.schema import content, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row, Table

    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

TABLES = [table for table in metadata.sorted_tables if table is not content]
"""In an order in which every row is copied after those that it refers to; contents may be in a folder."""
CONTENTS = "content"
MOST_ROWS = 1000
MOST_CHARACTERS = 4_000_000
"""What is written in one transaction, at most, and one row more."""


class SourceOutdated(StorageError):  # noqa: N818 - named like the errors of storage
    """The source holds tables of an older version, or none; it has to be migrated first."""


class TargetNotEmpty(StorageError):  # noqa: N818
    """The target holds data of its own."""


class TargetOfAnother(StorageError):  # noqa: N818
    """The target holds what a move from another source, or by another version of the program, has left."""


class Compared(NamedTuple):
    """What was found in a table of the source and in that of the target."""

    name: str
    source: Fingerprint
    target: Fingerprint

    @property
    def is_equal(self) -> bool:
        """Whether it is the same."""
        return self.source == self.target


class Moved(NamedTuple):
    """How a move has ended.

    Attributes:
        compared: every table, and last the contents of files.
        lost: digests of contents that the source no longer had whole.
    """

    compared: list[Compared]
    lost: list[str]

    @property
    def is_complete(self) -> bool:
        """Whether everything came out the same; the target can be used only then."""
        return all(compared.is_equal for compared in self.compared)


def move(
    source: Database,
    target: Database,
    *,
    origin: str,
    restarts: bool = False,
    on_progress: Callable[[str, int], None],
) -> Moved:
    """Copy everything into an empty database, or go on where a move from the same source was interrupted.

    Nobody can write to the source meanwhile: they are told that it is locked.

    Args:
        source: is only read.
        target: has no tables, or empty ones, or what an unfinished move has left.
        origin: names the source, the same at every try.
        restarts: throw away what an unfinished move has left, and begin again.
        on_progress: is told the table and how many of its rows this run has copied so far.

    Returns:
        What was compared; the target is released for use only if all of it is equal.

    Raises:
        SourceOutdated: the source is not of this version.
        TargetNotEmpty: the target holds data.
        TargetOfAnother: the target holds an unfinished move of another kind.
        Unstorable: the target cannot hold a row of the source.
        Duplicate: something else writes to the target.
        StorageError: reading or writing failed; what was copied so far stays.
    """
    with source.unit_of_work() as reading:
        hold(reading.connection, MIGRATION)
        if read_revision(reading.connection) != HEAD:
            raise SourceOutdated("the source is not of this version")
        _hold_still(reading.connection)
        _begin(target, mark_of(origin), restarts=restarts)
        for table in TABLES:
            _copy(reading.connection, target, table, on_progress)
        lost = copy_contents(reading, target, lambda count: on_progress(CONTENTS, count))
        with target.unit_of_work() as written:
            return _finish(reading, written, lost)


def is_empty(connection: Connection) -> bool:
    """Say whether none of the tables has a row."""
    return all(connection.execute(select(1).select_from(table).limit(1)).first() is None for table in TABLES)


def _hold_still(connection: Connection) -> None:
    """Let nobody change the source until the transaction ends; SQLite has one writer anyway, which are we."""
    if is_shared_between_machines(connection):
        _allow_idling(connection)
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _allow_idling(connection: Connection) -> None:
    """Keep the server from ending a transaction that waits while the other database is at work."""
    if is_shared_between_machines(connection):
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _begin(target: Database, mark: str, *, restarts: bool) -> None:
    """Mark the target, unless it bears our mark already."""
    with target.unit_of_work() as work:
        found = read_revision(work.connection)
    if found is not None and is_mark(found):
        if restarts:
            _throw_away(target, revision_in(found))
        elif found == mark:
            return
        else:
            raise TargetOfAnother("the target was begun from another source")
    target.migrate()
    with target.unit_of_work() as work:
        hold(work.connection, MIGRATION)
        if not is_empty(work.connection):
            raise TargetNotEmpty("the target holds data")
        write_revision(work.connection, mark)


def _throw_away(target: Database, revision: str) -> None:
    """Empty the tables that an unfinished move has filled; they are of this revision."""
    with target.unit_of_work() as work:
        for table in reversed(TABLES):
            work.connection.execute(delete(table))
        write_revision(work.connection, revision)
    target.sweep()


def _copy(
    source: Connection, target: Database, table: Table, on_progress: Callable[[str, int], None]
) -> None:
    with target.unit_of_work() as work:
        after = last_key(work.connection, table)
    copied = 0
    with closing(rows_in_order(source, table, after)) as found:
        for rows in _batches(found):
            with target.unit_of_work() as work:
                _write(work.connection, table, rows)
            copied += len(rows)
            on_progress(table.name, copied)


def _batches(rows: Iterable[Row[Any]]) -> Iterator[list[Row[Any]]]:
    batch: list[Row[Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum([len(value) for value in row if isinstance(value, (str, bytes))])
        if len(batch) >= MOST_ROWS or size >= MOST_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    if is_shared_between_machines(connection):
        copy_in(connection, table, rows)
    else:
        names = table.columns.keys()
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _finish(reading: UnitOfWork, written: UnitOfWork, lost: list[str]) -> Moved:
    """Compare everything, and release the target if it is the same."""
    _allow_idling(written.connection)
    for table, number in numbered_tables().items():
        last = last_number(reading.connection, table, number)
        go_on_after(written.connection, table, number, last)
    compared = [
        Compared(table.name, fingerprint(reading.connection, table), fingerprint(written.connection, table))
        for table in TABLES
    ]
    compared.append(
        Compared(CONTENTS, content_fingerprint(reading, but=lost), content_fingerprint(written, but=lost))
    )
    moved = Moved(compared, lost)
    if moved.is_complete:
        write_revision(written.connection, HEAD)
        if is_shared_between_machines(written.connection):
            names = ", ".join(table.name for table in metadata.sorted_tables)
            written.connection.execute(text(f"ANALYZE {names}"))
    return moved
