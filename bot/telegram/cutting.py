"""Texts cut to the length that Telegram takes, at the end of a paragraph, a line or a sentence."""

from __future__ import annotations

import re

LONGEST = 4096
"""UTF-16 units in a message."""
LONGEST_CAPTION = 1024
"""UTF-16 units under a file."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BREAKS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"[。！？；!?;][”」』）)]?|\.(?=\s)"),
    re.compile(r"[，、,：:]|\s"),
)
"""Where a text may be cut, the best first."""
_SHORTEST = 0.5
"""A piece is not made shorter than this share of the length for the sake of a better place to cut."""


def units(text: str) -> int:
    """Return how long a text is for Telegram: UTF-16 units, so that most emoji count as two."""
    return len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """Return a text as it can be sent: no control characters, no halves of characters, no blank ends."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).strip()


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """Return a text in pieces that are not longer than allowed; nothing but blanks between them is lost."""
    found: list[str] = []
    rest = clean(text)
    while units(rest) > longest:
        most = _prefix(rest, longest)
        end = _best_break(rest, most)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest] if rest else found


def shortened(text: str, longest: int) -> str:
    """Return the beginning of a text, with … when something is left off."""
    line = clean(text)
    return line if units(line) <= longest else f"{line[: _prefix(line, longest - 1)].rstrip()}…"


def _prefix(text: str, longest: int) -> int:
    """Return how many characters fit."""
    if units(text[:longest]) <= longest:
        return min(longest, len(text))
    left = longest
    for number, char in enumerate(text):
        left -= 1 if ord(char) <= 0xFFFF else 2  # noqa: PLR2004 - the last character of one unit
        if left < 0:
            return number
    return len(text)


def _best_break(text: str, most: int) -> int:
    for pattern in _BREAKS:
        ends = [found.end() for found in pattern.finditer(text, 0, most)]
        if ends and ends[-1] >= most * _SHORTEST:
            return ends[-1]
    return most
