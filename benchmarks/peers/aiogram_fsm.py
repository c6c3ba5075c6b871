"""The form with aiogram's finite state machine, as its documentation shows: one state for each question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import CommandStart, StateFilter
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import DefaultKeyBuilder, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage

from benchmarks.bot_side import BOT_ID, TOKEN, LocalSession, message_update
from benchmarks.peers.form import FORM, SCRIPT, following, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage
    from aiogram.types import Message

    from benchmarks.contenders import Place

Form: Any = type("Form", (StatesGroup,), {field.name: State() for field in FORM})
CONNECTIONS = 512
FIELDS = {getattr(Form, field.name).state: field for field in FORM}


def form_router(submit: Callable[[int, dict[str, Any]], None]) -> Router:
    """Return the handlers of the form; ``submit`` takes a user and all answers at the end."""
    router = Router()

    @router.message(CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_data({})
        await state.set_state(getattr(Form, FORM[0].name))
        await message.answer(FORM[0].ask())

    @router.message(StateFilter(Form), F.text)
    async def answered(message: Message, state: FSMContext, raw_state: str) -> None:
        field = FIELDS[raw_state]
        try:
            value = field.read(message.text or "")
        except ValueError as error:
            await message.answer(f"{error}\n{field.ask()}")
            return
        answers = await state.update_data({field.name: value})
        question = following(field)
        if question is None:
            submit(message.chat.id, answers)
            await state.clear()
            await message.answer(summary(answers))
            return
        await state.set_state(getattr(Form, question.name))
        await message.answer(question.ask())

    return router


class AiogramForm:
    """A bot with the form."""

    script = SCRIPT

    def __init__(
        self, place: Place, storage: BaseStorage, events_isolation: BaseEventIsolation | None = None
    ) -> None:
        """Keep states and answers in ``storage``."""
        self._storage = storage
        self._submitted: dict[int, dict[str, Any]] = {}
        self._bot = Bot(TOKEN, session=LocalSession(place.latency))
        self._dispatcher = Dispatcher(storage=storage, events_isolation=events_isolation)
        self._dispatcher.include_router(form_router(self._submitted.__setitem__))

    async def start(self) -> None:
        """Nothing to do: states are read when they are needed."""

    async def stop(self) -> None:
        """Close the storage."""
        await self._dispatcher.fsm.close()

    async def say(self, user: int, update_id: int, text: str) -> None:
        """Take a message, as polling and webhook do."""
        await self._dispatcher.feed_raw_update(self._bot, message_update(user, update_id, text))

    async def stage(self, user: int) -> str:
        """Return the answers that are kept."""
        key = StorageKey(bot_id=BOT_ID, chat_id=user, user_id=user)
        answers = self._submitted.get(user) or await self._storage.get_data(key)
        return json.dumps(answers, ensure_ascii=False) if answers else ""


def redis_storage(place: Place, *, with_destiny: bool = False) -> Any:
    """Return a storage in Redis whose keys are ours."""
    from aiogram.fsm.storage.redis import RedisStorage

    keys = DefaultKeyBuilder(prefix=place.prefix, with_destiny=with_destiny)
    # By itself the library opens 100 connections, and an update that finds none free is lost.
    return RedisStorage.from_url(
        place.redis, connection_kwargs={"max_connections": CONNECTIONS}, key_builder=keys
    )


def memory(place: Place) -> AiogramForm:
    """Return the form whose states are in memory."""
    return AiogramForm(place, MemoryStorage())


def redis(place: Place) -> AiogramForm:
    """Return the form whose states are in Redis."""
    return AiogramForm(place, redis_storage(place))


def redis_isolated(place: Place) -> AiogramForm:
    """Return the form whose states are in Redis, where the messages of a chat wait for each other."""
    storage = redis_storage(place)
    return AiogramForm(place, storage, storage.create_isolation())
