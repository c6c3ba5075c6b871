"""Telegram as a bot sees it, without a network: updates come as JSON, and every call is answered at once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiogram.client.session.base import BaseSession
from aiogram.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiogram import Bot
    from aiogram.methods import TelegramMethod

TOKEN = "1:" + "x" * 35
BOT_ID = 1
_MOMENT = 1_800_000_000


def message_update(user: int, update_id: int, text: str) -> dict[str, Any]:
    """Return an update with a message of a private chat, as Telegram sends it."""
    message: dict[str, Any] = {
        "message_id": update_id,
        "date": _MOMENT,
        "chat": {"id": user, "type": "private", "first_name": "user"},
        "from": {"id": user, "is_bot": False, "first_name": "user"},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": update_id, "message": message}


def answer(chat: int, *, is_message: bool) -> str:
    """Return what the Bot API answers to a call, as JSON."""
    result: object = True
    if is_message:
        sender = {"id": BOT_ID, "is_bot": True, "first_name": "bot"}
        chat_of_user = {"id": chat, "type": "private", "first_name": "user"}
        result = {"message_id": 1, "date": _MOMENT, "chat": chat_of_user, "from": sender, "text": "x"}
    return json.dumps({"ok": True, "result": result})


class LocalSession(BaseSession):
    """Answers the calls of an aiogram bot in this process; the library reads the answers as ever."""

    def __init__(self, latency: float) -> None:
        """Answer after so many seconds."""
        super().__init__()
        self._latency = latency

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - the library's signature
    ) -> Any:
        """Answer a call."""
        del timeout
        if self._latency:
            await asyncio.sleep(self._latency)
        is_message = Message in (method.__returning__, *getattr(method.__returning__, "__args__", ()))
        content = answer(int(getattr(method, "chat_id", 0)), is_message=is_message)
        return self.check_response(bot, method, 200, content).result

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        """Files are not asked for."""
        del args, kwargs
        raise NotImplementedError
        yield b""

    async def close(self) -> None:
        """Nothing is open."""
