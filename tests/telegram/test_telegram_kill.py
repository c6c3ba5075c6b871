"""kill -9 at any moment, over and over, while people answer: nothing acknowledged is lost, nothing counts twice.

``SHENBAO_KILLS=500`` with ``--log-cli-level=INFO`` runs the long form and says what came of it.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import time
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bot_api import BOT, TOKEN, BotApi
from lives import Lives, lives
from talking import PROJECT_NAME, WHOLE_PROJECT

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.reminders.schedule import sync
from bot.updates import chat_of
from dialogs.draft import dump_draft, load_draft
from dialogs.view import View
from rules.case import Event
from storage.database import Database, open_database

if TYPE_CHECKING:
    from pathlib import Path

    from dialogs.draft import Draft

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="lives are forked, which this system cannot")

KILLS = int(os.environ.get("SHENBAO_KILLS", "10"))
SEED = int(os.environ.get("SHENBAO_KILL_SEED", "20261126"))
USERS = (101, 102, 103, 104)
REMINDED = 900
CHANNEL = f"telegram.{BOT['id']}"
REMINDER = "整改期限"
MOST_REQUESTS = 60
"""A life ends after so many requests to Telegram at most; an answer takes about three."""
LONGEST_LIFE = 3.0
"""Seconds; a life may have nothing to do."""
INSTANT = 0.02
"""Seconds between the last request of a life and its end."""
GRACE = 60.0
_log = logging.getLogger(__name__)
QUESTIONS = (
    "涉及国家秘密吗",
    "单位属于哪一级",
    "单位是哪一类",
    "属于哪一种",
    "总投资是多少",
    "本年度预计投入",
    "资金分别从哪里来",
    "自筹的资金",
    "这笔其他资金",
    "服务期从哪天",
)
"""Words of the first questions of WHOLE_PROJECT; whoever is asked anything else begins a new project."""
ANSWERS = dict(zip(QUESTIONS, WHOLE_PROJECT, strict=False))


class Typist:
    """Somebody who answers every question as it comes, and begins the next project when one is done."""

    def __init__(self, api: BotApi, chat: int) -> None:
        self.api = api
        self.chat = {"id": chat, "type": "private", "first_name": f"用户{chat}"}
        self.me = {"id": chat, "is_bot": False, "first_name": f"用户{chat}"}
        self.said: list[dict[str, Any]] = []
        self._read = 0
        self._last = ""

    def begin(self) -> None:
        self._say("/start")

    def answer(self) -> None:
        """Answer what has been asked since; a message that comes twice is one question."""
        for message in self.api.sent_to(self.chat["id"])[self._read :]:
            self._read += 1
            if message["text"] == self._last:
                continue
            self._last = message["text"]
            reply = next((words for asked, words in ANSWERS.items() if asked in message["text"]), None)
            if reply is not None:
                self._say(reply)
            else:
                self._say("新项目")

    def _say(self, text: str) -> None:
        self.said.append(self.api.put(message=self.api.keep_message(self.chat, self.me, text=text)))


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_and_doubles_nothing(api: BotApi, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - where to kill
    errors = tmp_path / "stderr.txt"
    with open_database(tmp_path / "shenbao.db") as database:
        database.migrate()
        reminders = plan_reminders(database, count=KILLS)
        with lives(_arguments(tmp_path), _environment(api), errors) as program:
            typists = [Typist(api, chat) for chat in USERS]
            for typist in typists:
                typist.begin()
            for _ in range(KILLS):
                live(program, api, typists, chance)
            program.begin()
            settle(api, database, typists, reminders)
            assert program.end(signal.SIGTERM) == 0
        assert "Traceback" not in errors.read_text("utf-8")
        answers = check_answers(database, typists)
        doubled, ambiguous = check_deliveries(api, database, reminders)
    _log.info(
        "%d kills, %d answers, %d reminders, %d messages in doubt, %d sent twice",
        KILLS,
        answers,
        reminders,
        ambiguous,
        doubled,
    )


def live(program: Lives, api: BotApi, typists: list[Typist], chance: random.Random) -> None:
    """Let the program live for so many requests, with people who answer; then kill it."""
    end = len(api.calls) + chance.randint(0, MOST_REQUESTS)
    program.begin()
    until = time.monotonic() + LONGEST_LIFE
    while len(api.calls) < end and time.monotonic() < until:
        for typist in typists:
            typist.answer()
        with api.changed:
            api.changed.wait(0.005)
    until = time.monotonic() + chance.uniform(0, INSTANT)
    while time.monotonic() < until:
        with api.changed:
            api.changed.wait(INSTANT)
    assert program.end() == -signal.SIGKILL


def settle(api: BotApi, database: Database, typists: list[Typist], reminders: int) -> None:
    """Let everything that is under way come to its end; nobody says anything new."""

    def is_settled() -> bool:
        with database.unit_of_work() as work:
            pending = sum(many for (_, status), many in work.outbox.counts().items() if status == "pending")
            promoted = sum(
                REMINDER in message.payload.decode() for message in work.outbox.listing(limit=10**6)
            )
        return not api.unconfirmed and not pending and promoted >= reminders

    api.wait_for(is_settled, "everything to be sent", patience=GRACE)
    assert all(typist.said for typist in typists)


def check_answers(database: Database, typists: list[Typist]) -> int:
    """Every answer that was confirmed is in its draft once; return how many those are."""
    given = 0
    for typist in typists:
        owner = chat_of(CHANNEL, str(typist.chat["id"]))
        with database.unit_of_work() as work:
            projects = sorted(work.projects.list_for(owner), key=lambda project: project.id)
            drafts = [load_draft(work.projects.get(project.id).state) for project in projects]
            turns = Counter(
                event.turn_key for project in projects for event in work.events.list_for(project.id)
            )
            taken = {update["update_id"] for update in typist.said}
            known = {
                int(row[0])
                for row in work.connection.exec_driver_sql(
                    "SELECT update_id FROM inbox WHERE channel = ?", (CHANNEL,)
                )
            }
        assert taken <= known, "every update that was confirmed was taken"
        assert set(turns.values()) <= {1}, "no answer counts twice"
        answers = sum(update["message"]["text"] in ANSWERS.values() for update in typist.said)
        assert sum(turns.values()) == answers, "every answer is kept"
        for draft in drafts[:-1]:
            assert draft.facts == drafts[0].facts, "finished projects are alike"
        given += answers
    return given


def check_deliveries(api: BotApi, database: Database, reminders: int) -> tuple[int, int]:
    """Return how many messages left twice, and of how many nobody can know: a kill fell between Telegram and us."""
    with database.unit_of_work() as work:
        messages = work.outbox.listing(limit=10**6)
    assert {message.status for message in messages} == {"sent"}
    ambiguous = sum(message.ambiguous for message in messages)
    for chat in (*USERS, REMINDED):
        sent = [message["text"] for message in api.sent_to(chat)]
        wanted = [message for message in messages if message.chat == chat_of(CHANNEL, str(chat))]
        assert len(wanted) <= len(sent), "nothing is lost"
    doubled = len(api.of("sendMessage")) - len(messages)
    assert doubled <= ambiguous, "a message leaves twice only where nobody can know"
    reminded = Counter(message["text"] for message in api.sent_to(REMINDED))
    assert len(reminded) == reminders
    return doubled, ambiguous


def plan_reminders(database: Database, *, count: int) -> int:
    """Keep a project with overdue orders, each to be reminded of at another moment of the test."""
    conversation = Conversation(database, SystemClock())
    now = conversation.clock.now()
    owner = chat_of(CHANNEL, str(REMINDED))
    with database.unit_of_work() as work:
        edition = conversation.pin(work, now)
        work.contacts.meet(CHANNEL, str(REMINDED), name="被提醒的人", key=owner, at=now)
        work.contacts.set_quiet(CHANNEL, str(REMINDED), 0, 0)
        draft = _overdue_draft(conversation, count)
        project = work.projects.create(
            owner=owner,
            name=PROJECT_NAME,
            pack_id=conversation.rules.pack.head.id,
            edition_id=edition,
            state=dump_draft(draft),
            at=now,
        )
        sync(work, project.id, View(conversation.rules, draft, now.date()), now)
        rows = work.deadlines.list_for(project.id)
        for number, row in enumerate(rows):
            work.deadlines.set_next(row.id, now + timedelta(seconds=number / 2))
    return len(rows)


def _overdue_draft(conversation: Conversation, count: int) -> Draft:
    draft = conversation.current.begin(as_of=date(2026, 1, 5)).draft
    draft = conversation.current.put(
        draft,
        {"classified": False, "unit_level": "city", "unit_kind": "government", "nature": "purchased_service"},
        as_of=date(2026, 1, 5),
    ).draft
    first = date(2026, 1, 5)
    draft.events = tuple(
        Event(
            "rectification_ordered", first + timedelta(days=number), due=first + timedelta(days=number + 10)
        )
        for number in range(min(count, 200))
    )
    return draft


def _arguments(folder: Path) -> list[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return ["serve", "--telegram", "--no-browser", "--data", str(folder), "--port", str(port)]


def _environment(api: BotApi) -> dict[str, str]:
    return {
        "SHENBAO_TELEGRAM_TOKEN": TOKEN,
        "SHENBAO_TELEGRAM_API": api.address,
        "SHENBAO_TELEGRAM_PER_SECOND": "1000",
        "SHENBAO_TELEGRAM_PER_CHAT_SECONDS": "0",
        "HOME": os.environ.get("HOME", ""),
    }
