"""A statement that a PostgreSQL server prepares once on each connection, and that libpq carries to it.

A cursor of psycopg does much that the statements of the hot path have no need of, and takes longer over it than the
server over its work. Here psycopg only converts the values, and says what an error means.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg import abc
    from psycopg.pq.abc import PGresult
    from sqlalchemy import Connection

_SESSION = "shenbao.session"
_IDLE = int(TransactionStatus.IDLE)
_TAKEN = frozenset({int(ExecStatus.COMMAND_OK), int(ExecStatus.TUPLES_OK)})
_NAME_BYTES = 8


class ServerStatement:
    """A statement with its parameters numbered from ``$1``."""

    def __init__(self, sql: str, parameters: int) -> None:
        """Name a statement by what it says; nothing is sent yet.

        Args:
            sql: in which the type of every parameter can be seen.
            parameters: how many it has.
        """
        self._sql = sql.encode()
        self._name = b"shenbao_" + blake2b(self._sql, digest_size=_NAME_BYTES).hexdigest().encode()
        # Binary would be a type of its own for every size of number, where the statement has only one.
        self._formats = [PyFormat.TEXT] * parameters

    def execute(self, connection: Connection, values: Sequence[object]) -> ServerRows:
        """Run the statement in the transaction of a connection, which begins with it when none has begun.

        Raises:
            psycopg.Error: the server did not take it, or cannot be reached.
        """
        session: _Session = connection.info.get(_SESSION) or _begin_session(connection)
        pgconn, transformer = session.pgconn, session.transformer
        if pgconn.transaction_status == _IDLE:
            _check(pgconn.exec_(b"BEGIN"))
        if self._name not in session.prepared:
            _check(pgconn.prepare(self._name, self._sql))
            session.prepared.add(self._name)
        # Its declaration forgets that a value may be NULL.
        given = cast("list[bytes]", transformer.dump_sequence(values, self._formats))
        return ServerRows(transformer, _check(pgconn.exec_prepared(self._name, given)))


class ServerRows:
    """What came back: the part of a DB-API cursor that is needed.

    Attributes:
        rowcount: how many rows were found or changed.
    """

    def __init__(self, transformer: abc.Transformer, result: PGresult) -> None:
        self._transformer = transformer
        self._result = result
        self.rowcount = result.command_tuples or 0

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        if not self._result.ntuples:
            return None
        self._transformer.set_pgresult(self._result)
        return self._transformer.load_row(0, tuple)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        self._transformer.set_pgresult(self._result)
        return self._transformer.load_rows(0, self._result.ntuples, tuple)


class _Session:
    """What is known of a connection as long as it lasts."""

    def __init__(self, driver: psycopg.Connection) -> None:
        self.pgconn = driver.pgconn
        self.transformer: abc.Transformer = Transformer(driver)
        self.prepared: set[bytes] = set()


def _begin_session(connection: Connection) -> _Session:
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    session = connection.info[_SESSION] = _Session(driver)
    return session


def _check(result: PGresult) -> PGresult:
    """Return a result, unless it is an error."""
    if result.status in _TAKEN:
        return result
    error = error_from_result(result)
    # What the server did not say is libpq's own: the connection is lost.
    raise error if error.sqlstate else OperationalError(str(error))
