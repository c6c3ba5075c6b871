"""What follows from a draft is kept until the next answer, so that it need not be worked out again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from dialogs.view import View

MOST = 256
"""Views that are kept: those of the conversations that were used last."""


class Seen(NamedTuple):
    """What a view follows from: the rules, the day, and the draft as it is stored."""

    edition_id: str
    day: date
    state: bytes


class Views:
    """The views that were made last; threads share them, and nobody changes the drafts that they are of."""

    def __init__(self, most: int = MOST) -> None:
        """Keep at most so many."""
        self._most = most
        self._kept: OrderedDict[Seen, View] = OrderedDict()
        self._lock = Lock()

    def get(self, seen: Seen) -> View | None:
        """Return a view that is still kept."""
        with self._lock:
            view = self._kept.get(seen)
            if view is not None:
                self._kept.move_to_end(seen)
            return view

    def put(self, seen: Seen, view: View) -> None:
        """Keep a view in place of the one that was not used for longest."""
        with self._lock:
            self._kept[seen] = view
            self._kept.move_to_end(seen)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
