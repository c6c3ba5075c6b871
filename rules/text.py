"""A sentence for the user that is translated only when it is shown.

Pure code says *what* it means (a msgid and its arguments); the channel decides in which language. Chinese is
the source language: the msgid is the Chinese sentence itself.
"""

from __future__ import annotations

from collections.abc import Callable

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
    between = separator if separator is not None else T("、")
    args: dict[str, str | int | Text] = {"sep": between}
    args |= {f"part{index}": part for index, part in enumerate(parts)}
    return Text("{sep}".join(f"{{part{index}}}" for index in range(len(parts))), args)
