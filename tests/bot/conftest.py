"""A database in memory, a clock that stands still, and users who talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, Talk

from bot.conversation import Conversation
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    with open_database(MEMORY) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def conversation(database: Database) -> Conversation:
    return Conversation(database, CLOCK)


@pytest.fixture
def talk(conversation: Conversation) -> Talk:
    """A user who has never been here."""
    return Talk(conversation)
