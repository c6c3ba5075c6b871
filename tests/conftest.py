"""No test times code: performance lives in benchmarks/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

import postgresql as server

from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKENDS = ("sqlite file", "sqlite memory", "postgresql")

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what one worker has to run alone, then with what takes long: nobody waits for it at the end."""
    items.sort(
        key=lambda item: (
            item.get_closest_marker("xdist_group") is None,
            item.get_closest_marker("slow") is None,
        )
    )


@pytest.fixture(scope="session")
def scratch_database() -> Iterator[str]:
    with server.scratch_database() as url:
        yield url


@pytest.fixture
def postgresql(scratch_database: str) -> str:
    """The URL of a PostgreSQL database with nothing in it."""
    server.empty(scratch_database, keeps_tables=True)
    return scratch_database


@pytest.fixture
def postgresql_without_tables(scratch_database: str) -> str:
    server.empty(scratch_database, keeps_tables=False)
    return scratch_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a SQLite database, in a folder that is not there yet."""
    return tmp_path / "kept" / "projects.db"


@pytest.fixture(params=BACKENDS)
def location(request: pytest.FixtureRequest, file: Path) -> Path | str:
    """Where a database is, of each kind in turn."""
    match request.param:
        case "sqlite file":
            return file
        case "sqlite memory":
            return ":memory:"
        case _:
            return request.getfixturevalue("postgresql")


@pytest.fixture
def database(location: Path | str) -> Iterator[Database]:
    """A database of each kind in turn, with its tables."""
    with open_database(location) as opened:
        opened.migrate()
        yield opened
