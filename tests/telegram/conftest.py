"""A Bot API server on loopback, the bot that it serves, and a user."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bot"))
sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))

from bot_api import BotApi, serving_bot_api
from telegram_users import Served, TelegramUser, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving_bot_api() as served:
        yield served


@pytest.fixture
def served(api: BotApi) -> Iterator[Served]:
    """A bot that sends as fast as it can."""
    with serving(None, api) as bot:
        yield bot


@pytest.fixture
def user(served: Served) -> TelegramUser:
    """Somebody who has never been here."""
    return TelegramUser(served)
