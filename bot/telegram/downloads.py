"""Files that users send, fetched from Telegram's server into memory."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING

from bot.telegram.library import AiogramError, TelegramBadRequest, TelegramRetryAfter
from bot.uploads import IncomingFile
from documents.guard import MEGABYTE
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiogram import Bot

    from bot.telegram.incoming import FileSent
    from rules.text import Text

LARGEST = 20 * MEGABYTE
"""What a bot may fetch."""
TOO_LARGE = T("这个文件超过 20 MB，Telegram 不让机器人取；请在网页上交，或压缩后再发。")
NOT_FETCHED = T("文件没有取到（网络或 Telegram 的原因）；之前的都在，请再发一次。")
_TRIES = 3
_LONGEST_WAIT = 20
_PIECE = 65_536
_log = logging.getLogger(__name__)


class NotFetchedError(Exception):
    """A file cannot be had; ``text`` says in one sentence why, and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


async def fetch(bot: Bot, sent: FileSent) -> IncomingFile:
    """Return a file that a user sent.

    Args:
        bot: that it was sent to.
        sent: where it is.

    Raises:
        NotFetchedError: it is too large, or cannot be had now.
    """
    if sent.size > LARGEST:
        raise NotFetchedError(TOO_LARGE)
    for attempt in range(_TRIES):
        try:
            return IncomingFile(sent.name or "file", await _content(bot, sent), sent.message_id)
        except TelegramBadRequest as error:
            raise NotFetchedError(TOO_LARGE if "too big" in error.message else NOT_FETCHED) from None
        except TelegramRetryAfter as error:
            wait = error.retry_after
        # the text of an error would hold the address, and with it the bot's token
        except (AiogramError, OSError, TimeoutError) as error:
            _log.warning("a file was not fetched: %s", type(error).__name__)
            wait = attempt
        if wait > _LONGEST_WAIT:
            break
        await asyncio.sleep(wait)
    raise NotFetchedError(NOT_FETCHED)


async def _content(bot: Bot, sent: FileSent) -> bytes:
    file = await bot.get_file(sent.file_id)
    content = io.BytesIO()
    async for piece in _pieces(bot, file.file_path or ""):
        content.write(piece)
        if content.tell() > LARGEST:
            raise NotFetchedError(TOO_LARGE)
    return content.getvalue()


async def _pieces(bot: Bot, path: str) -> AsyncIterator[bytes]:
    from aiohttp import ClientError

    url = bot.session.api.file_url(bot.token, path)
    try:
        async for piece in bot.session.stream_content(url, chunk_size=_PIECE):
            yield piece
    except ClientError as error:
        raise OSError(type(error).__name__) from None
