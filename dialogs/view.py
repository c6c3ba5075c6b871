"""A draft seen through the rules on a day: which answers count, what is asked next, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.assessment import OUT_OF_SCOPE, Assessment, verdict_of
from rules.case import Case
from rules.facts import UNSURE, Value
from rules.forms import drafted_documents
from rules.lazily import lazily
from rules.verdict import wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
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

    def __init__(self, rules: RuleSet, draft: Draft, as_of: date, after: View | None = None) -> None:
        """Look at ``draft`` as it is now; after changing it, make a new view.

        Args:
            rules: the rules.
            draft: the project.
            as_of: the day.
            after: a view of nearly the same draft through the same rules, to start out from.
        """
        self.rules = rules
        self.draft = draft
        self.as_of = as_of
        self._after = after.latest if after else None

    def of(self, draft: Draft) -> View:
        """Return the same view of a draft that equals this one's, for who goes on to change it."""
        same = View(self.rules, draft, self.as_of)
        same.__dict__ |= self.__dict__ | {"draft": draft}
        return same

    def supposing(self, facts: dict[str, Value], cleared: Sequence[str] = ()) -> View:
        """Return the project as it would be with these answers, and without those to the questions ``cleared``."""
        draft = self.draft.copy()
        for name in cleared:
            for part in self.rules.questions[name].parts:
                draft.facts.pop(part.id, None)
        draft.put(facts)
        return View(self.rules, draft, self.as_of, self)

    @property
    def latest(self) -> Assessment | None:
        """The last assessment that was needed: of this draft, or of the one before."""
        return self.__dict__.get("seen", self._after)

    @lazily
    def seen(self) -> Assessment:
        """The assessment over the reachable answers: set aside what is not reached, until nothing changes."""
        facts = {name: value for name, value in self.draft.facts.items() if name in self.rules.facts}
        seen = self._after
        while True:
            case = Case(
                as_of=self.as_of, facts=facts, documents=self.draft.documents, events=self.draft.events
            )
            seen = Assessment(self.rules, case, seen)
            reached = _reached(seen, facts)
            if len(reached) == len(facts):
                self._after = None
                return seen
            facts = reached

    @lazily
    def verdict(self) -> Verdict:
        """The verdict over the reachable answers."""
        return verdict_of(self.seen)

    @property
    def facts(self) -> dict[str, Value]:
        """The answers that count, without defaults."""
        return self.seen.case.facts

    @lazily
    def set_aside(self) -> list[Question]:
        """Questions whose kept answers do not count now, in asking order."""
        return [
            question
            for question in self.rules.questions.values()
            if any(part.id in self.draft.facts and part.id not in self.facts for part in question.parts)
        ]

    @lazily
    def stop(self) -> Question | None:
        """The question whose answer forbids to collect anything more, if one does."""
        for question in self.rules.stops:
            if question.stop and question.id in self.facts:
                unsure = self.facts[question.id] == UNSURE
                if unsure or self.seen.evaluation.test(question.stop.when):
                    return question
        return None

    @property
    def question(self) -> Question | None:
        """The question of the pack that is open, asked in turn or being changed; None where none is."""
        return self.rules.questions.get(self.draft.open_question)

    @property
    def takes_words(self) -> bool:
        """Any words at all may answer the question that is open."""
        question = self.question
        return self.draft.pending is None and question is not None and question.type in ("text", "catalogue")

    @property
    def is_over(self) -> bool:
        """Nothing more is to be asked: the regulation does not apply, or collecting must stop."""
        return self.stop is not None or self.seen.scope == OUT_OF_SCOPE

    def is_asked(self, question: Question) -> bool:
        """Say whether the answers make this question one of the conversation (asked by the bot or by request)."""
        return self.seen.is_asked(question.id)

    def is_answered(self, question: Question) -> bool:
        """Say whether every fact of the question is known, by an answer or by derivation."""
        known = self.seen.facts if question.derived else self.facts
        for part in question.parts:  # noqa: SIM110 - asked of every question in every turn
            if part.id not in known:
                return False
        return True

    def is_settled(self, question: Question) -> bool:
        """Say whether the bot has nothing to ask here: not reached, answered, skipped, or only on request."""
        if question.on_request or not self.is_asked(question):
            return True
        return self.is_answered(question) or question.id in self.draft.skipped

    @lazily
    def asked(self) -> list[Question]:
        """The questions of this conversation as far as the answers show, in order."""
        asking = self.seen.asking
        return [
            question
            for question in self.rules.questions.values()
            if question.ask_when in asking
            and not question.on_request
            and not (question.derived and self._is_derived(question))
        ]

    def puts(self, question: Question) -> bool:
        """Say whether a question is one of those asked in this conversation."""
        if question.on_request or not self.is_asked(question):
            return False
        return not (question.derived and self._is_derived(question))

    def _is_derived(self, question: Question) -> bool:
        return question.id not in self.facts and self.is_answered(question)

    @lazily
    def ahead(self) -> list[Question]:
        """The questions asked that are neither answered nor passed over, in order."""
        facts, skipped = self.facts, set(self.draft.skipped)
        return [
            question
            for question in self.asked
            if question.id not in skipped
            and not (
                self.is_answered(question) if question.facts or question.derived else question.id in facts
            )
        ]

    @lazily
    def open(self) -> list[Question]:
        """Questions that still lack an answer and need one, in order; skipping is no answer."""
        return [
            question for question in self.asked if not question.optional and not self.is_answered(question)
        ]

    @lazily
    def is_complete(self) -> bool:
        """Nothing is left to answer or to mend: what is produced now is not marked 草稿."""
        grave = any(found.finding.effect in ("refuse", "correct") for found in self.verdict.findings)
        return not self.open and not grave

    @lazily
    def askable_documents(self) -> list[DocumentNeed]:
        """Documents that the user may have ready before submission: wanted, and not drafted by us."""
        drafted = drafted_documents(self.seen)
        return [
            need
            for need in wanted(self.seen.documents)
            if need.document.id not in drafted and need.document.stage not in self.rules.later_stages
        ]

    def offered(self, question: Question) -> list[ChoiceOption]:
        """Return the options that the earlier answers leave."""
        return [option for option in question.options if self.seen.evaluation.test(option.when) is not False]

    @lazily
    def settled_findings(self) -> list[FoundFinding]:
        """Findings that hold and that no question still ahead could dissolve."""
        ahead = {part.id for question in self.ahead for part in question.parts}
        return [found for found in self.seen.holding if ahead.isdisjoint(fact.id for fact in found.facts)]


def mark_drafted(view: View) -> None:
    """Note in the draft which of the wanted documents we make ourselves; one that was handed in stays so."""
    drafted = set(drafted_documents(view.seen))
    if view.facts.get(CATALOGUE_FACT):
        drafted.add(CATALOGUE_DOCUMENT)
    for need in wanted(view.seen.documents):
        if need.document.id in drafted and need.status == "missing":
            view.draft.documents[need.document.id] = "drafted"


def _reached(seen: Assessment, facts: dict[str, Value]) -> dict[str, Value]:
    """Return the answers whose questions are asked, and of choices those that are offered."""
    known, asking = seen.rules.facts, seen.asking
    return {
        name: value
        for name, value in facts.items()
        if ((question := known[name].question).ask_when in asking or question.on_request)
        and (question.type != "choice" or _is_offered(seen, question, value))
    }


def _is_offered(seen: Assessment, question: Question, value: Value) -> bool:
    for option in question.options:
        if option.key == value:
            return seen.evaluation.test(option.when) is not False
    return False
