"""The disk is full while people answer: everybody is told in one sentence, nothing is half kept, and it goes on with room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from answering import ANSWERS, facts_after_each_answer
from bot_api import BOT, TOKEN
from delivering import Channel, JumpingClock, Post
from room import no_room
from starlette.applications import Starlette
from starlette.testclient import TestClient
from talking import CLOCK, row_counts
from visiting import Browser, people, server_site

from bot.conversation import Conversation
from bot.delivery.limits import Limits
from bot.failures import failure_text
from bot.telegram.connection import Account, connect
from bot.telegram.running import RunningBot
from bot.telegram.webhook import HEADER, path_of, secret_of
from bot.updates import chat_of
from bot.worker.courier import Courier
from dialogs.draft import load_draft
from storage.database import Database, open_database
from storage.errors import StorageFull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot_api import BotApi
    from delivering import Words

    from bot.delivery.sender import Sent
    from bot.updates import Reply
    from rules.facts import Value

SCRIPT = list(ANSWERS.values())
SENTENCE = failure_text(StorageFull()).render()
CHAT = {"id": 42, "type": "private", "first_name": "李明"}
PERSON = {"id": 42, "is_bot": False, "first_name": "李明"}


@pytest.fixture
def database(location: str) -> Iterator[Database]:
    with open_database(location) as opened:
        opened.migrate()
        yield opened


def test_the_page_says_so_and_takes_the_same_form_once_there_is_room(database: Database) -> None:
    browser = people(server_site(database)).member
    path = browser.begins_project(SCRIPT[0])
    refused: list[tuple[str, dict[str, str]]] = []
    with no_room(database):
        for text in SCRIPT[1:]:
            form, before = {**browser.hidden, "text": text}, row_counts(database)
            shown = browser.sends(f"{path}/say", text=text)
            if shown.status_code != 200:
                assert shown.status_code == 503
                assert SENTENCE in shown.text
                assert "Traceback" not in shown.text
                assert row_counts(database) == before, "nothing is half kept"
                refused.append((text, form))
                break
    ((text, form),) = refused
    assert kept(database, "unit:1") == [facts_after_each_answer()[SCRIPT.index(text)]]
    browser.shown = None
    assert browser.sends(f"{path}/say", **form).status_code == 200
    assert kept(database, "unit:1") == [facts_after_each_answer()[SCRIPT.index(text) + 1]]
    go_on(browser, path, SCRIPT[SCRIPT.index(text) + 1 :])
    assert kept(database, "unit:1") == [facts_after_each_answer()[-1]]


def test_an_update_comes_again_until_there_is_room_and_is_answered_once(
    database: Database, api: BotApi
) -> None:
    conversation = Conversation(database, CLOCK)
    account = Account(connect(TOKEN, api.address), BOT["id"], BOT["username"])
    bot = RunningBot(account, conversation, Limits(), owner="test", public_url="https://shenbao.example")
    owner = chat_of(account.channel, "42")
    with TestClient(Starlette(routes=bot.routes)) as telegram:

        def bring(number: int, text: str) -> int:
            message = {
                "message_id": number,
                "date": 1_795_000_000,
                "chat": CHAT,
                "from": PERSON,
                "text": text,
            }
            update = {"update_id": number, "message": message}
            secret = {HEADER: secret_of(TOKEN)}
            return telegram.post(path_of(BOT["id"]), json=update, headers=secret).status_code

        assert bring(0, "/start") == 200
        came_again = 0
        for number, text in enumerate(SCRIPT, 1):
            with no_room(database):
                before = row_counts(database)
                while (status := bring(number, text)) != 200 and came_again < 5:
                    assert status == 500
                    assert row_counts(database) == before, "nothing is half kept"
                    came_again += 1
            assert bring(number, text) == 200
            assert kept(database, owner) == [facts_after_each_answer()[number]]
        assert came_again
        assert len(conversation.waiting(account.channel, "42")) == len(SCRIPT) + 1


class FullWhileSending(Channel):
    """A channel whose messages leave just as the disk becomes full."""

    def __init__(self, clock: JumpingClock, database: Database, *, seconds: float) -> None:
        super().__init__(clock)
        self._full = no_room(database)
        self._seconds = seconds

    async def send(self, chat: str, reply: Reply, part: Words, *, keyboard: str | None) -> Sent:
        if not self.asked:
            self._full.__enter__()
            asyncio.get_running_loop().call_later(self._seconds, self._full.__exit__, None, None, None)
        return await super().send(chat, reply, part, keyboard=keyboard)


@pytest.mark.parametrize("seconds", [3.0, 60.0])
def test_what_was_sent_is_remembered_once_there_is_room_and_not_sent_again(
    database: Database, seconds: float
) -> None:
    clock = JumpingClock()
    conversation = Conversation(database, clock)
    channel = FullWhileSending(clock, database, seconds=seconds)
    post = Post(conversation, clock, channel)
    post.put("anna", "first")
    post.put("anna", "second")
    courier = Courier(conversation, channel, Limits(), owner="here")

    async def main() -> None:
        for message in post.rows():
            await courier.deliver(message.id)

    clock.run(main())
    assert [got.text for got in channel.asked] == ["first", "second"]
    assert post.statuses == ["sent", "sent"]
    assert not any(message.ambiguous for message in post.rows())


def go_on(browser: Browser, path: str, texts: list[str]) -> None:
    """Answer what is left."""
    browser.opens(path)
    for text in texts:
        assert browser.sends(f"{path}/say", text=text).status_code == 200


def kept(database: Database, owner: str) -> list[dict[str, Value]]:
    """Return what the projects of an owner hold."""
    with database.unit_of_work() as work:
        return [
            load_draft(work.projects.get(project.id).state).facts for project in work.projects.list_for(owner)
        ]
