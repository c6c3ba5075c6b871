"""Asks Telegram for updates, and confirms them once they are kept: the chats side by side, each in its order."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.telegram.connection import reason_of, was_taken
from bot.telegram.incoming import ALLOWED, chat_id_of
from bot.telegram.library import (
    AiogramError,
    ClientDecodeError,
    GetUpdates,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
    Update,
)
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.telegram.reception import Reception

LONG_POLL = 25
"""Seconds that Telegram holds a request while nothing comes."""
_MARGIN = 10
_LONGEST_WAIT = 30.0
_CONFLICT = 5.0
_AT_ONCE = 0.25
_LAST_REQUEST = 2
_log = logging.getLogger(__name__)


class Polling:
    """Receives the updates of one bot by asking for them."""

    def __init__(self, reception: Reception, *, long_poll: int = LONG_POLL) -> None:
        """Hand the updates of a bot to ``reception``."""
        self._reception = reception
        self._bot = reception.account.bot
        self._channel = reception.account.channel
        self._long_poll = long_poll
        self._offset: int | None = None
        self._failures = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Receive until told to stop; what was received then is finished and confirmed."""
        while not stopping.is_set():
            asked = self._now()
            updates = await _unless(stopping, self._ask(stopping))
            if updates:
                await self._take_all(updates, stopping)
            elif self._now() - asked < _AT_ONCE:  # a server that does not wait for updates
                await _unless(stopping, asyncio.sleep(_AT_ONCE))
        if self._offset is not None:
            with suppress(AiogramError, OSError):  # unconfirmed updates come again, and are known then
                await self._bot(
                    GetUpdates(offset=self._offset, limit=1, timeout=0), request_timeout=_LAST_REQUEST
                )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _ask(self, stopping: asyncio.Event) -> list[Update]:
        """Return what has come; nothing after a failure that was waited for."""
        call = GetUpdates(offset=self._offset, timeout=self._long_poll, allowed_updates=list(ALLOWED))
        try:
            updates = await self._bot(call, request_timeout=self._long_poll + _MARGIN)
        except ClientDecodeError as error:
            updates = self._readable(error)
            if updates is None:
                await self._fail(error, stopping)
                return []
        except TelegramRetryAfter as error:
            await _unless(stopping, asyncio.sleep(error.retry_after))
            return []
        except TelegramConflictError as error:
            if "webhook" in error.message:
                with suppress(AiogramError, OSError):
                    await self._bot.delete_webhook(drop_pending_updates=False)
            _log.warning("%s: another program asks for this bot's updates; waiting", self._channel)
            await _unless(stopping, asyncio.sleep(_CONFLICT))
            return []
        except TelegramUnauthorizedError as error:
            _log.error("%s: the token is not valid any more", self._channel)
            await self._fail(error, stopping)
            return []
        except (AiogramError, OSError) as error:
            await self._fail(error, stopping)
            return []
        if self._failures:
            _log.warning("%s: Telegram can be reached again", self._channel)
            self._failures = 0
        return updates

    async def _fail(self, error: Exception, stopping: asyncio.Event) -> None:
        """Wait before Telegram is asked again; what is there stays there."""
        wait = min(_LONGEST_WAIT, 2.0 ** min(self._failures, 10) / 2)
        self._failures += 1
        if self._failures == 1:
            _log.warning("%s: Telegram cannot be reached: %s", self._channel, reason_of(error))
        await _unless(stopping, asyncio.sleep(wait))

    def _readable(self, error: ClientDecodeError) -> list[Update] | None:
        """Return the updates that the library can read, when one is not as it expects."""
        answered = was_taken(error)
        if answered is None:
            return None
        found: list[Update] = []
        for one in answered.get("result", []):
            try:
                found.append(Update.model_validate(_completed(one), context={"bot": self._bot}))
            except ValidationError:
                number = one.get("update_id", 0)
                _log.error("%s: update %s cannot be read; passed over", self._channel, number)
                found.append(Update(update_id=int(number)))
        return found

    async def _take_all(self, updates: Sequence[Update], stopping: asyncio.Event) -> None:
        """Take what has come; afterwards it may be confirmed, unless the service stops before all of it is kept."""
        by_chat: dict[int, list[Update]] = defaultdict(list)
        for update in updates:
            by_chat[chat_id_of(update)].append(update)
        kept = await asyncio.gather(*(self._take_chat(chat, stopping) for chat in by_chat.values()))
        missing = [update.update_id for lost in kept for update in lost]
        self._offset = min(missing) if missing else max(update.update_id for update in updates) + 1

    async def _take_chat(self, updates: Sequence[Update], stopping: asyncio.Event) -> Sequence[Update]:
        """Take the updates of one chat in their order; return those that are not kept when the service stops."""
        failures = 0
        for number, update in enumerate(updates):
            while True:
                try:
                    await self._reception.take(update)
                    break
                except StorageError as error:
                    if failures == 0:
                        _log.error("%s: nothing can be kept: %s", self._channel, type(error).__name__)
                    if stopping.is_set():
                        return updates[number:]
                    wait = min(_LONGEST_WAIT, 2.0 ** min(failures, 10) / 2)
                    failures += 1
                    await _unless(stopping, asyncio.sleep(wait))
        return ()


def _completed(update: dict[str, Any]) -> dict[str, Any]:
    """Return an update with what a press of a button may lack on servers that are not Telegram's own."""
    query = update.get("callback_query")
    if not isinstance(query, dict):
        return update
    message = {"message_id": 0, "date": 0, **query["message"]} if "message" in query else None
    return {**update, "callback_query": {"chat_instance": "", **query, "message": message}}


async def _unless(stopping: asyncio.Event, doing: Any) -> Any:
    """Do something unless the service stops first; return what came of it, or None."""
    task, told = asyncio.ensure_future(doing), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((task, told), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for left in (task, told):
            left.cancel()
        await asyncio.gather(task, told, return_exceptions=True)
