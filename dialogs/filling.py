"""A form that was sent: its fields read as the conversation reads answers, and compared with what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from dialogs.answers import Facts, read_answer
from dialogs.fields import (
    NONE,
    YES_NO,
    closed_gate,
    entry_mark,
    field_name,
    field_values,
    form_sections,
    mark,
    mark_name,
)
from dialogs.parsing.dates import parse_date
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.view import View
    from rules.facts import Value
    from rules.pack import FactPart, Question
    from rules.text import Translate

_NOT_LISTED = T("请从列出的选项里选。")
_NOT_EMPTY = T("这一题不能留空：后面问什么、要交什么都由它决定。")


class Suggestion(NamedTuple):
    """One of the things that an unclear field may mean: in words, and as the field would say it."""

    label: Text
    text: str


class Problem(NamedTuple):
    """Why a field cannot be used as it is."""

    message: Text
    suggestions: tuple[Suggestion, ...] = ()


class Filled(NamedTuple):
    """What a form says that is not kept yet.

    Attributes:
        facts: the answers that are new or differ, by fact id.
        cleared: questions whose answers are taken back, or that are passed over.
        problems: by fact id.
        overtaken: questions that were answered otherwise elsewhere since the form was drawn, and filled in
            differently here; nothing of them stands in ``facts``.
    """

    facts: Facts
    cleared: tuple[str, ...]
    problems: dict[str, Problem]
    overtaken: tuple[str, ...]

    def touched(self, view: View) -> set[str]:
        """Return every question that was filled in otherwise than it is kept."""
        facts = view.rules.facts
        named = (facts[name].question.id for name in (*self.facts, *self.problems))
        return {*named, *self.cleared, *self.overtaken}

    def without(self, view: View, questions: set[str]) -> Filled:
        """Return the same without the answers to some questions."""
        of = view.rules.facts
        facts = {name: value for name, value in self.facts.items() if of[name].question.id not in questions}
        return self._replace(
            facts=facts, cleared=tuple(name for name in self.cleared if name not in questions)
        )


def read_form(view: View, fields: Mapping[str, Sequence[str]], translate: Translate = str) -> Filled:
    """Read the fields of a form that was drawn from this project, perhaps some time ago.

    Args:
        view: the project as it stands now.
        fields: the values of each field by name (``field_name``, ``mark_name``); others are ignored. A question
            whose field is absent stays as it is.
        translate: the user's language.

    Returns:
        what is to be kept; until it is settled that the project is not secret, nothing but that (4).
    """
    reader = _Reader(view, fields, translate)
    gate = closed_gate(view)
    for question in view.rules.questions.values():
        if gate is None or question is gate:
            reader.read(question)
    filled = Filled(reader.facts, tuple(reader.cleared), reader.problems, tuple(reader.overtaken))
    for question in view.rules.questions.values():
        answer = {name: value for name, value in filled.facts.items() if name == question.id}
        if question.stop and answer and view.supposing(answer).stop is not None:
            return Filled(answer, (), {}, ())
    return filled


class _Said(NamedTuple):
    """What the fields of one question say: values and problems by fact id; a fact in neither was left empty."""

    values: Facts
    problems: dict[str, Problem]


class _Reader:
    def __init__(self, view: View, fields: Mapping[str, Sequence[str]], translate: Translate) -> None:
        self.view = view
        self.fields = fields
        self.translate = translate
        self.drawn = {question.id for section in form_sections(view) for question in section.questions}
        self.facts: Facts = {}
        self.cleared: list[str] = []
        self.problems: dict[str, Problem] = {}
        self.overtaken: list[str] = []

    def read(self, question: Question) -> None:
        """Take over what the form says of a question, unless that is what is kept."""
        kept = {part.id: self.view.facts[part.id] for part in question.parts if part.id in self.view.facts}
        if question.type == "catalogue":
            self._entries(question, kept)
            return
        if all(self._is_unchanged(question, part, kept) for part in question.parts):
            return
        said = self._said(question, kept)
        if said.values == kept and not said.problems:
            return
        was = next(iter(self.fields.get(mark_name(question.id), ())), "")
        if was and was != mark(question, kept) and self._is_left(question, said, was):
            return  # what was written elsewhere since stays
        if question.id not in self.drawn:
            self.facts |= said.values  # not asked any more: kept, and set aside
            return
        self.problems |= said.problems
        if was and was != mark(question, kept):
            self.overtaken.append(question.id)
            return
        self._take(question, kept, said)

    def _take(self, question: Question, kept: Facts, said: _Said) -> None:
        if question.type == "funds" and said.values:
            blank = [part.id for part in question.parts if part.id not in said.values | said.problems]
            said.values.update(dict.fromkeys(blank, 0))  # as in the conversation: what is not named is none
        emptied = [name for name in kept if name not in said.values and name not in said.problems]
        if emptied and not question.skippable:
            self.problems[emptied[0]] = Problem(_NOT_EMPTY)
        elif emptied:
            self.cleared.append(question.id)
            self.facts |= {name: kept[name] for name in said.problems if name in kept} | said.values
        else:
            self.facts |= {name: value for name, value in said.values.items() if kept.get(name) != value}
        self._settle_length(question, said)

    def _settle_length(self, question: Question, said: _Said) -> None:
        """See that a period and its length, of which one is given, do not contradict each other."""
        if not question.or_months:
            return
        if not any(part.id in said.values for part in question.parts):
            if question.or_months in said.values and question.id not in self.cleared:
                self.cleared.append(question.id)  # 三年 is an answer to the question for the period
        elif all(part.id in said.values for part in question.parts) and question.or_months in self.view.facts:
            self.cleared.append(question.or_months)  # now it follows from the dates

    def _said(self, question: Question, kept: Facts) -> _Said:
        said = _Said({}, {})
        view = self._view_so_far() if question.suggest or question.type == "funds" else self.view
        for part in question.parts:
            if self._is_unchanged(question, part, kept):
                said.values.update({part.id: kept[part.id]} if part.id in kept else {})
                continue
            read = self._part(view, question, part)
            if isinstance(read, Problem):
                said.problems[part.id] = read
            elif read is not None:
                said.values[part.id] = read
        self._as_a_whole(view, question, said)
        return said

    def _as_a_whole(self, view: View, question: Question, said: _Said) -> None:
        """Read 2027年3月至12月 or 全部市级 in one of several fields, the others being empty."""
        if len(question.parts) == 1 or said.values or len(said.problems) != 1:
            return
        (name,) = said.problems
        read = read_answer(view, question, self._text(name), self.translate)
        if isinstance(read, Parsed):
            said.problems.clear()
            said.values.update(read.value)

    def _part(self, view: View, question: Question, part: FactPart) -> Value | Problem | None:
        """Return what the field of one fact says; None when it is empty."""
        match part.type:
            case "yes_no":
                allowed = [key for key in YES_NO if key != "unsure" or question.unsure]
                return self._chosen(part.id, {key: YES_NO[key] for key in allowed})
            case "choice":
                return self._chosen(part.id, {option.key: option.key for option in view.offered(question)})
            case "set":
                return self._ticked(part.id, [option.key for option in view.offered(question)])
            case _:
                typed = self._text(part.id)
                return self._typed(view, question, part, typed) if normalise(typed) else None

    def _typed(self, view: View, question: Question, part: FactPart, typed: str) -> Value | Problem:
        read = _read_part(view, question, part, typed, self.translate)
        match read:
            case Parsed(value=facts):
                return facts[part.id]
            case Unclear(message=message, readings=readings):
                return Problem(message, tuple(_suggestion(view, question, part, each) for each in readings))
            case Rejected(message=message):
                return Problem(message)

    def _chosen(self, name: str, allowed: Mapping[str, Value]) -> Value | Problem | None:
        picked = self._boxes(name)
        if not picked:
            return None
        return allowed[picked[0]] if len(picked) == 1 and picked[0] in allowed else Problem(_NOT_LISTED)

    def _ticked(self, name: str, allowed: list[str]) -> Value | Problem | None:
        picked = self._boxes(name)
        if not picked:
            return None
        if picked == [NONE]:
            return ()
        if NONE in picked:
            return Problem(T("既选了「都没有」，又选了别的，请去掉一个。"))
        chosen = tuple(key for key in allowed if key in picked)
        return chosen if len(chosen) == len(picked) else Problem(_NOT_LISTED)

    def _entries(self, question: Question, kept: Facts) -> None:
        dropped = set(self._boxes(question.id))
        entries = cast("tuple[dict[str, str], ...]", kept.get(question.id, ()))
        remaining = tuple(entry for entry in entries if entry_mark(entry) not in dropped)
        if remaining and len(remaining) < len(entries):
            self.facts[question.id] = remaining
        elif not remaining and entries:
            self.cleared.append(question.id)

    def _is_unchanged(self, question: Question, part: FactPart, kept: Facts) -> bool:
        """Say whether a field is absent, or holds what the form is drawn with."""
        if field_name(part.id) not in self.fields:
            return True
        drawn = field_values(self.view, question, part, kept.get(part.id))
        if part.type in ("yes_no", "choice", "set"):
            return self._boxes(part.id) == drawn
        typed = self._text(part.id)
        return typed == drawn[0] if drawn else not normalise(typed)

    def _is_left(self, question: Question, said: _Said, was: str) -> bool:
        """Say whether a question is filled in as it was drawn, with a choice that may not be offered any more."""
        picked = self._boxes(question.id)
        if question.type == "choice" and picked:
            return mark(question, {question.id: picked[0]}) == was
        return not said.problems and mark(question, said.values) == was

    def _boxes(self, name: str) -> list[str]:
        return list(dict.fromkeys(value for value in self.fields.get(field_name(name), ()) if value))

    def _text(self, name: str) -> str:
        typed = next(iter(self.fields.get(field_name(name), ())), "")
        return typed.replace("\r\n", "\n")  # forms are sent with these line ends, whatever was typed

    def _view_so_far(self) -> View:
        """Return the project with what the form says of earlier questions: 同上 and 全部市级 refer to it."""
        return self.view.supposing(self.facts, self.cleared)


def _read_part(
    view: View, question: Question, part: FactPart, typed: str, translate: Translate
) -> Parsed[Facts] | Unclear[Facts] | Rejected:
    if part.type == "date":
        is_last = len(question.parts) > 1 and part.id == question.parts[-1].id
        read: Parsed[Any] | Unclear[Any] | Rejected = parse_date(
            typed, as_of=view.as_of, edge="end" if is_last else "start"
        )
        match read:
            case Parsed(value=day):
                return Parsed({part.id: day.isoformat()})
            case Unclear(message=message, readings=readings, kind=kind):
                days = tuple(Reading({part.id: each.value.isoformat()}, each.label) for each in readings)
                return Unclear(message, days, kind)
            case Rejected():
                return read
    alone = msgspec.structs.replace(question, id=part.id, type=part.type, facts=[])
    return read_answer(view, alone, typed, translate)


def _suggestion(view: View, question: Question, part: FactPart, reading: Reading[Facts]) -> Suggestion:
    return Suggestion(reading.label, field_values(view, question, part, reading.value[part.id])[0])
