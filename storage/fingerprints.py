"""What is in a table, as a number of rows and a hash that come out the same on every kind of database."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import Boolean, LargeBinary, String, select, tuple_

from storage.columns import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Row, Table

AT_ONCE = 100
"""Rows that are fetched at once: a table may be far larger than the memory."""
_BYTE_ORDER = {"sqlite": "BINARY", "postgresql": "C"}


class Fingerprint(NamedTuple):
    """How many rows there are, and the SHA-256 of all of them in the order of their keys."""

    rows: int
    sha256: str


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Read a whole table: moments as UTC, JSON as text, truth as 0 or 1, bytes in hexadecimal digits."""
    digest = hashlib.sha256()
    count = 0
    ways = [(place, way) for place, column in enumerate(table.columns) if (way := _way(column)) is not None]
    for row in rows_in_order(connection, table):
        plain = list(row)
        for place, way in ways:
            plain[place] = way(plain[place])
        digest.update(msgspec.json.encode(plain))
        digest.update(b"\n")
        count += 1
    return Fingerprint(count, digest.hexdigest())


def rows_in_order(
    connection: Connection, table: Table, after: Sequence[object] | None = None
) -> Generator[Row[Any]]:
    """Go through the rows of a table in the order of their keys, which is the same on every kind of database.

    Args:
        connection: the transaction.
        table: what is read.
        after: the key after which to begin; None for the first.
    """
    key = _key(connection, table)
    statement = select(table).order_by(*key)
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    with connection.execute(statement, execution_options={"yield_per": AT_ONCE}) as result:
        yield from result


def last_key(connection: Connection, table: Table) -> tuple[object, ...] | None:
    """Return the last key of a table in the order of :func:`rows_in_order`; None when it is empty."""
    backwards = [part.desc() for part in _key(connection, table)]
    row = connection.execute(select(*table.primary_key).order_by(*backwards).limit(1)).first()
    return None if row is None else tuple(row)


def in_byte_order(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column to be compared byte by byte where it is text, and not as some language does."""
    if isinstance(column.type, String):
        return column.collate(_BYTE_ORDER[connection.dialect.name])
    return column


def _key(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    return [in_byte_order(connection, column) for column in table.primary_key]


def _way(column: Column[Any]) -> Callable[[Any], object] | None:
    """Return how a value of a column is written down; None for as it is."""
    match column.type:
        case Json():
            return lambda value: value if value is None else value.decode()
        case LargeBinary():
            return lambda value: value if value is None else value.hex()
        case Boolean():
            return lambda value: value if value is None else int(value)
        case _:
            return None
