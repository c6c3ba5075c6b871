"""What a page of the form shows: a section with its questions, what they hold, and what is wrong with them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from bot.updates import Reply
from dialogs.display import date_text, finding_text
from dialogs.explain import why
from dialogs.fields import (
    NONE,
    FormSection,
    closed_gate,
    entry_mark,
    field_name,
    field_values,
    form_sections,
    mark,
    whole_answer,
)
from dialogs.messages import Say
from dialogs.review import stop_messages
from rules.catalogue import BY_ID
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.opened import Opened
    from bot.web.visit import Visit
    from dialogs.filling import Filled, Problem
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.pack import Branch, FactPart, Question
    from storage.editors import Editor
    from storage.unit_of_work import UnitOfWork

FORM = "form"
SHORT_TEXT = 200
"""Longer answers get a field of several lines."""
_SHOWN_OF_ENTRY = ("provider", "items", "share", "condition", "basis", "open", "update_cycle")


class Box(NamedTuple):
    """One of the choices of a question."""

    value: str
    label: Text
    is_on: bool


class Input(NamedTuple):
    """The field, or the boxes, of one fact.

    Attributes:
        text: what a text field holds.
        note: how that is understood, in words: a date.
    """

    part: FactPart
    text: str
    boxes: list[Box]
    problem: Problem | None
    note: Text | None


class Entry(NamedTuple):
    """A row of the catalogue: how the form names it, what it is called, its other fields, and whether it is to go."""

    mark: str
    name: str
    cells: list[tuple[Text, Text]]
    is_dropped: bool


class Drawn(NamedTuple):
    """A question as the form draws it.

    Attributes:
        mark: of the answer that is kept.
        elsewhere: what is kept now, where it was changed elsewhere while the user filled in something else.
        findings: problems of the project that this question can mend.
        steps: 帮我选 as questions to oneself: the question, and where yes and no lead.
    """

    question: Question
    inputs: list[Input]
    mark: str
    elsewhere: Text | None
    why: list[Outgoing]
    findings: list[Say]
    steps: list[tuple[Text, Text, Text]]
    entries: list[Entry]


class FormPage(NamedTuple):
    """Everything on a page of the form.

    Attributes:
        sections: as the answers make them; for the navigation.
        current: the one that is shown; None when there is nothing to fill in.
        said: what the last turn brought; None when nothing was just kept.
        outcome: why nothing (more) is asked.
        saved_section: the one whose answers were just kept.
        can_keep_typing: a browser may hold back what is typed; not before it is settled that it is not secret.
        is_rest_kept: what is not among the problems was kept.
    """

    opened: Opened
    sections: list[FormSection]
    current: FormSection | None
    number: int
    drawn: list[Drawn]
    on_request: list[Drawn]
    aside: list[tuple[Text, Text]]
    outcome: list[Outgoing]
    said: list[Say] | None
    editor: Editor | None
    turn: str
    saved_section: str
    can_keep_typing: bool
    is_rest_kept: bool

    @property
    def is_stopped(self) -> bool:
        """Nothing may be collected (4)."""
        return self.opened.view.stop is not None

    @property
    def can_save(self) -> bool:
        """The project has not been submitted."""
        return self.opened.project.submitted_at is None

    @property
    def has_open_extra(self) -> bool:
        """Something is to be seen among what is asked on request only."""
        return any(
            drawn.elsewhere is not None or any(each.text or each.problem for each in drawn.inputs)
            for drawn in self.on_request
        )

    @property
    def problems(self) -> list[tuple[str, Text]]:
        """What stands at the top of the page: where to go, and what is wrong there."""
        found: list[tuple[str, Text]] = []
        for drawn in (*self.drawn, *self.on_request):
            label = Text(drawn.question.label)
            if drawn.elsewhere is not None:
                message = T("「{label}」刚才在别处改过，您填的还没有保存。", label=label)
                found.append((f"q-{drawn.question.id}", message))
            for each in drawn.inputs:
                if each.problem is not None:
                    named = T("{label}：{problem}", label=Text(each.part.label), problem=each.problem.message)
                    found.append((f"f-{each.part.id}", named))
        return found


def form_page(
    visit: Visit,
    work: UnitOfWork,
    opened: Opened,
    *,
    section: str | None,
    fields: Mapping[str, Sequence[str]] | None = None,
    filled: Filled | None = None,
    saved: int = 0,
) -> FormPage:
    """Return what the page of a section shows.

    Args:
        visit: who looks; its address may name a question, or an entry of the history that was just made.
        work: the transaction.
        opened: the project.
        section: the one that is wanted, if there is.
        fields: what was typed, for a form that could not be kept.
        filled: what of it is not kept; its questions are drawn as they were filled in.
        saved: the entry of the history that was just made.
    """
    view = opened.view
    gate = closed_gate(view)
    sections = form_sections(view)
    current = _wanted(visit, sections, section)
    editor = work.editors.get(opened.project.id, visit.now)
    drawing = _Drawing(opened, fields or {}, filled)
    return FormPage(
        opened=opened,
        sections=sections,
        current=current,
        number=sections.index(current) + 1 if current else 0,
        drawn=drawing.all(current.asked if current else []),
        on_request=drawing.all(current.on_request if current else []),
        aside=[] if gate or current is None else _set_aside(opened, current),
        outcome=stop_messages(view) if view.is_over else [],
        said=None if view.stop else _brought(visit, work, opened.project.id, saved),
        editor=None if editor is None or editor.holder == visit.user.user else editor,
        turn=uuid.uuid4().hex,
        saved_section=visit.request.query_params.get("from", ""),
        can_keep_typing=gate is None,
        is_rest_kept=filled is not None and not filled.facts and not filled.cleared,
    )


def _wanted(visit: Visit, sections: list[FormSection], name: str | None) -> FormSection | None:
    question = visit.request.query_params.get("question", "")
    for section in sections:
        if any(question == other.id for other in section.questions):
            return section
    for section in sections:
        if name == section.section.id:
            return section
    unfinished = (section for section in sections if section.answered < len(section.asked))
    return next(unfinished, sections[0] if sections else None)


def _brought(visit: Visit, work: UnitOfWork, project_id: int, saved: int) -> list[Say] | None:
    """Return what was replied to the answers that were just kept."""
    query = visit.request.query_params
    wanted = query.get("saved", "") if visit.request.method == "GET" else str(saved or "")
    if not wanted.isdecimal() or len(wanted) > 15:  # noqa: PLR2004 - no history has so many entries
        return None
    said = [Say(T("好，原来的答案没有改。"), "echo")] if query.get("refused") else []
    number = int(wanted)
    entry = next(iter(work.history.after(project_id, number - 1)), None) if number else None
    if entry is None or entry.id != number:
        return said or [Say(T("没有新的改动，都已存好。"), "echo")]
    reply = msgspec.json.decode(entry.reply, type=Reply)
    brought = (message for message in reply.outgoing if isinstance(message, Say))
    return [Say(T("已保存。"), "echo"), *said, *brought]


def _set_aside(opened: Opened, section: FormSection) -> list[tuple[Text, Text]]:
    """Return the answers of a section that do not count now; they are kept."""
    return [
        (Text(question.label), whole_answer(opened.rules, question, opened.draft.facts))
        for question in opened.view.set_aside
        if question in section.section.questions
    ]


class _Drawing:
    """Draws questions: as they are kept, or as they were filled in."""

    def __init__(self, opened: Opened, fields: Mapping[str, Sequence[str]], filled: Filled | None) -> None:
        self.opened = opened
        self.view = opened.view
        self.fields = fields
        self.problems = {} if filled is None else filled.problems
        self.overtaken = () if filled is None else filled.overtaken
        self.typed: set[str] = set() if filled is None else filled.touched(opened.view)
        self.findings = self._findings()

    def all(self, questions: list[Question]) -> list[Drawn]:
        """Draw questions, in order."""
        return [self._question(question) for question in questions]

    def _question(self, question: Question) -> Drawn:
        facts = self.view.facts
        is_overtaken = question.id in self.overtaken
        return Drawn(
            question=question,
            inputs=[self._input(question, part) for part in question.parts],
            mark=mark(question, facts),
            elsewhere=whole_answer(self.view.rules, question, facts) if is_overtaken else None,
            why=why(self.view.rules, question),
            findings=self.findings.get(question.id, []),
            steps=_steps(question),
            entries=self._entries(question) if question.type == "catalogue" else [],
        )

    def _input(self, question: Question, part: FactPart) -> Input:
        kept = field_values(self.view, question, part, self.view.facts.get(part.id))
        is_typed = question.id in self.typed and field_name(part.id) in self.fields
        held = list(self.fields[field_name(part.id)]) if is_typed else kept
        return Input(
            part=part,
            text=held[0] if held else "",
            boxes=_boxes(self.view, question, part, held),
            problem=self.problems.get(part.id),
            note=_date_note(held[0]) if part.type == "date" and held and not is_typed else None,
        )

    def _entries(self, question: Question) -> list[Entry]:
        entries = cast("tuple[dict[str, str], ...]", self.view.facts.get(question.id, ()))
        dropped = self.fields.get(field_name(question.id), ())
        shown = [name for name in _SHOWN_OF_ENTRY if any(entry.get(name) for entry in entries)]
        marks = [entry_mark(entry) for entry in entries]
        return [
            Entry(mark, entry["name"], _cells(entry, shown), mark in dropped)
            for mark, entry in zip(marks, entries, strict=True)
        ]

    def _findings(self) -> dict[str, list[Say]]:
        """Return what is wrong with the project, each at the last question that is behind it."""
        found: dict[str, list[Say]] = {}
        order = [question.id for question in self.view.asked]
        for each in self.view.settled_findings:
            behind = [fact.question.id for fact in each.facts if fact.question.id in order]
            if behind:
                say = Say(finding_text(self.view.rules, each), each.finding.effect)
                found.setdefault(max(behind, key=order.index), []).append(say)
        return found


def _boxes(view: View, question: Question, part: FactPart, held: Sequence[str]) -> list[Box]:
    """Return the choices of a question, those taken marked; none for a question that is answered in words."""
    boxes: list[tuple[str, Text]] = []
    if part.type == "yes_no":
        boxes = [("yes", T("是")), ("no", T("否")), *([("unsure", T("不清楚"))] if question.unsure else [])]
    elif part.type in ("choice", "set"):
        boxes = [(option.key, Text(option.label)) for option in view.offered(question)]
    if part.type == "set":
        boxes.append((NONE, T("都没有")))
    elif boxes and question.skippable:
        boxes.append(("", T("先不答")))
    return [Box(value, label, bool(value) and value in held) for value, label in boxes]


def _date_note(text: str) -> Text:
    return date_text(date.fromisoformat(text))


def _cells(entry: Mapping[str, str], names: Sequence[str]) -> list[tuple[Text, Text]]:
    cells: list[tuple[Text, Text]] = []
    for name in names:
        field, value = BY_ID[name], entry.get(name, "")
        label = next((option.label for option in field.listed if option.key == value), verbatim(value))
        cells.append((field.label, label))
    return cells


def _steps(question: Question) -> list[tuple[Text, Text, Text]]:
    """Return 帮我选 as a list to read: each question, and where yes and no lead."""
    numbers = {step.id: number for number, step in enumerate(question.decide, start=1)}
    labels = {option.key: Text(option.label) for option in question.options}

    def leads(branch: Branch) -> Text:
        if branch.go:
            return T("看第 {number} 问", number=numbers[branch.go])
        return T("选「{label}」：{because}", label=labels[branch.choose], because=Text(branch.because))

    return [(Text(step.text), leads(step.yes), leads(step.no)) for step in question.decide]
