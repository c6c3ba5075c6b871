"""A draft seen through the rules on a day: which answers count, what is asked next, and the verdict."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from rules.assessment import OUT_OF_SCOPE, Assessment, verdict_of
from rules.case import Case
from rules.facts import UNSURE, Value
from rules.forms import drafted_documents

if TYPE_CHECKING:
    from datetime import date

    from dialogs.draft import Draft
    from rules.pack import ChoiceOption, Question
    from rules.ruleset import RuleSet
    from rules.verdict import DocumentNeed, FoundFinding, Verdict


CATALOGUE_FACT, CATALOGUE_DOCUMENT = "catalogue", "data_catalogue"
"""Entries that were registered go into the package as a spreadsheet."""
FORM_DOCUMENT = "declaration_form"


class View:
    """What follows from a draft; computed once, when first asked for.

    Only reachable answers count: an answer whose question is no longer asked, or whose choice is no longer
    offered, is set aside; it stays in the draft and counts again when it is reached again.
    """

    def __init__(self, rules: RuleSet, draft: Draft, as_of: date) -> None:
        """Look at ``draft`` as it is now; after changing it, make a new view."""
        self.rules = rules
        self.draft = draft
        self.as_of = as_of

    @cached_property
    def seen(self) -> Assessment:
        """The assessment over the reachable answers: set aside what is not reached, until nothing changes."""
        facts = {name: value for name, value in self.draft.facts.items() if name in self.rules.facts}
        while True:
            case = Case(
                as_of=self.as_of, facts=facts, documents=self.draft.documents, events=self.draft.events
            )
            seen = Assessment(self.rules, case)
            reached = {name: value for name, value in facts.items() if _counts(seen, name, value)}
            if len(reached) == len(facts):
                return seen
            facts = reached

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict over the reachable answers."""
        return verdict_of(self.seen)

    @property
    def facts(self) -> dict[str, Value]:
        """The answers that count, without defaults."""
        return self.seen.case.facts

    @cached_property
    def set_aside(self) -> list[Question]:
        """Questions whose kept answers do not count now, in asking order."""
        return [
            question
            for question in self.rules.questions.values()
            if any(part.id in self.draft.facts and part.id not in self.facts for part in question.parts)
        ]

    @cached_property
    def stop(self) -> Question | None:
        """The question whose answer forbids to collect anything more, if one does."""
        for question in self.rules.questions.values():
            if question.stop and question.id in self.facts:
                unsure = self.facts[question.id] == UNSURE
                if unsure or self.seen.evaluation.test(question.stop.when):
                    return question
        return None

    @property
    def is_over(self) -> bool:
        """Nothing more is to be asked: the regulation does not apply, or collecting must stop."""
        return self.stop is not None or self.seen.scope == OUT_OF_SCOPE

    def is_asked(self, question: Question) -> bool:
        """Say whether the answers make this question one of the conversation (asked by the bot or by request)."""
        return self.seen.is_asked(question.id)

    def is_answered(self, question: Question) -> bool:
        """Say whether every fact of the question is known, by an answer or by derivation."""
        return all(
            part.id in self.facts or (question.derived and part.id in self.seen.facts)
            for part in question.parts
        )

    def is_settled(self, question: Question) -> bool:
        """Say whether the bot has nothing to ask here: not reached, answered, skipped, or only on request."""
        if question.on_request or not self.is_asked(question):
            return True
        return self.is_answered(question) or question.id in self.draft.skipped

    @cached_property
    def asked(self) -> list[Question]:
        """The questions of this conversation as far as the answers show, in order."""
        return [
            question
            for question in self.rules.questions.values()
            if not question.on_request
            and self.is_asked(question)
            and not (question.derived and question.id not in self.facts and self.is_answered(question))
        ]

    @cached_property
    def open(self) -> list[Question]:
        """Questions that still lack an answer and need one, in order; skipping is no answer."""
        return [
            question for question in self.asked if not question.optional and not self.is_answered(question)
        ]

    @cached_property
    def is_complete(self) -> bool:
        """Nothing is left to answer or to mend: what is produced now is not marked 草稿."""
        grave = any(found.finding.effect in ("refuse", "correct") for found in self.verdict.findings)
        return not self.open and not grave

    @cached_property
    def askable_documents(self) -> list[DocumentNeed]:
        """Documents that the user may have ready before submission: wanted, and not drafted by us."""
        drafted = drafted_documents(self.seen)
        return [
            need
            for need in self.verdict.wanted
            if need.document.id not in drafted and need.document.stage not in self.rules.later_stages
        ]

    def offered(self, question: Question) -> list[ChoiceOption]:
        """Return the options that the earlier answers leave."""
        return [option for option in question.options if self.seen.evaluation.test(option.when) is not False]

    @cached_property
    def settled_findings(self) -> list[FoundFinding]:
        """Findings that hold and that no question still ahead could dissolve."""
        ahead = {
            part.id for question in self.asked if not self.is_settled(question) for part in question.parts
        }
        return [
            found
            for found in self.verdict.findings
            if found.status == "found" and not any(fact.id in ahead for fact in found.facts)
        ]


def mark_drafted(view: View) -> None:
    """Note in the draft which of the wanted documents we make ourselves; one that was handed in stays so."""
    drafted = set(drafted_documents(view.seen))
    if view.facts.get(CATALOGUE_FACT):
        drafted.add(CATALOGUE_DOCUMENT)
    for need in view.verdict.wanted:
        if need.document.id in drafted and need.status == "missing":
            view.draft.documents[need.document.id] = "drafted"


def _counts(seen: Assessment, name: str, value: Value) -> bool:
    question = seen.rules.facts[name].question
    if not (question.on_request or seen.is_asked(question.id)):
        return False
    if question.type != "choice":
        return True
    return any(
        option.key == value and seen.evaluation.test(option.when) is not False for option in question.options
    )
