"""Receives the updates that Telegram sends to the page: 200 only once an update is kept, else it comes again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from http import HTTPStatus
from json import JSONDecodeError
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from bot.telegram.incoming import chat_id_of
from bot.telegram.library import Update
from storage.errors import StorageError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.telegram.reception import Reception

HEADER = "X-Telegram-Bot-Api-Secret-Token"
_log = logging.getLogger(__name__)


class Webhook:
    """The address of one bot."""

    def __init__(self, reception: Reception) -> None:
        """Hand the updates of a bot to ``reception``."""
        self._reception = reception
        self._secret = secret_of(reception.account.bot.token)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @property
    def path(self) -> str:
        """Where Telegram sends updates."""
        return path_of(self._reception.account.bot_id)

    def route(self) -> Route:
        """Return the route for the page's application."""
        return Route(self.path, self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self._secret.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        try:
            update = Update.model_validate(await request.json(), context={"bot": self._reception.account.bot})
        except (JSONDecodeError, UnicodeDecodeError, ValidationError):
            # refused, it would come again and again
            _log.error("%s: an update cannot be read; passed over", self._reception.account.channel)
            return Response()
        chat = chat_id_of(update)
        lock = self._locks.get(chat)
        if lock is None:
            lock = self._locks[chat] = asyncio.Lock()
        async with lock:  # whoever came first is first: the lock is fair
            try:
                await self._reception.take(update)
            except StorageError as error:
                _log.error(
                    "%s: nothing can be kept: %s", self._reception.account.channel, type(error).__name__
                )
                return Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)
        return Response()


def path_of(bot_id: int) -> str:
    """Return where Telegram sends the updates of a bot."""
    return f"/telegram/{bot_id}"


def secret_of(token: str) -> str:
    """Return what Telegram sends along with every update; the same after a restart and on every machine."""
    return hashlib.sha256(f"webhook {token}".encode()).hexdigest()
