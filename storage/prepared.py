"""Statements of the hot path: their SQL is made once, and handed straight to the driver.

SQLAlchemy looks every statement up in its cache and wraps every result, which takes ten times as long as SQLite
takes for the work itself. Here only the making of the SQL and the conversion of types are left to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import msgspec
from sqlalchemy import Select

from storage.errors import ServerUnavailable
from storage.group_commit import driver_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.sql.expression import ClauseElement
    from sqlalchemy.types import TypeEngine

Row = TypeVar("Row", bound=msgspec.Struct)


class _Form(NamedTuple):
    """A statement as one kind of database takes it.

    Attributes:
        execute: hands the values to the driver, and returns its cursor.
        names: the parameters in their order.
        constants: the values of those that never change.
        binds: how the values of parameters are written, where one needs it.
        results: how the value of each column is read, where one needs it.
    """

    execute: Callable[[Connection, list[object]], Any]
    names: tuple[str, ...]
    constants: Mapping[str, object]
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]


class Prepared:
    """A statement with named parameters, made once for each kind of database."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        """Prepare a statement; it is compiled when it is first run.

        Args:
            statement: with a ``bindparam`` for everything that changes.
            columns: of an INSERT, those that it sets; their names are its parameters.
        """
        self._statement = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """Run the statement.

        Args:
            connection: the transaction.
            values: of its parameters, by name.

        Returns:
            The driver's cursor.

        Raises:
            StorageError: as everywhere in storage.
        """
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect)
        if form.constants:
            values = {**form.constants, **values}
        found = [values[name] for name in form.names]
        for index, write in form.binds:
            found[index] = write(found[index])
        try:
            return form.execute(connection, found)
        except Exception as error:
            _raise_meaning(connection, error)
            raise

    def count(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Run a statement that changes something; return how many rows it changed."""
        return self.run(connection, values).rowcount

    def one(self, connection: Connection, kind: type[Row], values: Mapping[str, object]) -> Row | None:
        """Return the first row of a SELECT as a ``kind``, or None."""
        row = self.run(connection, values).fetchone()
        return None if row is None else kind(*self._read(connection, row))

    def all(self, connection: Connection, kind: type[Row], values: Mapping[str, object]) -> list[Row]:
        """Return every row of a SELECT as a ``kind``."""
        return [kind(*self._read(connection, row)) for row in self.run(connection, values).fetchall()]

    def _read(self, connection: Connection, row: Sequence[Any]) -> Sequence[Any]:
        results = self._forms[connection.dialect.name].results
        if not results:
            return row
        read = list(row)
        for index, convert in results:
            read[index] = convert(read[index])
        return read

    def _compile(self, dialect: Dialect) -> _Form:
        in_order = "qmark" if dialect.name == "sqlite" else "numeric_dollar"
        by_order: Dialect = cast("Any", type(dialect))(paramstyle=in_order)
        compiled = self._statement.compile(dialect=by_order, column_keys=self._columns)
        form = _form_of(cast("SQLCompiler", compiled), self._statement, by_order)
        self._forms[dialect.name] = form
        return form


def _form_of(compiled: SQLCompiler, statement: ClauseElement, dialect: Dialect) -> _Form:
    names = tuple(compiled.positiontup or ())
    columns: Sequence[TypeEngine[Any]] = (
        [column.type for column in statement.selected_columns] if isinstance(statement, Select) else []
    )
    return _Form(
        _execution(compiled.string, names, dialect),
        names,
        {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        _needed(_writer(compiled.binds[name].type, dialect) for name in names),
        _needed(_reader(kind, dialect) for kind in columns),
    )


def _execution(sql: str, names: Sequence[str], dialect: Dialect) -> Callable[[Connection, list[object]], Any]:
    if dialect.name == "postgresql":
        from storage.server_statement import ServerStatement  # only a server has its driver

        return ServerStatement(sql, len(names)).execute
    return lambda connection, values: driver_of(connection).execute(sql, values)


def _needed(ways: Iterable[Callable[[Any], Any] | None]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    return tuple((index, way) for index, way in enumerate(ways) if way is not None)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _raise_meaning(connection: Connection, error: Exception) -> None:
    """Raise what an error of the driver means to us; return when it means nothing."""
    if connection.dialect.name == "postgresql":
        from storage.postgresql import postgresql_error

        meaning = postgresql_error(error)
        if isinstance(meaning, ServerUnavailable):
            connection.invalidate(error)
    else:
        from storage.sqlite import sqlite_error

        meaning = sqlite_error(error, connection.engine.url.database)
    if meaning is not None:
        raise meaning from error
