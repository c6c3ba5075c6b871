"""A process says that it is ready only while it can use its database and is not stopping."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bot.health import FRESH, Readiness
from bot.listening import listen
from bot.service import Page, Service
from bot.web.probes import Probes
from storage.errors import ServerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.conversation import Conversation
    from bot.health import Reason
    from storage.database import Database


class Asked:
    """A database that answers as it is told, and counts how often it was asked."""

    def __init__(self, answer: Callable[[], bool]) -> None:
        self.answer = answer
        self.count = 0

    def is_usable(self) -> bool:
        self.count += 1
        return self.answer()


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def unavailable() -> bool:
    raise ServerUnavailable("gone")


def readiness(database: Asked, seconds: Hand | None = None, patience: float = 10) -> Readiness:
    return Readiness(database, patience=patience, seconds=seconds or Hand())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(lambda: True, None), (lambda: False, "tables"), (unavailable, "database")],
    ids=["usable", "older tables", "gone"],
)
def test_it_says_why_it_is_not_ready(answer: Callable[[], bool], reason: Reason | None) -> None:
    assert asyncio.run(readiness(Asked(answer)).reason()) == reason


def test_a_real_database_is_ready(database: Database) -> None:
    assert asyncio.run(Readiness(database).reason()) is None


def test_the_database_is_asked_once_however_many_ask() -> None:
    database, seconds = Asked(lambda: True), Hand()

    async def ask() -> None:
        ready = readiness(database, seconds)
        assert await asyncio.gather(*(ready.reason() for _ in range(50))) == [None] * 50
        assert database.count == 1
        seconds.at += FRESH
        await ready.reason()
        assert database.count == 2

    asyncio.run(ask())


def test_a_database_that_does_not_answer_is_not_asked_again_meanwhile() -> None:
    goes_on = Event()
    database = Asked(lambda: goes_on.wait(30))

    async def ask() -> None:
        impatient = readiness(database, patience=0)
        assert [await impatient.reason() for _ in range(3)] == ["database"] * 3
        assert database.count <= 1
        goes_on.set()
        impatient._patience = 30
        assert await impatient.reason() is None

    asyncio.run(ask())


def test_it_is_not_ready_once_it_is_stopping() -> None:
    ready = readiness(Asked(lambda: True))
    asyncio.run(ready.leave(0))
    assert asyncio.run(ready.reason()) == "stopping"


async def ask(port: int, path: str) -> str:
    """Return the first line of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.decode().partition("\r\n")[0]


def test_a_page_that_stops_first_says_so_and_still_answers(conversation: Conversation) -> None:
    """A load balancer learns that a process goes before requests are refused."""
    import uvicorn

    from bot.web.settings import Retention

    ready = Readiness(conversation.database)
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    page = Page(uvicorn.Config(Probes(ready), log_config=None, lifespan="off", ws="none", http="h11"))
    seen: list[str] = []

    async def leave() -> None:
        ready.stop()
        seen.append(await ask(port, "/readyz"))
        seen.append(await ask(port, "/healthz"))

    async def serve() -> None:
        service = Service(conversation, page, listening, [], Retention(), leave=leave)
        running = asyncio.create_task(service.run())
        seen.append(await ask(port, "/readyz"))
        service.stop()
        await running
        with pytest.raises(OSError, match=r"."):
            await ask(port, "/healthz")

    asyncio.run(serve())
    assert seen == [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 503 Service Unavailable",
        "HTTP/1.1 200 OK",
    ]
