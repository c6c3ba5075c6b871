"""Words that users type, as opposed to sentences that they read: never translated, matched in every language."""

from __future__ import annotations


def words(*typed: str) -> frozenset[str]:
    """Return a set of words as they are typed, lower case."""
    return frozenset(typed)
