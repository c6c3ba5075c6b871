"""What is in a table, as a number of rows and a hash that come out the same on every kind of database."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, select, tuple_

from storage.columns import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Select, Table

AT_ONCE = 100
"""Rows that are fetched at once: a table may be far larger than the memory."""
_BYTE_ORDER = {"sqlite": "BINARY", "postgresql": "C"}


class Fingerprint(NamedTuple):
    """How many rows there are, and the SHA-256 of all of them in the order of their keys."""

    count: int
    sha256: str


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Read a whole table: moments as UTC, JSON as text, truth as 0 or 1, bytes in hexadecimal digits."""
    digest = hashlib.sha256()
    count = 0
    ways = [_way(column) for column in table.columns]
    for row in rows_in_order(connection, table):
        plain = [way(value) for way, value in zip(ways, row.values(), strict=True)]
        digest.update(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
        count += 1
    return Fingerprint(count, digest.hexdigest())


def rows_in_order(
    connection: Connection, table: Table, after: Sequence[object] | None = None
) -> Iterator[dict[str, Any]]:
    """Go through the rows of a table in the order of their keys, which is the same on every kind of database.

    Args:
        connection: the transaction.
        table: what is read.
        after: the key after which to begin; None for the first.
    """
    statement = select(table)
    if after is not None:
        statement = statement.where(tuple_(*_key(connection, table)) > tuple_(*after))
    for row in _stream(connection, statement.order_by(*_key(connection, table))).mappings():
        yield dict(row)


def last_key(connection: Connection, table: Table) -> tuple[object, ...] | None:
    """Return the last key of a table in the order of :func:`rows_in_order`; None when it is empty."""
    backwards = [part.desc() for part in _key(connection, table)]
    row = connection.execute(select(*table.primary_key).order_by(*backwards).limit(1)).first()
    return None if row is None else tuple(row)


def _stream(connection: Connection, statement: Select[Any]) -> Any:
    return connection.execute(statement, execution_options={"yield_per": AT_ONCE})


def _key(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """Return the columns of the key, texts to be compared byte by byte and not as some language does."""
    order = _BYTE_ORDER[connection.dialect.name]
    return [
        column.collate(order) if isinstance(column.type, String) else column for column in table.primary_key
    ]


def _way(column: Column[Any]) -> Callable[[Any], object]:
    """Return how a value of a column is written down."""
    return _json_text if isinstance(column.type, Json) else _plain


def _json_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _plain(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _:
            return value
