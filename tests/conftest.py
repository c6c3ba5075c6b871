"""No test times code: performance lives in benchmarks/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

import postgresql as server

if TYPE_CHECKING:
    from collections.abc import Iterator

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
