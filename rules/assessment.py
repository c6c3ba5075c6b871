"""The verdict of a case: a pure function of its answers and events, the rules and the day (domain 2–8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.deadlines import due_dates
from rules.facts import UNSURE, Fact, Value, variables
from rules.lazily import lazily
from rules.ruleset import EVENTS_NAME, SCOPE_NAME
from rules.verdict import DocumentNeed, FoundFinding, RouteLeg, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.case import Case, Event
    from rules.conditions import Evaluation
    from rules.pack import Document, Requirement, RouteStep, Tier
    from rules.ruleset import RuleSet
    from rules.verdict import DueDate

OUT_OF_SCOPE = "out_of_scope"
APPLIES = "applies"
UNDETERMINED = "undetermined"


class Assessment:
    """A case seen through the rules: its values with defaults, every condition on them, and what follows.

    Attributes:
        facts: the given facts, and the defaults of those that are absent.
        scope: out_of_scope, reference_only, applies or undetermined.
        evaluation: the conditions of the pack over these facts.
        asking: the conditions of questions that hold.
    """

    def __init__(self, rules: RuleSet, case: Case, after: Assessment | None = None) -> None:
        """Evaluate defaults, scope and definitions; findings and the rest are computed when asked for.

        Args:
            rules: the rules.
            case: what is known.
            after: an assessment by the same rules of nearly the same case, to start out from.
        """
        self.rules = rules
        self.case = case
        value = rules.conditions.value
        values = variables(rules.facts, case.facts)
        values[EVENTS_NAME] = tuple(_event_record(event) for event in case.events)
        defaults = {name: value(text, values) for name, text in rules.defaults.items() if name not in values}
        known = {name: number for name, number in defaults.items() if number is not None}
        values |= known
        self.facts: dict[str, Value] = case.facts | known
        head = rules.pack.head
        index = rules.conditions.bind(values).first(rule.when for rule in head.scope)
        self.scope_rule = None if index is None else head.scope[index]
        self.scope = UNDETERMINED if index is None else head.scope[index].id
        if index is not None:
            values[SCOPE_NAME] = self.scope
        for definition in head.definitions:
            if (result := value(definition.when, values)) is not None:
                values[definition.id] = result
        self.evaluation = rules.conditions.bind(values, after.evaluation if after else None)
        self.asking = {text for text in rules.asking if self.evaluation.test(text)}
        self._known = values.keys()

    @property
    def is_out_of_scope(self) -> bool:
        """The regulation does not apply: no findings, route, deadlines or questions."""
        return self.scope == OUT_OF_SCOPE

    def is_asked(self, question_id: str) -> bool:
        """Say whether the answers so far make this question worth asking; unknown is not yet."""
        return self.rules.questions[question_id].ask_when in self.asking

    def unknown_facts(self, text: str) -> tuple[Fact, ...]:
        """Return the facts whose values would decide a condition that is unknown now."""
        missing: dict[str, None] = {}
        for name in self.rules.facts_behind(text, self._known):
            if name in self._known:
                continue
            question = self.rules.questions.get(name)
            behind = self.rules.facts_behind(question.default) if question and question.default else ()
            missing |= dict.fromkeys([source for source in behind if source not in self._known] or [name])
        return tuple(self.rules.facts[name] for name in missing)

    @lazily
    def tier(self) -> Tier | None:
        """How deep the project must be worked out."""
        tiers = self.rules.pack.head.tiers
        index = self.evaluation.first(tier.when for tier in tiers) if self.scope == APPLIES else None
        return None if index is None else tiers[index]

    @lazily
    def holding(self) -> tuple[FoundFinding, ...]:
        """The findings that hold."""
        test = self.evaluation.test
        return () if self.is_out_of_scope else tuple(f for f in self.rules.found if test(f.finding.when))

    @lazily
    def findings(self) -> tuple[FoundFinding, ...]:
        """The findings that hold, and those that cannot be decided yet."""
        return () if self.is_out_of_scope else tuple(_findings(self))

    @lazily
    def documents(self) -> tuple[DocumentNeed, ...]:
        """Every document of the pack, with whether it is needed."""
        return tuple(_document_need(self, document) for document in self.rules.pack.documents)

    @lazily
    def route(self) -> tuple[RouteLeg, ...]:
        """The way through the authorities."""
        if self.is_out_of_scope:
            return ()
        test = self.evaluation.test
        return tuple(_leg(self.evaluation, step) for step in self.rules.pack.route if test(step.when))

    @lazily
    def deadlines(self) -> tuple[DueDate, ...]:
        """What is due, soonest first."""
        return () if self.is_out_of_scope else due_dates(self.rules, self.case, self.facts, self.evaluation)


def assess(rules: RuleSet, case: Case) -> Verdict:
    """Return the verdict of a case."""
    return verdict_of(Assessment(rules, case))


def verdict_of(seen: Assessment) -> Verdict:
    """Return the verdict of a case that was already evaluated."""
    return Verdict(
        pack=seen.rules.pack.head.id,
        as_of=seen.case.as_of,
        scope=seen.scope,
        scope_rule=seen.scope_rule,
        tier=seen.tier,
        findings=seen.findings,
        documents=seen.documents,
        route=seen.route,
        deadlines=seen.deadlines,
        open_questions=_open_questions(seen),
    )


def _findings(seen: Assessment) -> Iterator[FoundFinding]:
    for found in seen.rules.found:
        result = seen.evaluation.test(found.finding.when)
        if result:
            yield found
        elif result is None:
            facts = seen.unknown_facts(found.finding.when)
            yield FoundFinding(finding=found.finding, status="undetermined", facts=facts)


def _document_need(seen: Assessment, document: Document) -> DocumentNeed:
    result = False if seen.is_out_of_scope else seen.evaluation.test(document.when)
    requirement: Requirement = "undetermined"
    if result is not None:
        requirement = document.requirement if result else "not_required"
    notes = tuple(note.text for note in document.notes if result and seen.evaluation.test(note.when))
    return DocumentNeed(
        document=document,
        requirement=requirement,
        status=seen.case.documents.get(document.id, "missing"),
        notes=notes,
    )


def _leg(evaluation: Evaluation, step: RouteStep) -> RouteLeg:
    known = (authority.name for authority in step.authorities if evaluation.test(authority.when))
    return RouteLeg(step=step, authority=next(known, step.authorities[-1].name))


def _open_questions(seen: Assessment) -> tuple[str, ...]:
    if seen.is_out_of_scope:
        return ()
    if any(seen.facts.get(question.id) == UNSURE for question in seen.rules.stops):
        return ()
    return tuple(
        part.id
        for question in seen.rules.questions.values()
        if not question.on_request and seen.is_asked(question.id)
        for part in question.parts
        if part.id not in seen.case.facts and not (question.derived and part.id in seen.facts)
    )


def _event_record(event: Event) -> dict[str, Any]:
    record: dict[str, Any] = {"kind": event.kind, "date": event.date.isoformat()}
    if event.amount is not None:
        record["amount"] = event.amount
    return record
