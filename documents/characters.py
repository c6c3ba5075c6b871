"""Which characters can be printed, and what is done with those that cannot."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

import msgspec

FONTS = Path(__file__).parent / "fonts"
GETA = "〓"
"""What Chinese printers have always set in place of a character they do not have."""

_LINE_END = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VARIATION = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(text: str) -> str:
    r"""Return a text that every format can keep: all line ends as ``\n``, no control characters but the tab."""
    return _UNSTORABLE.sub("", _LINE_END.sub("\n", text))


@functools.cache
def font_characters() -> frozenset[str]:
    """Return the characters that the shipped font has; read once, from the ranges written beside it."""
    runs = msgspec.json.decode((FONTS / "coverage.json").read_bytes(), type=list[tuple[int, int]])
    return frozenset(chr(code) for first, last in runs for code in range(first, last + 1))


def fit_to_font(text: str) -> tuple[str, set[str]]:
    """Return a text that the shipped font can print, and the characters it cannot.

    Accents are composed with their letters first, every kind of space that the font lacks becomes a plain one,
    and invisible marks (joiners, direction marks, variation selectors) are left out: none of that is a loss
    that a reader could see. Any other character without a glyph is printed as 〓 and returned.

    Args:
        text: a text that ``clean`` has passed.
    """
    known = font_characters()
    missing: set[str] = set()
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if character in "\n\t":
            kept.append(character)
        elif category == "Zs" and character != "\u3000":
            # also the non-breaking ones: a text without any place to break would run out of its cell
            kept.append(" ")
        elif category == "Cf" or _VARIATION.match(character):
            continue
        elif character in known:
            kept.append(character)
        else:
            kept.append(GETA)
            missing.add(character)
    return "".join(kept), missing
