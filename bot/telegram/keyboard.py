"""The buttons under a message, and what each carries; what a button carries fits into 64 bytes.

A button of a question carries the question's mark, so that a later press of it is not taken for an answer to
another question. A tick carries the whole selection as it is after the press, so that pressing twice is harmless.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.telegram.cutting import shortened, units
from dialogs import machine as states
from rules.text import T, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.messages import Ask, Button
    from rules.text import Translate

MOST_BYTES = 64
LONGEST_LABEL = 60
MOST_CHOICES = 60
"""More are asked for by number: Telegram takes 100 buttons."""
_SHORT = 8
"""Two labels that are not longer stand in one row of a phone."""
_LONG = 18
"""A phone cuts a longer label off, so the whole list stands in the text as well."""
_OFF, _ON = "☐ ", "☑ "
_USED = "✓ "
INERT = "x"
_QUESTION = re.compile(
    r"(?P<kind>[ctdk])\.(?P<mark>\d{1,16}\.[0-9a-f]{12})\.(?P<rest>[0-9a-z_]{1,16})", re.ASCII
)
_WORDS = "w."
_COMMANDS = {
    "back": T("↩️ 返回"),
    "skip": T("⏭ 跳过"),
    "why": T("❔ 为什么"),
    "decide": T("🧭 帮我选"),
}
_NO_QUESTIONS = frozenset(
    {
        states.MATERIALS,
        states.OUTCOME,
        states.REVIEW,
        states.PACKAGE,
        states.STOPPED,
        states.PAUSED,
        states.TRACKING,
    }
)
"""States of the conversation in which there is no single question to ask the reason of."""


class Key(NamedTuple):
    """A button: what stands on it, and what Telegram sends when it is pressed."""

    label: str
    data: str


Rows = tuple[tuple[Key, ...], ...]


class Choose(NamedTuple):
    """One of the answers of a question, counted from 1."""

    mark: str
    number: int


class Tick(NamedTuple):
    """A tick was set or taken away; bit n of the selection is answer n + 1."""

    mark: str
    selection: int


class Confirm(NamedTuple):
    """The selection is the answer."""

    mark: str
    selection: int


class Steer(NamedTuple):
    """A command about the open question."""

    mark: str
    command: str


class Words(NamedTuple):
    """Words as if they were typed; they answer no question."""

    words: str


class Inert(NamedTuple):
    """A button that has done what it could."""


Pressed = Choose | Tick | Confirm | Steer | Words | Inert


def read(data: str) -> Pressed | None:
    """Return what a button stands for; None for nothing of ours, or of a version of ours that knew other buttons."""
    if data == INERT:
        return Inert()
    if data.startswith(_WORDS):
        return Words(data.removeprefix(_WORDS))
    found = _QUESTION.fullmatch(data)
    if found is None:
        return None
    mark, rest = found["mark"], found["rest"]
    match found["kind"]:
        case "c" if rest.isdecimal() and rest != "0":
            return Choose(mark, int(rest))
        case "k" if rest in _COMMANDS:
            return Steer(mark, rest)
        case "t" if _is_hexadecimal(rest):
            return Tick(mark, int(rest, 16))
        case "d" if _is_hexadecimal(rest):
            return Confirm(mark, int(rest, 16))
        case _:
            return None


def has_buttons(ask: Ask) -> bool:
    """Say whether the answers of a question have buttons; otherwise they are listed in the text."""
    return 0 < len(ask.choices) <= MOST_CHOICES


def lists_choices(ask: Ask, translate: Translate) -> bool:
    """Say whether the answers must be listed in the text, because no button shows them whole."""
    return len(ask.choices) > MOST_CHOICES or any(
        units(choice.label.render(translate)) > _LONG for choice in ask.choices
    )


def question_keys(ask: Ask, mark: str, translate: Translate) -> Rows:
    """Return the buttons of a question: its answers, and the commands that make sense there."""
    rows: list[tuple[Key, ...]] = []
    if has_buttons(ask):
        labels = [choice.label.render(translate) for choice in ask.choices]
        if lists_choices(ask, translate):
            labels = [f"{number}. {label}" for number, label in enumerate(labels, start=1)]
        labels = [shortened(label, LONGEST_LABEL - len(_OFF)) for label in labels]
        if ask.many:
            rows += _ticks(labels, mark, 0)
            rows.append((_confirm_key(mark, 0, translate),))
        else:
            keys = [Key(label, f"c.{mark}.{number}") for number, label in enumerate(labels, start=1)]
            rows += _in_rows(keys)
    steering = [
        Key(label.render(translate), f"k.{mark}.{command}")
        for command, label in _COMMANDS.items()
        if _makes_sense(command, ask)
    ]
    return (*rows, tuple(steering)) if steering else tuple(rows)


def prompt_keys(buttons: Sequence[Button], translate: Translate) -> Rows:
    """Return buttons that say words of their own; those whose words are too long are left out."""
    return tuple(
        _in_rows(
            [
                Key(shortened(button.label.render(translate), LONGEST_LABEL), f"{_WORDS}{button.words}")
                for button in buttons
                if fits(button)
            ]
        )
    )


def fits(button: Button) -> bool:
    """Say whether a button can carry its words."""
    return len(f"{_WORDS}{button.words}".encode()) <= MOST_BYTES


def ticked(rows: Rows, mark: str, selection: int) -> Rows:
    """Return the buttons of a question with several answers, as they look with a selection."""
    labels = [key.label[len(_OFF) :] for row in rows for key in row if key.data.startswith("t.")]
    others = [tuple(key for key in row if not key.data.startswith("t.")) for row in rows]
    confirmed = [
        tuple(Key(key.label, f"d.{mark}.{selection:x}") if key.data.startswith("d.") else key for key in row)
        for row in others
        if row
    ]
    return (*_ticks(labels, mark, selection), *confirmed)


def used_keys(label: str) -> Rows:
    """Return what is left of the buttons once one was pressed."""
    return ((Key(shortened(f"{_USED}{label.removeprefix(_OFF)}", LONGEST_LABEL), INERT),),)


def chosen_numbers(selection: int) -> list[int]:
    """Return the numbers of the answers of a selection."""
    return [bit + 1 for bit in range(selection.bit_length()) if selection >> bit & 1]


def _ticks(labels: Sequence[str], mark: str, selection: int) -> list[tuple[Key, ...]]:
    return _in_rows(
        [
            Key(f"{_ON if selection >> bit & 1 else _OFF}{label}", f"t.{mark}.{selection ^ 1 << bit:x}")
            for bit, label in enumerate(labels)
        ]
    )


def _confirm_key(mark: str, selection: int, translate: Translate) -> Key:
    return Key(T("✅ 确定").render(translate), f"d.{mark}.{selection:x}")


def _in_rows(keys: Sequence[Key]) -> list[tuple[Key, ...]]:
    """Return keys two in a row when all are short, else one below the other."""
    width = 2 if all(units(key.label) <= _SHORT for key in keys) else 1
    return [tuple(keys[start : start + width]) for start in range(0, len(keys), width)]


def _makes_sense(command: str, ask: Ask) -> bool:
    match command:
        case "skip":
            return ask.skippable
        case "decide":
            return ask.decidable
        case "why":
            return bool(ask.question) and ask.question not in _NO_QUESTIONS
        case _:
            return bool(ask.question)


def _is_hexadecimal(text: str) -> bool:
    return all(char in "0123456789abcdef" for char in text)


def said_numbers(selection: int) -> str:
    """Return what one types for a selection."""
    return "、".join(map(str, chosen_numbers(selection))) or "0"


def said_labels(rows: Rows, selection: int) -> str:
    """Return the labels of a selection, as the conversation shows what was said; empty without the buttons."""
    labels = [key.label[len(_OFF) :] for row in rows for key in row if key.data.startswith("t.")]
    chosen = [labels[number - 1] for number in chosen_numbers(selection) if number <= len(labels)]
    return verbatim("、".join(chosen)).render()
