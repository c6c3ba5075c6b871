"""A database in memory, a clock that stands still, users who talk, and the program itself."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from running import Program, Ran
from talking import CLOCK, Talk

from bot.cli import main
from bot.conversation import Conversation
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.fixture
def shenbao(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Program:
    """The program with nothing of the caller's environment, in an empty folder."""
    for name in ("SHENBAO_LANG", "SHENBAO_PACKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHENBAO_DATA", str(tmp_path / "data"))
    empty = tmp_path / "here"
    empty.mkdir()
    monkeypatch.chdir(empty)

    def run(*arguments: str | Path, stdin: str | bytes = "") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["shenbao", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, printed.out, printed.err)

    return run
