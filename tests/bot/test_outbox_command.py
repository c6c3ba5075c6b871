"""shenbao outbox: what is to be sent, what was given up and why; given-up messages are tried again or dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from bot.updates import Reply
from dialogs.messages import Say, SendFile
from rules.text import T, verbatim
from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from running import Program

    from dialogs.messages import Outgoing

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHAT = "telegram.1:42"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "data" / "shenbao.db") as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def numbers(database: Database) -> list[int]:
    """Messages: one that waits, one that was blocked, one that was refused, one that was sent."""
    said: list[Outgoing] = [
        Say(T("备案还有 7 天。")),
        SendFile("表.docx", b"x"),
        Say(verbatim("李明\n的电话")),
        Say(verbatim("hi")),
    ]
    with database.unit_of_work() as work:
        for number, message in enumerate(said):
            key = f"key {number}"
            reply = msgspec.json.encode(Reply((message,), "zh", None, key))
            work.outbox.put(
                chat=CHAT, dedupe_key=key, payload=reply, due_at=AT + timedelta(days=number), at=AT
            )
        ids = sorted(message.id for message in work.outbox.listing())
        work.outbox.mark_dead(ids[1], error="blocked")
        work.outbox.mark_dead(ids[2], error="Bad Request: chat not found")
        work.outbox.mark_sent(ids[3], at=AT)
    return ids


def _status(database: Database, number: int) -> str:
    with database.unit_of_work() as work:
        message = work.outbox.get(number)
    return message.status if message else "gone"


@pytest.mark.parametrize("command", [("outbox",), ("outbox", "list")])
def test_what_waits_and_what_was_given_up_is_listed_with_reasons_and_without_texts(
    shenbao: Program, numbers: list[int], command: tuple[str, ...]
) -> None:
    ran = shenbao(*command)
    assert ran.status == 0, ran.err
    assert "telegram.1：待发 1 条，已发 1 条，未发出 2 条，最早的应在 " in ran.out
    rows = [line.split() for line in ran.out.splitlines() if CHAT in line]
    assert {int(row[0]): row[2] for row in rows} == {
        numbers[0]: "待发",
        numbers[1]: "未发出",
        numbers[2]: "未发出",
    }
    assert "对方停用了机器人" in ran.out
    assert "chat not found" in ran.out
    assert "备案" not in ran.out
    assert "李明" not in ran.out


def test_texts_are_shown_when_asked_for(shenbao: Program, numbers: list[int]) -> None:
    out = shenbao("outbox", "list", "--text", "--status", "all").out
    for words in ("备案还有 7 天。", "表.docx", "李明\N{REPLACEMENT CHARACTER}的电话", "hi"):
        assert words in out
    assert len([line for line in out.splitlines() if CHAT in line]) == len(numbers)


@pytest.mark.parametrize(
    ("status", "places"), [("pending", [0]), ("dead", [1, 2]), ("sent", [3]), ("all", [0, 1, 2, 3])]
)
def test_a_script_reads_json(shenbao: Program, numbers: list[int], status: str, places: list[int]) -> None:
    found = json.loads(shenbao("outbox", "--json", "--status", status).out)
    assert found["counts"] == {"telegram.1": {"pending": 1, "dead": 2, "sent": 1}}
    assert found["oldest_due"] == {"telegram.1": "2026-11-23T01:00:00Z"}
    assert found["ambiguous"] == {}
    assert sorted(message["id"] for message in found["messages"]) == [numbers[place] for place in places]
    assert {message["text"] for message in found["messages"]} == {None}


def test_what_may_be_out_already_is_counted(shenbao: Program, database: Database, numbers: list[int]) -> None:
    with database.unit_of_work() as work:
        work.outbox.claim("here", channel="telegram.1", at=AT, lease_until=AT + timedelta(days=9), limit=1)
        work.outbox.release("here")
    assert "1 条在中断时可能已经发出" in shenbao("outbox").out
    found = json.loads(shenbao("outbox", "--json", "--status", "pending").out)
    assert found["ambiguous"] == {"telegram.1": 1}
    assert [message["ambiguous"] for message in found["messages"]] == [1]
    assert numbers[0] == found["messages"][0]["id"]


def test_a_given_up_message_is_sent_again(shenbao: Program, database: Database, numbers: list[int]) -> None:
    ran = shenbao("outbox", "retry", str(numbers[1]))
    assert (ran.status, ran.out) == (0, f"消息 {numbers[1]} 会再发一次。\n")
    assert [_status(database, number) for number in numbers] == ["pending", "pending", "dead", "sent"]


def test_all_given_up_messages_are_sent_again(
    shenbao: Program, database: Database, numbers: list[int]
) -> None:
    assert shenbao("outbox", "retry", "all").out == "2 条消息会再发一次。\n"
    assert [_status(database, number) for number in numbers] == ["pending", "pending", "pending", "sent"]


def test_a_message_is_dropped(shenbao: Program, database: Database, numbers: list[int]) -> None:
    assert shenbao("outbox", "drop", str(numbers[0])).status == 0
    assert _status(database, numbers[0]) == "gone"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("retry", "4711"), "没有编号 4711 的未发出消息；用 shenbao outbox list 查看编号。\n"),
        (("drop", "4711"), "没有编号 4711 的消息；用 shenbao outbox list 查看编号。\n"),
        (("drop", "一"), "「一」不是消息编号；编号是数字，例如 12。\n"),
        (("drop", "9" * 40), f"没有编号 {'9' * 40} 的消息；用 shenbao outbox list 查看编号。\n"),
        (("list", "--status", "new"), "命令写得不对："),
    ],
)
@pytest.mark.usefixtures("numbers")
def test_what_cannot_be_done_is_said_in_a_sentence(
    shenbao: Program, command: tuple[str, ...], said: str
) -> None:
    ran = shenbao("outbox", *command)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith(said)


def test_a_message_that_is_not_given_up_is_not_sent_again(shenbao: Program, numbers: list[int]) -> None:
    assert shenbao("outbox", "retry", str(numbers[3])).status == 2


def test_an_empty_outbox_says_so(shenbao: Program) -> None:
    assert shenbao("outbox").out == "发件箱是空的。\n"
    assert json.loads(shenbao("outbox", "--json").out)["messages"] == []


def test_the_folder_may_stand_before_the_command(
    shenbao: Program, database: Database, numbers: list[int], tmp_path: Path
) -> None:
    ran = shenbao("outbox", "--data", tmp_path / "data", "drop", str(numbers[0]))
    assert ran.status == 0, ran.err
    assert _status(database, numbers[0]) == "gone"
    assert shenbao("outbox", "--data", tmp_path / "other", "list").out == "发件箱是空的。\n"
