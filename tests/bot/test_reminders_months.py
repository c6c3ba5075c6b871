"""Fourteen months of two projects as a readable file: what reaches the chat, and when.

Set ``UPDATE_TRANSCRIPTS=1`` to write the file as it is now, then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from reminded import CONSTRUCT, OPERATION, World

if TYPE_CHECKING:
    from storage.database import Database

FILE = Path(__file__).with_name("transcripts") / "reminders.txt"


def test_fourteen_months(database: Database) -> None:
    story = Story(database)
    story.runs()
    written = "\n".join(story.lines) + "\n"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        FILE.write_text(written, "utf-8")
    assert written == FILE.read_text("utf-8")


class Story:
    """What happens, and what is written down of it."""

    def __init__(self, database: Database) -> None:
        self.lines: list[str] = []
        self.world = World(database, "2026-01-12 10:00")
        self.world.talk()
        self.platform = self.world.project("街道平台", CONSTRUCT)
        self.service = self.world.project("热线运维", OPERATION)

    def runs(self) -> None:
        self.happens("2026-01-16 10:00", "award_notice", "2026-01-15")
        self.until("2026-01-27 10:00")
        self.says("不要每周汇总")
        self.happens("2026-03-11 10:00", "filed", "2026-03-10")
        self.happens("2026-06-01 16:00", "go_live", "2026-06-01")
        self.until("2026-06-24 09:05")
        self.says("稍后提醒 {mlps_filing} 明天")
        self.happens("2026-06-29 10:00", "", "", mlps_filed="yes")
        self.happens("2026-09-08 10:00", "filing_changed", "2026-09-08")
        self.happens("2026-10-12 10:00", "filed", "2026-10-12")
        self.happens("2026-11-02 10:00", "rectification_ordered", "2026-11-02", due="2026-11-09")
        self.until("2026-11-18 10:00")
        self.says("期限")
        self.says("办好了 {rectification}")
        self.happens("2026-11-20 10:00", "final_acceptance", "2026-11-20")
        self.until("2027-01-05 10:00")
        self.says("办好了 {service_end}")
        self.until("2027-02-10 10:00")
        self.says("不再提醒 {operation_filing}")
        self.until("2027-03-15 10:00")
        self.says("期限")

    def until(self, moment: str) -> None:
        """Let time pass, and write down what reaches the chat."""
        for _, when, said in self.world.passes(moment):
            self.lines += [f"{when:%Y-%m-%d %H:%M}", *(f"  {line}" for line in said.splitlines())]

    def happens(self, moment: str, kind: str, day: str, *, due: str = "", **facts: str) -> None:
        """Have something happen to the platform."""
        self.until(moment)
        event = {"kind": kind, "date": day} | ({"due": due} if due else {})
        self.world.change(self.platform, *([event] if kind else []), **facts)
        self.lines.append(f"* {moment} {kind or ' '.join(facts)} {day}")

    def says(self, typed: str) -> None:
        """Say something in the chat; ``{rule}`` stands for the number of the last due date of a rule."""
        rows = [*self.world.rows(self.platform), *self.world.rows(self.service)]
        said = typed.format_map({row.deadline_id: row.id for row in rows})
        answer = self.world.says(said)
        self.lines += [f"> {said}", *(f"  {line}" for line in answer.splitlines())]
