"""The words by which the kinds of events of a pack are named, found in what somebody typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialogs.parsing.text import normalise

if TYPE_CHECKING:
    from rules.ruleset import RuleSet

_GAP = "[^,;。!?]{0,6}"


class Mention(NamedTuple):
    """A place where a text names something that happens to projects.

    Attributes:
        start, end: the place.
        kinds: the kinds of events that it may be, in the order of the pack.
        is_named: the words name it and nothing else; otherwise they only hint at it.
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    is_named: bool


class Vocabulary:
    """The words of one pack edition, compiled once."""

    def __init__(self, rules: RuleSet) -> None:
        """Compile the words of ``events.yaml``; the label of a kind is one of its words."""
        self._others: list[re.Pattern[str]] = []
        self._named: dict[re.Pattern[str], list[str]] = {}
        self._hints: dict[re.Pattern[str], list[str]] = {}
        for kind, rule in rules.event_rules.items():
            self._others += [_pattern(word) for word in rule.others]
            for word in (rules.event_kinds[kind].label, *rule.said):
                self._named.setdefault(_pattern(word), []).append(kind)
            for word in rule.hints:
                self._hints.setdefault(_pattern(word), []).append(kind)

    def mentions(self, text: str) -> list[Mention]:
        """Return the mentions in normalised text, in order; of words that overlap the longest counts."""
        taken = [found.span() for pattern in self._others for found in pattern.finditer(text)]
        mentions: list[Mention] = []
        for words, is_named in ((self._named, True), (self._hints, False)):
            found = [
                Mention(*match.span(), tuple(kinds), is_named)
                for pattern, kinds in words.items()
                for match in pattern.finditer(text)
            ]
            for mention in sorted(found, key=lambda each: (each.start - each.end, each.start)):
                if all(mention.end <= start or end <= mention.start for start, end in taken):
                    taken.append((mention.start, mention.end))
                    mentions.append(mention)
        return sorted(mentions, key=lambda each: each.start)

    def named(self, text: str) -> str | None:
        """Return the kind that the whole of a normalised text names, or None."""
        for pattern, kinds in self._named.items():
            if len(kinds) == 1 and pattern.fullmatch(text):
                return kinds[0]
        return None


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(re.escape(normalise(word).casefold()).replace(r"\*", _GAP))
