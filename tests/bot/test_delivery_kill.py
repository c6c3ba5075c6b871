"""A dispatcher that is killed again and again loses nothing, keeps the order, and repeats only what was on its way."""

from __future__ import annotations

import subprocess
import sys
from threading import Timer
from typing import TYPE_CHECKING

import msgspec
import pytest
from delivering import CHANNEL, START
from running import ROOT

from bot.updates import Reply, chat_of
from dialogs.messages import Say
from rules.text import verbatim
from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHATS, MESSAGES, KILLS, TAKEN = 3, 8, 3, 11
LONGEST_RUN = 60.0


@pytest.mark.slow
def test_nothing_is_lost_and_only_what_was_on_its_way_is_repeated(tmp_path: Path) -> None:
    file = tmp_path / "shenbao.db"
    _fill(file)
    lines: list[str] = []
    for _ in range(KILLS):
        lines += _run(file, lambda run: len(run) == TAKEN)
    known = set(lines)
    lines += _run(file, lambda run: len(known.union(run)) == CHATS * MESSAGES * 2)
    for chat in range(CHATS):
        taken = [line for line in lines if line.startswith(f"{chat} ")]
        assert list(dict.fromkeys(taken)) == [
            f"{chat} {number}{part}" for number in range(MESSAGES) for part in "ab"
        ]
        # what is repeated is what was taken last before a kill
        assert len(taken) - len(set(taken)) <= KILLS
        assert all(taken.index(line) >= place - 1 for place, line in enumerate(taken))


def _fill(file: Path) -> None:
    with open_database(file) as database:
        database.migrate()
        with database.unit_of_work() as work:
            for number in range(MESSAGES):
                for chat in range(CHATS):
                    said = (Say(verbatim(f"{number}a")), Say(verbatim(f"{number}b")))
                    key = f"{chat} {number}"
                    payload = msgspec.json.encode(Reply(said, "zh", None, key))
                    to = chat_of(CHANNEL, str(chat))
                    work.outbox.put(chat=to, dedupe_key=key, payload=payload, due_at=START, at=START)


def _run(file: Path, is_enough: Callable[[list[str]], bool]) -> list[str]:
    """Let a process send until its channel has taken enough, then kill it."""
    command = [sys.executable, str(ROOT / "tests/bot/dispatching.py"), str(file), CHANNEL]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:  # noqa: S603
        guard = Timer(LONGEST_RUN, process.kill)
        guard.start()
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.strip())
            if is_enough(lines):
                break
        process.kill()
        lines += process.stdout.read().splitlines()
        guard.cancel()
    return lines
