"""What an update of Telegram means: what somebody said, pressed or sent, or why it is not taken up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.telegram import keyboard
from bot.telegram.commands import START, called, words_of
from bot.telegram.connection import rows_of
from bot.updates import Incoming, Used
from bot.upload_commands import after_upload
from dialogs.commands import command_word
from rules.text import T, verbatim

if TYPE_CHECKING:
    from aiogram.types import CallbackQuery, Message, Update, User

    from bot.telegram.connection import Account
    from bot.telegram.keyboard import Rows
    from rules.text import Text

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that are asked for."""
FOR_ENGLISH = verbatim("For English: /language English")
UNKNOWN_COMMAND = T("没有这个命令；发 /help 看可以说什么。")
EDITED = T("改过的消息我不会重新读；要改答案，请说「修改」加题目名，例如：修改 总投资。")
STALE = T("这个按钮是前面一题的，那一题已经过去了；现在要答的是下面这一题。")
UNREADABLE = T("这个按钮已经不能用了；请用下面的，或者直接打字。")
FILE_IS_GONE = T("找不到那个文件了；请再发一次，并在文件下面写上材料名。")
ONLY_TEXT_AND_FILES = T("我只看得懂文字和文件；请把内容打成字，或作为文件发来。")
_VOICE = T("我还听不懂语音；请把内容打成字发来。")
_PICTURES = T("图片、视频请作为文件发来（附件 → 文件），不要压缩，并写上是哪一份材料。")
_STICKER = T("收到表情，但不知道怎么填；请打字，或按上面的按钮。")
_LOCATION = T("位置不能直接填；请把地址打成字发来。")
_CONTACT = T("名片不能直接填；请把姓名和电话打成字发来。")
_SAID_INSTEAD: dict[str, Text] = {
    "voice": _VOICE,
    "audio": _VOICE,
    "video_note": _VOICE,
    "video": _PICTURES,
    "animation": _PICTURES,
    "sticker": _STICKER,
    "dice": _STICKER,
    "location": _LOCATION,
    "venue": _LOCATION,
    "contact": _CONTACT,
    "poll": ONLY_TEXT_AND_FILES,
    "story": ONLY_TEXT_AND_FILES,
    "game": ONLY_TEXT_AND_FILES,
    "paid_media": ONLY_TEXT_AND_FILES,
}
"""What is said to a message that cannot be taken up; service messages are not among them."""
_CHINESE = "zh"
_PICTURE_FILE = "照片.jpg"


class FileSent(NamedTuple):
    """A file that waits on Telegram's server, and the message that holds it."""

    file_id: str
    name: str
    size: int
    message_id: str


class Said(NamedTuple):
    """Something for the conversation."""

    incoming: Incoming


class HandedIn(NamedTuple):
    """A file for the conversation, once it is fetched."""

    incoming: Incoming
    file: FileSent


class TurnedAway(NamedTuple):
    """Nothing that the conversation can take up, and what is said to it."""

    incoming: Incoming
    text: Text


class Ticked(NamedTuple):
    """A tick was set or taken away: the buttons look different, and nothing is answered yet."""

    incoming: Incoming
    message_id: int
    rows: Rows


class AskedInGroup(NamedTuple):
    """A question that a group asks the bot; empty when the bot was only called."""

    incoming: Incoming
    question: str


class Reachable(NamedTuple):
    """Somebody has blocked the bot, or takes it back."""

    incoming: Incoming
    is_blocked: bool


class Ignored(NamedTuple):
    """Nothing that is meant for us."""


Meaning = Said | HandedIn | TurnedAway | Ticked | AskedInGroup | Reachable | Ignored


def chat_id_of(update: Update) -> int:
    """Return the chat in whose order an update stands; 0 for none."""
    if update.callback_query is not None:
        message = update.callback_query.message
        return message.chat.id if message else update.callback_query.from_user.id
    spoken = update.message or update.edited_message or update.my_chat_member
    return spoken.chat.id if spoken else 0


def read(update: Update, account: Account) -> Meaning:
    """Return what an update means.

    Args:
        update: as Telegram sent it.
        account: the bot that it was sent to.
    """
    reading = _Reading(update, account)
    if update.callback_query is not None:
        return reading.pressed(update.callback_query)
    if update.message is not None:
        return reading.message(update.message)
    if update.edited_message is not None:
        return reading.edited(update.edited_message)
    changed = update.my_chat_member
    if changed is not None and changed.chat.type == "private":
        incoming = reading.incoming(changed.chat.id, changed.from_user)
        return Reachable(incoming, changed.new_chat_member.status in ("kicked", "left"))
    return Ignored()


class _Reading:
    """Reads one update."""

    def __init__(self, update: Update, account: Account) -> None:
        self._update_id = str(update.update_id)
        self._account = account

    def incoming(
        self,
        chat_id: int,
        user: User | None,
        text: str | None = None,
        *,
        said: str | None = None,
        mark: str | None = None,
        used: Used | None = None,
    ) -> Incoming:
        """Return what goes into the conversation."""
        code = (user.language_code or "") if user else ""
        return Incoming(
            channel=self._account.channel,
            update_id=self._update_id,
            user=str(chat_id),
            text=text,
            said=said,
            mark=mark,
            used=used,
            name=_name_of(user),
            welcome=FOR_ENGLISH if code and not code.lower().startswith(_CHINESE) else None,
        )

    def message(self, message: Message) -> Meaning:
        """Read a message."""
        if message.from_user is not None and message.from_user.is_bot:
            return Ignored()
        if message.chat.type in ("group", "supergroup"):
            return self._group(message)
        if message.chat.type != "private":
            return Ignored()
        chat, user = message.chat.id, message.from_user
        file = _file_of(message)
        if file is not None:
            return HandedIn(self.incoming(chat, user, _caption_of(message), said=file.name), file)
        if message.text is None:
            reason = _SAID_INSTEAD.get(message.content_type)
            return TurnedAway(self.incoming(chat, user, ""), reason) if reason else Ignored()
        command = called(message.text)
        if command is None:
            return Said(self.incoming(chat, user, message.text))
        if command.bot and command.bot.lower() != self._account.username.lower():
            return Ignored()
        words = words_of(command)
        if words is None and command.name != START:
            return TurnedAway(self.incoming(chat, user, message.text), UNKNOWN_COMMAND)
        return Said(self.incoming(chat, user, words))

    def edited(self, message: Message) -> Meaning:
        """Read a message that was changed; a place that moves (a live location) changes every few seconds."""
        if message.chat.type != "private" or (message.text is None and message.caption is None):
            return Ignored()
        return TurnedAway(self.incoming(message.chat.id, message.from_user, ""), EDITED)

    def pressed(self, query: CallbackQuery) -> Meaning:
        """Read a press of a button."""
        if query.message is not None and query.message.chat.type != "private":
            return Ignored()
        chat = query.message.chat.id if query.message else query.from_user.id
        rows = rows_of(getattr(query.message, "reply_markup", None))
        data = query.data or ""
        label = next((key.label for row in rows for key in row if key.data == data), "")
        message_id = str(query.message.message_id or "") if query.message else ""
        used = Used(message_id, label) if message_id else None

        def said(text: str, mark: str | None, label: str = label) -> Incoming:
            shown = Used(message_id, label) if used else None
            return self.incoming(chat, query.from_user, text, said=label or None, mark=mark, used=shown)

        match keyboard.read(data):
            case keyboard.Choose(mark=mark, number=number):
                return Said(said(str(number), mark))
            case keyboard.Steer(mark=mark, command=command):
                return Said(said(command_word(command), mark))
            case keyboard.Confirm(mark=mark, selection=selection):
                chosen = keyboard.said_labels(rows, selection)
                return Said(said(keyboard.said_numbers(selection), mark, chosen or label))
            case keyboard.Tick(mark=mark, selection=selection) if rows and query.message:
                ticked = keyboard.ticked(rows, mark, selection)
                return Ticked(
                    self.incoming(chat, query.from_user, "", mark=mark), query.message.message_id, ticked
                )
            case keyboard.Words(words=words):
                return self._words(query, said(words, None))
            case keyboard.Inert():
                return Ignored()
            case _:
                return TurnedAway(self.incoming(chat, query.from_user, ""), UNREADABLE)

    def _words(self, query: CallbackQuery, incoming: Incoming) -> Meaning:
        """Read a button that says words; those that name a file mean the one that its message replies to."""
        if after_upload(incoming.text or "") is None:
            return Said(incoming)
        about = getattr(query.message, "reply_to_message", None)
        file = _file_of(about) if about is not None else None
        return HandedIn(incoming, file) if file else TurnedAway(incoming, FILE_IS_GONE)

    def _group(self, message: Message) -> Meaning:
        """Read a message in a group: only one that calls the bot is meant for it."""
        text = message.text or message.caption or ""
        question = self._addressed(message, text)
        if question is None:
            return Ignored()
        return AskedInGroup(self.incoming(message.chat.id, None, str(message.message_id)), question)

    def _addressed(self, message: Message, text: str) -> str | None:
        """Return what a group says to the bot, without its name; None when it is not spoken to."""
        command = called(text)
        if command is not None:
            return command.rest if command.bot.lower() == self._account.username.lower() else None
        name = f"@{self._account.username}"
        at = text.lower().find(name.lower())
        if at >= 0:
            after = text[at + len(name) :]
            is_whole = not after or not (after[0].isascii() and (after[0].isalnum() or after[0] == "_"))
            return f"{text[:at]} {after}".strip() if is_whole else None
        about = message.reply_to_message
        is_to_us = (
            about is not None and about.from_user is not None and about.from_user.id == self._account.bot_id
        )
        return text.strip() if is_to_us and text.strip() else None


def _file_of(message: Message) -> FileSent | None:
    """Return the file of a message; of a picture the largest size. An animation is sent as a file too."""
    message_id = str(message.message_id)
    if message.document is not None and message.animation is None:
        document = message.document
        return FileSent(document.file_id, document.file_name or "", document.file_size or 0, message_id)
    if message.photo:
        picture = message.photo[-1]
        return FileSent(picture.file_id, _PICTURE_FILE, picture.file_size or 0, message_id)
    return None


def _caption_of(message: Message) -> str:
    """Return what stands under a file, a command as the words that it stands for."""
    command = called(message.caption or "")
    return (words_of(command) if command else None) or message.caption or ""


def _name_of(user: User | None) -> str:
    """Return what Telegram calls somebody: the whole name, else the user name."""
    if user is None:
        return ""
    return user.full_name.strip() or (f"@{user.username}" if user.username else "")
