"""How fast a bot may send, and how long it tries."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Literal
from zlib import crc32

import msgspec

_HEADROOM = 1.035
"""Requests are planned a little further apart than the limit asks: they do not arrive as evenly as they leave."""
_SECOND = 1.03
"""And a second is taken for a little longer: a request leaves a moment after it was counted."""
_LONGEST_WAIT = timedelta(minutes=5)
_JITTER = 0.25


class Limits(msgspec.Struct, frozen=True):
    """What a channel may do.

    Attributes:
        per_second: requests of the bot in any second.
        per_chat: seconds between two messages to one person.
        per_group_minute: messages to one group in a minute.
        give_up_after: how long after its moment a message is still tried.
        on_ambiguous: what becomes of a message that may have gone out when the program was killed: it is sent
            again, or held back for the operator to decide.
    """

    per_second: float = 30
    per_chat: float = 1.0
    per_group_minute: int = 20
    give_up_after: timedelta = timedelta(hours=24)
    on_ambiguous: Literal["resend", "hold"] = "resend"

    @property
    def step(self) -> timedelta:
        """How far apart two requests of the bot are planned."""
        return timedelta(seconds=_HEADROOM / self.per_second)


def back_off(message_id: int, attempt: int) -> timedelta:
    """Return how long to wait after an attempt that failed: 1, 2, 4 … 300 s, and a little more.

    What is added depends on the message, so that those that failed together do not come back together.
    """
    wait = min(_LONGEST_WAIT, timedelta(seconds=2 ** min(attempt - 1, 10)))
    return wait * (1 + _JITTER * crc32(f"{message_id} {attempt}".encode()) / 2**32)


class LastSecond:
    """The requests of the last second: what was planned evenly may still bunch up while the process is held up.

    Its moments are those of a clock that is never set, such as the event loop's.
    """

    def __init__(self, per_second: float) -> None:
        """Allow so many in any second."""
        self._most = max(1, int(per_second))
        self._begun: deque[float] = deque(maxlen=self._most)

    def free_at(self, cost: int) -> float:
        """Return when requests may begin; 0 for at once.

        Args:
            cost: how many requests; more than a second allows count as that many.
        """
        room = self._most - len(self._begun)
        missing = min(cost, self._most) - room
        return 0.0 if missing <= 0 else self._begun[missing - 1] + _SECOND

    def note(self, at: float, cost: int) -> None:
        """Keep that requests begin now."""
        self._begun.extend([at] * min(cost, self._most))
