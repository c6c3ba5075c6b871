"""Sends the messages of a reply to a Telegram chat, and closes the buttons that were used."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from anyio import to_thread

from bot.bundle import conversation_uploads, is_draft, make_bundle
from bot.delivery.sender import RetryAfter, Sent
from bot.failures import failure_text
from bot.telegram.connection import markup_of, told_apart, was_taken
from bot.telegram.cutting import LONGEST_CAPTION, shortened
from bot.telegram.keyboard import used_keys
from bot.telegram.library import (
    AiogramError,
    BufferedInputFile,
    ClientDecodeError,
    LinkPreviewOptions,
    ReplyParameters,
    TelegramRetryAfter,
)
from bot.telegram.render import TelegramPart, parts_of
from bot.translation import translator
from documents.guard import MEGABYTE
from rules.text import T, verbatim
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiogram.types import Message

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.telegram.connection import Account
    from bot.telegram.keyboard import Rows
    from bot.updates import Reply
    from rules.text import Text, Translate

LARGEST_FILE = 50 * MEGABYTE
"""What a bot may send."""
_MINUTE = 60
_log = logging.getLogger(__name__)


class Package(NamedTuple):
    """What is sent for a request to make the documents.

    Attributes:
        said: what stands under it; why there is none, when there is not.
        name: what the zip is called.
        data: the zip; empty when there is none.
    """

    said: list[Text]
    name: str = ""
    data: bytes = b""


class TelegramSender:
    """Sends to the chats of one bot; see ``bot.delivery.sender.Sender``."""

    def __init__(self, account: Account, conversation: Conversation, limits: Limits) -> None:
        """Send for a bot.

        Args:
            account: the bot.
            conversation: knows the projects whose documents are made.
            limits: how far apart messages to one chat are.
        """
        self.channel = account.channel
        self._bot = account.bot
        self._conversation = conversation
        self._private = timedelta(seconds=limits.per_chat)
        self._group = timedelta(seconds=_MINUTE / limits.per_group_minute)

    def parts(self, reply: Reply) -> Sequence[TelegramPart]:
        """Return the messages of a reply."""
        return parts_of(reply)

    def interval(self, chat: str) -> timedelta:
        """Return how far apart two messages to a chat must be; the number of a group is negative."""
        return self._group if _chat_id(chat) < 0 else self._private

    async def send(self, chat: str, reply: Reply, part: TelegramPart, *, keyboard: str | None) -> Sent:
        """Send one message.

        The buttons that it makes obsolete go first: that can be repeated, if the message does not get through.

        Raises:
            SendError: it did not go out.
        """
        chat_id = _chat_id(chat)
        await self._close_used(chat_id, reply, part, keyboard)
        try:
            with told_apart():
                message_id = await self._send(chat_id, reply, part)
        except RetryAfter:
            _log.warning("%s: Telegram asks to wait", self.channel)
            raise
        if part.is_question or part.closes:
            return Sent(str(message_id) if part.keys and message_id else None, leaves_keyboard=True)
        return Sent()

    async def _send(self, chat_id: int, reply: Reply, part: TelegramPart) -> int:
        about = (
            ReplyParameters(message_id=int(part.about), allow_sending_without_reply=True)
            if part.about
            else None
        )
        match part.kind:
            case "text":
                return await self._say(chat_id, part.text, part.keys, about)
            case "file":
                file = BufferedInputFile(part.data, part.file_name)
                return await _number_of(self._bot.send_document(chat_id, file, reply_parameters=about))
            case "package":
                return await self._send_package(chat_id, reply, about)

    async def _say(
        self, chat_id: int, text: str, keys: Rows = (), about: ReplyParameters | None = None
    ) -> int:
        return await _number_of(
            self._bot.send_message(
                chat_id,
                text,
                reply_markup=markup_of(keys),
                reply_parameters=about,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    async def _send_package(self, chat_id: int, reply: Reply, about: ReplyParameters | None) -> int:
        translate = translator(reply.language)
        await self._bot.send_chat_action(chat_id, "upload_document")
        package = await to_thread.run_sync(self._make_package, reply.project_id, translate)
        said = "\n".join(text.render(translate) for text in package.said)
        caption = shortened(said, LONGEST_CAPTION)
        if not package.data:
            return await self._say(chat_id, caption, (), about)
        file = BufferedInputFile(package.data, package.name)
        return await _number_of(
            self._bot.send_document(chat_id, file, caption=caption, reply_parameters=about)
        )

    def _make_package(self, project_id: int | None, translate: Translate) -> Package:
        if project_id is None:
            return Package([T("先打开一个项目，再说「生成」。")])
        try:
            view = self._conversation.view(project_id)
            uploads = conversation_uploads(self._conversation, project_id)
            bundle = make_bundle(view, uploads, translate)
        except (OSError, StorageError) as error:
            return Package([failure_text(error)])
        if len(bundle.data) > LARGEST_FILE:
            size = T("{size} MB", size=len(bundle.data) // MEGABYTE)
            return Package([T("材料包有 {size}，超过这里能发的 50 MB；请在网页上下载。", size=size)])
        said = [T("材料包：{count} 个文件。", count=len(bundle.files))]
        if is_draft(view):
            said.append(T("这是草稿：还有没答的题、要改的问题或缺的材料，补齐后请重新生成。"))
        else:
            said.append(T("现在要交的都齐了。"))
        if bundle.missing_characters:
            characters = verbatim(" ".join(bundle.missing_characters))
            said.append(
                T(
                    "PDF 字库里没有这些字，印成了「〓」：{characters}。docx 里不受影响。",
                    characters=characters,
                )
            )
        return Package(said, bundle.name, bundle.data)

    async def _close_used(self, chat_id: int, reply: Reply, part: TelegramPart, keyboard: str | None) -> None:
        """Mark the button that was pressed, and take those of the question before away."""
        used = reply.used
        if part.is_first and used is not None:
            await self._edit(chat_id, used.message_id, used_keys(used.label) if used.label else ())
        is_other = keyboard is not None and (used is None or keyboard != used.message_id)
        if is_other and (part.is_question or part.closes):
            await self._edit(chat_id, str(keyboard), ())

    async def _edit(self, chat_id: int, message_id: str, keys: Rows) -> None:
        """Change the buttons of a message; one that is too old, gone or changed already stays as it is.

        Raises:
            RetryAfter: the bot must wait.
        """
        if not message_id.isdecimal():
            return
        try:
            await self._bot.edit_message_reply_markup(
                chat_id=chat_id, message_id=int(message_id), reply_markup=markup_of(keys)
            )
        except TelegramRetryAfter as error:
            raise RetryAfter(error.retry_after) from error
        except (AiogramError, OSError) as error:
            _log.info("%s: buttons stay as they are: %s", self.channel, type(error).__name__)


async def _number_of(sending: Awaitable[Message]) -> int:
    """Return the number of a message that was sent, also when the library cannot read what Telegram replied."""
    try:
        message = await sending
    except ClientDecodeError as error:
        answered = was_taken(error)
        if answered is None:
            raise
        return int(answered.get("result", {}).get("message_id", 0))
    return message.message_id


def _chat_id(chat: str) -> int:
    return int(chat.rpartition(":")[2])
