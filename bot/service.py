"""All that ``shenbao serve`` runs in one loop: the page, the bots, the reminders, and a daily tidying up."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from bot.works import keep, pause, told_to_stop
from storage.errors import StorageError

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Generator, Sequence

    from bot.conversation import Conversation
    from bot.telegram.running import RunningBot
    from bot.web.settings import Retention
    from bot.works import Work

DRAIN = 8.0
"""Seconds that a stop waits for what is under way; whatever is left then is kept and goes on after a restart."""
PROMOTION = 30.0
"""Seconds between two looks for reminders, at most: answers may have changed a deadline meanwhile."""
DAY = 24 * 3600.0
_SHORTEST = 1.0
_AGAIN = 5.0
_log = logging.getLogger(__name__)


class Page(uvicorn.Server):
    """The page; the service looks after signals."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the signals alone."""
        yield


class Service:
    """What runs until the process is told to stop."""

    def __init__(
        self,
        conversation: Conversation,
        page: Page,
        listening: socket.socket,
        bots: Sequence[RunningBot],
        retention: Retention,
        *,
        leave: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare the service.

        Args:
            conversation: answers and keeps.
            page: serves the web page.
            listening: where it does.
            bots: served beside it.
            retention: how long things are kept.
            leave: gives others the time to send their requests elsewhere, before the page stops.
        """
        self._conversation = conversation
        self._page = page
        self._listening = listening
        self._bots = bots
        self._retention = retention
        self._leave = leave
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; what is under way is finished first."""
        with told_to_stop(self._stopping):
            page = asyncio.create_task(self._serve_page())
            tasks = [page, *(asyncio.create_task(keep(work, self._stopping)) for work in self._works())]
            await self._stopping.wait()
            await self._leave()
            self._page.should_exit = True
            _, late = await asyncio.wait(tasks, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if page.done() and not page.cancelled():
            page.result()

    def stop(self) -> None:
        """Stop as a signal would."""
        self._stopping.set()

    async def _serve_page(self) -> None:
        try:
            await self._page.serve([self._listening])
        finally:
            self._stopping.set()

    def _works(self) -> list[Work]:
        if self._conversation.database.is_on_server:
            # Workers do the rest, and ask for the updates of bots that have no webhook.
            return [bot.receive for bot in self._bots if bot.has_webhook]
        works: list[Work] = [self._tidy, self._resync]
        for bot in self._bots:
            works += [bot.receive, *([bot.dispatcher.run] if bot.dispatcher else [])]
        return [*works, self._promote] if self._bots else works

    async def _promote(self, stopping: asyncio.Event) -> None:
        """Put reminders into the outbox when their moment comes."""
        from bot.reminders.promote import next_promotion, promote

        def due() -> tuple[int, float]:
            count = promote(self._conversation)
            with self._conversation.database.unit_of_work() as work:
                following = next_promotion(work)
            now = self._conversation.clock.now()
            return count, PROMOTION if following is None else (following - now).total_seconds()

        while not stopping.is_set():
            try:
                count, wait = await asyncio.to_thread(due)
            except StorageError as error:
                _log.error("reminders wait: %s", type(error).__name__)
                count, wait = 0, _AGAIN
            if count:
                for bot in self._bots:
                    bot.wake()
            else:
                await pause(stopping, min(max(wait, _SHORTEST), PROMOTION))

    async def _resync(self, stopping: asyncio.Event) -> None:
        """Work the due dates out anew at the start and every day: rules, calendar or program may be others."""
        from bot.reminders.schedule import resync_all

        while not stopping.is_set():
            try:
                await asyncio.to_thread(resync_all, self._conversation)
            except StorageError as error:
                _log.error("due dates wait: %s", type(error).__name__)
            await pause(stopping, DAY)

    async def _tidy(self, stopping: asyncio.Event) -> None:
        """Delete once a day what need not be kept any longer."""
        from bot.retention import tidy

        while not stopping.is_set():
            try:
                await asyncio.to_thread(tidy, self._conversation, self._retention)
            except StorageError as error:
                _log.error("tidying up waits: %s", type(error).__name__)
            await pause(stopping, DAY)
