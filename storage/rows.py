"""Reading rows as frozen structs, and adding a row only if its key is new."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import Insert

from storage.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=msgspec.Struct)


def select_as(kind: type[Row], table: Table) -> Select[Any]:
    """Return a SELECT of the columns that ``kind`` names, in the order of its fields."""
    return select(*(table.c[field] for field in kind.__struct_fields__))


def read_all(connection: Connection, kind: type[Row], statement: Select[Any]) -> list[Row]:
    """Return every row of a :func:`select_as` statement as a ``kind``."""
    return [kind(*row) for row in connection.execute(statement)]


def read_one(connection: Connection, kind: type[Row], statement: Select[Any]) -> Row | None:
    """Return the first row of a :func:`select_as` statement as a ``kind``, or None."""
    row = connection.execute(statement).first()
    return None if row is None else kind(*row)


class _InsertIfAbsent(Insert):
    """INSERT that does nothing when a unique key is taken; SQLite and PostgreSQL spell it alike."""

    inherit_cache = True


@compiles(_InsertIfAbsent)
def _compile(statement: _InsertIfAbsent, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    insert = str(compiler.visit_insert(statement, **options))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return f"{insert} ON CONFLICT DO NOTHING"


def insert_if_absent(connection: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Add a row unless one with the same unique key is there.

    Returns:
        True when the row was added, False when the key was taken; the row that was there is unchanged.
    """
    return _insert_if_absent(table, tuple(values)).count(connection, values) == 1


@cache
def _insert_if_absent(table: Table, columns: tuple[str, ...]) -> Prepared:
    # inline: a RETURNING clause for the new id would have to stand after ON CONFLICT
    return Prepared(_InsertIfAbsent(table).inline(), columns)
