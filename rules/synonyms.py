"""How people ask about the articles of a pack: synonyms.yaml."""

from __future__ import annotations

from typing import Literal

import msgspec

AskedFor = Literal[
    "how_long", "latest", "when", "how_much", "who", "where", "may", "must", "how", "what", "how_many", "why",
    "or_else", "counts_as", "difference",
]  # fmt: skip
"""What a question may ask for; dialogs/law/speech.py has the words."""


class Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that people ask and the regulation does not settle.

    Attributes:
        id: its name.
        message: why there is no answer; the user reads it.
        nearest: the article that comes closest.
        phrases: how people ask it, a line each.
        words: what shows on its own that this is asked, separated by white space.
    """

    id: str
    message: str
    nearest: str
    phrases: str = ""
    words: str = ""


class Synonyms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """synonyms.yaml: how people ask about the articles. A pack without it is searched by its articles alone.

    Attributes:
        amounts: 万元, ascending: the limits that the articles draw; an amount is found by what lies between two.
        words: a meaning on each line: the regulation's word, then what people say for it.
        asked: article → questions that it answers, a line each.
        outside: what people ask and no article answers.
        otherwise: the article to name when a question comes near none.
    """

    amounts: list[int] = []
    words: str = ""
    asked: dict[str, str] = {}
    outside: list[Outside] = []
    otherwise: str = ""
