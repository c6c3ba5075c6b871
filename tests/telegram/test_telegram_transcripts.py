"""Conversations in Telegram as readable files, compared word for word; see tests/telegram/transcripts/.

After ``> `` stands what the user types, in round brackets what is pressed, in square brackets a file that is sent.
Set ``UPDATE_TRANSCRIPTS=1`` to write the answers as they are now, then read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from file_samples import pdf
from spreadsheets import plain_xlsx
from telegram_users import TelegramUser

if TYPE_CHECKING:
    from telegram_users import Served

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_FILE = re.compile(r"\[(?P<name>.+?)\] ?(?P<caption>.*)")


def replayed(user: TelegramUser, inputs: list[str]) -> str:
    """Return the whole conversation as text."""
    for said in inputs:
        if said.startswith(("(☐ ", "(☑ ")):
            user.ticks(said[1:-1])
        elif said.startswith("("):
            user.presses(said[1:-1])
        elif found := _FILE.fullmatch(said):
            data = plain_xlsx() if found["name"].endswith(".xlsx") else pdf()
            user.sends_file(found["name"], data, found["caption"])
        else:
            user.says(said)
    return "\n".join(user.log).strip() + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, served: Served) -> None:
    expected = path.read_text("utf-8")
    user = TelegramUser(served, language="en" if path.stem.endswith("-en") else "zh-hans")
    actual = replayed(user, [line[2:] for line in expected.splitlines() if line.startswith("> ")])
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(actual, "utf-8")
    assert actual == expected
