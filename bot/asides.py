"""Words that are understood with or without an open project, before anything else reads what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.turn import Turn
    from dialogs.messages import Outgoing

    CarryOut = Callable[[Turn, str], tuple[Outgoing, ...] | None]


def asides() -> tuple[CarryOut, ...]:
    """Return what reads the words first; each returns the whole reply, or None for words that are not its own."""
    import importlib

    found: list[CarryOut] = []
    for name in ("people", "privacy", "reminding", "submission"):
        try:
            found.append(importlib.import_module(f"bot.{name}").carry_out)
        except (ImportError, AttributeError):
            continue
    return tuple(found)
