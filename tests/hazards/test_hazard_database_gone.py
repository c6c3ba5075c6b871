"""The database server is gone while people answer, and comes back: everything goes on by itself.

The line to it is cut (what is open is reset, what is new refused) until everybody has noticed, and mended. What has to
be true at the end, ``checking`` says.

``SHENBAO_CUTS=20`` cuts more often, ``SHENBAO_CUT_SECONDS=60`` for longer;
``SHENBAO_RESETS=500`` is the long form of connections that are reset one by one.
"""

from __future__ import annotations

import logging
import os
import random
import time
from typing import TYPE_CHECKING

import pytest
from checking import check, plan_reminders, settle
from crowd import Crowd, crowded
from line import Line, line_to
from town import Setup, Town

from bot.failures import failure_text
from storage.database import open_database
from storage.errors import ServerUnavailable
from storage.postgresql import url_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot_api import BotApi
    from lives import Parent

CUTS = int(os.environ.get("SHENBAO_CUTS", "1"))
RESETS = int(os.environ.get("SHENBAO_RESETS", "5"))
SECONDS = float(os.environ.get("SHENBAO_CUT_SECONDS", "0"))
SEED = 60
SETUPS = (
    Setup("postgresql", webhook=True, pages=2, workers=2),
    Setup("postgresql", webhook=False, pages=1, workers=2),
)
EVENTS = 12
"""Messages and answers between two cuts at least."""
PATIENCE = 90.0
SENTENCE = failure_text(ServerUnavailable()).render()
_log = logging.getLogger(__name__)


@pytest.mark.slow
@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_a_database_that_is_gone_for_a_while_loses_nothing_and_everything_goes_on(
    setup: Setup, parent: Parent, api: BotApi, tmp_path: Path, postgresql: str
) -> None:
    server = url_of(postgresql)
    with (
        line_to(server.host or "127.0.0.1", server.port or 5432) as line,
        open_database(postgresql) as database,
    ):
        database.migrate()
        reminders = plan_reminders(database, count=CUTS + 2)
        far = server.set(drivername="postgresql", host="127.0.0.1", port=line.port)
        town = Town(setup, parent, api, tmp_path, far.render_as_string(hide_password=False))
        with crowded(town, api, database, random.Random(SEED)) as crowd:  # noqa: S311 - who comes where
            for _ in range(CUTS):
                go_on(crowd)
                cut(line, crowd)
            go_on(crowd)
            crowd.stop()
            settle(api, database, reminders, town)
            town.stop()
        found = check(api, database, crowd, reminders)
        for visitor in crowd.visitors:
            assert visitor.refused
            assert all(SENTENCE in shown for shown in visitor.refused), "the page says it in one sentence"
    _log.info("%s: cut %d times; %s", setup, CUTS, found)


@pytest.mark.slow
def test_connections_that_are_reset_one_by_one_lose_nothing_and_everything_goes_on(
    parent: Parent, api: BotApi, tmp_path: Path, postgresql: str
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - which connection, and when
    server = url_of(postgresql)
    with (
        line_to(server.host or "127.0.0.1", server.port or 5432) as line,
        open_database(postgresql) as database,
    ):
        database.migrate()
        reminders = plan_reminders(database, count=RESETS)
        far = server.set(drivername="postgresql", host="127.0.0.1", port=line.port)
        setup = Setup("postgresql", webhook=True, pages=2, workers=2)
        town = Town(setup, parent, api, tmp_path, far.render_as_string(hide_password=False))
        with crowded(town, api, database, chance) as crowd:
            for _ in range(RESETS):
                enough = crowd.events + chance.randint(0, 3)
                _wait(crowd, lambda enough=enough: crowd.events >= enough)
                line.reset_one(chance)
            crowd.stop()
            settle(api, database, reminders, town)
            town.stop()
        found = check(api, database, crowd, reminders)
    _log.info("%d connections reset; %s", RESETS, found)


def go_on(crowd: Crowd) -> None:
    """Let everybody answer in chats and on the page, and read what is replied."""
    chats = [len(typist.said) for typist in crowd.typists]
    pages = [len(visitor.acknowledged) for visitor in crowd.visitors]
    enough = crowd.events + EVENTS
    _wait(
        crowd,
        lambda: (
            crowd.events >= enough
            and all(len(typist.said) > before for typist, before in zip(crowd.typists, chats, strict=True))
            and all(
                len(visitor.acknowledged) > before
                for visitor, before in zip(crowd.visitors, pages, strict=True)
            )
        ),
    )


def cut(line: Line, crowd: Crowd) -> None:
    """Cut the line until everybody has noticed, and mend it."""
    line.cut()
    until = time.monotonic() + SECONDS
    noticed = [len(visitor.refused) for visitor in crowd.visitors]
    pushed = crowd.pusher.refused if crowd.pusher else 0
    _wait(
        crowd,
        lambda: (
            time.monotonic() >= until
            and all(
                len(visitor.refused) > before for visitor, before in zip(crowd.visitors, noticed, strict=True)
            )
            and (crowd.pusher is None or not crowd.is_spoken or crowd.pusher.refused > pushed)
        ),
    )
    line.mend()


def _wait(crowd: Crowd, condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS + PATIENCE
    while not condition():
        assert time.monotonic() < until, "nobody goes on"
        crowd.answer()
