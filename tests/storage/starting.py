"""A project to work on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database import Database
    from storage.projects import Project

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def start_project(database: Database, *, owner: str = "unit-7", at: datetime = NOON) -> Project:
    """Commit an edition and a project pinned to it."""
    with database.unit_of_work() as work:
        work.editions.put("edition-1", pack_id="shizuishan", files={"pack.yaml": "title: 办法"}, at=at)
        return work.projects.create(
            owner=owner, name="平台", pack_id="shizuishan", edition_id="edition-1", state=b"{}", at=at
        )
