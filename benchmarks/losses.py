"""What is lost: on kill -9, when updates come twice, when two messages come quickly."""

from __future__ import annotations

import random
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.child import TALKING, Child, Command, child
from benchmarks.contenders import CONTENDERS, Place
from benchmarks.report import Result, Row
from benchmarks.scratch import has_redis_server, private_redis, scratch, services

if TYPE_CHECKING:
    from benchmarks.report import Plan

PART = "losses"

SOONEST, LATEST = 0.3, 1.2
"""Seconds after the first reply between which the process is killed."""
LATENCY = 0.005
"""Seconds that the Bot API takes, so that a second message can come before the reply to the first."""
NAMES = (
    "sqlite-telegram",
    "postgresql-telegram",
    "aiogram-memory",
    "aiogram-redis",
    "aiogram-isolated",
    "dialog-memory",
    "dialog-redis",
    "ptb",
)
IN_A_LOOK = ("sqlite-telegram", "aiogram-redis", "ptb")
FORMS = 100


class Hazard(NamedTuple):
    """Something that happens to forms: its name, what it is, and how many forms show what comes of it."""

    name: str
    where: str
    forms: int


HAZARDS = (
    Hazard("once", "one update of each form delivered twice", FORMS),
    Hazard("hasty", "two messages at once in each form", FORMS),
    Hazard("twice", "every update delivered twice", FORMS // 5),  # all of them show the same
)


def measure(plan: Plan) -> Result:
    """Let all of it happen to each contender."""
    rows: list[Row] = []
    for name in IN_A_LOOK if plan.is_quick else NAMES:
        with scratch(services(), latency=LATENCY) as place:
            if reason := CONTENDERS[name].missing(place):
                rows.append(Row(PART, CONTENDERS[name].title, "", f"{reason}: skipped"))
            else:
                rows += _suffer(name, place, plan)
    if has_redis_server() and not plan.is_quick:
        rows.append(_killed_with_redis())
    return Result(sorted(rows, key=lambda row: row.where))


def _suffer(name: str, place: Place, plan: Plan) -> list[Row]:
    """Kill the process again and again, and count what is gone when it has started anew; then the other hazards."""
    title, kills = CONTENDERS[name].title, plan.of(1, 4)
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    acknowledged = lost = 0
    process = Child(name, place)
    for number in range(1, kills + 1):
        said = _talk_until_killed(process, chance)
        process = Child(name, place, number=number)
        lost += process.ask(Command("lost", said=said), int)
        acknowledged += sum(said.values()) - len(said)  # to begin the form is no answer
    rows = [_row(title, kills, lost, acknowledged)]
    for hazard in HAZARDS:
        forms = plan.of(5, hazard.forms)
        wrong = process.ask(Command("wrong", forms, hazard=hazard.name), int)
        rows.append(Row(PART, title, hazard.where, f"{wrong} of {forms} forms wrong"))
    process.stop()
    return rows


def _killed_with_redis() -> Row:
    """Kill the bot, and its Redis as well: one that saves as it does by itself."""
    name, kills = "aiogram-redis", 2
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    acknowledged = lost = 0
    with tempfile.TemporaryDirectory(prefix="shenbao-benchmark-") as folder:
        for number in range(kills):
            with private_redis(folder) as url:  # killed at the end
                place = Place(folder, redis=url, latency=LATENCY)
                said = _talk_until_killed(Child(name, place, number=2 * number), chance)
            with private_redis(folder) as url, child(name, place, number=2 * number + 1) as restarted:
                lost += restarted.ask(Command("lost", said=said), int)
            acknowledged += sum(said.values()) - len(said)
    return _row(f"{CONTENDERS[name].title}, killed as well", kills, lost, acknowledged)


def _row(title: str, kills: int, lost: int, acknowledged: int) -> Row:
    return Row(PART, title, f"kill -9, {kills} times", f"{lost:,} of {acknowledged:,} answers lost")


def _talk_until_killed(process: Child, chance: random.Random) -> dict[int, int]:
    """Return how many messages of each form that was open were acknowledged."""
    length = process.ask(Command("length"), int)
    process.tell(Command("talk", TALKING))
    said: dict[int, int] = {}
    end = 0.0
    while line := process.line():
        user, count = map(int, line.split())
        said[user] = count
        if not end:
            end = time.monotonic() + chance.uniform(SOONEST, LATEST)
        if time.monotonic() >= end:
            process.kill()
    process.stop()
    return {user: count for user, count in said.items() if count < length}
