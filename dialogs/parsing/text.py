"""Typed text made fit to keep: one spelling, no invisible characters, nothing an official form cannot print."""

from __future__ import annotations

import re
import unicodedata

from dialogs.parsing.result import Parsed, Rejected
from rules.text import T

LONGEST_ANSWER = 200
"""Characters in an amount, a date, a choice; free text has its own limits."""

EMPTY = Rejected(T("收到的是空白，请输入内容。"))

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_EMOJI = re.compile(
    "[0-9#*]\ufe0f?\u20e3"  # keycaps
    "|[\U0001f000-\U0001ffff\u20e3]"
    # Drawn as pictures wherever they appear; their neighbours (★ ℃ ※ → ♂) are ordinary symbols.
    "|[⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕❤]"
    "|[\u203c-\u3299]\ufe0f"
)
_RARE_CJK = range(0x20000, 0x3FFFE)
"""Planes 2 and 3 hold nothing but Chinese characters, some newer than this Python's Unicode tables."""
_NAMED_AT_MOST = 5
_EXCERPT = 40


def normalise(typed: str) -> str:
    """Return the text as the parsers compare it.

    Full-width forms become half-width (NFKC), invisible characters go, white space is trimmed and collapsed.
    """
    text = unicodedata.normalize("NFKC", typed)
    # Most answers are a word or a number, and every command looks at every answer.
    return text if text.isalnum() else " ".join(_visible(text).split())


def excerpt(typed: str) -> str:
    """Return the beginning of what was typed, safe to quote in a message: one line, encodable, short."""
    words = _SPACES.sub(" ", _visible(typed[: 4 * _EXCERPT])).strip()
    words = "".join(char for char in words if unicodedata.category(char) not in {"Cs", "Co"})
    return words if len(words) <= _EXCERPT else words[:_EXCERPT] + "…"


def clean_text(typed: str, *, max_length: int) -> Parsed[str] | Rejected:
    """Return free text as it will be kept and printed.

    Args:
        typed: what the user typed; line breaks are kept.
        max_length: the most characters that are accepted, counted after cleaning.
    """
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", typed))
    unprintable = _unprintable(text)
    if unprintable:
        return Rejected(
            T("正式表格印不出这些字符：{characters}。请删去后再发一次。", characters=" ".join(unprintable))
        )
    kept = unicodedata.normalize("NFC", _visible(text.replace("\t", " "))).strip()
    if not kept:
        return EMPTY
    if len(kept) > max_length:
        return Rejected(
            T(
                "这里最多 {limit} 个字，收到了 {length} 个，请精简后再发。",
                limit=max_length,
                length=len(kept),
            )
        )
    return Parsed(kept)


def _visible(text: str) -> str:
    """Drop control, zero-width and direction characters and variation selectors; keep spaces and line ends."""
    if not text.isascii():
        text = _VARIATION_SELECTORS.sub("", text)
    if text.isprintable():
        return text
    return "".join(
        char for char in text if char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cf"}
    )


def _unprintable(text: str) -> list[str]:
    """Return what no form can print: pictures as they are, characters without a face by their code point."""
    pictures = list(dict.fromkeys(_EMOJI.findall(text)))
    faceless = dict.fromkeys(char for char in text if _is_faceless(char))
    codes = [f"U+{ord(char):04X}" for char in faceless if not _EMOJI.match(char)]
    found = pictures + codes
    return found if len(found) <= _NAMED_AT_MOST else [*found[:_NAMED_AT_MOST], "…"]


def _is_faceless(char: str) -> bool:
    return unicodedata.category(char) in {"Cn", "Co", "Cs"} and (
        ord(char) not in _RARE_CJK or ord(char) & 0xFFFE == 0xFFFE  # noqa: PLR2004 - noncharacters
    )
