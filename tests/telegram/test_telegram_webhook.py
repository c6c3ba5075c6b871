"""Updates that Telegram sends to the page itself: taken with the right secret only, and confirmed once kept."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from bot_api import BOT, TOKEN
from starlette.applications import Starlette
from starlette.testclient import TestClient
from talking import CLOCK

from bot.conversation import Conversation
from bot.delivery.limits import Limits
from bot.telegram.connection import Account, connect
from bot.telegram.running import RunningBot
from bot.telegram.webhook import HEADER, path_of, secret_of
from storage.database import MEMORY, open_database
from storage.errors import StorageFull
from storage.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot_api import BotApi

PATH = path_of(BOT["id"])
SECRET = {HEADER: secret_of(TOKEN)}
CHAT = {"id": 42, "type": "private", "first_name": "李明"}


def said(number: int, text: str) -> dict[str, Any]:
    """Return an update in which somebody says something."""
    person = {"id": 42, "is_bot": False, "first_name": "李明"}
    message = {"message_id": number, "date": 1_795_000_000, "chat": CHAT, "from": person, "text": text}
    return {"update_id": number, "message": message}


@pytest.fixture
def conversation() -> Iterator[Conversation]:
    with open_database(MEMORY) as database:
        database.migrate()
        yield Conversation(database, CLOCK)


@pytest.fixture
def client(conversation: Conversation, api: BotApi) -> Iterator[TestClient]:
    account = Account(connect(TOKEN, api.address), BOT["id"], BOT["username"])
    bot = RunningBot(account, conversation, Limits(), owner="test", public_url="https://shenbao.example")
    with TestClient(Starlette(routes=bot.routes)) as opened:
        yield opened


def replies(conversation: Conversation) -> int:
    """Return how many replies wait."""
    return len(conversation.waiting(f"telegram.{BOT['id']}", "42"))


def test_an_update_is_kept_before_it_is_confirmed(client: TestClient, conversation: Conversation) -> None:
    assert client.post(PATH, json=said(1, "/start"), headers=SECRET).status_code == 200
    assert replies(conversation) == 1


def test_the_same_update_again_is_confirmed_and_not_answered(
    client: TestClient, conversation: Conversation
) -> None:
    for _ in range(3):
        assert client.post(PATH, json=said(1, "/start"), headers=SECRET).status_code == 200
    assert replies(conversation) == 1


@pytest.mark.parametrize("headers", [{}, {HEADER: "wrong"}, {HEADER: secret_of(TOKEN)[:-1]}])
def test_without_the_secret_nothing_is_taken(
    client: TestClient, conversation: Conversation, headers: dict[str, str]
) -> None:
    assert client.post(PATH, json=said(1, "/start"), headers=headers).status_code == 403
    assert replies(conversation) == 0


def test_what_cannot_be_kept_comes_again(
    client: TestClient, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StorageFull

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "take", fails)
        assert client.post(PATH, json=said(1, "/start"), headers=SECRET).status_code == 500
    assert client.post(PATH, json=said(1, "/start"), headers=SECRET).status_code == 200
    assert replies(conversation) == 1


def test_what_cannot_be_read_does_not_come_again(client: TestClient) -> None:
    assert client.post(PATH, content=b"{", headers=SECRET).status_code == 200
    assert client.post(PATH, json={"update_id": "x"}, headers=SECRET).status_code == 200


def test_the_address_is_given_to_telegram(conversation: Conversation, api: BotApi) -> None:
    async def run() -> None:
        account = Account(connect(TOKEN, api.address), BOT["id"], "")
        bot = RunningBot(account, conversation, Limits(), owner="test", public_url="https://shenbao.example/")
        stopping = asyncio.Event()
        receiving = asyncio.create_task(bot.receive(stopping))
        await asyncio.to_thread(api.wait_for, lambda: api.webhook is not None, "the webhook")
        stopping.set()
        await receiving
        await account.bot.session.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    thread.join(60)
    assert api.webhook is not None
    assert api.webhook["url"] == f"https://shenbao.example{PATH}"
    assert api.webhook["secret_token"] == secret_of(TOKEN)
    assert not api.of("getUpdates")
