"""Telegram as a bot with a webhook knows it: an update comes again and again until it is answered with 200."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot_api import BotApi

PATIENCE = 30
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Pusher:
    """Brings the updates of some chats to processes by turns: those of one chat one after the other, as they came.

    Attributes:
        refused: how often an update was not taken, and will come again.
    """

    def __init__(self, api: BotApi, chats: Sequence[int], addresses: Sequence[str]) -> None:
        """Push.

        Args:
            api: has the updates.
            chats: whose updates.
            addresses: host and port of each process that takes updates.
        """
        self.refused = 0
        self._api = api
        self._stopping = Event()
        self._threads = [
            Thread(
                target=self._push, args=(chat, cycle((*addresses[n % 2 :], *addresses[: n % 2]))), daemon=True
            )
            for n, chat in enumerate(chats)
        ]

    def begin(self) -> None:
        """Begin to push."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _push(self, chat: int, addresses: Iterator[str]) -> None:
        while not self._stopping.is_set():
            update = self._next(chat)
            if update is None or self._api.webhook is None:
                with self._api.changed:
                    self._api.changed.wait(0.01)
            elif self._is_taken(update, next(addresses)):
                self._api.confirm(update)
            else:
                self.refused += 1
                self._stopping.wait(0.01)

    def _next(self, chat: int) -> dict[str, Any] | None:
        return next((each for each in self._api.unconfirmed if each["message"]["chat"]["id"] == chat), None)

    def _is_taken(self, update: dict[str, Any], address: str) -> bool:
        assert self._api.webhook is not None
        headers = {"Content-Type": "application/json", HEADER: self._api.webhook["secret_token"]}
        connection = HTTPConnection(address, timeout=PATIENCE)
        try:
            path = urlsplit(self._api.webhook["url"]).path
            connection.request("POST", path, json.dumps(update).encode(), headers)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
