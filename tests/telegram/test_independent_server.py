"""The bot against a Bot API server that others wrote: npm's telegram-test-api, for text and buttons.

It knows no files, forgets an update once it was asked for (no offset), does not wait for updates, and leaves out
fields that the real one has; see .ci/run for how it gets here.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from telegram_users import AT_ONCE, RunningClock

from bot.conversation import Conversation
from bot.telegram.running import enter
from bot.telegram.settings import BotAccess
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "666:token-of-no-bot"
PACKAGE = Path(__file__).parents[2] / ".node" / "node_modules" / "telegram-test-api"
_SERVER = """
const Server = require(process.argv[1]);
new Server({ port: Number(process.argv[2]), host: "127.0.0.1" }).start().then(() => console.log("up"));
"""
_COMMON = {
    "botToken": TOKEN,
    "from": {"id": 1, "first_name": "李明", "is_bot": False},
    "chat": {"id": 1, "first_name": "李明", "type": "private"},
}


class Client:
    """A user of the server, by the requests of its own client."""

    def __init__(self, address: str) -> None:
        self._address = address

    def says(self, text: str) -> list[dict[str, Any]]:
        """Send a text; return what the bot sends."""
        message = {**_COMMON, "date": 1_795_000_000, "text": text}
        httpx2.post(f"{self._address}/sendMessage", json=message, timeout=30).raise_for_status()
        return self.reads()

    def presses(self, data: str, message_id: int) -> list[dict[str, Any]]:
        """Press a button; return what the bot sends."""
        message = {"message_id": message_id, "date": 1_795_000_000, "chat": _COMMON["chat"]}
        query = {"botToken": TOKEN, "from": _COMMON["from"], "message": message, "data": data}
        httpx2.post(f"{self._address}/sendCallback", json=query, timeout=30).raise_for_status()
        return self.reads()

    def reads(self) -> list[dict[str, Any]]:
        """Wait until the bot has sent something; return it."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            asked = httpx2.post(f"{self._address}/getUpdates", json={"token": TOKEN, "chatId": 1}, timeout=30)
            if found := asked.json()["result"]:
                return found
        raise AssertionError("the bot says nothing")


@pytest.fixture
def client() -> Iterator[Client]:
    node = shutil.which("node")
    if node is None or not PACKAGE.is_dir():
        assert not os.environ.get("SHENBAO_REQUIRE_TELEGRAM_TEST_API"), "telegram-test-api is not installed"
        pytest.skip("node or the npm package telegram-test-api is not installed (see .ci/run)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - our own program
        [node, "-e", _SERVER, str(PACKAGE), str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().strip() == "up"
        yield Client(f"http://127.0.0.1:{port}")
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def talking(client: Client) -> Iterator[Client]:
    """A client of a server that the bot is connected to."""
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()

    async def serve(conversation: Conversation) -> None:
        access = BotAccess(666, TOKEN, client._address, has_webhook=False)
        bot = await enter(access, conversation, AT_ONCE, public_url="")
        try:
            await asyncio.gather(bot.receive(stopping), bot.dispatcher.run(stopping))
        finally:
            await bot.account.bot.session.close()

    with open_database(MEMORY) as database:
        database.migrate()
        conversation = Conversation(database, RunningClock())
        thread = threading.Thread(target=loop.run_until_complete, args=(serve(conversation),), daemon=True)
        thread.start()
        yield client
        loop.call_soon_threadsafe(stopping.set)
        thread.join(30)
        loop.close()


@pytest.mark.slow
def test_text_and_buttons(talking: Client) -> None:
    (first,) = talking.says("/start")
    assert "涉及国家秘密" in first["message"]["text"]
    keys = [key for row in first["message"]["reply_markup"]["inline_keyboard"] for key in row]
    no = next(key["callback_data"] for key in keys if key["text"] == "否")
    (second,) = talking.presses(no, first["messageId"])
    assert "你们单位属于哪一级" in second["message"]["text"]
    (stale,) = talking.presses(no, first["messageId"])
    assert "这个按钮是前面一题的" in stale["message"]["text"]
    (third,) = talking.says("县区")
    assert "你们单位是哪一类" in third["message"]["text"]
