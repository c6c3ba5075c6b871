"""A database of its own on a PostgreSQL server, for each process that runs tests; without a server they skip."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

SERVER = "SHENBAO_TEST_DATABASE_URL"
REQUIRED = "SHENBAO_REQUIRE_POSTGRESQL"


def server() -> URL:
    """Return where the server is; skip the test, saying why, when none is named or it cannot be used."""
    named = os.environ.get(SERVER, "")
    if named:
        from storage.postgresql import url_of

        return url_of(named)
    reason = f"no PostgreSQL: {SERVER} names none, such as postgresql://user@127.0.0.1/postgres"
    if os.environ.get(REQUIRED):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def scratch_database() -> Iterator[str]:
    """Make an empty database on the server, and drop it at the end; yields its URL."""
    import psycopg

    url = server()
    name = f"shenbao_test_{os.getpid()}"
    plain = url.set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as operator:
        operator.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        operator.execute(f'CREATE DATABASE "{name}"')
        try:
            yield plain.set(database=name).render_as_string(hide_password=False)
        finally:
            operator.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def empty(url: str, *, keeps_tables: bool) -> None:
    """Take everything out of a scratch database.

    Args:
        url: of the database.
        keeps_tables: leave the tables, empty, when they are those of today.
    """
    import psycopg
    from psycopg import sql

    from storage.revisions import HEAD
    from storage.schema import metadata

    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("SET synchronous_commit = off")
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        known = operator.execute("SELECT to_regclass('alembic_version')").fetchone()
        if keeps_tables and known and known[0]:
            row = operator.execute("SELECT version_num FROM alembic_version").fetchone()
            if row and row[0] == HEAD:
                # TRUNCATE makes new files for every table, which takes far longer than to delete a few rows.
                for table in reversed(metadata.sorted_tables):
                    operator.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
                operator.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
                return
        operator.execute("DROP SCHEMA public CASCADE")
        operator.execute("DROP SCHEMA IF EXISTS procrastinate CASCADE")
        operator.execute("CREATE SCHEMA public")
