"""The log as JSON: one object a line, from which one turn can be followed, and nobody be known."""

from __future__ import annotations

import io
import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from talking import Talk

from bot.log_context import REQUEST, TURN, turn_id
from bot.log_masking import mask_logs
from bot.structured_logs import FORMAT, JsonLines, begin_log
from bot.updates import Incoming
from bot.web.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.conversation import Conversation

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


class Lines:
    """What was written, line by line."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        return self.all[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything that the program writes at info, as JSON."""
    written = Lines()
    handler = logging.StreamHandler(written.stream)
    handler.setFormatter(JsonLines())
    mask_logs([handler])
    logger = logging.getLogger("bot")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def refuse(word: str) -> None:
    raise ValueError(word)


def test_a_line_is_one_object_with_a_moment_in_utc(lines: Lines) -> None:
    record = logging.LogRecord("bot.x", logging.WARNING, "", 0, "%d messages\nand more", (3,), None)
    record.created = 1_795_395_600.25
    logging.getLogger("bot").handle(record)
    assert lines.all == [
        {
            "time": "2026-11-23T01:00:00.250Z",
            "level": "warning",
            "logger": "bot.x",
            "message": "3 messages",
        }
    ]


def test_only_known_fields_are_written_and_they_are_masked(lines: Lines) -> None:
    fields = {"channel": "telegram.1", "duration_ms": 1.5, "error": TOKEN, "text": "李明", "chat": "42"}
    logging.getLogger("bot.x").warning("to 13812345678", extra=fields)
    found = lines.last
    assert found["message"] == "to *********78"
    assert (found["channel"], found["duration_ms"], found["error"]) == ("telegram.1", 1.5, "123456789:***")
    assert "text" not in found
    assert "chat" not in found


def test_of_an_exception_the_kind_and_the_places_are_written_but_not_its_words(lines: Lines) -> None:
    try:
        refuse("青山街道网格化服务")
    except ValueError:
        logging.getLogger("bot.x").exception("unexpected")
    assert lines.last["error"] == "ValueError"
    assert lines.last["trace"][-1].startswith("test_structured_logs:")
    assert lines.last["trace"][-1].endswith(" refuse")
    assert "青山街道" not in lines.stream.getvalue()


def test_every_line_of_a_turn_names_it_and_the_same_update_is_the_same_turn(
    conversation: Conversation, lines: Lines
) -> None:
    for update in ("1", "2", "2"):
        conversation.receive(Incoming("telegram.1", update, "4242424242", "青山街道", name="李明"))
    said = [(line["channel"], line["outcome"], line["turn"]) for line in lines.all]
    first, second = turn_id("telegram.1:1"), turn_id("telegram.1:2")
    assert said == [
        ("telegram.1", "answered", first),
        ("telegram.1", "answered", second),
        ("telegram.1", "repeated", second),
    ]
    assert all(line["duration_ms"] >= 0 for line in lines.all)
    assert TURN.get() == ""
    for personal in ("4242424242", "李明", "青山街道"):
        assert personal not in lines.stream.getvalue()


def test_the_lines_of_a_request_share_its_id(conversation: Conversation, lines: Lines) -> None:
    token = REQUEST.set("0123456789abcdef")
    try:
        Talk(conversation).receive(None)
    finally:
        REQUEST.reset(token)
    assert lines.last["request"] == "0123456789abcdef"


@contextmanager
def as_in_a_new_process() -> Iterator[logging.Logger]:
    """Have no handlers for a while; not a fixture, as those of pytest itself come after fixtures."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    logger.handlers.clear()
    try:
        yield logger
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        for name in ("bot", "storage"):
            logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("setting", "variable", "is_json"),
    [("plain", "", False), ("json", "", True), ("plain", "json", True), ("json", "plain", False)],
)
def test_the_variable_goes_before_the_setting(setting: Any, variable: str, is_json: bool) -> None:
    with as_in_a_new_process() as root:
        begin_log(Settings(log_format=setting, log_level="info"), {FORMAT: variable})
        (handler,) = root.handlers
        assert isinstance(handler.formatter, JsonLines) is is_json
        assert logging.getLogger("bot.x").isEnabledFor(logging.INFO)
        assert not logging.getLogger("aiogram").isEnabledFor(logging.INFO), "libraries may tell too much"


def test_a_format_that_is_not_known_is_refused() -> None:
    with as_in_a_new_process() as root:
        with pytest.raises(SettingsError, match="xml"):
            begin_log(Settings(), {FORMAT: "xml"})
        assert root.handlers == []
