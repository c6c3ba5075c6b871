"""What the bot says, neutral of any channel: each channel draws what it can and falls back to numbered text."""

from __future__ import annotations

from typing import Literal

import msgspec

from rules.text import Text

Tone = Literal["plain", "echo", "error", "refuse", "correct", "confirm", "notice", "done", "heading"]


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A paragraph; ``tone`` says how grave it is."""

    text: Text
    tone: Tone = "plain"


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows under column heads."""

    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


class Choice(msgspec.Struct, frozen=True):
    """One of the answers offered; typing its number or its words chooses it."""

    key: str
    label: Text


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """The question that is open now; always the last message of a turn.

    Attributes:
        section: heading under which it stands.
        done, total: questions settled, and questions in all as far as the answers show.
        many: several choices may be taken.
        skippable: 跳过 is possible.
        decidable: 帮我选 leads to a suggestion.
    """

    text: Text
    section: Text
    question: str = ""
    help: Text | None = None
    choices: tuple[Choice, ...] = ()
    many: bool = False
    skippable: bool = False
    decidable: bool = False
    done: int = 0
    total: int = 0


class Button(msgspec.Struct, frozen=True):
    """Something that can be pressed at any time; pressing it is typing its words."""

    words: str
    label: Text


class Prompt(msgspec.Struct, frozen=True, tag="prompt"):
    """A paragraph with buttons of its own, which do not answer the question that is open."""

    text: Text
    buttons: tuple[Button, ...]
    tone: Tone = "plain"


class SendFile(msgspec.Struct, frozen=True, tag="file"):
    """A file for the user: a template to fill in, or a copy of theirs with remarks."""

    name: str
    data: bytes


class Produce(msgspec.Struct, frozen=True, tag="produce"):
    """A request to the channel: make the documents now and hand them over."""


class SetLanguage(msgspec.Struct, frozen=True, tag="language"):
    """A request to the channel: speak this language from now on."""

    language: str


class Leave(msgspec.Struct, frozen=True, tag="leave"):
    """A request to the channel: the user pauses; everything is kept."""


Outgoing = Say | Table | Ask | Prompt | SendFile | Produce | SetLanguage | Leave
