"""One row in every table there is, with every column filled, whatever the revision of the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, DateTime, Integer, LargeBinary, MetaData, insert, select

from storage.columns import Json, Moment

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection

AT = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
ONE_OF_FEW = {
    "project.status": "archived",
    "outbox.status": "dead",
    "account.role": "officer",
    "invitation.role": "member",
    "access_code.kind": "project",
}
NOT_OURS = ("alembic_version", "sqlite_sequence")


def fill_every_table(connection: Connection, declared: MetaData | None = None) -> None:
    """Add the rows; those that refer to others refer to these.

    Args:
        connection: the transaction.
        declared: the tables, when they are known; it takes time to ask the database.
    """
    for table in (declared or _reflected(connection)).sorted_tables:
        if table.name not in NOT_OURS:
            connection.execute(
                insert(table).values({column.name: _value(column) for column in table.columns})
            )


def all_rows(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, as the database has it."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in _reflected(connection).sorted_tables
        if table.name not in NOT_OURS
    }


def _reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _value(column: Column[object]) -> object:
    for reference in column.foreign_keys:
        return _value(reference.column)
    name = f"{column.table.name}.{column.name}"
    match column.type:
        case Integer():
            return 7
        case Boolean():
            return True
        case DateTime() | Moment():
            return AT
        case Json():
            return b"{}"
        case LargeBinary():
            return b"\x00\xff"
        case _:
            return ONE_OF_FEW.get(name, f"{name}: 王芳 👩‍💼")
