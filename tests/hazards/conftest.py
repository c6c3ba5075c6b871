"""What the tests of hazards share: Telegram, the databases, and the program with everything loaded.

All of them are marked ``hazard``; ``pytest -m hazard`` runs them alone. Each is short as it stands; docs/hazards.md
says how to run the long form.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bot"))
sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
sys.path.insert(0, str(Path(__file__).parents[1] / "telegram"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from bot_api import BotApi, serving_bot_api
from lives import Parent, parenthood

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.hazard)


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving_bot_api() as served:
        yield served


@pytest.fixture(scope="session")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parent]:
    """The program with everything loaded, once for all tests."""
    if not hasattr(os, "fork"):
        pytest.skip("lives are forked, which this system cannot")
    with parenthood(tmp_path_factory.mktemp("parent") / "stderr.txt") as forks:
        yield forks


@pytest.fixture(params=DATABASES)
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'shenbao.db'}"
    return request.getfixturevalue("postgresql")
