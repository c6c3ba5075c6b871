"""A server counts its turns, its sendings and its failures, and tells what waits; it names nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from delivering import Channel, JumpingClock, Post
from talking import CLOCK, Talk

from bot.conversation import Conversation
from bot.delivery.sender import Blocked, Refused, RetryAfter, Unreachable
from bot.freshness import StalePlaceError
from bot.metrics import FRESH, Metrics
from bot.updates import Incoming
from storage.errors import StorageFull

if TYPE_CHECKING:
    from storage.database import Database

_LINE = re.compile(r"([a-z_]+(?:\{.*\})?) (\S+)")


class Hand:
    """A clock that is moved by hand."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def figures(metrics: Metrics) -> dict[str, float]:
    """Return what is told, by name and labels; nothing of the process itself."""
    lines = metrics.text().decode().splitlines()
    found = (_LINE.fullmatch(line) for line in lines if line.startswith("shenbao"))
    return {each[1]: float(each[2]) for each in found if each}


@pytest.fixture
def metrics(conversation: Conversation) -> Metrics:
    return Metrics(conversation)


def says(conversation: Conversation, text: str | None, update: str, mark: str | None = None) -> None:
    conversation.receive(Incoming("telegram.1", update, "42", text, mark=mark))


def test_turns_are_counted_by_what_came_of_them(
    conversation: Conversation, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(conversation, None, "1")
    says(conversation, "否", "2")
    says(conversation, "否", "2")
    with pytest.raises(StalePlaceError):
        says(conversation, "否", "3", mark="another question")
    monkeypatch.setattr("bot.act.Turn", None)
    with pytest.raises(TypeError):
        says(conversation, "否", "4")
    told = figures(metrics)
    for outcome, count in (("answered", 2), ("repeated", 1), ("stale", 1), ("failed", 1)):
        assert told[f'shenbao_turns_total{{channel="telegram",outcome="{outcome}"}}'] == count
    assert told['shenbao_turn_seconds_count{channel="telegram"}'] == 5


def test_failures_of_the_database_are_counted_and_what_is_usual_is_not(
    conversation: Conversation, metrics: Metrics
) -> None:
    from storage.errors import NotFound

    for error in (StorageFull("full"), StorageFull("full"), NotFound("gone")):
        with pytest.raises(type(error)), conversation.database.unit_of_work():
            raise error
    assert {name: count for name, count in figures(metrics).items() if "errors" in name} == {
        'shenbao_database_errors_total{kind="StorageFull"}': 2
    }


def test_sendings_are_counted_by_what_came_of_them(database: Database) -> None:
    clock = JumpingClock()
    conversation = Conversation(database, clock)
    metrics = Metrics(conversation)
    post = Post(conversation, clock, Channel(clock))
    post.channel.answers["slow"] = [RetryAfter(3)]
    post.channel.answers["away"] = [Unreachable("no network")]
    post.channel.answers["gone"] = [Blocked("blocked")]
    post.channel.answers["odd"] = [Refused("too long")]
    for user in ("slow", "away", "gone", "odd"):
        post.put(user, "hello")
    post.run(60)
    told = figures(metrics)
    for fate, count in (("sent", 2), ("failed", 2), ("blocked", 1), ("given_up", 1)):
        assert told[f'shenbao_sendings_total{{channel="telegram",outcome="{fate}"}}'] == count
    assert told['shenbao_outbox_messages{channel="telegram",status="dead"}'] == 2


def test_the_outbox_is_told_for_all_bots_of_a_kind_together(
    conversation: Conversation, metrics: Metrics
) -> None:
    now = CLOCK.now()
    with conversation.database.unit_of_work() as work:
        for chat, minutes in (("telegram.1:42", -3), ("telegram.2:42", -7), ("wecom.1:a", 5)):
            due_at = now + timedelta(minutes=minutes)
            work.outbox.put(chat=chat, dedupe_key=chat, payload=b"{}", due_at=due_at, at=now)
    told = figures(metrics)
    assert told['shenbao_outbox_messages{channel="telegram",status="pending"}'] == 2
    assert told['shenbao_outbox_oldest_due_seconds{channel="telegram"}'] == 420
    assert told['shenbao_outbox_oldest_due_seconds{channel="wecom"}'] == 0
    assert told['shenbao_outbox_ambiguous{channel="telegram"}'] == 0
    assert told["shenbao_database_up"] == 1


def test_the_database_is_not_asked_at_every_look(conversation: Conversation) -> None:
    seconds = Hand()
    metrics = Metrics(conversation, seconds=seconds)
    waiting = 'shenbao_outbox_messages{channel="terminal",status="pending"}'
    assert waiting not in figures(metrics)
    Talk(conversation).receive(None)
    assert waiting not in figures(metrics)
    seconds.at += FRESH
    assert figures(metrics)[waiting] == 1


def test_without_the_database_everything_else_is_told(database: Database) -> None:
    conversation = Conversation(database, CLOCK)
    metrics = Metrics(conversation)
    says(conversation, None, "1")

    def fails() -> None:
        raise StorageFull("full")

    database.unit_of_work = fails  # type: ignore[method-assign, assignment]
    told = figures(metrics)
    assert told["shenbao_database_up"] == 0
    assert told['shenbao_turns_total{channel="telegram",outcome="answered"}'] == 1
    assert not any("outbox" in name for name in told)


def test_connections_are_told_on_a_server(postgresql: str) -> None:
    from storage.database import open_database

    with open_database(postgresql) as database:
        database.migrate()
        metrics = Metrics(Conversation(database, CLOCK))
        assert figures(metrics)["shenbao_database_connections"] == 0
        with database.unit_of_work():
            assert figures(metrics)["shenbao_database_connections"] == 1


def test_nobody_is_named(conversation: Conversation, metrics: Metrics) -> None:
    conversation.receive(Incoming("telegram.123456", "77", "4242424242", None, name="李明"))
    conversation.receive(Incoming("telegram.123456", "78", "4242424242", "青山街道网格化服务", name="李明"))
    text = metrics.text().decode()
    for personal in ("4242424242", "李明", "青山街道", "123456"):
        assert personal not in text
