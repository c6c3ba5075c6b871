"""The processes of a server as an operator starts them, on SQLite or PostgreSQL, to be killed one by one."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, NamedTuple

from bot_api import TOKEN, BotApi
from lives import Lives, Parent

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database

SETTINGS = """\
public_url = "http://127.0.0.1"
{database}
[[telegram]]
webhook = {webhook}
[delivery]
per_second = 1000
per_chat_seconds = 0
[working]
remind_seconds = 1
take_over_seconds = {take_over}
"""


class Setup(NamedTuple):
    """How a server is set up.

    Attributes:
        database: sqlite or postgresql.
        webhook: Telegram sends updates to the page; otherwise they are asked for.
        pages: processes that serve the page.
        workers: processes that send, on PostgreSQL.
    """

    database: str
    webhook: bool
    pages: int
    workers: int

    def __str__(self) -> str:
        way = "webhook" if self.webhook else "polling"
        return f"{self.database}, {way}, {self.pages} serve, {self.workers} worker"


class Town:
    """The processes of one server.

    Attributes:
        setup: how many, and which.
        addresses: host and port of each process that serves the page.
        programs: all processes, those that serve the page first.
    """

    def __init__(
        self, setup: Setup, parent: Parent, api: BotApi, folder: Path, location: str, *, take_over: int = 2
    ) -> None:
        """Prepare the processes; nothing is started yet.

        Args:
            setup: how many, and which.
            parent: forks them.
            api: the Bot API server.
            folder: for the settings and what they say on stderr.
            location: of the database, for PostgreSQL; on SQLite it is in the folder.
            take_over: seconds after which a worker that was killed is taken for dead.
        """
        self.setup = setup
        self._folder = folder
        where = f'database = "{location}"' if setup.database == "postgresql" else f'data = "{folder}"'
        settings = folder / "server.toml"
        settings.write_text(
            SETTINGS.format(database=where, webhook=str(setup.webhook).lower(), take_over=take_over), "utf-8"
        )
        environment = {
            "SHENBAO_TELEGRAM_TOKEN": TOKEN,
            "SHENBAO_TELEGRAM_API": api.address,
            "HOME": os.environ.get("HOME", ""),
        }
        ports = [_free_port() for _ in range(setup.pages)]
        self.addresses = [f"127.0.0.1:{port}" for port in ports]
        commands = [["serve", "--server", str(settings), "--port", str(port)] for port in ports]
        commands += [["worker", "--server", str(settings)]] * setup.workers
        self.programs = [
            Lives(parent, command, environment, folder / f"stderr{number}.txt")
            for number, command in enumerate(commands)
        ]

    def begin(self) -> None:
        """Start everything."""
        for program in self.programs:
            program.begin()

    def stop(self) -> None:
        """Tell everything to stop, the page last; it has to end well, and what serves the page without a traceback."""
        for program in reversed(self.programs):
            # One that was killed just now, and is only beginning, does not know the signal yet.
            assert program.end(signal.SIGTERM) in (0, -signal.SIGTERM), self.errors
        for number in range(self.setup.pages):
            assert "Traceback" not in self._said(number), self._said(number)

    def kill(self) -> None:
        """Leave nothing behind."""
        for program in self.programs:
            if program.is_living:
                program.end()

    @property
    def errors(self) -> str:
        """What the processes said on stderr."""
        return "".join(self._said(number) for number in range(len(self.programs)))

    def _said(self, number: int) -> str:
        file = self._folder / f"stderr{number}.txt"
        return file.read_text("utf-8") if file.exists() else ""


def pending(database: Database) -> int:
    """Return how many messages wait in the outbox."""
    with database.unit_of_work() as work:
        return sum(many for (_, status), many in work.outbox.counts().items() if status == "pending")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
