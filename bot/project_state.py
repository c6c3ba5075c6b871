"""How a project stands, for a list of projects on any channel: its state, what is missing, what is due next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from bot.bundle import is_draft, missing_documents
from bot.package import as_drafted
from rules.facts import UNSURE
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from dialogs.view import View
    from rules.pack import Effect, Question
    from rules.verdict import DocumentNeed, DueDate, FoundFinding
    from storage.projects import ProjectSummary

State = Literal["filling", "complete", "submitted", "not_needed", "stopped", "archived"]
LABELS: dict[State, Text] = {
    "filling": T("填写中"),
    "complete": T("待提交"),
    "submitted": T("已提交"),
    "not_needed": T("不适用"),
    "stopped": T("涉密不收集"),
    "archived": T("已归档"),
}
EFFECTS: tuple[Effect, ...] = ("refuse", "correct", "confirm", "notice")
"""The gravest first."""


class ProjectState(NamedTuple):
    """How a project stands today.

    Attributes:
        state: one word for it.
        documents: what is still to be handed in; papers that we draft are not among it.
        questions: what is still to be answered.
        problems: findings that hold, by effect, the gravest first.
        undecided: findings that cannot be judged with what was answered, such as 不清楚; they never count as
            passed. Those that only wait for an open question are not among them.
        next: the soonest deadline that is not over, nor met.
        overdue: deadlines that are over and not known to be met, the latest first.
        answered: questions that lack nothing; one that was skipped lacks its answer.
        asked: questions in all, as far as the answers show; 0 when nothing is to be asked.
    """

    state: State
    documents: list[DocumentNeed]
    questions: list[Question]
    problems: dict[Effect, list[FoundFinding]]
    undecided: list[FoundFinding]
    next: DueDate | None
    overdue: list[DueDate]
    answered: int
    asked: int

    @property
    def label(self) -> Text:
        """The state in words."""
        return LABELS[self.state]

    @property
    def is_missing_something(self) -> bool:
        """Something stands between the project and a complete declaration."""
        grave = any(self.problems.get(effect) for effect in EFFECTS[:2])
        undecided = any(found.finding.effect in EFFECTS[:2] for found in self.undecided)
        return bool(self.documents or self.questions or grave or undecided)


def project_state(
    project: ProjectSummary, view: View, done: Collection[tuple[str, date]] = ()
) -> ProjectState:
    """Return how a project stands on the day of its view.

    Args:
        project: the project.
        view: its answers through the rules.
        done: due dates that were met by somebody's word, by key and day.
    """
    state = _state(project, view)
    if view.is_over:
        return ProjectState(state, [], [], {}, [], None, [], 0, 0)
    seen = as_drafted(view)
    held: dict[Effect, list[FoundFinding]] = {
        effect: [found for found in seen.settled_findings if found.finding.effect == effect]
        for effect in EFFECTS
    }
    deadlines = [due for due in seen.verdict.deadlines if not due.is_done and (due.key, due.due) not in done]
    return ProjectState(
        state=state,
        documents=missing_documents(seen),
        questions=seen.open,
        problems={effect: found for effect, found in held.items() if found},
        undecided=[found for found in seen.verdict.findings if _is_undecided(seen, found)],
        next=next((due for due in deadlines if due.due >= seen.as_of), None),
        overdue=[due for due in reversed(deadlines) if due.due < seen.as_of],
        answered=len(seen.asked) - len(seen.open),
        asked=len(seen.asked),
    )


def _is_undecided(view: View, found: FoundFinding) -> bool:
    is_unsure = any(view.facts.get(fact.id) == UNSURE for fact in found.facts)
    return found.status == "undetermined" and (is_unsure or not view.open)


def _state(project: ProjectSummary, view: View) -> State:
    if project.status == "archived":
        return "archived"
    if view.stop is not None:
        return "stopped"
    if project.submitted_at is not None:
        return "submitted"
    if view.is_over:
        return "not_needed"
    return "filling" if is_draft(as_drafted(view)) else "complete"
