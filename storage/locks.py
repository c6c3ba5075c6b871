"""Named locks that last until the transaction ends; SQLite needs none, it has one writer at a time."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATION = "migration"
CONTENTS = "contents"
REMINDING = "reminding"
_BYTES = 8


def hold(connection: Connection, name: str, *, shared: bool = False) -> None:
    """Wait until nobody else holds a name, on this machine or another, and hold it until the transaction ends.

    Args:
        connection: the transaction.
        name: what is held.
        shared: only those who do not share it are kept out.

    Raises:
        StorageLocked: it was not given up in time.
    """
    if is_shared_between_machines(connection):
        way = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        connection.execute(select(way(key_of(name))))


def key_of(name: str) -> int:
    """Return the number by which PostgreSQL knows a name that is locked."""
    return int.from_bytes(blake2b(name.encode(), digest_size=_BYTES).digest(), "big", signed=True)


def is_shared_between_machines(connection: Connection) -> bool:
    """Say whether several may write at the same time, as on PostgreSQL."""
    return connection.dialect.name == "postgresql"
