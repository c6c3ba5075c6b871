"""The channels that the contract suite runs over, each driven as its users do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

for _folder in ("bot", "web", "documents", "telegram"):
    sys.path.insert(0, str(Path(__file__).parents[1] / _folder))

if TYPE_CHECKING:
    from collections.abc import Iterator

    from channel_users import ChannelUser

CHANNELS = ("terminal", "web", "telegram")


@pytest.fixture(params=CHANNELS)
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChannelUser]:
    """Somebody who has never been on the channel."""
    from channel_users import arriving

    with arriving(request.param, tmp_path) as arrived:
        yield arrived
