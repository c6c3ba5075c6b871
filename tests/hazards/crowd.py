"""Everybody who answers while something goes wrong: people in chats and on the page, and Telegram that pushes."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from answering import Typist, Visitor, let_in
from pushing import Pusher

if TYPE_CHECKING:
    import random
    from collections.abc import Generator

    from bot_api import BotApi
    from town import Town

    from storage.database import Database

CHATS = (101, 102)
VISITORS = ("first", "second")


class Crowd:
    """People, while they answer.

    Attributes:
        typists: those in chats.
        visitors: those on the page.
        pusher: brings updates to the page; None when workers ask for them.
    """

    def __init__(self, town: Town, api: BotApi, database: Database, chance: random.Random) -> None:
        for token in VISITORS:
            let_in(database, token)
        self._api = api
        self.typists = [Typist(api, chat) for chat in CHATS]
        self.visitors = [Visitor(token, town.addresses, chance=chance.random) for token in VISITORS]
        self.pusher = Pusher(api, CHATS, town.addresses) if town.setup.webhook else None
        self._read = self._events = 0

    def begin(self) -> None:
        """Begin to answer."""
        if self.pusher is not None:
            self.pusher.begin()
        for each in (*self.typists, *self.visitors):
            each.begin()

    def answer(self) -> None:
        """Answer in the chats what has been asked since, and wait a moment."""
        for typist in self.typists:
            typist.answer()
        with self._api.changed:
            self._api.changed.wait(0.005)

    def answer_for(self, seconds: float) -> None:
        """Answer in the chats for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.answer()

    @property
    def events(self) -> int:
        """How many messages have reached Telegram, and how many answers were acknowledged on the page."""
        calls = self._api.calls
        while self._read < len(calls):
            self._events += calls[self._read].method == "sendMessage"
            self._read += 1
        return self._events + sum(len(visitor.acknowledged) for visitor in self.visitors)

    @property
    def is_spoken(self) -> bool:
        """Whether somebody in a chat has said something that was not taken yet."""
        return bool(self._api.unconfirmed)

    def stop(self) -> None:
        """Say nothing new; the page has to be there for the last answers."""
        for visitor in self.visitors:
            visitor.stop()

    def leave(self) -> None:
        """Go away, whatever has become of the last answers."""
        for visitor in self.visitors:
            visitor.leave()
        if self.pusher is not None:
            self.pusher.stop()


@contextmanager
def crowded(town: Town, api: BotApi, database: Database, chance: random.Random) -> Generator[Crowd]:
    """Start the processes of a server, and let people answer; at the end nobody and nothing is left."""
    crowd = Crowd(town, api, database, chance)
    try:
        town.begin()
        crowd.begin()
        yield crowd
    finally:
        crowd.leave()
        town.kill()
