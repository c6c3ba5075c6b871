"""A pack made ready to run: facts indexed, every condition compiled and type-checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from rules.conditions import BOOL, INT, RECORDS, STRING, ConditionError, Conditions
from rules.facts import Fact
from rules.pack import EventRule
from rules.text import T, Text
from rules.verdict import FoundFinding

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from cel_expr_python import cel

    from rules.pack import Again, Article, Document, EventKind, Pack, Question
    from rules.paper import Form

SCOPE_NAME = "scope"
EVENTS_NAME = "events"
BUILT_IN = {SCOPE_NAME: STRING, EVENTS_NAME: RECORDS}


class Fault(NamedTuple):
    """Something wrong in a pack: in which file, which entry, and why (for the person who edits it)."""

    file: str
    entry: str
    reason: Text


class PackError(ValueError):
    """A pack that cannot be used; ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep all faults."""
        super().__init__("\n".join(f"{file}: {entry}: {reason.render()}" for file, entry, reason in faults))
        self.faults = faults


class Site(NamedTuple):
    """A condition at its place in the pack."""

    file: str
    entry: str
    text: str
    type: cel.Type = BOOL


class RuleSet:
    """The compiled rules of one pack edition; immutable, shared by everything that uses the edition.

    Attributes:
        pack: the pack as its files say it.
        facts: every fact by id, in asking order.
        questions: every question by id, in asking order.
        stops: the questions of which an answer forbids to collect more.
        asking: the conditions under which questions are asked, each once.
        defaults: the condition that gives the value of an absent fact, by its id.
        findings: every finding by id.
        later_stages: stages whose documents are due only after the declaration is submitted.
        event_kinds: every kind of event by id, in the order of the pack.
        event_rules: what follows from a kind of event; of a kind that the pack says nothing of, nothing.
        event_words: all words that name an event or may mean one.
        again: what is asked for again after an event, by id.
        later_facts: facts whose questions are put again after the declaration is submitted.
        conditions: the compiled conditions.
        found: every finding as one that holds.
    """

    def __init__(self, pack: Pack) -> None:
        """Compile ``pack``.

        Raises:
            PackError: with every condition that does not compile.
        """
        self.pack = pack
        self.questions: dict[str, Question] = {question.id: question for question in pack.questions}
        self.stops = [question for question in pack.questions if question.stop]
        self.asking = tuple(dict.fromkeys(question.ask_when for question in pack.questions))
        self.defaults = {question.id: question.default for question in pack.questions if question.default}
        self.facts: dict[str, Fact] = {
            part.id: Fact(id=part.id, label=part.label, type=part.type, question=question)
            for question in pack.questions
            for part in question.parts
        }
        self.findings = {finding.id: finding for finding in pack.findings}
        self.documents: dict[str, Document] = {document.id: document for document in pack.documents}
        self.articles: dict[str, Article] = {article.id: article for article in pack.articles}
        self.forms: dict[str, Form] = {form.id: form for form in pack.forms}
        self.later_stages = frozenset(stage.id for stage in pack.stages if stage.later)
        self.event_kinds: dict[str, EventKind] = {kind.id: kind for kind in pack.head.events}
        given = {rule.id: rule for rule in pack.event_rules}
        self.event_rules = {name: given.get(name, EventRule(id=name)) for name in self.event_kinds}
        self.event_words = tuple(
            word for rule in self.event_rules.values() for word in (*rule.said, *rule.hints)
        )
        self.again: dict[str, Again] = {item.id: item for rule in pack.event_rules for item in rule.again}
        put_again = {item.question for item in self.again.values()}
        self.later_facts = frozenset(
            name for name, fact in self.facts.items() if fact.question.id in put_again
        )
        self.sites = list(_sites(pack))
        self._direct: dict[str, tuple[Fact, ...]] = {}
        names = {name: fact.cel_type for name, fact in self.facts.items()} | BUILT_IN
        names |= {definition.id: BOOL for definition in pack.head.definitions}
        self.conditions = Conditions(names)
        faults = [fault for site in self.sites if (fault := self._compile(site))]
        if faults:
            raise PackError(faults)
        self.found = [
            FoundFinding(finding=finding, status="found", facts=self.facts_in(finding.when))
            for finding in pack.findings
        ]

    def _compile(self, site: Site) -> Fault | None:
        try:
            self.conditions.compile(site.text, site.type)
        except ConditionError as error:
            reason = T(
                "条件「{condition}」第 {column} 列：{reason}",
                condition=site.text,
                column=error.column,
                reason=error.reason,
            )
            return Fault(site.file, site.entry, reason)
        return None

    def facts_in(self, text: str) -> tuple[Fact, ...]:
        """Return the facts that a condition itself names, in order."""
        if text not in self._direct:
            names = self.conditions.names_in(text)
            self._direct[text] = tuple(self.facts[name] for name in names if name in self.facts)
        return self._direct[text]

    def facts_behind(self, text: str, known: Container[str] = ()) -> tuple[str, ...]:
        """Return the facts that a condition depends on, through definitions and scope, in order.

        A definition whose value is among ``known`` is not looked into.
        """
        found: dict[str, None] = {}
        self._collect(text, found, set(), known)
        return tuple(found)

    def _collect(self, text: str, found: dict[str, None], seen: set[str], known: Container[str]) -> None:
        for name in self.conditions.names_in(text):
            if name in self.facts:
                found[name] = None
            elif name not in seen and name not in known:
                seen.add(name)
                for inner in self._definition(name):
                    self._collect(inner, found, seen, known)

    def _definition(self, name: str) -> list[str]:
        if name == SCOPE_NAME:
            return [rule.when for rule in self.pack.head.scope]
        return [entry.when for entry in self.pack.head.definitions if entry.id == name]


PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _sites(pack: Pack) -> Iterator[Site]:
    yield from _head_sites(pack)
    yield from _question_sites(pack)
    for document in pack.documents:
        yield Site("documents.yaml", document.id, document.when)
        for note in document.notes:
            yield Site("documents.yaml", document.id, note.when)
    for finding in pack.findings:
        yield Site("findings.yaml", finding.id, finding.when)
    for step in pack.route:
        yield Site("route.yaml", step.id, step.when)
        for authority in step.authorities:
            if authority.when:
                yield Site("route.yaml", step.id, authority.when)
    yield from _deadline_sites(pack)
    yield from _event_sites(pack)
    yield from _form_sites(pack)


def _deadline_sites(pack: Pack) -> Iterator[Site]:
    for deadline in pack.deadlines:
        for text in filter(None, (deadline.when, deadline.inferred_when, deadline.done_when)):
            yield Site("deadlines.yaml", deadline.id, text)


def _event_sites(pack: Pack) -> Iterator[Site]:
    for rule in pack.event_rules:
        texts = (rule.when, *(note.when for note in rule.notes), *(item.until for item in rule.again))
        for text in filter(None, texts):
            yield Site("events.yaml", rule.id, text)


def _form_sites(pack: Pack) -> Iterator[Site]:
    for form in pack.forms:
        for text in filter(None, (form.when, *(note.when for note in form.notes))):
            yield Site("forms.yaml", form.id, text)
        for cell in form.cells:
            for text in filter(None, (cell.when, *(line.when for line in cell.lines))):
                yield Site("forms.yaml", f"{form.id}.{cell.id}", text)


def _head_sites(pack: Pack) -> Iterator[Site]:
    for definition in pack.head.definitions:
        yield Site("pack.yaml", definition.id, definition.when)
    for rule in pack.head.scope:
        yield Site("pack.yaml", rule.id, rule.when)
    for tier in pack.head.tiers:
        yield Site("pack.yaml", tier.id, tier.when)


def _question_sites(pack: Pack) -> Iterator[Site]:
    for question in pack.questions:
        if question.ask_when:
            yield Site("questions.yaml", question.id, question.ask_when)
        if question.default:
            yield Site("questions.yaml", question.id, question.default, INT)
        if question.stop:
            yield Site("questions.yaml", question.id, question.stop.when)
        for option in question.options:
            if option.when:
                yield Site("questions.yaml", f"{question.id}.{option.key}", option.when)
