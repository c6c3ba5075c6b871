"""A sentence for the user that is translated only when it is shown.

Pure code says *what* it means (a msgid and its arguments); the channel decides in which language. Chinese is
the source language: the msgid is the Chinese sentence itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

Translate = Callable[[str], str]


class Text(msgspec.Struct, frozen=True):
    """A translatable sentence.

    Attributes:
        msgid: the Chinese sentence, with ``{name}`` places for the arguments.
        args: what goes into the places; an argument may itself be a Text.
    """

    msgid: str
    args: dict[str, str | int | Text] = {}

    def render(self, translate: Translate = str) -> str:
        """Return the sentence in the language of ``translate``; without one, in Chinese."""
        template = translate(self.msgid) if self.msgid else ""
        if not self.args:
            return template
        values = {
            name: value.render(translate) if isinstance(value, Text) else str(value)
            for name, value in self.args.items()
        }
        return template.format_map(values)


def T(msgid: str, **args: str | int | Text) -> Text:  # noqa: N802 - the extraction keyword, short on purpose
    """Mark a literal for extraction and return it as a Text."""
    return Text(msgid, args)


def verbatim(words: str) -> Text:
    """Return words that are shown as they stand in every language: names, numbers, what the user typed."""
    return Text("{words}", {"words": words})


def joined(parts: list[Text], separator: Text | None = None) -> Text:
    """Return several texts as one, in order, with ``separator`` (default: the enumeration comma) between."""
    template, names = _places(len(parts))
    between = separator if separator is not None else T("、")
    return Text(template, dict(zip(names, (between, *parts), strict=True)))


@lru_cache(maxsize=256)
def _places(count: int) -> tuple[str, tuple[str, ...]]:
    """Return the sentence that holds so many texts, and the names of its places."""
    names = tuple(f"part{index}" for index in range(count))
    return "{sep}".join(f"{{{name}}}" for name in names), ("sep", *names)
