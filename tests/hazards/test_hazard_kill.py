"""kill -9 of any process at any moment, over and over, while people answer in Telegram and on the page.

What has to be true then, ``checking`` says. A message that was on its way when its sender was killed may come twice;
``--log-cli-level=INFO`` tells how many those were.

``SHENBAO_KILLS=500`` is the long form, ``SHENBAO_KILL_SEED`` kills at other moments.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from checking import check, plan_reminders, settle
from crowd import Crowd, crowded
from town import Setup, Town

from storage.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from bot_api import BotApi
    from lives import Parent

KILLS = int(os.environ.get("SHENBAO_KILLS", "3"))
SEED = int(os.environ.get("SHENBAO_KILL_SEED", "20261126"))
SETUPS = (
    Setup("sqlite", webhook=True, pages=2, workers=0),
    Setup("sqlite", webhook=False, pages=1, workers=0),
    Setup("postgresql", webhook=True, pages=2, workers=2),
    Setup("postgresql", webhook=False, pages=1, workers=2),
)
MOST_EVENTS = 12
"""A process is killed after so many messages to Telegram and answers on the page at most."""
LONGEST = 5.0
"""Seconds after which one is killed anyway."""
INSTANT = 0.02
"""Seconds between the last of them and the kill."""
ALL_AT_ONCE = 0.1
"""How often everything is killed at once, as when the power fails."""
_log = logging.getLogger(__name__)


@pytest.mark.slow
@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_kill_9_of_any_process_loses_nothing_and_counts_nothing_twice(
    setup: Setup, parent: Parent, api: BotApi, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - where to kill
    on_server = setup.database == "postgresql"
    location = request.getfixturevalue("postgresql") if on_server else str(tmp_path / "shenbao.db")
    town = Town(setup, parent, api, tmp_path, location)
    with open_database(location) as database:
        database.migrate()
        reminders = plan_reminders(database, count=KILLS)
        with crowded(town, api, database, chance) as crowd:
            for _ in range(KILLS):
                kill(town, crowd, chance)
            crowd.stop()
            settle(api, database, reminders, town)
            town.stop()
        found = check(api, database, crowd, reminders)
        assert not any(visitor.refused for visitor in crowd.visitors)
    _log.info("%s: %d kills; %s", setup, KILLS, found)


def kill(town: Town, crowd: Crowd, chance: random.Random) -> None:
    """Let people answer for a while; then kill a process, and start it again."""
    enough = crowd.events + chance.randint(0, MOST_EVENTS)
    until = time.monotonic() + LONGEST
    while crowd.events < enough and time.monotonic() < until:
        crowd.answer()
    crowd.answer_for(chance.uniform(0, INSTANT))
    everything = chance.random() < ALL_AT_ONCE
    doomed = town.programs if everything else [chance.choice(town.programs)]
    for program in doomed:
        assert program.end() == -signal.SIGKILL, town.errors
    for program in doomed:
        program.begin()
