"""Whole conversations, replayed and compared word for word; see tests/dialogs/transcripts/."""

import os
from pathlib import Path

import pytest
from transcript import inputs_of, replay

from bot.translation import translator
from dialogs.dialogue import Dialogue
from dialogs.draft import dump_draft

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_it_makes_no_difference_whether_what_a_step_has_found_is_kept(path: Path, dialogue: Dialogue) -> None:
    inputs = inputs_of(path.read_text("utf-8"))
    stored, kept = replay(dialogue, inputs), replay(dialogue, inputs, is_kept=True)
    assert kept[0] == stored[0]
    assert dump_draft(kept[1].draft) == dump_draft(stored[1].draft)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, dialogue: Dialogue) -> None:
    expected = path.read_text("utf-8")
    translate = translator("en" if path.stem.endswith("-en") else "zh")
    actual, _ = replay(dialogue, inputs_of(expected), translate)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(actual, "utf-8")
    assert actual == expected
