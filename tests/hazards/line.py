"""The line to a database server, which can be cut and mended: a proxy on loopback that passes bytes on."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Coroutine, Generator, Sequence
    from typing import Any

_AT_ONCE = struct.pack("ii", 1, 0)
_CHUNK = 65536
_ROUNDS = 10
"""Of the event loop, until what was accepted just now is there, and what was reset is closed."""


class Line:
    """A line; threads share it.

    Attributes:
        port: where it begins, on this machine.
    """

    def __init__(self, host: str, port: int) -> None:
        self._end = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()
        self._is_cut = False
        self.port = 0

    def open(self) -> None:
        """Begin to pass bytes on."""
        self._thread.start()
        self._do(self._listen())

    def mend(self) -> None:
        """Let connections through."""
        self._is_cut = False

    def cut(self) -> None:
        """Reset every connection, and new ones as soon as they come."""
        # It goes on listening: asyncio forgets what it is accepting when it is told to stop, and whoever had come
        # then would wait for an answer forever.
        self._is_cut = True
        self._do(self._reset_all())

    def reset_one(self, chance: random.Random) -> None:
        """Reset one of the connections; new ones are let through."""
        self._do(self._reset_one(chance))

    def close(self) -> None:
        """Cut it for good; nobody comes any more."""
        self.cut()
        assert self._server is not None
        self._loop.call_soon_threadsafe(self._server.close)
        self._do(self._reset_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _reset_all(self) -> None:
        for _ in range(_ROUNDS):
            await self._reset(list(self._passing))
            await asyncio.sleep(0)

    async def _reset_one(self, chance: random.Random) -> None:
        if self._passing:
            await self._reset([chance.choice(sorted(self._passing, key=lambda task: task.get_name()))])

    async def _reset(self, passing: Sequence[asyncio.Task[None]]) -> None:
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            _abort(writer)
            return
        task = asyncio.create_task(self._pass(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        task.add_done_callback(lambda _: _abort(writer))  # also of one that is cancelled before it begins

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opening = asyncio.ensure_future(asyncio.open_connection(*self._end))
        try:
            far_reader, far_writer = await asyncio.shield(opening)
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except OSError:
            return
        finally:
            with suppress(OSError):
                _, far_writer = await opening
                _abort(far_writer)


def _abort(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


@contextmanager
def line_to(host: str, port: int) -> Generator[Line]:
    """Lay a line."""
    line = Line(host, port)
    line.open()
    try:
        yield line
    finally:
        line.close()
