"""Words that are understood with or without an open project, before anything else reads what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import people, privacy, reminding, submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.turn import Turn
    from dialogs.messages import Outgoing

    CarryOut = Callable[[Turn, str], tuple[Outgoing, ...] | None]

ASIDES: tuple[CarryOut, ...] = (
    people.carry_out,
    privacy.carry_out,
    reminding.carry_out,
    submission.carry_out,
)
"""Each returns the whole reply, or None for words that are not its own."""
