"""Our own conversation as a contender: called by threads, or behind the webhook of its Telegram channel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.turn import CONVERSATION
from bot.async_conversation import AsyncConversation
from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.packs import DEFAULT_PACK
from bot.updates import Incoming
from storage.database import open_database

if TYPE_CHECKING:
    from benchmarks.contenders import Place

CHANNEL = "benchmark"
BEGIN = "新项目"


class Ours:
    """The conversation on a database."""

    script = (BEGIN, *CONVERSATION)

    def __init__(self, location: Path | str, *, channel: str = CHANNEL, pack: str = DEFAULT_PACK) -> None:
        """Work on the database at a location, with the rules of a pack."""
        self.database = open_database(location)
        self.database.migrate()
        self.conversation = Conversation(self.database, SystemClock(), pack=pack)
        self._turns = AsyncConversation(self.conversation)
        self._channel = channel

    async def start(self) -> None:
        """Nothing to do: it is open."""

    async def stop(self) -> None:
        """Close the database."""
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def take(self, user: int, update_id: int, text: str) -> None:
        """Take a message in the thread that calls; returns after the commit."""
        self.conversation.receive(Incoming(self._channel, str(update_id), str(user), text))

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Take a message; returns after the commit."""
        await self._turns.receive(Incoming(self._channel, str(update_id), str(user), text))

    async def stage(self, user: int) -> str:
        """Return the draft that is open."""
        with self.database.unit_of_work() as work:
            session = work.sessions.get(self._channel, str(user))
            if session is None or session.project_id is None:
                return ""
            return work.projects.get(session.project_id).state.decode()


class OursByWebhook(Ours):
    """The conversation behind the webhook of its Telegram channel: the message comes in as an HTTP request."""

    def __init__(self, location: Path | str, place: Place) -> None:
        """Work on the database at a location."""
        from aiogram import Bot

        from benchmarks.bot_side import BOT_ID, TOKEN, LocalSession
        from bot.telegram.connection import Account
        from bot.telegram.reception import Reception
        from bot.telegram.webhook import HEADER, Webhook, secret_of

        account = Account(Bot(TOKEN, session=LocalSession(place.latency)), BOT_ID, "benchmark_bot")
        super().__init__(location, channel=account.channel)
        webhook = Webhook(Reception(self.conversation, account, wake=lambda: None))
        self._application: Any = webhook.route()
        self._scope = {
            "type": "http",
            "method": "POST",
            "path": webhook.path,
            "query_string": b"",
            "headers": [(HEADER.lower().encode(), secret_of(TOKEN).encode())],
        }

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Send a message to the webhook; returns when it is confirmed, after the commit."""
        from benchmarks.bot_side import message_update

        body = json.dumps(message_update(user, update_id, text)).encode()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            if event["type"] == "http.response.start":
                assert event["status"] == 200, event

        await self._application.handle(dict(self._scope), receive, send)


def sqlite(place: Place) -> Ours:
    """Return our conversation on a file."""
    return Ours(Path(place.folder) / "shenbao.db")


def postgresql(place: Place) -> Ours:
    """Return our conversation on a server."""
    return Ours(place.database)


def sqlite_webhook(place: Place) -> Ours:
    """Return our Telegram channel on a file."""
    return OursByWebhook(Path(place.folder) / "shenbao.db", place)


def postgresql_webhook(place: Place) -> Ours:
    """Return our Telegram channel on a server."""
    return OursByWebhook(place.database, place)
