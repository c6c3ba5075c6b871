"""A project as an ordinary form: its sections, the fields of each question, and what they hold."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from dialogs.display import answer_text
from dialogs.parsing.amounts import UNIT_UNSURE_FROM
from rules.amounts import FEN_PER_WAN, format_wan
from rules.facts import UNSURE
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.view import View
    from rules.facts import Value
    from rules.pack import FactPart, Question, Section
    from rules.ruleset import RuleSet

NONE = "none"
"""The box 都没有 of a question with many boxes: an empty set is an answer, no box at all is none."""
YES_NO: dict[str, Value] = {"yes": True, "no": False, "unsure": UNSURE}

WAN_WORD, MONTHS_WORD = "万元", "个月"
"""Units that the parsers know."""


class FormSection(NamedTuple):
    """A section of the form as the answers make it.

    Attributes:
        section: as the pack has it.
        asked: its questions that the conversation asks, in order.
        on_request: its questions that are asked only when somebody wants to answer them.
        answered: how many of those asked have an answer.
    """

    section: Section
    asked: list[Question]
    on_request: list[Question]
    answered: int

    @property
    def questions(self) -> list[Question]:
        """All that stand in the form, in order."""
        return [*self.asked, *self.on_request]


def form_sections(view: View) -> list[FormSection]:
    """Return what the form asks now; nothing but whether the project is secret until that is settled (4).

    Where the regulation does not apply, only what was answered already can still be changed.
    """
    gate = closed_gate(view)
    sections: list[FormSection] = []
    for section in view.rules.pack.sections:
        asked = [question for question in section.questions if view.puts(question)]
        on_request = [
            question for question in section.questions if question.on_request and view.is_asked(question)
        ]
        if gate is not None:
            asked, on_request = [question for question in asked if question is gate], []
        elif view.is_over:
            asked, on_request = [question for question in asked if view.is_answered(question)], []
        if asked or on_request:
            answered = sum(view.is_answered(question) for question in asked)
            sections.append(FormSection(section, asked, on_request, answered))
    return sections


def closed_gate(view: View) -> Question | None:
    """Return the question that must be answered, or answered otherwise, before anything else is collected."""
    if view.stop is not None:
        return view.stop
    return next((each for each in view.rules.stops if view.puts(each) and not view.is_answered(each)), None)


def field_name(fact: str) -> str:
    """Return what the field of a fact is called in the form."""
    return f"a_{fact}"


def mark_name(question: str) -> str:
    """Return what the field is called that holds the mark of a question."""
    return f"was_{question}"


def mark(question: Question, facts: Mapping[str, Value]) -> str:
    """Return a short digest of an answer: the form carries it, so that a later change elsewhere is noticed."""
    values = [facts.get(part.id) for part in question.parts]
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:16]


def entry_mark(entry: Mapping[str, str]) -> str:
    """Return a short digest of a catalogue entry, by which the form names it."""
    return hashlib.sha256(msgspec.json.encode(dict(entry))).hexdigest()[:16]


def field_values(view: View, question: Question, part: FactPart, value: Value | None) -> list[str]:
    """Return what the fields of a fact hold for its value: the text, or the boxes that are ticked.

    What a text field holds reads back as the same value.
    """
    if value is None or part.type == "catalogue":
        return []
    match part.type:
        case "yes_no":
            return [key for key, meant in YES_NO.items() if meant == value]
        case "set":
            chosen = cast("tuple[str, ...]", value)
            return [option.key for option in view.offered(question) if option.key in chosen] or [NONE]
        case "amount":
            fen = cast("int", value)
            # A large number without a unit might be 元.
            unit = WAN_WORD if fen >= UNIT_UNSURE_FROM * FEN_PER_WAN else ""
            return [f"{format_wan(fen)}{unit}"]
        case "months":
            return [f"{value}{MONTHS_WORD}"]
        case _:
            return [str(value)]


def whole_answer(rules: RuleSet, question: Question, facts: Mapping[str, Value]) -> Text:
    """Return an answer in words, however long it is; 「（未答）」 when there is none."""
    parts = [part for part in question.parts if part.id in facts]
    if not parts:
        return T("（未答）")
    if question.type == "text":
        return verbatim(str(facts[question.id]))
    return answer_text(rules, question, facts)
