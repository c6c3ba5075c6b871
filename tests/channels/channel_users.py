"""A user of any channel: says, chooses, goes back, sends files, and gets them."""

from __future__ import annotations

import io
import re
import uuid
from abc import ABC, abstractmethod
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING

from bot_api import serving_bot_api
from rich.console import Console
from talking import CLOCK
from telegram_users import TelegramUser, serving
from visiting import Browser, local_site

from bot.conversation import Conversation
from bot.terminal import Terminal
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_TAGS = re.compile(r"<[^>]+>")


class ChannelUser(ABC):
    """Somebody on a channel; every method returns what is shown then."""

    @abstractmethod
    def arrives(self) -> str:
        """Come for the first time, and begin a project."""

    @abstractmethod
    def says(self, text: str) -> str:
        """Type something."""

    @abstractmethod
    def chooses(self, label: str, number: int) -> str:
        """Take one of the answers offered, as the channel lets one do it."""

    @abstractmethod
    def sends_again(self, text: str) -> str:
        """Type something, which the channel then delivers twice."""

    @abstractmethod
    def hands_in(self, document: str, name: str, data: bytes) -> str:
        """Hand a document in."""

    @abstractmethod
    def files(self) -> list[str]:
        """Return the names of the files that came from the bot."""


class TerminalUser(ChannelUser):
    """At a terminal."""

    def __init__(self, conversation: Conversation, folder: Path) -> None:
        self._shown = io.StringIO()
        self._folder = folder
        console = Console(file=self._shown, width=100, highlight=False, markup=False)
        self._terminal = Terminal(conversation, console, io.StringIO(), user="user", out=folder / "out")

    def arrives(self) -> str:
        return self._turn(None)

    def says(self, text: str) -> str:
        return self._turn(text)

    def chooses(self, label: str, number: int) -> str:
        return self._turn(str(number)) + label

    def sends_again(self, text: str) -> str:
        from unittest.mock import patch

        update = uuid.uuid4()
        with patch("bot.terminal.uuid.uuid4", return_value=update):
            self._turn(text)
            return self._turn(text)

    def hands_in(self, document: str, name: str, data: bytes) -> str:
        path = self._folder / name
        path.write_bytes(data)
        return self._turn(f"上传 {document} {path}")

    def files(self) -> list[str]:
        return [path.name for path in (self._folder / "out").rglob("*") if path.is_file()]

    def _turn(self, line: str | None) -> str:
        before = self._shown.tell()
        self._terminal._turn(line)
        return self._shown.getvalue()[before:]


class WebUser(ChannelUser):
    """In a browser."""

    def __init__(self, conversation: Conversation) -> None:
        site = local_site(conversation.database)
        self._browser = Browser(site)
        self._browser.opens(site.local_address.partition(str(site.settings.port))[2])

    def arrives(self) -> str:
        self._browser.begins_project()
        return self._seen()

    def says(self, text: str) -> str:
        self._browser.says(text)
        return self._seen()

    def chooses(self, label: str, number: int) -> str:
        self._browser.sends(f"{self._browser.path}/say", choice=str(number))
        return self._seen() + label

    def sends_again(self, text: str) -> str:
        hidden = self._browser.hidden
        path = f"{self._browser.path}/say"
        for _ in range(2):
            self._browser.shown = self._browser.client.post(path, data={**hidden, "text": text})
        return self._seen()

    def hands_in(self, document: str, name: str, data: bytes) -> str:
        self._browser.sends(
            f"{self._browser.path}/say", files={"file": (name, data)}, text=f"上传 {document}"
        )
        return self._seen()

    def files(self) -> list[str]:
        project = self._browser.path
        response = self._browser.client.get(f"{project}/package.zip")
        return ["package.zip"] if response.content.startswith(b"PK") else []

    def _seen(self) -> str:
        return unescape(_TAGS.sub("", self._browser.text))


class ChatUser(ChannelUser):
    """In Telegram."""

    def __init__(self, user: TelegramUser) -> None:
        self._user = user

    def arrives(self) -> str:
        return self._user.says("/start")

    def says(self, text: str) -> str:
        return self._user.says(text)

    def chooses(self, label: str, number: int) -> str:
        return self._user.presses(label) + str(number)

    def sends_again(self, text: str) -> str:
        update = self._user.types(text)
        shown = self._user.reads()
        self._user.api.put_again(update)
        return shown + self._user.reads()

    def hands_in(self, document: str, name: str, data: bytes) -> str:
        return self._user.sends_file(name, data, document)

    def files(self) -> list[str]:
        return [name for name, _ in self._user.documents]


@contextmanager
def arriving(channel: str, folder: Path) -> Generator[ChannelUser]:
    """Return somebody on a channel."""
    if channel == "telegram":
        with serving_bot_api() as api, serving(None, api) as served:
            yield ChatUser(TelegramUser(served))
        return
    with open_database(MEMORY) as database:
        database.migrate()
        conversation = Conversation(database, CLOCK)
        yield TerminalUser(conversation, folder) if channel == "terminal" else WebUser(conversation)
