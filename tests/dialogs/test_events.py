"""What a sentence reports to have happened: tests/dialogs/events.tsv, and what must never be taken for a report."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.packs import installed_pack
from dialogs.dialogue import Dialogue
from dialogs.draft import Draft
from dialogs.registering import take_report
from dialogs.turn import Turn
from dialogs.view import View
from rules.amounts import format_wan

if TYPE_CHECKING:
    from rules.facts import Value

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 23)
DIALOGUE = Dialogue(installed_pack()[0])
FACTS: dict[str, Value] = {
    "classified": False,
    "unit_level": "city",
    "unit_kind": "government",
    "nature": "new",
    "category": "engineering",
    "total_investment": 680_000_000,
}
TRACKED = Draft(state="tracking", facts=FACTS, submitted=True)
ASKED_FOR_A_CHOICE = Draft(state="nature", facts={name: FACTS[name] for name in list(FACTS)[:3]})
ASKED_FOR_A_SUM = Draft(state="this_year_investment", facts=FACTS)
SENTENCES = [
    line.split("\t")
    for line in (HERE / "events.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
NO_REPORTS = [
    *(line.split("\t")[0] for line in (HERE / "questions.tsv").read_text("utf-8").splitlines()),
    *(json.loads(line)["text"] for line in (HERE / "extraction.jsonl").read_text("utf-8").splitlines()),
    *(HERE / "extraction_nothing.txt").read_text("utf-8").splitlines(),
]
REPORTS_AMONG_THEM = {"收到整改通知书", "1月31号收到中标通知，一个月到哪天"}
"""A report and an example; the second is taken for one only where the project is past its declaration."""


def heard(draft: Draft, said: str) -> str:
    """Return what is made of a sentence, as events.tsv writes it."""
    turn = Turn(
        View(DIALOGUE.rules, draft, AS_OF),
        DIALOGUE.machine,
        DIALOGUE.life,
        as_of=AS_OF,
        translate=str,
        advisor=lambda: pytest.fail("no question about the law"),
    )
    question = take_report(turn, said)
    if question is None:
        return "-"
    parts = [shown(event.kind, event.date, event.amount, event.due) for event in turn.draft.events]
    pending = turn.draft.pending
    for index, report in enumerate(pending.reports if pending else ()):
        open_ = f"?{pending.kind} " if pending and index == 0 else ""
        days = "/".join(day.isoformat() for day in report.days)
        known = shown("|".join(report.kinds), report.day or days, report.amount, report.due)
        parts.append(open_ + known)
    if any(getattr(message, "tone", "") == "error" for message in turn.out):
        parts.append("!")
    return "; ".join([*parts, *([f"+{question}"] if question else [])])


def shown(kinds: str, day: date | str, amount: int | None, due: date | None) -> str:
    words = [kinds, str(day), format_wan(amount) if amount is not None else "", f"<{due}" if due else ""]
    return " ".join(filter(None, words))


def test_a_sentence_is_heard() -> None:
    assert [[said, heard(TRACKED, said)] for said, _ in SENTENCES] == SENTENCES


@pytest.mark.parametrize(
    "draft", [TRACKED, ASKED_FOR_A_CHOICE, ASKED_FOR_A_SUM], ids=lambda draft: draft.state
)
def test_questions_and_descriptions_are_no_reports(draft: Draft) -> None:
    taken = {said for said in NO_REPORTS if heard(draft, said) != "-"}
    assert taken <= REPORTS_AMONG_THEM


def test_an_example_in_a_question_is_no_report_before_there_is_anything_to_track() -> None:
    assert heard(ASKED_FOR_A_SUM, "1月31号收到中标通知，一个月到哪天") == "-"


@pytest.mark.parametrize("said", ["已备案", "备案了", "办完备案了", "昨天备案了"])
def test_an_answer_about_what_is_asked_is_an_answer(said: str) -> None:
    asked = Draft(state="mlps_filed", facts=FACTS | {"mlps_level": "3"})
    assert heard(asked, said) == "-"


def test_free_words_belong_to_a_question_that_takes_any() -> None:
    asked = Draft(state="unit_name", facts=FACTS)
    assert heard(asked, "5月31日收到中标通知书") == "-"


@pytest.mark.parametrize("facts", [{}, {"classified": True}], ids=["not asked yet", "classified"])
def test_nothing_is_registered_until_the_project_is_known_not_to_be_secret(facts: dict[str, Value]) -> None:
    assert heard(Draft(state="classified", facts=facts), "5月31日收到中标通知书") == "-"
