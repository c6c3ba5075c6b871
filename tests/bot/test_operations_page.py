"""docs/operations.md and its files name only commands, settings, variables and metrics that exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest
import typer

from bot.cli import _app
from bot.cli_options import Options
from bot.log_masking import FIELDS
from bot.metrics import Metrics
from bot.translation import translator
from bot.updates import Incoming
from bot.watch import Fate
from bot.web.settings import Delivery, Retention, Settings, TelegramBot
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.conversation import Conversation

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
RULES = (ROOT / "docs/prometheus/shenbao.rules.yml").read_text("utf-8")
UNITS = sorted((ROOT / "docs/systemd").glob("*.service"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"[a-z]+(?:_[a-z]+)+")
OF_OTHERS = {
    "pg_hba",
    "listen_addresses",
    "max_connections",
    "pg_stat_activity",
    "pg_total_relation_size",
    "fail_duration",
}
"""Names that belong to PostgreSQL and Caddy."""


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def spans() -> list[str]:
    return SPAN.findall(BLOCK.sub("", PAGE))


def command_lines() -> Iterator[str]:
    """Every call of the program: in scripts, in sentences, in unit files."""
    for line in "".join(blocks("sh")).splitlines():
        if line.startswith("shenbao "):
            yield line
    for span in spans():
        if span.startswith("shenbao ") and "…" not in span:
            yield span
    for unit in UNITS:
        for line in unit.read_text("utf-8").splitlines():
            if line.startswith("ExecStart="):
                yield "shenbao " + line.partition("/bin/shenbao ")[2].replace("%i", "8301")


@pytest.fixture(scope="module")
def program() -> Any:
    language = "zh"
    return typer.main.get_command(_app(Options(translator(language), language)))


@pytest.mark.parametrize("line", sorted(set(command_lines())))
def test_a_command_can_be_read_by_the_program(program: Any, line: str) -> None:
    _, *words = shlex.split(line, comments=True)
    command = program
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert command is not program, "there is no such command"
    command.make_context("shenbao", words)


def test_the_settings_file_is_one() -> None:
    (text,) = blocks("toml")
    settings = msgspec.convert(tomllib.loads(text), Settings)
    assert settings.metrics_readers
    assert not settings.is_local


def test_names_are_those_of_settings_metrics_and_fields(conversation: Conversation) -> None:
    known = {name for kind in (Settings, TelegramBot, Delivery, Retention) for name in kind.__struct_fields__}
    known |= OF_OTHERS | set(get_args(Fate)) | set(FIELDS) | set(metric_names(conversation))
    named = {name for span in spans() if not span.startswith("shenbao ") for name in NAME.findall(span)}
    assert named <= known


def test_variables_are_read_somewhere() -> None:
    named = set(re.findall(r"SHENBAO_[A-Z_]+", PAGE + "".join(unit.read_text("utf-8") for unit in UNITS)))
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert named
    assert {name for name in named if f'"{name}"' not in source} == set()


def metric_names(conversation: Conversation) -> set[str]:
    """Return what every metric is called; the program's own and the process's."""
    metrics = Metrics(conversation)
    conversation.receive(Incoming("telegram.1", "a metric", "42", None, name="x"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "is_on_server", property(lambda _: True))
        types = re.findall(r"^# TYPE (\w+)", metrics.text().decode(), re.MULTILINE)
    return set(types)


def test_every_metric_is_on_the_page_and_nothing_else_is(conversation: Conversation) -> None:
    ours = {name for name in metric_names(conversation) if name.startswith("shenbao")}
    told = set(re.findall(r"^\| `(shenbao_\w+)` \|", PAGE, re.MULTILINE))
    assert told == ours


def test_alerts_are_about_metrics_that_exist(conversation: Conversation) -> None:
    named = set(re.findall(r"shenbao_\w+", RULES))
    assert {name.removesuffix("_bucket") for name in named} <= metric_names(conversation)


def test_units_differ_only_in_what_they_run() -> None:
    def hardening(unit: Path) -> str:
        return unit.read_text("utf-8").partition("KillMode=")[2]

    first, second = UNITS
    assert hardening(first) == hardening(second)
    assert "NoNewPrivileges=yes" in hardening(first)
