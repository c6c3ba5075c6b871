"""The databases that the contract suite runs over, and a project to work on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.projects import Project

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

BACKENDS = ("sqlite file", "sqlite memory", "postgresql")


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "projects.db"


@pytest.fixture(params=BACKENDS)
def location(request: pytest.FixtureRequest, file: Path) -> Path | str:
    match request.param:
        case "sqlite file":
            return file
        case "sqlite memory":
            return ":memory:"
        case _:
            return request.getfixturevalue("postgresql")


@pytest.fixture
def database(location: Path | str) -> Iterator[Database]:
    with open_database(location) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def file_database(file: Path) -> Iterator[Database]:
    with open_database(file, wait=0.05) as opened:
        opened.migrate()
        yield opened


def start_project(database: Database, *, owner: str = "unit-7", at: datetime = NOON) -> Project:
    """Commit an edition and a project pinned to it."""
    with database.unit_of_work() as work:
        work.editions.put("edition-1", pack_id="shizuishan", files={"pack.yaml": "title: 办法"}, at=at)
        return work.projects.create(
            owner=owner, name="平台", pack_id="shizuishan", edition_id="edition-1", state=b"{}", at=at
        )


@pytest.fixture
def project(request: pytest.FixtureRequest) -> Project:
    name = "database" if "database" in request.fixturenames else "file_database"
    return start_project(request.getfixturevalue(name))
