"""What the rules say of a case, and its JSON shape (domain 8)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from rules.case import DocumentStatus
from rules.facts import Fact
from rules.pack import Deadline, Document, Finding, Requirement, RouteStep, ScopeRule, Tier
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["found", "undetermined"]


class FoundFinding(msgspec.Struct, frozen=True):
    """A finding that holds, or that cannot be decided until the facts named are known."""

    finding: Finding
    status: Status
    facts: tuple[Fact, ...]

    @property
    def message(self) -> Text:
        """The finding in words, with what to do; never said more absolutely than the law says it."""
        said = Text(self.finding.message)
        if self.status == "undetermined":
            return T(
                "还不能判断「{title}」，要先知道：{facts}。",
                title=Text(self.finding.title),
                facts=self._fact_list(),
            )
        advice = Text(self.finding.advice)
        match self.finding.effect:
            case "refuse":
                return T("{said}除另有特殊规定外，原则上不受理。{advice}", said=said, advice=advice)
            case "confirm":
                return T("{said}条文没有写明。{advice}", said=said, advice=advice)
            case _:
                return T("{said}{advice}", said=said, advice=advice)

    def _fact_list(self) -> Text:
        return joined([Text(fact.label) for fact in self.facts])


class DocumentNeed(msgspec.Struct, frozen=True):
    """A document of the checklist: whether it is needed, whether it is there, and remarks that hold now."""

    document: Document
    requirement: Requirement
    status: DocumentStatus
    notes: tuple[str, ...]


class RouteLeg(msgspec.Struct, frozen=True):
    """A step of the procedure with the authority that decides it."""

    step: RouteStep
    authority: str


class DueDate(msgspec.Struct, frozen=True):
    """A deadline on a day.

    Attributes:
        extended_due: the day that it moves to (203); None while the calendar of that year is not published.
        is_done: what is due is known to be done; where nothing shows that, it is not.
        since: the day of the event from which it runs, of a year 1 January of the year in which it is due;
            None for a date that is itself a fact.
    """

    deadline: Deadline
    due: date
    extended_due: date | None
    inferred: bool
    is_done: bool = False
    since: date | None = None

    @property
    def key(self) -> str:
        """Names this due date among those of the project, also when the day on which it is due moves."""
        return self.deadline.id if self.since is None else f"{self.deadline.id}.{self.since}"


class Verdict(msgspec.Struct, frozen=True):
    """Everything the rules say of a case.

    Attributes:
        scope: out_of_scope, reference_only, applies or undetermined.
        open_questions: facts still worth asking, in asking order.
    """

    pack: str
    as_of: date
    scope: str
    scope_rule: ScopeRule | None
    tier: Tier | None
    findings: tuple[FoundFinding, ...]
    documents: tuple[DocumentNeed, ...]
    route: tuple[RouteLeg, ...]
    deadlines: tuple[DueDate, ...]
    open_questions: tuple[str, ...]

    @property
    def wanted(self) -> tuple[DocumentNeed, ...]:
        """The documents that are required or recommended, in order of stage."""
        return wanted(self.documents)


def wanted(documents: Iterable[DocumentNeed]) -> tuple[DocumentNeed, ...]:
    """Return the documents that are required or recommended, in order."""
    return tuple(need for need in documents if need.requirement in ("required", "recommended"))


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain data with the keys of domain 8, sentences in Chinese."""
    return {
        "pack": verdict.pack,
        "as_of": verdict.as_of.isoformat(),
        "scope": verdict.scope,
        "tier": verdict.tier.id if verdict.tier else None,
        "findings": [
            {
                "id": found.finding.id,
                "effect": found.finding.effect,
                "status": found.status,
                "articles": found.finding.articles,
                "facts": [fact.id for fact in found.facts],
                "message": found.message.render(),
            }
            for found in verdict.findings
        ],
        "documents": [
            {
                "id": need.document.id,
                "stage": need.document.stage,
                "requirement": need.requirement,
                "status": need.status,
                "articles": need.document.articles,
                "because": need.document.because,
            }
            for need in verdict.documents
        ],
        "route": [{"step": leg.step.id, "authority": leg.authority} for leg in verdict.route],
        "deadlines": [
            {
                "id": due.deadline.id,
                "due": due.due.isoformat(),
                "extended_due": due.extended_due.isoformat() if due.extended_due else None,
                "articles": due.deadline.articles,
                "inferred": due.inferred,
            }
            for due in verdict.deadlines
        ],
        "open_questions": verdict.open_questions,
    }
