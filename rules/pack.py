"""A rule pack as data: what a city's YAML files say, typed, with nothing computed yet."""

from __future__ import annotations

from typing import Literal

import msgspec

from rules.entry import Entry, Note
from rules.lazily import lazily
from rules.paper import Form
from rules.synonyms import Synonyms

FactType = Literal[
    "yes_no", "choice", "set", "amount", "months", "text", "phone", "date", "catalogue", "funds", "period"
]
Effect = Literal["refuse", "correct", "confirm", "notice"]
Requirement = Literal["required", "recommended", "not_required", "undetermined"]


class Definition(Entry, frozen=True):
    """A named condition that later conditions may use."""

    when: str


class ScopeRule(Entry, frozen=True):
    """One outcome of the scope test (2, 4); the first whose condition holds is the result."""

    when: str
    articles: list[str]
    title: str
    message: str
    reading: str = ""


class Tier(Entry, frozen=True):
    """How deep the project must be worked out (15)."""

    when: str
    articles: list[str]
    title: str
    reading: str = ""


class EventKind(Entry, frozen=True):
    """A kind of dated event; ``amount`` and ``due`` say which further fields it may carry."""

    label: str
    amount: bool = False
    due: bool = False


class Again(Entry, frozen=True):
    """Something that is asked for again after an event, because it could not be known before (18).

    Attributes:
        until: CEL; asked and reminded of while this does not hold, unknown being no answer.
        question: the question of the pack that is put again.
        text: in place of a question of the pack: whether an event of the kind ``reports`` has happened.
        reports: the kind of event that a yes to ``text`` is.
    """

    until: str
    question: str = ""
    text: str = ""
    reports: str = ""


class EventRule(Entry, frozen=True):
    """How people say that an event of a kind has happened, and what follows from it.

    Attributes:
        said: words that name it; ``*`` stands for up to six characters.
        hints: words that may mean it, so that it is asked about.
        others: words that hold one of these and mean something else (等保备案 is no 备案 of the project).
        completes: steps of the route that are done with it.
        begins_operation: the project is in operation once this has happened and every step is done.
        repeats: it may happen more than once.
        when: CEL; not offered to a project for which this is false.
        meaning: what exactly is meant; shown where its day is asked for.
        notes: said when it is registered, while they hold.
        again: what is asked for again after it.
    """

    said: list[str] = []
    hints: list[str] = []
    others: list[str] = []
    completes: list[str] = []
    begins_operation: bool = False
    repeats: bool = False
    when: str = ""
    meaning: str = ""
    notes: list[Note] = []
    again: list[Again] = []


class Article(Entry, frozen=True):
    """An article in our own plain words, with the fingerprint of the official text it was written against."""

    title: str
    explanation: str
    keywords: list[str]
    fingerprint: str = ""
    reading: str = ""


class ChoiceOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of a choice or a set; offered only while ``when`` is not false."""

    key: str
    label: str
    synonyms: list[str] = []
    when: str = ""


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a yes or a no leads in "help me decide": to another step or to a value with its reason."""

    go: str = ""
    choose: str = ""
    because: str = ""


class DecideStep(Entry, frozen=True):
    """One plain yes/no question of "help me decide"."""

    text: str
    yes: Branch
    no: Branch


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer after which nothing more may be collected (4: state secrets)."""

    when: str
    text: str
    unsure_text: str


class FactPart(Entry, frozen=True):
    """One fact of a question that fills several."""

    label: str
    type: FactType


class Question(Entry, frozen=True, dict=True):
    """A question and the fact or facts that its answer sets.

    Attributes:
        ask_when: CEL; empty means always. Unknown means not yet.
        default: CEL for the value used while the fact is absent.
        derived: the default counts as an answer, so the question is not put when the default is known.
        on_request: put only when the user asks to change it.
        unsure: 不清楚 is a legal answer; it counts as answered and stays unknown to the rules.
        or_months: the fact that takes a bare length (三年) given instead of a period.
        suggest: another fact whose value 同上 repeats.
        optional: an empty answer is complete too (参与建设单位, 备注).
    """

    label: str
    type: FactType
    text: str
    why: str
    articles: list[str]
    help: str = ""
    ask_when: str = ""
    default: str = ""
    derived: bool = False
    on_request: bool = False
    unsure: bool = False
    skippable: bool = True
    optional: bool = False
    max_length: int = 0
    options: list[ChoiceOption] = []
    facts: list[FactPart] = []
    or_months: str = ""
    suggest: str = ""
    decide: list[DecideStep] = []
    stop: Stop | None = None

    @lazily
    def parts(self) -> list[FactPart]:
        """The facts that the answer sets; most questions set the one of their own id."""
        return self.facts or [FactPart(id=self.id, label=self.label, type=self.type)]


class Section(Entry, frozen=True):
    """Questions under one heading, in asking order."""

    title: str
    questions: list[Question]


class Stage(Entry, frozen=True):
    """A step at which documents are handed in; ``later`` means after the declaration is submitted."""

    title: str
    later: bool = False


class Document(Entry, frozen=True):
    """A document to hand in, at which stage, when, and which article asks for it."""

    stage: str
    title: str
    when: str
    articles: list[str]
    because: str
    requirement: Literal["required", "recommended"] = "required"
    reading: str = ""
    notes: list[Note] = []


class Finding(Entry, frozen=True):
    """A problem that the answers show, and what to do about it."""

    effect: Effect
    title: str
    when: str
    articles: list[str]
    message: str
    advice: str
    reading: str = ""


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who decides a step; the first whose condition holds."""

    name: str
    when: str = ""


class RouteStep(Entry, frozen=True):
    """A step of the procedure; ``stage`` names the stage whose documents it wants."""

    title: str
    when: str
    articles: list[str]
    authorities: list[Authority]
    stage: str = ""
    reading: str = ""


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long after the start: months, days, or as many months as a fact says."""

    months: int = 0
    days: int = 0
    months_from: str = ""


class YearlyDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day of the year."""

    month: int
    day: int


class Deadline(Entry, frozen=True):
    """Something due: after an event, each year, or on a date that is itself a fact.

    Attributes:
        done_by: the kind of event that shows it was done, on or after the day from which it runs.
        done_when: CEL; it was done once this holds.
    """

    title: str
    each: Literal["event", "year", "fact"]
    articles: list[str]
    message: str
    when: str = ""
    inferred_when: str = ""
    event: str = ""
    after: After = After()
    on: Literal["", "due"] = ""
    fact: str = ""
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    next_year_on: YearlyDay | None = None
    done_by: str = ""
    done_when: str = ""
    reading: str = ""


class Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names by which a description places a unit.

    Attributes:
        city, county, park: of the city, its counties and its parks, the longest first.
        outside: of other places; a unit there is none of the city's.
    """

    city: list[str] = []
    county: list[str] = []
    park: list[str] = []
    outside: list[str] = []


class PackHead(Entry, frozen=True):
    """The front page of a pack: what it is, and the names and outcomes that the rules build on."""

    title: str
    status: str
    edition: str
    effective: str | None
    timezone: str
    languages: list[str]
    area_code: str
    contact: str
    secrecy: str
    articles_note: str
    definitions: list[Definition]
    scope: list[ScopeRule]
    tiers: list[Tier]
    events: list[EventKind]
    places: Places = Places()


class DocumentsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """documents.yaml."""

    stages: list[Stage]
    documents: list[Document]


class Pack(msgspec.Struct, frozen=True):
    """All of a city's rules; ``digest`` is a hash of the files, so that a draft can name exactly these."""

    digest: str
    head: PackHead
    articles: list[Article]
    sections: list[Section]
    stages: list[Stage]
    documents: list[Document]
    findings: list[Finding]
    route: list[RouteStep]
    deadlines: list[Deadline]
    forms: list[Form]
    synonyms: Synonyms = Synonyms()
    event_rules: list[EventRule] = []

    @property
    def questions(self) -> list[Question]:
        """Every question in asking order."""
        return [question for section in self.sections for question in section.questions]
