"""Threads take turns in the order in which they came."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turnstile:
    """A lock, or a few of them, each handed to the thread that has waited longest.

    A plain lock, and the connection pool, let a busy thread take its next turn before the one it has just
    woken; that one then waits until it is told that the database is locked.
    """

    def __init__(self, places: int = 1) -> None:
        """Let so many in at once."""
        self._guard = Lock()
        self._free = places
        self._waiting: deque[Lock] = deque()

    @property
    def is_free(self) -> bool:
        """Whether who came now would get in at once."""
        return self._free > 0

    def enter(self, wait: float) -> None:
        """Take the turn; end it by :meth:`hand_over` or :meth:`leave`.

        Args:
            wait: seconds to wait for it.

        Raises:
            TimeoutError: the turn did not come in time.
        """
        with self._guard:
            if self._free:
                self._free -= 1
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            handed_over = mine.acquire(timeout=wait)
        except BaseException:
            if self._withdraw(mine):
                self.leave()
            raise
        # One that came in the moment in which the patience ended is taken all the same.
        if not handed_over and not self._withdraw(mine):
            raise TimeoutError(f"no turn within {wait} s")

    def hand_over(self) -> bool:
        """End the turn if somebody is waiting for it; that one has it then, and nobody comes in between.

        Returns:
            False when nobody waits, and the turn goes on.
        """
        with self._guard:
            if not self._waiting:
                return False
            self._waiting.popleft().release()
            return True

    def leave(self) -> None:
        """End the turn."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _withdraw(self, mine: Lock) -> bool:
        """Stop waiting; return whether the turn had come."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
            return True
