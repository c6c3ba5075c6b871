"""What can be seen of the program while it runs: turns, sendings, failures. Here nobody looks but the log."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Self

from bot.freshness import EditedElsewhereError, StalePlaceError
from bot.log_context import TURN

if TYPE_CHECKING:
    from types import TracebackType

    from bot.updates import Incoming, Reply
    from storage.errors import StorageError

Outcome = Literal["answered", "repeated", "stale", "failed"]
"""Of a turn: repeated is an update that was taken before; stale, one that the project has moved on from."""
Fate = Literal["sent", "failed", "given_up", "blocked"]
"""Of a part of a message: failed is tried again."""
_log = logging.getLogger(__name__)


class Watch:
    """Is told what happens, from any thread; who wants to see it overrides what it wants to see."""

    def turn(self, incoming: Incoming) -> SeenTurn:
        """Return the block in which an update is carried out."""
        return SeenTurn(self, incoming)

    def turn_ended(self, channel: str, outcome: Outcome, seconds: float) -> None:
        """Take note of a turn.

        Args:
            channel: where it came from.
            outcome: what came of it.
            seconds: from the moment it was taken to the commit.
        """

    def sending_ended(self, channel: str, fate: Fate) -> None:
        """Take note of a part of a message that was to be sent; what came of it is committed."""

    def promoted(self, count: int) -> None:
        """Take note of reminders that were put into the outbox."""

    def storage_failed(self, error: StorageError) -> None:
        """Take note of a transaction that was not kept."""


class SeenTurn:
    """The block in which an update is carried out; every line of the log within names the turn.

    Attributes:
        reply: what was replied; None when the update was taken before.
    """

    __slots__ = ("_began", "_incoming", "_watch", "reply")

    def __init__(self, watch: Watch, incoming: Incoming) -> None:
        self.reply: Reply | None = None
        self._watch = watch
        self._incoming = incoming
        self._began = perf_counter()

    def __enter__(self) -> Self:
        TURN.set(self._incoming.turn_key)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._began
        outcome: Outcome = "answered"
        if kind is not None:
            outcome = "stale" if issubclass(kind, (StalePlaceError, EditedElsewhereError)) else "failed"
        elif self.reply is None:
            outcome = "repeated"
        channel = self._incoming.channel
        self._watch.turn_ended(channel, outcome, seconds)
        if _log.isEnabledFor(logging.INFO):
            fields = {"channel": channel, "outcome": outcome, "duration_ms": round(seconds * 1000, 2)}
            _log.info("turn %s", outcome, extra=fields)
        TURN.set("")
