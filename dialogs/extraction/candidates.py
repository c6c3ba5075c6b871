"""What the readers of facts hand in, and how it is settled: one value said once or more, else open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dialogs.extraction.clauses import Clauses, Reason
from rules.facts import Value

if TYPE_CHECKING:
    from datetime import date

    from dialogs.extraction.source import Source
    from rules.ruleset import RuleSet


class Candidate(msgspec.Struct, frozen=True):
    """A mention of a fact.

    Attributes:
        fact: its id.
        value: what is said, or None when the words do not settle it.
        start, end: the words.
        reason: why it is not settled.
        is_weak: gives way when the fact is said elsewhere.
        is_correction: replaces what was said before it.
    """

    fact: str
    value: Value | None
    start: int
    end: int
    reason: Reason = "unclear"
    is_weak: bool = False
    is_correction: bool = False


class Doubt(msgspec.Struct, frozen=True):
    """A fact that is mentioned but not settled: the words, and why."""

    words: str
    reason: Reason


class Extraction(msgspec.Struct, frozen=True):
    """What a description says.

    Attributes:
        facts: fact id → value, in asking order; amounts in 分.
        spans: fact id → the words it was taken from, exactly as typed.
        doubts: fact id → why it is open, in asking order.
    """

    facts: dict[str, Value] = {}
    spans: dict[str, str] = {}
    doubts: dict[str, Doubt] = {}

    @property
    def open(self) -> tuple[str, ...]:
        """The facts that are mentioned but not settled."""
        return tuple(self.doubts)


class Notes:
    """What is noted while a description is read.

    Attributes:
        rules: the pack, whose facts count.
        source: the description; ``text`` is what is still to be read, with finished parts blanked out.
        clauses: its clauses.
        as_of: today.
        candidates: every mention so far.
    """

    def __init__(self, rules: RuleSet, source: Source, text: str, as_of: date) -> None:
        """Begin with nothing noted."""
        self.rules = rules
        self.source = source
        self.text = text
        self.clauses = Clauses(text, as_of, rules.pack.head.places.outside)
        self.as_of = as_of
        self.candidates: list[Candidate] = []

    def say(self, fact: str, value: Value, start: int, end: int, *, of_others: bool = False) -> None:
        """Note that ``text[start:end]`` gives a value, as far as its clauses state anything.

        Clauses about other systems do not, unless the fact is about those.
        """
        touched = self.clauses.between(start, end)
        if not of_others and any(clause.stance == "foreign" for clause in touched):
            return
        unsure = next((clause for clause in touched if clause.stance == "open"), None)
        if unsure is not None:
            self.doubt(fact, start, end, unsure.reason)
            return
        self._add(Candidate(fact, value, start, end, is_correction=touched[0].is_correction))

    def state(self, fact: str, value: Value, start: int, end: int) -> None:
        """Note a value that stands in a form, under its name: nothing around it can make it doubtful."""
        self._add(Candidate(fact, value, start, end))

    def doubt(self, fact: str, start: int, end: int, reason: Reason, *, is_weak: bool = False) -> None:
        """Note that ``text[start:end]`` mentions a fact without settling it."""
        touched = self.clauses.between(start, end)
        if any(clause.stance == "foreign" for clause in touched):
            return
        unsure = next((clause for clause in touched if clause.stance == "open"), None)
        if unsure is not None and reason == "unclear":
            reason = unsure.reason
        is_correction = touched[0].is_correction
        self._add(Candidate(fact, None, start, end, reason, is_weak, is_correction))

    def _add(self, candidate: Candidate) -> None:
        if candidate.fact in self.rules.facts:
            self.candidates.append(candidate)

    def of(self, fact: str) -> list[Candidate]:
        """Return the mentions of a fact."""
        return [candidate for candidate in self.candidates if candidate.fact == fact]

    def value(self, fact: str) -> Value | None:
        """Return what a fact is settled to so far."""
        found = settled(self.of(fact))
        return found.value if isinstance(found, Candidate) else None


def settled(mentions: list[Candidate]) -> Candidate | Reason | None:
    """Return the mention that settles a fact, why none does, or None without any mention."""
    ordered = sorted(mentions, key=lambda mention: mention.start)
    correction = next((index for index, mention in enumerate(ordered) if mention.is_correction), 0)
    counted = ordered[correction:]
    said = [mention for mention in counted if mention.value is not None]
    unsettled = [mention for mention in counted if mention.value is None and not (mention.is_weak and said)]
    if unsettled:
        return unsettled[0].reason
    if not said:
        return None
    if any(mention.value != said[0].value for mention in said):
        return "several"
    return said[0]


def extraction(notes: Notes, candidates: list[Candidate]) -> Extraction:
    """Settle every fact."""
    facts: dict[str, Value] = {}
    spans: dict[str, str] = {}
    doubts: dict[str, Doubt] = {}
    for name in notes.rules.facts:
        mentions = [candidate for candidate in candidates if candidate.fact == name]
        found = settled(mentions)
        if isinstance(found, Candidate) and found.value is not None:
            facts[name] = found.value
            spans[name] = notes.source.words(found.start, found.end)
        elif isinstance(found, str):
            first = next((mention for mention in mentions if mention.value is None), mentions[0])
            doubts[name] = Doubt(notes.source.words(first.start, first.end), found)
    for first, last in _PERIODS:
        begin, end = facts.get(first), facts.get(last)
        if isinstance(begin, str) and isinstance(end, str) and end < begin:
            for name in (first, last):  # a slip of the pen; which day is wrong is not ours to say
                doubts[name] = Doubt(spans.pop(name), "unclear")
                del facts[name]
    ordered = {name: doubts[name] for name in notes.rules.facts if name in doubts}
    return Extraction(facts, spans, ordered)


_PERIODS = (("planned_start", "planned_end"), ("service_start", "service_end"))
