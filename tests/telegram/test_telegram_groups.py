"""In a group the bot answers when it is called, only about the regulation, and never shows a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bot_api import BOT
from talking import PROJECT_NAME, WHOLE_PROJECT
from telegram_users import CHANNEL

if TYPE_CHECKING:
    from telegram_users import TelegramUser

GROUP = {"id": -1001, "type": "supergroup", "title": "信息化交流"}
QUESTION = "备案要在多少天内办？"


def hears(user: TelegramUser, text: str, **more: Any) -> list[str]:
    """Return what the bot says to a group in which the user says something."""
    before = len(user.api.sent_to(GROUP["id"]))
    user.api.put(message=user.api.keep_message(GROUP, user.me, text=text, **more))
    user.served.settle()
    return [message["text"] for message in user.api.sent_to(GROUP["id"])[before:]]


def test_a_group_that_does_not_call_the_bot_is_left_alone(user: TelegramUser) -> None:
    assert hears(user, QUESTION) == []
    assert hears(user, "/start") == []
    assert hears(user, f"@{BOT['username']}x {QUESTION}") == []


@pytest.mark.parametrize("call", ["@{name} {question}", "{question} @{name}", "/ask@{name} {question}"])
def test_a_question_about_the_regulation_is_answered(user: TelegramUser, call: str) -> None:
    (said,) = hears(user, call.format(name=BOT["username"], question=QUESTION))
    assert "条" in said
    about = user.api.sent_to(GROUP["id"])[-1]["reply_to_message"]
    assert QUESTION in about["text"]


def test_a_reply_to_the_bot_calls_it(user: TelegramUser) -> None:
    hears(user, f"@{BOT['username']} {QUESTION}")
    mine = user.api.sent_to(GROUP["id"])[-1]
    plain = {name: value for name, value in mine.items() if name != "reply_to_message"}
    assert len(hears(user, "那立项呢，谁审批？", reply_to_message=plain)) == 1


def test_a_group_never_sees_a_project(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT)
    for text in ("进度", "项目", "打开 1", PROJECT_NAME, "480万", "还缺什么", "生成"):
        (said,) = hears(user, f"@{BOT['username']} {text}")
        assert PROJECT_NAME not in said
        assert "李明" not in said
        assert f"https://t.me/{BOT['username']}" in said or "送审稿" in said


def test_nothing_is_kept_of_a_group(user: TelegramUser) -> None:
    hears(user, f"@{BOT['username']} {QUESTION}")
    with user.served.database.unit_of_work() as work:
        assert work.contacts.get(CHANNEL, str(GROUP["id"])) is None
        assert work.sessions.get(CHANNEL, str(GROUP["id"])) is None
        assert work.projects.list_for(f"{CHANNEL}:{GROUP['id']}") == []


def test_channel_posts_are_passed_over(user: TelegramUser) -> None:
    chat = {"id": -1002, "type": "channel", "title": "公告"}
    post = {"message_id": 1, "date": 1_795_000_000, "chat": chat, "text": f"@{BOT['username']} {QUESTION}"}
    user.api.put(channel_post=post)
    user.served.settle()
    assert user.api.sent_to(-1002) == []
