"""Who talks to the bot in tests: users with their chats, and the bot as it is served."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot_api import BOT, TOKEN, BotApi
from talking import CLOCK

from bot.conversation import Conversation
from bot.delivery.limits import Limits
from bot.telegram.running import RunningBot, enter
from bot.telegram.settings import BotAccess
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from pathlib import Path

    from storage.database import Database

AT_ONCE = Limits(per_second=1000, per_chat=0, per_group_minute=100_000)
CHANNEL = f"telegram.{BOT['id']}"
# A construction project of 300 万元, up to the question for the catalogue; every word answers one question.
UP_TO_CATALOGUE = """\
否
市直
政府
扩建
货物类
300
300
全部市级
0
是
否
否
是
是
否
否
否
是
是
0
是
""".splitlines()


class RunningClock:
    """A clock that goes on from the day of the tests."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return CLOCK.now() + timedelta(seconds=time.monotonic() - self._began)


class Served:
    """A bot that is being served from a thread.

    Attributes:
        conversation: what answers.
        api: the Bot API server it talks to.
        bot: the bot itself.
    """

    def __init__(self, database: Database, api: BotApi, limits: Limits, public_url: str = "") -> None:
        self.database = database
        self.conversation = Conversation(database, RunningClock())
        self.api = api
        self.bot: RunningBot | None = None
        self.exception: BaseException | None = None
        self._limits = limits
        self._public_url = public_url
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()
        self.api.wait_for(lambda: self.bot is not None or self.exception is not None, "the bot")

    def stop(self) -> None:
        """Stop as the service does."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.exception is not None:
            raise self.exception

    def settle(self) -> None:
        """Wait until every update is confirmed and every reply is out."""
        self.api.wait_for(self._is_settled, "the bot to settle")

    @property
    def pending(self) -> int:
        """How many replies are in the outbox."""
        with self.database.unit_of_work() as work:
            return sum(many for (_, status), many in work.outbox.counts().items() if status == "pending")

    def _is_settled(self) -> bool:
        if self.exception is not None:
            return True
        return not self.api._updates and not self.pending

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised in the thread of the test
            self.exception = error
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        access = BotAccess(BOT["id"], TOKEN, self.api.address, has_webhook=bool(self._public_url))
        bot = await enter(access, self.conversation, self._limits, public_url=self._public_url)
        self.bot = bot
        try:
            await asyncio.gather(bot.receive(self._stopping), bot.dispatcher.run(self._stopping))
        finally:
            await bot.account.bot.session.close()


@contextmanager
def serving(folder: Path | None, api: BotApi, limits: Limits = AT_ONCE) -> Generator[Served]:
    """Serve the bot with a database in a folder, or in memory."""
    with open_database(MEMORY if folder is None else folder / "shenbao.db") as database:
        database.migrate()
        served = Served(database, api, limits)
        served.start()
        try:
            yield served
        finally:
            served.stop()


class TelegramUser:
    """Somebody in a private chat with the bot.

    Attributes:
        log: what was said and shown, as lines.
    """

    def __init__(self, served: Served, chat: int = 42, name: str = "李明", language: str = "zh-hans") -> None:
        self.served = served
        self.api = served.api
        self.chat = {"id": chat, "type": "private", "first_name": name}
        self.me = {"id": chat, "is_bot": False, "first_name": name, "language_code": language}
        self.log: list[str] = []
        self._seen = 0

    @property
    def id(self) -> int:
        """The number of the chat."""
        return self.chat["id"]

    def types(self, text: str) -> dict[str, Any]:
        """Send a text without waiting; return the update."""
        self.log += ["", f"> {text}"]
        return self.api.put(message=self.api.keep_message(self.chat, self.me, text=text))

    def says(self, *texts: str) -> str:
        """Send texts one by one; return what is shown after the last one."""
        shown = ""
        for text in texts:
            self.types(text)
            shown = self.reads()
        return shown

    def sends_file(self, name: str, data: bytes, caption: str = "", size: int | None = None) -> str:
        """Send a file; return what is shown."""
        document = {
            "file_id": self.api.keep_file(data),
            "file_unique_id": name,
            "file_name": name,
            "file_size": len(data) if size is None else size,
        }
        self.log += ["", f"> [{name}] {caption}".rstrip()]
        content = {"document": document, **({"caption": caption} if caption else {})}
        self.api.put(message=self.api.keep_message(self.chat, self.me, **content))
        return self.reads()

    def sends(self, **content: Any) -> str:
        """Send a message of any kind; return what is shown."""
        self.log += ["", f"> ({', '.join(content)})"]
        self.api.put(message=self.api.keep_message(self.chat, self.me, **content))
        return self.reads()

    def press(self, label: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
        """Press a button without waiting: of a message as it was, or of the last one that has it."""
        message, data = self.button(label, message)
        self.log += ["", f"> ({label})"]
        query = {
            "id": f"q{message['message_id']}",
            "from": self.me,
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return self.api.put(callback_query=query)

    def presses(self, *labels: str) -> str:
        """Press buttons one by one; return what is shown after the last one."""
        shown = ""
        for label in labels:
            self.press(label)
            shown = self.reads()
        return shown

    def ticks(self, *labels: str) -> None:
        """Set or take away ticks, each once it shows."""
        for label in labels:
            before = len(self.api.of("editMessageReplyMarkup", self.id))
            self.press(label)
            self.api.wait_for(
                lambda before=before: len(self.api.of("editMessageReplyMarkup", self.id)) > before, "a tick"
            )
            self.served.settle()

    def button(self, label: str, message: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
        """Return the message that has a button, the last one unless one is named, and what the button carries."""
        messages = [message] if message else reversed(self.api.sent_to(self.id))
        for found in messages:
            for row in found.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if label in key["text"] and key["callback_data"] != "x":
                        return found, key["callback_data"]
        raise AssertionError(f"no button {label!r} in {self.labels}")

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons of the last message."""
        markup = self.last.get("reply_markup", {"inline_keyboard": []})
        return [key["text"] for row in markup["inline_keyboard"] for key in row]

    @property
    def last(self) -> dict[str, Any]:
        """The last message of the bot, as it looks now."""
        return self.api.sent_to(self.id)[-1]

    @property
    def documents(self) -> list[tuple[str, bytes]]:
        """The files that the bot sent."""
        return [
            (message["document"]["file_name"], self.api._files[message["document"]["file_id"]])
            for message in self.api.sent_to(self.id)
            if "document" in message
        ]

    def reads(self) -> str:
        """Wait for the reply; return the new messages as lines."""
        self.served.settle()
        messages = self.api.sent_to(self.id)
        lines = [line for message in messages[self._seen :] for line in _lines(message)]
        self._seen = len(messages)
        self.log += lines
        return "\n".join(lines)


def _lines(message: dict[str, Any]) -> list[str]:
    lines = message.get("text", message.get("caption", "")).splitlines()
    if "document" in message:
        lines.insert(0, f"[{message['document']['file_name']}]")
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        lines.append("    " + " ".join(f"[{key['text']}]" for key in row))
    return lines
