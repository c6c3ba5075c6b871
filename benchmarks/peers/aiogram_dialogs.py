"""The form with aiogram_dialog: a window for each question, with a text input that checks the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher, Router
from aiogram.filters import CommandStart
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window, setup_dialogs
from aiogram_dialog.api.exceptions import UnknownIntent
from aiogram_dialog.context.storage import StorageProxy
from aiogram_dialog.widgets.input import TextInput
from aiogram_dialog.widgets.text import Const

from benchmarks.bot_side import TOKEN, LocalSession, message_update
from benchmarks.peers.aiogram_fsm import Form, redis_storage
from benchmarks.peers.form import FORM, SCRIPT, Field, following, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiogram.fsm.storage.base import BaseStorage
    from aiogram.types import Message

    from benchmarks.contenders import Place

FIRST = getattr(Form, FORM[0].name)


def window(field: Field, submit: Callable[[int, dict[str, Any]], None]) -> Window:
    """Return the window of a question."""

    async def answered(message: Message, widget: Any, manager: DialogManager, value: str) -> None:
        del widget
        manager.dialog_data[field.name] = value
        if following(field) is None:
            submit(message.chat.id, dict(manager.dialog_data))
            await message.answer(summary(manager.dialog_data))
            await manager.done(show_mode=ShowMode.NO_UPDATE)
        else:
            await manager.next()

    async def refused(message: Message, widget: Any, manager: DialogManager, error: ValueError) -> None:
        del widget, manager
        await message.answer(str(error))

    read = TextInput(id=field.name, type_factory=field.read, on_success=answered, on_error=refused)
    return Window(Const(field.ask()), read, state=getattr(Form, field.name))


class DialogForm:
    """A bot with the form."""

    script = SCRIPT

    def __init__(self, place: Place, storage: BaseStorage) -> None:
        """Keep dialogs in ``storage``."""
        self._storage = storage
        self._submitted: dict[int, dict[str, Any]] = {}
        self._bot = Bot(TOKEN, session=LocalSession(place.latency))
        self._dispatcher = Dispatcher(storage=storage)
        router = Router()
        router.message(CommandStart())(_start)
        dialog = Dialog(*(window(field, self._submitted.__setitem__) for field in FORM))
        self._dispatcher.include_routers(router, dialog)
        setup_dialogs(self._dispatcher)

    async def start(self) -> None:
        """Let the library set up its dialogs."""
        await self._dispatcher.emit_startup(bot=self._bot)

    async def stop(self) -> None:
        """Close the storage."""
        await self._dispatcher.fsm.close()

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Take a message, as polling and webhook do."""
        await self._dispatcher.feed_raw_update(self._bot, message_update(user, update_id, text))

    async def stage(self, user: int) -> str:
        """Return the answers that are kept."""
        if user in self._submitted:
            return json.dumps(self._submitted[user], ensure_ascii=False)
        proxy = StorageProxy(
            self._storage, SimpleEventIsolation(), user, user, None, None, self._bot, {"Form": Form}
        )
        try:
            context = await proxy.load_context((await proxy.load_stack()).last_intent_id())
        except (UnknownIntent, IndexError):
            return ""
        finally:
            await proxy.unlock()
        answers = {name: value for name, value in context.dialog_data.items() if name in Form.__dict__}
        return json.dumps(answers, ensure_ascii=False) if answers else ""


async def _start(message: Message, dialog_manager: DialogManager) -> None:
    del message
    await dialog_manager.start(FIRST, mode=StartMode.RESET_STACK)


def memory(place: Place) -> DialogForm:
    """Return the form whose dialogs are in memory."""
    return DialogForm(place, MemoryStorage())


def redis(place: Place) -> DialogForm:
    """Return the form whose dialogs are in Redis."""
    return DialogForm(place, redis_storage(place, with_destiny=True))
