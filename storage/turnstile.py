"""Threads take turns in the order in which they came."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class Turnstile:
    """A lock that is handed to the thread that has waited longest.

    A plain lock, and the connection pool, let a busy thread take its next turn before the one it has just
    woken; that one then waits until it is told that the database is locked.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self, wait: float) -> Generator[None]:
        """Hold the turn for the length of a ``with`` block; it does not nest.

        Args:
            wait: seconds to wait for it.

        Raises:
            TimeoutError: the turn did not come in time.
        """
        if not self._enter(wait):
            raise TimeoutError(f"no turn within {wait} s")
        try:
            yield
        finally:
            self._leave()

    def _enter(self, wait: float) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        handed_over = False
        try:
            handed_over = mine.acquire(timeout=wait)
        finally:
            if not handed_over:
                self._give_up(mine)
        return handed_over

    def _give_up(self, mine: Lock) -> None:
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        # The turn came in the moment in which the patience ended.
        self._leave()

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
