"""A project under way: keyed answers and where the conversation stands. This is what storage keeps, as JSON."""

from __future__ import annotations

import datetime
from typing import Literal
from zlib import crc32

import msgspec

from rules.case import DocumentStatus, Event
from rules.facts import Value
from rules.text import Text

PendingKind = Literal["reading", "change", "suggestion", "which", "restart", "facts", "event", "again"]


class Report(msgspec.Struct, frozen=True):
    """Something that happened to the project, as far as it was told.

    Attributes:
        kinds: the kinds of events that it may be; one, once that is settled.
        date: when it happened.
        amount: in 分.
        due: the day by which something is ordered.
        is_sure: the user was clear about kind and day; otherwise both are asked about.
        without_amount: the user does not want to say the amount now.
    """

    kinds: tuple[str, ...]
    date: datetime.date | None = None
    amount: int | None = None
    due: datetime.date | None = None
    is_sure: bool = False
    without_amount: bool = False


class Offer(msgspec.Struct, frozen=True):
    """One thing the user may agree to.

    Attributes:
        facts: answers to set.
        question: the question to go to.
        report: what has happened.
        removes: events to strike out first.
    """

    label: Text
    facts: dict[str, Value] = {}
    question: str = ""
    report: Report | None = None
    removes: tuple[Event, ...] = ()


class Pending(msgspec.Struct, frozen=True):
    """A question of the bot's own that stands before the question of the pack.

    Attributes:
        kind: what it is about: which reading of an answer, whether to make a change, whether to take a
            suggestion, which answer to edit, whether to start over, whether a description was read right, a
            detail of an event, something that is asked for again after an event.
        question: the pack question that it belongs to.
        offers: what can be agreed to, in the order shown.
        follow_up: words to be read as the answer, once it is clear to which question.
        reports: what was told to have happened and is not registered yet; the question is about the first.
    """

    kind: PendingKind
    message: Text
    question: str = ""
    offers: tuple[Offer, ...] = ()
    follow_up: str = ""
    reports: tuple[Report, ...] = ()


class Draft(msgspec.Struct):
    """Everything known of a project, and the place of the conversation in it.

    Attributes:
        facts: every answer ever kept, by fact id; those out of reach are set aside, not deleted.
        skipped: questions that the user passed over.
        documents: what is ready, by document id.
        state: the state of the machine: a question id, or one of the states after the questions.
        pending: the bot's own question, if one is open.
        editing: the question being changed out of turn, if any.
        deciding: the step of "help me decide", if under way.
        entry: the fields so far of the catalogue entry being typed in, if any.
        materials_checked: the user has said which documents are ready.
        announced: findings that were already shown.
        quick: the questions put so far in a quick check (我要交什么); None outside of one.
        is_submitted: the user has said that the declaration was handed in.
        ask_again: what is to be asked for again after an event, by id; asked when nothing else is open.
    """

    state: str
    facts: dict[str, Value] = {}
    skipped: list[str] = []
    documents: dict[str, DocumentStatus] = {}
    events: tuple[Event, ...] = ()
    pending: Pending | None = None
    editing: str = ""
    deciding: str = ""
    entry: dict[str, str] | None = None
    materials_checked: bool = False
    announced: list[str] = []
    quick: list[str] | None = None
    is_submitted: bool = False
    ask_again: list[str] = []

    @property
    def place(self) -> str:
        """Where the conversation stands, as a key that changes whenever another question opens."""
        pending = "" if self.pending is None else f"{self.pending.kind}:{self.pending.question}"
        fields = "" if self.entry is None else str(len(self.entry))
        place = "/".join((self.state, self.editing, self.deciding, pending, fields))
        # What is offered after submission, and asked about an event, follows from all that happened.
        happened = (self.events, self.pending.reports if self.pending else ())
        return f"{place}/{crc32(_encoder.encode(happened)):x}" if any(happened) else place

    def copy(self) -> Draft:
        """Return a copy that can be changed without touching this one."""
        return msgspec.structs.replace(
            self,
            facts=dict(self.facts),
            skipped=list(self.skipped),
            documents=dict(self.documents),
            entry=None if self.entry is None else dict(self.entry),
            announced=list(self.announced),
            quick=None if self.quick is None else list(self.quick),
            ask_again=list(self.ask_again),
        )

    def put(self, facts: dict[str, Value]) -> None:
        """Set answers; an answer ends a skip."""
        self.facts |= facts

    def unskip(self, question: str) -> None:
        """Forget that a question was passed over."""
        if question in self.skipped:
            self.skipped.remove(question)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Draft)


def dump_draft(draft: Draft) -> bytes:
    """Return the draft as JSON."""
    return _encoder.encode(draft)


def load_draft(data: bytes) -> Draft:
    """Read a draft that ``dump_draft`` wrote.

    Raises:
        msgspec.DecodeError: the bytes are not one.
    """
    return _decoder.decode(data)
