"""A Bot API server of ours that keeps when it was asked and whether in order: ``python -m benchmarks.bot_api COUNT``.

It is a process of its own, so that it takes no time from the program that is measured. It prints its port, takes
COUNT messages whose texts hold ``#number``, and prints its figures as JSON when its input ends.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from array import array
from bisect import bisect_left
from typing import NamedTuple
from urllib.parse import unquote_plus

LATENCY = 0.08
"""Seconds that a service takes to answer."""
_CHAT = re.compile(r"chat_id\D+(\d+)")
_NUMBER = re.compile(r"#(\d+)")
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


class Figures(NamedTuple):
    """What was seen of a crowd of reminders: how long they took, how close they came, what went wrong."""

    count: int
    seconds: float
    fullest_second: int
    disorder: int
    double: int


class Register:
    """Keeps every request of a known number, without growing."""

    def __init__(self, count: int) -> None:
        """Expect so many requests."""
        self.asked = array("d", [0.0]) * count
        self.last = array("l", [-1]) * count
        self.count = self.disorder = self.double = 0

    def note(self, chat: int, number: int) -> None:
        """Keep that a chat is sent a reminder now."""
        self.asked[min(self.count, len(self.asked) - 1)] = time.perf_counter()
        self.count += 1
        self.double += number == self.last[chat]
        self.disorder += number < self.last[chat]
        self.last[chat] = number

    def figures(self) -> Figures:
        """Return what was seen."""
        asked = self.asked[: self.count]
        fullest = max(bisect_left(asked, at + 1.0) - number for number, at in enumerate(asked))
        return Figures(self.count, asked[-1] - asked[0], fullest, self.disorder, self.double)


async def _answer(register: Register, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = unquote_plus((await reader.readexactly(int(length[1]) if length else 0)).decode())
            chat, number = _CHAT.search(body), _NUMBER.search(body)
            assert chat is not None
            assert number is not None
            register.note(int(chat[1]), int(number[1]))
            await asyncio.sleep(LATENCY)
            message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
            said = json.dumps({"ok": True, "result": message}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(said), said)
            )
    except asyncio.IncompleteReadError:
        writer.close()


async def _serve(count: int) -> None:
    register = Register(count)
    server = await asyncio.start_server(
        lambda reader, writer: _answer(register, reader, writer), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(register.figures()), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
