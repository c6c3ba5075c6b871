"""A machine stands still for a while, as a laptop that sleeps or a virtual machine that is moved, and goes on.

Others take it for dead meanwhile and send what it was sending. Whatever it does then, when it goes on, nothing is lost
and nothing counts twice. A message that had its leave when the machine stopped, and had not left, comes late, behind
others of its chat; ``--log-cli-level=INFO`` tells how many those were.

``SHENBAO_FREEZES=60`` is the long form, ``SHENBAO_FREEZE_SEED`` stops machines at other moments.
"""

from __future__ import annotations

import logging
import os
import random
import signal
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

FREEZES = int(os.environ.get("SHENBAO_FREEZES", "2"))
SEED = int(os.environ.get("SHENBAO_FREEZE_SEED", "20261128"))
TAKE_OVER = 1
"""Seconds after which a worker is taken for dead."""
LONG = 2.5
"""Seconds that a worker stands still."""
MOST = 0.3
"""Seconds that it works in between, at most."""
_log = logging.getLogger(__name__)


@pytest.mark.slow
def test_a_worker_that_stood_still_loses_nothing_and_lets_nothing_count_twice(
    parent: Parent, api: BotApi, tmp_path: Path, postgresql: str
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - when to freeze
    setup = Setup("postgresql", webhook=True, pages=1, workers=2)
    town = Town(setup, parent, api, tmp_path, postgresql, take_over=TAKE_OVER)
    with open_database(postgresql) as database:
        database.migrate()
        reminders = plan_reminders(database, count=FREEZES)
        with crowded(town, api, database, chance) as crowd:
            for number in range(FREEZES):
                freeze(town, crowd, chance, worker=setup.pages + number % setup.workers)
            crowd.stop()
            settle(api, database, reminders, town)
            town.stop()
        found = check(api, database, crowd, reminders, may_be_late=True)
    _log.info("%d times frozen; %s", FREEZES, found)


def freeze(town: Town, crowd: Crowd, chance: random.Random, *, worker: int) -> None:
    """Let a worker stand still at some moment, until others have taken over what it was sending; people go on."""
    crowd.answer_for(chance.uniform(0, MOST))
    town.programs[worker].tell(signal.SIGSTOP)
    crowd.answer_for(LONG)
    town.programs[worker].tell(signal.SIGCONT)
