"""Typed choices from a list: by number, by name, by part of a name, or nearly right."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from dialogs.parsing.numerals import number
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from dialogs.parsing.yes_no import match_yes_no
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Option", "match_many", "match_one", "match_yes_no"]

_NUMBER = re.compile(
    r"(?:第|选|no\.? ?|option ?|#)?([0-9]{1,4}|[零〇一二两三四五六七八九十]{1,3}) ?(?:个|项|号|条)?[.、:)]?"
)
_NUMBERED_NAME = re.compile(r"([0-9]{1,3}) ?[.、:) ] ?(.*[^0-9.、 ].*)")
_NEGATION = re.compile(r"[不没未无非否别除]|\b(?:not?|none|without|except)\b")
_NONE = re.compile(
    "(?:以上|这些|上述)?(?:全?都)?(?:没有|没|无|不涉及|不包含|不包括|不需要|不要|不是|不选)[的了]?|一个都没有|否|0|零"
    "|none|no|nothing|none of (?:them|these|the above)"
)
_ALL = re.compile(
    "(?:以上|这些|上述)?(?:全部|所有|全选|都有|全有|全都有|都是|全都是|都要|全都要|都选|都涉及|都包括)[的了]?"
    "|all|all of (?:them|these|the above)|everything"
)
_STRONG = re.compile(r"[,，、;；\n+/&|]+")
_WEAK = re.compile(r" and | |和|与|及|以及|还有|跟|同时")
_LEADING = re.compile("^(?:我们?)?(?:有|包括|包含|涉及|含|选|要)(?=.)")
_GOOD = 50
"""The likeness (0 to 100) from which a name may be meant: one wrong character of two."""
_GOOD_LATIN = 70
"""Latin words of different meaning share more letters than Chinese ones share characters."""
_NEARLY_AS_GOOD = 10
_MOST_SETS = 6
_SHORTEST_LATIN_PART = 3


class Option(msgspec.Struct, frozen=True):
    """One thing that can be chosen; ``label`` and ``synonyms`` are in the user's language."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


def match_one(typed: str, options: Sequence[Option]) -> Parsed[str] | Unclear[str] | Rejected:
    """Return the key of the option that was meant.

    A number counts from 1. Anything short of a number, a name or a part of only one name is asked about.
    """
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _not_listed(typed, options)
    certain = _certain(text, typed, options)
    if certain is not None:
        return certain
    likely = _inside(text, options) or _alike(text, options)
    return _which(likely, typed) if likely else _not_listed(typed, options)


def match_many(
    typed: str, options: Sequence[Option]
) -> Parsed[tuple[str, ...]] | Unclear[tuple[str, ...]] | Rejected:
    """Return the keys of all options that were meant, in the order of the options; none of them is ()."""
    text = normalise(typed.replace("\n", ",")).casefold()
    if not text:
        return EMPTY
    if len(text) > LONGEST_ANSWER:
        return _not_listed(typed, options)
    pieces = [text] if _named(text, options) else [piece.strip() for piece in _STRONG.split(text)]
    answers: list[Parsed[str] | Unclear[str]] = []
    says_none = False
    for piece in filter(None, pieces):
        if _NONE.fullmatch(piece) and not _named(piece, options):
            says_none = True
            continue
        found = _answers(piece, options)
        if isinstance(found, Rejected):
            return found
        answers += found
    if says_none and answers:
        return Rejected(T("「{typed}」既选了几项，又说没有，前后不一致。请再发一次。", typed=excerpt(typed)))
    if says_none:
        return Parsed((), T("记为：一项也没有。"))
    return _together(answers, typed, options) if answers else _not_listed(typed, options)


def _answers(piece: str, options: Sequence[Option]) -> list[Parsed[str] | Unclear[str]] | Rejected:
    """Return one answer for each thing that the piece names; 机房和网络 names two."""
    if _ALL.fullmatch(piece) and not _named(piece, options):
        return [Parsed(option.key) for option in options]
    parts = [part for part in _WEAK.split(piece) if part]
    if len(parts) > 1 and _certain(piece, piece, options) is None:
        split = [_one(part, options) for part in parts]
        read = [answer for answer in split if not isinstance(answer, Rejected)]
        if len(read) == len(split):
            return read
    answer = _one(piece, options)
    return answer if isinstance(answer, Rejected) else [answer]


def _one(piece: str, options: Sequence[Option]) -> Parsed[str] | Unclear[str] | Rejected:
    """Read one name, also after 有, 包括 and the like."""
    answer = match_one(piece, options)
    bare = _LEADING.sub("", piece)
    if isinstance(answer, Parsed) or bare == piece:
        return answer
    plainer = match_one(bare, options)
    return answer if isinstance(plainer, Rejected) else plainer


def _together(
    answers: list[Parsed[str] | Unclear[str]], typed: str, options: Sequence[Option]
) -> Parsed[tuple[str, ...]] | Unclear[tuple[str, ...]] | Rejected:
    """Combine the answers into one set, or into the few sets that they may mean."""
    alternatives = [
        [answer.value] if isinstance(answer, Parsed) else [reading.value for reading in answer.readings]
        for answer in answers
    ]
    combinations = itertools.islice(itertools.product(*alternatives), _MOST_SETS + 1)
    in_order = (tuple(option.key for option in options if option.key in keys) for keys in combinations)
    sets = list(dict.fromkeys(in_order))
    if all(isinstance(answer, Parsed) for answer in answers):
        return Parsed(sets[0], T("记为：{choices}。", choices=_labels(sets[0], options)))
    if len(sets) > _MOST_SETS:
        return _not_listed(typed, options)
    return Unclear(
        T("「{typed}」指的是下面这些吗？", typed=excerpt(typed)),
        tuple(Reading(keys, _labels(keys, options)) for keys in sets),
        "choice",
    )


def _certain(
    text: str, typed: str, options: Sequence[Option]
) -> Parsed[str] | Unclear[str] | Rejected | None:
    """Read a number, a whole name or a part of a name; None when it is none of these."""
    named = _named(text, options)
    found = _NUMBER.fullmatch(text)
    position = number(found[1]) if found else None
    if position is not None and not named and not 1 <= position <= len(options):
        return Rejected(
            T(
                "没有第 {number} 项，请在 1 到 {count} 之间选：{choices}。",
                number=int(position),
                count=len(options),
                choices=_numbered(options),
            )
        )
    if position is not None and 1 <= position <= len(options):
        numbered = options[int(position) - 1]
        named = [*named, numbered] if numbered not in named else named
    named = named or _numbered_name(text, options) or _with_part(text, options)
    if not named:
        return None
    if len(named) > 1:
        return _which(named, typed)
    chosen = named[0]
    return Parsed(chosen.key, None if text == _plain(chosen.label) else verbatim(chosen.label))


def _named(text: str, options: Sequence[Option]) -> list[Option]:
    return [option for option in options if text == _plain(option.key) or text in _names(option)]


def _numbered_name(text: str, options: Sequence[Option]) -> list[Option]:
    """Read 2. 扩建: the name counts, and a number that says otherwise makes it unclear."""
    found = _NUMBERED_NAME.fullmatch(text)
    named = _named(found[2], options) if found else []
    if found is None or not named or not 1 <= int(found[1]) <= len(options):
        return []
    numbered = options[int(found[1]) - 1]
    return named if numbered in named else [*named, numbered]


def _with_part(text: str, options: Sequence[Option]) -> list[Option]:
    if text.isascii() and len(text) < _SHORTEST_LATIN_PART:
        return []
    return [option for option in options if any(text in name for name in _names(option))]


def _inside(text: str, options: Sequence[Option]) -> list[Option]:
    """Return the options that a longer answer names, unless it may be naming them to rule them out."""
    found: list[Option] = []
    for option in options:
        for name in _names(option):
            before, inside, after = text.partition(name)
            if inside and not _NEGATION.search(f"{before} {after}") and not _cuts_a_word(before, name, after):
                found.append(option)
                break
    return found


def _cuts_a_word(before: str, name: str, after: str) -> bool:
    touches = re.search(r"[a-z]$", before) or re.match(r"[a-z]", after)
    return len(name) == 1 or (name.isascii() and touches is not None)


def _alike(text: str, options: Sequence[Option]) -> list[Option]:
    """Return the options whose names are nearly what was typed, likeliest first."""
    if _NEGATION.search(text):
        return []
    from rapidfuzz import fuzz  # most answers are typed right

    good = _GOOD_LATIN if text.isascii() else _GOOD
    likeness = {
        index: max((fuzz.ratio(text, name) for name in _names(option)), default=0.0)
        for index, option in enumerate(options)
    }
    best = max(likeness.values(), default=0.0)
    order = sorted(likeness, key=lambda index: -likeness[index])
    return [options[index] for index in order if likeness[index] >= max(good, best - _NEARLY_AS_GOOD)]


def _names(option: Option) -> list[str]:
    return [name for name in map(_plain, (option.label, *option.synonyms)) if name]


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return normalise(name).casefold()


def _which(likely: Sequence[Option], typed: str) -> Unclear[str]:
    message = T("「{typed}」指的是下面哪一项？", typed=excerpt(typed))
    if len(likely) == 1:
        message = T("「{typed}」指的是「{label}」吗？", typed=excerpt(typed), label=likely[0].label)
    return Unclear(message, tuple(Reading(each.key, verbatim(each.label)) for each in likely), "choice")


def _labels(keys: tuple[str, ...], options: Sequence[Option]) -> Text:
    return joined([verbatim(option.label) for option in options if option.key in keys])


def _numbered(options: Sequence[Option]) -> Text:
    lines = [
        T("{number}. {label}", number=index, label=option.label) for index, option in enumerate(options, 1)
    ]
    return joined(lines, T("；"))


def _not_listed(typed: str, options: Sequence[Option]) -> Rejected:
    return Rejected(
        T(
            "没看懂「{typed}」选的是哪一项，请回复编号或名称：{choices}。",
            typed=excerpt(typed),
            choices=_numbered(options),
        )
    )
