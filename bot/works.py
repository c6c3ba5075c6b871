"""What runs side by side in a process until it is told to stop; a work that fails by a mistake of ours begins again."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

Work = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set."""
_AGAIN = 5.0
_log = logging.getLogger(__name__)


async def keep(work: Work, stopping: asyncio.Event) -> None:
    """Run a work, and begin it again when it ends with an error: the others must not end with it."""
    while not stopping.is_set():
        try:
            await work(stopping)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process goes on
            # no traceback: it may hold what was said
            _log.error("%s failed: %s", getattr(work, "__qualname__", "work"), type(error).__name__)
            await pause(stopping, _AGAIN)
        else:
            return


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until the process is told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


@contextmanager
def told_to_stop(stopping: asyncio.Event) -> Generator[asyncio.Event]:
    """Set an event at the first signal to stop; a second one ends the process as usual."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    before: dict[signal.Signals, object] = {}

    def stop() -> None:
        restore()
        stopping.set()

    def restore() -> None:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)  # type: ignore[arg-type]
        before.clear()

    for number in signals:
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows has no such thing
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
        except (RuntimeError, ValueError):  # not the main thread: whoever started it stops it
            continue
        before[number] = handler
    try:
        yield stopping
    finally:
        restore()
