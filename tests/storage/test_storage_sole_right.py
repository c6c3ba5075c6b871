"""What one process alone may do at a time, whatever the database is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from storage.database import open_database
from storage.errors import ServerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.database import Database


@pytest.fixture(params=["sqlite file", "postgresql"])
def machines(request: pytest.FixtureRequest, file: Path) -> Iterator[tuple[Database, Database]]:
    location = file if request.param == "sqlite file" else request.getfixturevalue("postgresql")
    with open_database(location) as one, open_database(location) as other:
        yield one, other


def test_one_has_the_right_until_it_leaves(machines: tuple[Database, Database]) -> None:
    ours, theirs = (machine.sole_right("telegram.1") for machine in machines)
    assert ours.takes_over()
    assert not theirs.takes_over()
    assert ours.takes_over()
    ours.leave()
    assert theirs.takes_over()
    assert not ours.takes_over()


def test_different_rights_do_not_stand_in_each_others_way(machines: tuple[Database, Database]) -> None:
    one, other = machines
    assert one.sole_right("telegram.1").takes_over()
    assert other.sole_right("telegram.2").takes_over()


def test_leaving_what_one_does_not_have_is_harmless(machines: tuple[Database, Database]) -> None:
    one, other = machines
    right = one.sole_right("telegram.1")
    assert right.takes_over()
    other.sole_right("telegram.1").leave()
    assert not other.sole_right("telegram.1").takes_over()


def test_nobody_competes_for_a_database_in_memory() -> None:
    with open_database(":memory:") as database:
        assert database.sole_right("telegram.1").takes_over()


def test_a_right_is_lost_with_its_connection(postgresql: str) -> None:
    with open_database(postgresql) as database:
        right = database.sole_right("telegram.1")
        assert right.takes_over()
        with psycopg.connect(postgresql, autocommit=True) as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert database.sole_right("telegram.1").takes_over()
        with pytest.raises(ServerUnavailable):
            right.takes_over()
