"""A statement that a PostgreSQL server prepares once on each connection, and that libpq carries to it.

A cursor of psycopg does much that the statements of the hot path have no need of, and takes longer over it than the
server over its work. Here psycopg only converts the values, and says what an error means.

Rows that are only added are deferred, and go to the server together with the next row: carrying a statement there and
back takes as long as carrying it out.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

from storage.prepared import raise_meaning

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
_Call = tuple["ServerStatement", "list[bytes]"]
"""A statement and the values of its parameters."""


class ServerStatement:
    """A statement with its parameters numbered from ``$1``."""

    def __init__(self, sql: str, parameters: int, *, is_insert: bool = False) -> None:
        """Name a statement by what it says; nothing is sent yet.

        Args:
            sql: in which the type of every parameter can be seen.
            parameters: how many it has.
            is_insert: it only adds rows, so those that were deferred can go with it.
        """
        self.sql = sql
        self.parameters = parameters
        self.name = b"shenbao_" + blake2b(sql.encode(), digest_size=_NAME_BYTES).hexdigest().encode()
        self._is_insert = is_insert
        # Binary would be a type of its own for every size of number, where the statement has only one.
        self._formats = [PyFormat.TEXT] * parameters

    def execute(self, connection: Connection, values: Sequence[object]) -> ServerRows:
        """Run the statement in the transaction of a connection, which begins with it when none has begun.

        Raises:
            psycopg.Error: the server did not take it, or cannot be reached.
        """
        session = _session_of(connection)
        if not self._is_insert or session.defers(self):
            session.send_deferred()
        return ServerRows(session.transformer, session.send(self._with(session, values)))

    def defer(self, connection: Connection, values: Sequence[object]) -> None:
        """Run the statement, which is an INSERT, together with the next one."""
        session = _session_of(connection)
        session.begin()
        if session.defers(self):
            session.send_deferred()
        session.deferred.append(self._with(session, values))

    def _with(self, session: _Session, values: Sequence[object]) -> _Call:
        # Its declaration forgets that a value may be NULL.
        return self, cast("list[bytes]", session.transformer.dump_sequence(values, self._formats))


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
    """What is known of a connection as long as it lasts.

    Attributes:
        deferred: what goes to the server with the next INSERT, or before anything else.
    """

    def __init__(self, driver: psycopg.Connection) -> None:
        self.transformer: abc.Transformer = Transformer(driver)
        self.deferred: list[_Call] = []
        self._pgconn = driver.pgconn
        self._prepared: set[bytes] = set()

    def begin(self) -> None:
        """Begin a transaction when none has begun; what was deferred in one that failed is not done any more."""
        if self._pgconn.transaction_status == _IDLE:
            self.deferred.clear()
            _check(self._pgconn.exec_(b"BEGIN"))

    def send(self, call: _Call) -> PGresult:
        """Send a statement, and what was deferred with it."""
        self.begin()
        if self.deferred:
            calls, self.deferred = (*self.deferred, call), []
            call = _together(tuple(one for one, _ in calls)), [value for _, given in calls for value in given]
        statement, given = call
        if statement.name not in self._prepared:
            _check(self._pgconn.prepare(statement.name, statement.sql.encode()))
            self._prepared.add(statement.name)
        return _check(self._pgconn.exec_prepared(statement.name, given))

    def defers(self, statement: ServerStatement) -> bool:
        """Say whether a statement was deferred: of two that go together nobody knows which adds its row first."""
        return any(one is statement for one, _ in self.deferred)

    def send_deferred(self) -> None:
        """Send what was deferred, if there is anything."""
        if self._pgconn.transaction_status == _IDLE:
            self.deferred.clear()
        elif self.deferred:
            self.send(self.deferred.pop())


def _session_of(connection: Connection) -> _Session:
    session: _Session | None = connection.info.get(_SESSION)
    if session is None:
        session = _Session(cast("psycopg.Connection", connection.connection.driver_connection))
        connection.info[_SESSION] = session
    return session


def send_deferred(connection: Connection) -> None:
    """Send what was deferred in the transaction of a connection.

    Raises:
        StorageError: the server did not take it, or cannot be reached.
    """
    session: _Session | None = connection.info.get(_SESSION)
    if session is None:
        return
    try:
        session.send_deferred()
    except Exception as error:
        raise_meaning(connection, error)
        raise


@cache
def _together(statements: tuple[ServerStatement, ...]) -> ServerStatement:
    """Return INSERTs as one statement, whose result is that of the last."""
    parts: list[str] = []
    parameters = 0
    for statement in statements:
        parts.append(_numbered_from(parameters, statement.sql))
        parameters += statement.parameters
    *before, last = parts
    added = ", ".join(f"added_{number} AS ({part})" for number, part in enumerate(before))
    return ServerStatement(f"WITH {added} {last}", parameters)


def _numbered_from(first: int, sql: str) -> str:
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + first}", sql)


def _check(result: PGresult) -> PGresult:
    """Return a result, unless it is an error."""
    if result.status in _TAKEN:
        return result
    error = error_from_result(result)
    # What the server did not say is libpq's own: the connection is lost.
    raise error if error.sqlstate else OperationalError(str(error))
