"""A project under way: keyed answers and where the conversation stands. This is what storage keeps, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from rules.case import DocumentStatus, Event
from rules.facts import Value
from rules.text import Text

PendingKind = Literal[
    "reading",
    "change",
    "suggestion",
    "which",
    "restart",
    "facts",
    "event",
    "day",
    "amount",
    "due",
    "unregister",
    "again",
]

ABOUT_EVENTS = ("event", "day", "amount", "due", "unregister", "again")
"""Kinds of the bot's own question that stand before everything else, also before another of its questions."""


class Offer(msgspec.Struct, frozen=True):
    """One thing the user may agree to: facts to set, a question to go to, or a value for what is being registered."""

    label: Text
    facts: dict[str, Value] = {}
    question: str = ""
    value: str = ""


class Report(msgspec.Struct, frozen=True):
    """Something that happened, while it is being registered.

    Attributes:
        words: what was said.
        kinds: the kinds of event that may be meant; one once that is settled.
        is_sure: the kind need not be asked about.
        day: when it happened; None until that is settled.
        days: days that it may have been.
        amount: in 分.
        is_amount_settled: the amount was given, or passed over.
        due: by when, of a kind that sets a day.
    """

    words: str
    kinds: tuple[str, ...]
    is_sure: bool = True
    day: date | None = None
    days: tuple[date, ...] = ()
    amount: int | None = None
    is_amount_settled: bool = False
    due: date | None = None


class Pending(msgspec.Struct, frozen=True):
    """A question of the bot's own that stands before the question of the pack.

    Attributes:
        kind: what it is about: which reading of an answer, whether to make a change, whether to take a
            suggestion, which answer to edit, whether to start over, whether a description was read right; which
            event has happened, its day, its amount, the day that it sets, which one to take back, and what is
            asked again after one.
        question: the pack question, or the item asked again, that it belongs to.
        offers: what can be agreed to, in the order shown.
        follow_up: words to be read as the answer, once it is clear to which question.
        reports: what is being registered; the question is about the first.
        held: the bot's own question that was open before, and is put again afterwards.
    """

    kind: PendingKind
    message: Text
    question: str = ""
    offers: tuple[Offer, ...] = ()
    follow_up: str = ""
    reports: tuple[Report, ...] = ()
    held: Pending | None = None


class Draft(msgspec.Struct):
    """Everything known of a project, and the place of the conversation in it.

    Attributes:
        facts: every answer ever kept, by fact id; those out of reach are set aside, not deleted.
        skipped: questions that the user passed over.
        documents: what is ready, by document id.
        events: what happened and was registered, in the order of registration.
        submitted: the declaration was handed in and not taken back.
        state: the state of the machine: a question id, or one of the states after the questions.
        pending: the bot's own question, if one is open.
        editing: the question being changed out of turn, if any.
        deciding: the step of "help me decide", if under way.
        entry: the fields so far of the catalogue entry being typed in, if any.
        materials_checked: the user has said which documents are ready.
        announced: findings that were already shown.
        asked_again: the day on which each thing that is asked for again after an event was last asked.
        quick: the questions put so far in a quick check (我要交什么); None outside of one.
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
    submitted: bool = False
    asked_again: dict[str, date] = {}
    quick: list[str] | None = None

    @property
    def open_question(self) -> str:
        """The question of the pack that is open, asked in turn or being changed; a state where none is."""
        return self.editing or self.state

    @property
    def place(self) -> str:
        """Where the conversation stands, as a key that changes whenever another question opens."""
        pending = "" if self.pending is None else f"{self.pending.kind}:{self.pending.question}"
        fields = "" if self.entry is None else str(len(self.entry))
        return "/".join((self.state, self.editing, self.deciding, pending, fields))

    def copy(self) -> Draft:
        """Return a copy that can be changed without touching this one."""
        return msgspec.structs.replace(
            self,
            facts=dict(self.facts),
            skipped=list(self.skipped),
            documents=dict(self.documents),
            entry=None if self.entry is None else dict(self.entry),
            announced=list(self.announced),
            asked_again=dict(self.asked_again),
            quick=None if self.quick is None else list(self.quick),
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
