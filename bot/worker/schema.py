"""The tables in which Procrastinate keeps jobs: a schema of their own, made anew for every version of it.

Jobs only repeat what the outbox says, so nothing is lost when they go.
"""

from __future__ import annotations

from importlib.metadata import version

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql

from storage.locks import MIGRATION, key_of
from storage.postgresql import PATIENCE, postgresql_error

SCHEMA = "procrastinate"
SEARCH_PATH = f"-c search_path={SCHEMA}"
_KNOWN = "SELECT obj_description(to_regnamespace(%s), 'pg_namespace')"


def prepare(url: str) -> bool:
    """Make the tables unless those of today's version are there; several processes may do so at once.

    Args:
        url: of the database, as libpq reads it.

    Returns:
        Whether they were made.

    Raises:
        StorageError: the database cannot be used.
    """
    try:
        with psycopg.connect(url, application_name="shenbao", **PATIENCE) as connection:
            return _prepare(connection)
    except psycopg.Error as error:
        raise postgresql_error(error) or error from error


def _prepare(connection: psycopg.Connection) -> bool:
    wanted = f"procrastinate {version('procrastinate')}"
    schema = sql.Identifier(SCHEMA)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [key_of(MIGRATION)])
    found = connection.execute(_KNOWN, [SCHEMA]).fetchone()
    if found is not None and found[0] == wanted:
        return False
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(schema))
    connection.execute(SchemaManager.get_schema().encode())
    connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(schema, sql.Literal(wanted)))
    return True
