"""What reading an answer gives: a value, several readings to choose from, or a refusal."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

from rules.text import Text

Value = TypeVar("Value")


class Parsed(msgspec.Struct, Generic[Value], frozen=True):
    """A value that was understood.

    Attributes:
        value: what will be kept.
        echo: how it was understood, shown to the user when it differs from what was typed.
    """

    value: Value
    echo: Text | None = None


class Reading(msgspec.Struct, Generic[Value], frozen=True):
    """One way to understand an unclear answer."""

    value: Value
    label: Text


class Unclear(msgspec.Struct, Generic[Value], frozen=True):
    """An answer with more than one reading, or one that needs a nod before it is kept.

    Attributes:
        message: the question back to the user.
        readings: what it may mean, likeliest first; at least one.
        kind: ``unit`` (元 or 万元?), ``range`` (600 到 700), ``approximate`` (约 600), ``date``, ``choice``.
    """

    message: Text
    readings: tuple[Reading[Value], ...]
    kind: Literal["unit", "range", "approximate", "date", "choice"]


class Rejected(msgspec.Struct, frozen=True):
    """An answer that cannot be used; ``message`` says what was expected, what came and what to do."""

    message: Text
