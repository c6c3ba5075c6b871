"""The connection to a Bot API server: the bot, its name, and what its errors mean to whoever sends."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.delivery.sender import Blocked, Refused, RetryAfter, Unreachable
from bot.telegram.keyboard import Key
from bot.telegram.library import (
    AiogramError,
    AiohttpSession,
    Bot,
    ClientDecodeError,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    TelegramAPIServer,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.telegram.keyboard import Rows

KIND = "telegram"
_GONE = re.compile(
    r"chat not found|user is deactivated|bot was (?:blocked|kicked)|PEER_ID_INVALID", re.IGNORECASE
)
_NOT_NAMES = re.compile(r"[^\w .,:;()'-]")
_LONGEST_REASON = 120


class Account(NamedTuple):
    """A bot as Telegram knows it.

    Attributes:
        bot: calls the Bot API.
        bot_id: its number.
        username: its name, without @.
    """

    bot: Bot
    bot_id: int
    username: str

    @property
    def channel(self) -> str:
        """The channel that this bot is."""
        return channel_of(self.bot_id)

    @property
    def link(self) -> str:
        """What opens the private chat with the bot."""
        return f"https://t.me/{self.username}"


def channel_of(bot_id: int) -> str:
    """Return the name of a bot's channel."""
    return f"{KIND}.{bot_id}"


def connect(token: str, api: str) -> Bot:
    """Return a bot; nothing is sent yet.

    Args:
        token: the bot's secret.
        api: the address of a Bot API server.

    Raises:
        TokenValidationError: this can be no token.
    """
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))


def markup_of(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return buttons as Telegram takes them; None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=key.label, callback_data=key.data) for key in row] for row in rows
        ]
    )


def rows_of(markup: InlineKeyboardMarkup | None) -> Rows:
    """Return the buttons of a message that was sent."""
    if markup is None:
        return ()
    return tuple(
        tuple(Key(key.text, key.callback_data or "") for key in row) for row in markup.inline_keyboard
    )


def was_taken(error: ClientDecodeError) -> dict[str, Any] | None:
    """Return what Telegram answered to a call that it took, when the library cannot read it; None for a refusal."""
    answered = error.data if isinstance(error.data, dict) else {}
    return answered if answered.get("ok") is True else None


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn what the library raises into what the dispatcher tells apart.

    Raises:
        SendError: the call failed; the kind says what to do about it.
    """
    try:
        yield
    except TelegramRetryAfter as error:
        raise RetryAfter(error.retry_after) from error
    except (TelegramForbiddenError, TelegramMigrateToChat) as error:
        raise Blocked(reason_of(error)) from error
    except TelegramBadRequest as error:
        kind = Blocked if _GONE.search(error.message) else Refused
        raise kind(reason_of(error)) from error
    except TelegramEntityTooLarge as error:
        raise Refused(reason_of(error)) from error
    except AiogramError as error:
        raise Unreachable(reason_of(error)) from error
    except OSError as error:
        raise Unreachable(type(error).__name__) from error


def reason_of(error: Exception) -> str:
    """Return why a call failed, for the operator: never an address, which would hold the bot's token."""
    said = "" if isinstance(error, ClientDecodeError) else str(getattr(error, "message", ""))
    plain = _NOT_NAMES.sub(" ", said.split("http", 1)[0])[:_LONGEST_REASON].strip()
    return f"{type(error).__name__}: {plain}" if plain else type(error).__name__
