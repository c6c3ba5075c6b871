"""What the entries of a pack have in common: an id, and notes that may be said of them."""

from __future__ import annotations

import msgspec


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something of the pack that has an id."""

    id: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A remark that is shown while its condition holds."""

    when: str
    text: str
