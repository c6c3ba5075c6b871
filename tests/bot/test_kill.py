"""An answer whose reply was on the screen survives kill -9, and is there once."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

import pytest
from running import ROOT
from talking import WHOLE_PROJECT, kept_drafts

from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dialogs.draft import Draft

LONGEST_RUN = 60.0
FIRST_QUESTION = "这个项目涉及国家秘密吗"
LOBBY = "接着填哪一个项目"


class Process:
    """The program in a process of its own, fed through a pipe."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read_until(self, words: str) -> list[str]:
        """Read what is printed up to a line with these words."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if words in line:
                return lines
        raise AssertionError(f"ended without {words!r}: {lines}")


@contextmanager
def program(data: Path) -> Iterator[Process]:
    """Run ``python -m bot``; at the end it is killed, wherever it stands."""
    arguments = [sys.executable, "-m", "bot", "--data", str(data)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SHENBAO_")}
    with subprocess.Popen(  # noqa: S603
        arguments,
        cwd=ROOT,
        env=environment | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        guard = Timer(LONGEST_RUN, process.kill)
        guard.start()
        try:
            yield Process(process)
        finally:
            process.kill()
            guard.cancel()


def kept(data: Path) -> tuple[Draft, list[str]]:
    """Return the draft as it is kept, and the turn of every change of an answer."""
    with open_database(data / "shenbao.db") as database:
        database.migrate()
        ((project, draft),) = kept_drafts(database, getpass.getuser(), "terminal")
        with database.unit_of_work() as work:
            turns = [event.turn_key for event in work.events.list_for(project.id)]
            assert work.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return draft, turns


ROUNDS = [  # lines, each with the question that is asked next, and the fact that it sets
    [("否", "哪一级", "classified"), ("县区", "哪一类", "unit_level"), ("政府", "属于哪一种", "unit_kind")],
    [("购买服务", "总投资是多少", "nature"), ("480万", "本年度预计投入", "total_investment")],
    [
        ("160万", "资金分别从哪里来", "this_year_investment"),
        ("自治区200万", "自筹的资金", "fund_regional"),
        ("280万", "这笔其他资金", "fund_other"),
        ("区本级财政", "服务期从哪天", "fund_other_note"),
    ],
]


@pytest.mark.slow
def test_every_answer_that_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    assert [line for lines in ROUNDS for line, _, _ in lines] == WHOLE_PROJECT[:9]
    answered: list[str] = []
    question = FIRST_QUESTION
    amounts: dict[str, object] = {}
    for round_number, lines in enumerate(ROUNDS):
        with program(tmp_path) as process:
            if round_number:
                process.read_until(LOBBY)
                process.say("1")
            process.read_until(question)
            for line, next_question, fact in lines:
                process.say(line)
                process.read_until(next_question)
                answered.append(fact)
                question = next_question
            process.process.kill()
            process.process.wait()
        draft, turns = kept(tmp_path)
        assert set(answered) <= set(draft.facts)
        assert len(turns) == len(set(turns)) == len(answered), "none is applied twice"
        amounts = {name: draft.facts.get(name) for name in ("total_investment", "fund_other")}
    assert amounts == {"total_investment": 480_000_000, "fund_other": 280_000_000}


@pytest.mark.slow
def test_an_answer_killed_before_its_reply_was_seen_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """Nobody knows which; typing it again, as anyone would, gives the same draft either way."""
    with program(tmp_path) as process:
        process.read_until(FIRST_QUESTION)
        process.say("否")
        process.read_until("哪一级")
        process.say("县区")
        process.read_until("哪一类")
        process.say("政府")  # and at once:
        process.process.kill()
        process.process.wait()
    draft, turns = kept(tmp_path)
    assert len(turns) == len(draft.facts)
    assert draft.facts in (
        {"classified": False, "unit_level": "county"},
        {"classified": False, "unit_level": "county", "unit_kind": "government"},
    )

    with program(tmp_path) as process:
        process.read_until(LOBBY)
        process.say("1")
        process.say("修改 单位性质 改为 政府")
        process.read_until("属于哪一种")
        process.process.kill()
        process.process.wait()
    draft, turns = kept(tmp_path)
    assert draft.facts == {"classified": False, "unit_level": "county", "unit_kind": "government"}
    assert len(turns) == 3
