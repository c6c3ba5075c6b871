"""The verdict of a case: a pure function of its answers and events, the rules and the day (domain 2–8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.deadlines import due_dates
from rules.facts import UNSURE, Fact, Value, variables
from rules.ruleset import EVENTS_NAME, SCOPE_NAME
from rules.verdict import DocumentNeed, FoundFinding, RouteLeg, Verdict

if TYPE_CHECKING:
    from rules.case import Case, Event
    from rules.conditions import Evaluation
    from rules.pack import Document, Requirement, RouteStep
    from rules.ruleset import RuleSet

OUT_OF_SCOPE = "out_of_scope"
APPLIES = "applies"
UNDETERMINED = "undetermined"


class Assessment:
    """A case seen through the rules: its values with defaults, and every condition on them.

    Attributes:
        facts: the given facts, and the defaults of those that are absent.
        scope: out_of_scope, reference_only, applies or undetermined.
        evaluation: the conditions of the pack over these facts.
    """

    def __init__(self, rules: RuleSet, case: Case) -> None:
        """Evaluate defaults, scope and definitions; findings and the rest are computed when asked for."""
        self.rules = rules
        self.case = case
        values = variables(rules.facts, case.facts)
        values[EVENTS_NAME] = [_event_record(event) for event in case.events]
        self.facts: dict[str, Value] = dict(case.facts)
        self._fill_defaults(values)
        self.evaluation = rules.conditions.bind(values)
        head = rules.pack.head
        index = self.evaluation.first(rule.when for rule in head.scope)
        self.scope_rule = None if index is None else head.scope[index]
        self.scope = UNDETERMINED if index is None else head.scope[index].id
        if index is not None:
            values[SCOPE_NAME] = self.scope
        fresh: set[str] = {SCOPE_NAME}
        for definition in head.definitions:
            if not fresh.isdisjoint(rules.conditions.names_in(definition.when)):
                self.evaluation = rules.conditions.bind(values)
                fresh.clear()
            if (result := self.evaluation.test(definition.when)) is not None:
                values[definition.id] = result
                fresh.add(definition.id)
        self.evaluation = rules.conditions.bind(values)
        self._known = values.keys()

    def _fill_defaults(self, values: dict[str, Any]) -> None:
        absent = [q for q in self.rules.questions.values() if q.default and q.id not in values]
        evaluation = self.rules.conditions.bind(values)
        for question in absent:
            if (number := evaluation.number(question.default)) is not None:
                values[question.id] = number
                self.facts[question.id] = number

    @property
    def is_out_of_scope(self) -> bool:
        """The regulation does not apply: no findings, route, deadlines or questions."""
        return self.scope == OUT_OF_SCOPE

    def is_asked(self, question_id: str) -> bool:
        """Say whether the answers so far make this question worth asking; unknown is not yet."""
        return self.evaluation.test(self.rules.questions[question_id].ask_when) is True

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


def assess(rules: RuleSet, case: Case) -> Verdict:
    """Return the verdict of a case."""
    return verdict_of(Assessment(rules, case))


def verdict_of(seen: Assessment) -> Verdict:
    """Return the verdict of a case that was already evaluated."""
    rules, case, test = seen.rules, seen.case, seen.evaluation.test
    pack = rules.pack
    tier_index = (
        seen.evaluation.first(tier.when for tier in pack.head.tiers) if seen.scope == APPLIES else None
    )
    out = seen.is_out_of_scope
    return Verdict(
        pack=pack.head.id,
        as_of=case.as_of,
        scope=seen.scope,
        scope_rule=seen.scope_rule,
        tier=None if tier_index is None else pack.head.tiers[tier_index],
        findings=() if out else _findings(seen),
        documents=tuple(_document_need(seen, document) for document in pack.documents),
        route=() if out else tuple(_leg(seen.evaluation, step) for step in pack.route if test(step.when)),
        deadlines=() if out else due_dates(rules, case, seen.facts, seen.evaluation),
        open_questions=_open_questions(seen),
    )


def _findings(seen: Assessment) -> tuple[FoundFinding, ...]:
    found: list[FoundFinding] = []
    for finding in seen.rules.pack.findings:
        result = seen.evaluation.test(finding.when)
        if result:
            facts = seen.rules.facts_in(finding.when)
            found.append(FoundFinding(finding=finding, status="found", facts=facts))
        elif result is None:
            facts = seen.unknown_facts(finding.when)
            found.append(FoundFinding(finding=finding, status="undetermined", facts=facts))
    return tuple(found)


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
    if any(
        question.stop and seen.facts.get(question.id) == UNSURE for question in seen.rules.questions.values()
    ):
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
