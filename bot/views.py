"""What follows from a draft is kept until the next answer, so that it need not be worked out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.recent import Recent
from dialogs.view import View

if TYPE_CHECKING:
    from datetime import date


class Seen(NamedTuple):
    """What a view follows from: the rules, the day, and the draft as it is stored."""

    edition_id: str
    day: date
    state: bytes


class Views(Recent[Seen, View]):
    """The views that were made last; nobody changes the drafts that they are of."""
