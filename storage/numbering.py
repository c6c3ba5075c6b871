"""The last number that a table has given its rows: one that was given must never come to mean another row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import cast, column, func, insert, literal, select, table, update
from sqlalchemy.dialects.postgresql import REGCLASS

from storage.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Connection, Table

_SEQUENCES = table("sqlite_sequence", column("name"), column("seq"))


def numbered_tables() -> dict[Table, Column[Any]]:
    """Return the tables whose rows are numbered, and the column of the number."""
    return {
        found: number
        for found in metadata.sorted_tables
        if (number := found.autoincrement_column) is not None
    }


def last_number(connection: Connection, numbered: Table, number: Column[Any]) -> int:
    """Return the highest number that was given as far as the database remembers, also to rows that are gone."""
    highest = connection.execute(select(func.max(number))).scalar_one() or 0
    if connection.dialect.name == "postgresql":
        given = connection.execute(select(func.pg_sequence_last_value(_sequence(numbered, number))))
    elif _is_remembered(numbered):
        given = connection.execute(select(_SEQUENCES.c.seq).where(_SEQUENCES.c.name == numbered.name))
    else:
        return highest
    return max(highest, given.scalar_one_or_none() or 0)


def go_on_after(connection: Connection, numbered: Table, number: Column[Any], last: int) -> None:
    """Let the next row get a number after ``last``; 0 when none was given yet."""
    if last == 0:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.setval(_sequence(numbered, number), last)))
    elif _is_remembered(numbered):
        is_this = _SEQUENCES.c.name == numbered.name
        if connection.execute(update(_SEQUENCES).where(is_this).values(seq=last)).rowcount == 0:
            connection.execute(insert(_SEQUENCES).values(name=numbered.name, seq=last))


def _sequence(numbered: Table, number: Column[Any]) -> ColumnElement[Any]:
    return cast(func.pg_get_serial_sequence(literal(numbered.name), literal(number.name)), REGCLASS)


def _is_remembered(numbered: Table) -> bool:
    """Say whether SQLite remembers the numbers of a table; where it does not, it looks for the highest there is."""
    return bool(numbered.dialect_options["sqlite"]["autoincrement"])
