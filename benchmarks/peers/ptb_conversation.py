"""The form with python-telegram-bot's ConversationHandler, kept by its PicklePersistence."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseUpdateProcessor,
    CommandHandler,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

from benchmarks.bot_side import TOKEN, answer, message_update
from benchmarks.peers.form import FORM, SCRIPT, Field, following, summary

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from benchmarks.contenders import Place

NAME = "form"


async def _start(update: Any, context: Any) -> str:
    context.user_data["answers"] = {}
    await update.message.reply_text(FORM[0].ask())
    return FORM[0].name


def _answered(field: Field) -> Any:
    async def answered(update: Any, context: Any) -> str | int | None:
        try:
            value = field.read(update.message.text)
        except ValueError as error:
            await update.message.reply_text(f"{error}\n{field.ask()}")
            return None
        answers = context.user_data["answers"]
        answers[field.name] = value
        question = following(field)
        if question is None:
            await update.message.reply_text(summary(answers))
            return ConversationHandler.END
        await update.message.reply_text(question.ask())
        return question.name

    return answered


class _InTurn(BaseUpdateProcessor):
    """Takes one update after the other, as the library does by itself, and tells when each is done."""

    def __init__(self) -> None:
        super().__init__(1)
        self.done: dict[int, list[asyncio.Future[None]]] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        await coroutine
        assert isinstance(update, Update)
        waiting = self.done[update.update_id]
        waiting.pop(0).set_result(None)
        if not waiting:
            del self.done[update.update_id]

    async def initialize(self) -> None:
        """Nothing is open."""

    async def shutdown(self) -> None:
        """Nothing is open."""


class _LocalRequest(BaseRequest):
    """Answers the calls of the bot in this process."""

    read_timeout = None

    def __init__(self, latency: float) -> None:
        self._latency = latency

    async def initialize(self) -> None:
        """Nothing is open."""

    async def shutdown(self) -> None:
        """Nothing is open."""

    async def do_request(
        self, url: str, method: str, request_data: Any = None, *_args: Any, **_timeouts: Any
    ) -> tuple[int, bytes]:
        del method
        if self._latency:
            await asyncio.sleep(self._latency)
        if url.endswith("/getMe"):
            me = {"id": 1, "is_bot": True, "first_name": "bot", "username": "benchmark_bot"}
            return 200, json.dumps({"ok": True, "result": me}).encode()
        chat = int(request_data.parameters["chat_id"])
        # what is sent over the network otherwise
        assert request_data.json_payload
        return 200, answer(chat, is_message=True).encode()


class ConversationForm:
    """A bot with the form."""

    script = SCRIPT

    def __init__(self, place: Place, *, is_kept_at_end: bool = False) -> None:
        """Keep conversations in a file, as often as the library does by itself, or only when it stops."""
        self._in_turn = _InTurn()
        self._application: Any = (
            Application.builder()
            .token(TOKEN)
            .updater(None)
            .request(_LocalRequest(place.latency))
            .concurrent_updates(self._in_turn)
            .persistence(PicklePersistence(Path(place.folder) / "bot.pickle", on_flush=is_kept_at_end))
            .job_queue(None)
            .build()
        )
        handler: Any = ConversationHandler(
            entry_points=[CommandHandler("start", _start)],
            states={
                field.name: [MessageHandler(filters.TEXT & ~filters.COMMAND, _answered(field))]
                for field in FORM
            },
            fallbacks=[CommandHandler("start", _start)],
            name=NAME,
            persistent=True,
            allow_reentry=True,
        )
        self._application.add_handler(handler)

    async def start(self) -> None:
        """Read the file and begin to work."""
        await self._application.initialize()
        await self._application.start()

    async def stop(self) -> None:
        """Write the file."""
        await self._application.stop()
        await self._application.shutdown()

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Put a message into the library's queue, as polling and webhook do, and wait until it is done."""
        update = Update.de_json(message_update(user, update_id, text), self._application.bot)
        done = asyncio.get_running_loop().create_future()
        self._in_turn.done.setdefault(update_id, []).append(done)
        await self._application.update_queue.put(update)
        await done

    async def stage(self, user: int) -> str:
        """Return the answers that are kept."""
        answers = self._application.user_data.get(user, {}).get("answers")
        return json.dumps(answers, ensure_ascii=False) if answers else ""


def pickled(place: Place) -> ConversationForm:
    """Return the form."""
    return ConversationForm(place)


def pickled_at_end(place: Place) -> ConversationForm:
    """Return the form, kept only when it stops."""
    return ConversationForm(place, is_kept_at_end=True)
