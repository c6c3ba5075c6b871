"""aiogram, imported in a third of its time: what it knows of Telegram is built when it is first used.

By itself the library builds some 440 models at once, of which a bot needs a few dozen: two thirds of the time that it
takes to import, and 100 MB. Whatever is needed of it comes from here.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from pydantic import BaseModel

_log = logging.getLogger(__name__)


def _import_unbuilt() -> None:
    """Import aiogram, and let pydantic build each of its models when it is first used."""
    usual = BaseModel.__dict__["model_rebuild"]
    names: dict[str, Any] = {}

    def note(_model: type[BaseModel], *, _types_namespace: dict[str, Any]) -> None:
        """Build nothing yet; keep what the types in the models are called."""
        names.update(_types_namespace)

    def build(model: type[BaseModel], **given: Any) -> bool | None:
        return usual.__func__(model, **{"_types_namespace": names} | given)

    BaseModel.model_rebuild = classmethod(note)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        import aiogram  # noqa: F401
    finally:
        BaseModel.model_rebuild = usual
    try:
        from aiogram.methods.base import Response, TelegramMethod
        from aiogram.types import TelegramObject, Update

        for base in (TelegramObject, TelegramMethod, Response):
            base.model_rebuild = classmethod(build)  # pyright: ignore[reportAttributeAccessIssue]
        Update.model_rebuild()
    except Exception:  # noqa: BLE001 - who knows what another version of the library raises
        # All at once takes longer, and goes as well.
        _log.warning("the models of aiogram are all built at once", exc_info=True)
        for model in names.values():
            if isinstance(model, type) and issubclass(model, BaseModel):
                build(model)


if "aiogram" not in sys.modules:
    _import_unbuilt()

from aiogram import Bot  # noqa: E402
from aiogram.client.session.aiohttp import AiohttpSession  # noqa: E402
from aiogram.client.telegram import TelegramAPIServer  # noqa: E402
from aiogram.exceptions import (  # noqa: E402
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates  # noqa: E402
from aiogram.types import (  # noqa: E402
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)

__all__ = [
    "AiogramError",
    "AiohttpSession",
    "Bot",
    "BotCommand",
    "BufferedInputFile",
    "ClientDecodeError",
    "GetUpdates",
    "InlineKeyboardButton",
    "InlineKeyboardMarkup",
    "LinkPreviewOptions",
    "ReplyParameters",
    "TelegramAPIServer",
    "TelegramBadRequest",
    "TelegramConflictError",
    "TelegramEntityTooLarge",
    "TelegramForbiddenError",
    "TelegramMigrateToChat",
    "TelegramNotFound",
    "TelegramRetryAfter",
    "TelegramUnauthorizedError",
    "Update",
]
