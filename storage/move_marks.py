"""The mark on a database that a move is filling; it stands where the revision does, so that nothing else uses it."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, inspect, select, update

from storage.errors import StorageCorrupt, StorageError
from storage.revisions import HEAD, revision_table

_MARK = "moving"
_DIGITS = 16


class StorageUnfinished(StorageError):  # noqa: N818 - named like the other errors of storage
    """A move into the database has not ended; it holds only a part."""


def mark_of(source: str) -> str:
    """Return the mark of a move of today's tables from a source, which is named the same at every try."""
    return f"{_MARK}-{HEAD}-{hashlib.sha256(source.encode()).hexdigest()[:_DIGITS]}"


def is_mark(revision: str | None) -> bool:
    """Say whether what stands for a revision is the mark of a move that has not ended."""
    return revision is not None and revision.startswith(f"{_MARK}-")


def refuse_mark(revision: str | None) -> None:
    """Let nobody use a database before the move into it has ended.

    Raises:
        StorageUnfinished: what stands for its revision is the mark of a move.
    """
    if is_mark(revision):
        raise StorageUnfinished("a move into this database has not ended")


def revision_in(mark: str) -> str:
    """Return the revision of the tables that a move was filling."""
    return mark.split("-")[1]


def read_revision(connection: Connection) -> str | None:
    """Return the revision of the tables, or a mark; None when there are no tables.

    Raises:
        StorageCorrupt: there are only tables of another program.
    """
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if revision_table.name not in names:
        raise StorageCorrupt("the database holds the tables of another program")
    return connection.execute(select(revision_table.c.version_num)).scalar_one_or_none()


def write_revision(connection: Connection, revision: str) -> None:
    """Put a revision, or a mark, in the place of the one that is there."""
    connection.execute(update(revision_table).values(version_num=revision))
