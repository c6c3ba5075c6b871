"""``shenbao serve --telegram`` as a process: what it says, what it needs, how it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from bot_api import BOT, TOKEN
from bot_api import BotApi as Api

from bot.telegram.settings import PER_CHAT_SECONDS, PER_SECOND, TOKEN_FILE, bots_of, limits_of
from bot.web.settings import Settings, SettingsError, TelegramBot

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

CHAT = {"id": 42, "type": "private", "first_name": "李明"}
ME = {"id": 42, "is_bot": False, "first_name": "李明"}


@contextmanager
def process(folder: Path, *arguments: str, **environment: str) -> Generator[subprocess.Popen[str]]:
    """Start the program."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {name: value for name, value in os.environ.items() if not name.startswith("SHENBAO")}
    started = subprocess.Popen(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "bot",
            "serve",
            "--no-browser",
            "--port",
            str(port),
            "--data",
            str(folder),
            *arguments,
        ],
        env=given | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_stops_cleanly(api: Api, tmp_path: Path, stop: signal.Signals) -> None:
    environment = {"SHENBAO_TELEGRAM_TOKEN": TOKEN, "SHENBAO_TELEGRAM_API": api.address}
    with process(tmp_path, "--telegram", **environment) as started:
        assert started.stdout is not None
        lines = [started.stdout.readline() for _ in range(3)]
        assert f"@{BOT['username']}" in lines[1]
        api.put(message=api.keep_message(CHAT, ME, text="/start"))
        api.wait_for(lambda: bool(api.sent_to(42)), "the first question")
        started.send_signal(stop)
        _, errors = started.communicate(timeout=30)
        assert started.returncode == 0
        assert "Traceback" not in errors
        assert TOKEN not in errors


@pytest.mark.slow
def test_without_a_token_it_says_what_is_missing(tmp_path: Path) -> None:
    with process(tmp_path, "--telegram") as started:
        _, errors = started.communicate(timeout=60)
        assert started.returncode == 2
        assert "SHENBAO_TELEGRAM_TOKEN" in errors
        assert len(errors.splitlines()) == 1


@pytest.mark.slow
def test_a_token_that_telegram_does_not_know(api: Api, tmp_path: Path) -> None:
    environment = {"SHENBAO_TELEGRAM_TOKEN": "123456:wrong-wrong-wrong", "SHENBAO_TELEGRAM_API": api.address}
    with process(tmp_path, "--telegram", **environment) as started:
        _, errors = started.communicate(timeout=60)
        assert started.returncode == 2
        assert "@BotFather" in errors
        assert "wrong-wrong" not in errors


def test_libraries_of_servers_and_bots_are_not_imported_for_anything_else() -> None:
    code = (
        "import sys, bot.cli, bot.serve, bot.service, bot.web.app;"
        "sys.exit(bool({'aiogram', 'prometheus_client'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own program


def test_no_bot_unless_one_is_wanted() -> None:
    assert bots_of(Settings(), {"SHENBAO_TELEGRAM_TOKEN": TOKEN}, wanted=None) == []
    named = Settings(public_url="https://shenbao.example", telegram=(TelegramBot(),))
    assert [bot.bot_id for bot in bots_of(named, {"SHENBAO_TELEGRAM_TOKEN": TOKEN}, wanted=None)] == [
        BOT["id"]
    ]
    assert bots_of(named, {"SHENBAO_TELEGRAM_TOKEN": TOKEN}, wanted=False) == []


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    (bot,) = bots_of(Settings(), {TOKEN_FILE: str(file)}, wanted=True)
    assert bot.token == TOKEN
    with pytest.raises(SettingsError):
        bots_of(Settings(), {TOKEN_FILE: str(tmp_path / "absent")}, wanted=True)


def test_two_of_one_bot_are_refused() -> None:
    twice = Settings(public_url="https://shenbao.example", telegram=(TelegramBot(), TelegramBot()))
    with pytest.raises(SettingsError):
        bots_of(twice, {"SHENBAO_TELEGRAM_TOKEN": TOKEN}, wanted=None)


@pytest.mark.parametrize("token", ["", "123", "abc:defghijkl", "123456:with space"])
def test_what_cannot_be_a_token_is_refused(token: str) -> None:
    with pytest.raises(SettingsError):
        bots_of(Settings(), {"SHENBAO_TELEGRAM_TOKEN": token}, wanted=True)


def test_limits_by_environment_in_local_mode() -> None:
    limits = limits_of(Settings(), {PER_SECOND: "5", PER_CHAT_SECONDS: "0.5"})
    assert (limits.per_second, limits.per_chat) == (5, 0.5)
    server = Settings(public_url="https://shenbao.example")
    assert limits_of(server, {PER_SECOND: "5"}).per_second == 30
    with pytest.raises(SettingsError):
        limits_of(Settings(), {PER_SECOND: "fast"})
