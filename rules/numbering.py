"""The numbers that official texts put before articles, items and sub-items, in every style, as ints and back."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DIGITS = "零一二三四五六七八九"
_UNITS = ("千", "百", "十", "")
_LARGEST = 9999
_SPELLINGS = str.maketrans("〇○两", "零零二")
_DIGIT = f"[{_DIGITS[1:]}]"
_SPOKEN = re.compile(rf"(?:({_DIGIT})千)?零?(?:({_DIGIT})百)?零?(?:({_DIGIT}?)(十))?零?({_DIGIT})?")

NUMERAL = r"[0-9０-９零〇○一二两三四五六七八九十百千]"
"""A character of a number; for use in other patterns."""

_CHINESE, _ARABIC = r"[零〇一二三四五六七八九十百]{1,5}", r"[0-9０-９]{1,3}"
_MARK = re.compile(
    rf"(?P<bracketed_chinese>[（(]?\s*{_CHINESE}\s*[）)]|[㈠-㈩])"
    rf"|(?P<bracketed>[（(]?\s*{_ARABIC}\s*[）)]|[⑴-⒇])"
    rf"|(?P<chinese>{_CHINESE}\s*[、．.])"
    rf"|(?P<plain>{_ARABIC}\s*(?:[、。]|[．.](?![0-9０-９]))|[⒈-⒛])"
    r"|(?P<circled>[①-⑳㉑-㉟㊱-㊿❶-❿➀-➉➊-➓])"
)
_REFERENCE = re.compile(r"\s*(?:项(?!目)|款(?!项)|目(?![标的录])|[至、和及或与]\s*[（(第])")
"""What follows a number that the sentence only refers to: （一）项, （一）至（三）."""
_BROKEN_OFF = re.compile("[第款条至]$")
"""How a line ends whose sentence goes on with a number."""
_OPEN_BRACKET = re.compile(r"[（(][^（()）]*$")

_CITATION = re.compile(
    rf"第?\s*({NUMERAL}+)\s*条?(?:之\s*({NUMERAL}+))?(?:\s*第?\s*[（(]?\s*({NUMERAL}+)\s*[）)]?\s*项?)?"
)
_ANNEX_CITATION = re.compile(rf"(附[件表录])\s*({NUMERAL}*)")


class Mark(NamedTuple):
    """The number that opens an item.

    Attributes:
        style: how it is written; all items of one list are written alike.
        number: its value.
        written: the number as it stands, with brackets or point.
        rest: the words after it.
    """

    style: str
    number: int
    written: str
    rest: str


def numeral(text: str) -> int | None:
    """Return the value of a whole number from 1 to 9999: 13, １３, 十三, 一百零三, 一〇三; None for anything else."""
    bare = "".join(unicodedata.normalize("NFKC", text).split()).translate(_SPELLINGS)
    if bare and all(char in _DIGITS for char in bare):
        bare = "".join(str(_DIGITS.index(char)) for char in bare)
    if bare.isascii() and bare.isdecimal() and len(bare) <= len(str(_LARGEST)):
        return int(bare) or None
    spoken = _SPOKEN.fullmatch(bare)
    if not spoken:
        return None
    thousands, hundreds, tens, ten, ones = spoken.groups(default="")
    digits = (thousands, hundreds, tens or ("一" if ten else ""), ones)
    return int("".join(str(_DIGITS.index(digit or "零")) for digit in digits)) or None


def chinese(number: int) -> str:
    """Return a whole number from 1 to 9999 as articles are numbered: 十三, 一百零三, 一百一十."""
    padded = f"{number:04}"
    words = "".join(
        _DIGITS[int(digit)] + (unit if digit != "0" else "")
        for digit, unit in zip(padded, _UNITS, strict=True)
    )
    words = re.sub("零+", "零", words).strip("零")
    return words.removeprefix("一") if words.startswith("一十") else words


def item_mark(line: str, before: str = "") -> Mark | None:
    """Return the number that a line opens with, or None: also when the sentence only refers to an item.

    Args:
        line: without space at its ends.
        before: the line before it, in which the sentence may have begun.
    """
    found = _MARK.match(line)
    if not found or _BROKEN_OFF.search(before):
        return None
    written, rest = found[0], line[found.end() :]
    if written[-1] in "）)" and written[0] not in "（(" and _OPEN_BRACKET.search(before):
        return None
    number = _value(written)
    if number is None or _REFERENCE.match(rest):
        return None
    return Mark(str(found.lastgroup), number, written, rest.strip())


def _value(written: str) -> int | None:
    if len(written) == 1 and unicodedata.category(written) == "No":
        return int(unicodedata.numeric(written))
    return numeral(re.sub(r"[()、。.\s]", "", unicodedata.normalize("NFKC", written)))


def read_citation(words: str) -> str:
    """Return a citation as packs write it: 第十三条第一项 and 13（1） are 13(1), 附件一 is 附件1; else the words."""
    bare = "".join(words.split())
    if annex := _ANNEX_CITATION.fullmatch(bare):
        return annex[1] + str(numeral(annex[2]) or annex[2])
    found = _CITATION.fullmatch(bare)
    article, part, item = (
        (numeral(number or "") for number in found.groups()) if found else (None, None, None)
    )
    if article is None:
        return bare
    return str(article) + (f"之{part}" if part else "") + (f"({item})" if item else "")
