"""The moment of the contract suite, a database that waits for nobody, and a project to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starting import NOON, start_project

from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from storage.projects import Project


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def file_database(file: Path) -> Iterator[Database]:
    with open_database(file, wait=0.05) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def project(request: pytest.FixtureRequest) -> Project:
    name = "database" if "database" in request.fixturenames else "file_database"
    return start_project(request.getfixturevalue(name))
