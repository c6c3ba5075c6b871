"""Everything else that can arrive in a private chat: each gets its answer, or one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from talking import WHOLE_PROJECT
from telegram_users import CHANNEL, TelegramUser

from bot.telegram.commands import COMMANDS
from bot.turn import Turn
from storage.errors import StorageFull
from storage.inbox import Inbox

if TYPE_CHECKING:
    from telegram_users import Served

FILE = {"file_id": "f", "file_unique_id": "u"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"voice": {**FILE, "duration": 3}}, "听不懂语音"),
        ({"video_note": {**FILE, "duration": 3, "length": 9}}, "听不懂语音"),
        ({"video": {**FILE, "duration": 3, "width": 9, "height": 9}}, "作为文件发来"),
        ({"sticker": {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}}, "收到表情"),
        ({"location": {"latitude": 39.0, "longitude": 106.4}}, "位置"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "名片"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "收到表情"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(
    user: TelegramUser, content: dict[str, Any], expected: str
) -> None:
    user.says("/start")
    shown = user.sends(**content)
    assert expected in shown
    assert "涉及国家秘密" in shown


def test_a_changed_message_is_not_read_again(user: TelegramUser) -> None:
    user.says("/start", "否", "县区")
    message = user.api.keep_message(user.chat, user.me, text="市直", edit_date=1_795_000_001)
    user.api.put(edited_message=message)
    assert "改过的消息" in user.reads()


@pytest.mark.parametrize(
    "content", [{"pinned": True}, {"new_chat_title": "x"}, {"text": "/start@another_bot"}]
)
def test_what_is_not_meant_for_the_bot_is_passed_over(user: TelegramUser, content: dict[str, Any]) -> None:
    user.sends(**content)
    assert user.api.sent_to(user.id) == []


def test_a_command_that_does_not_exist(user: TelegramUser) -> None:
    user.says("/start")
    assert "没有这个命令" in user.says("/frobnicate")


def test_a_command_may_name_the_bot(user: TelegramUser) -> None:
    assert "涉及国家秘密" in user.says("/start@Shenbao_Test_Bot")


def test_every_command_of_the_menu_is_understood(served: Served) -> None:
    for chat, command in enumerate(COMMANDS, start=500):
        user = TelegramUser(served, chat)
        for words in ("/start", *WHOLE_PROJECT[:4]):
            user.types(words)
        user.reads()
        before = len(user.api.sent_to(user.id))
        shown = user.says(f"/{command.name}")
        assert len(user.api.sent_to(user.id)) > before, command.name
        assert "没有这个命令" not in shown, command.name
        assert "没看懂" not in shown, command.name
        assert "不是" not in shown.splitlines()[0], command.name


def test_the_menu_is_in_every_language(user: TelegramUser) -> None:
    user.says("/start")
    user.api.wait_for(lambda: len(user.api.of("setMyCommands")) >= 3, "the menu")
    assert {call.params.get("language_code") for call in user.api.of("setMyCommands")} >= {"zh", "en"}
    assert all(len(call.params["commands"]) == len(COMMANDS) for call in user.api.of("setMyCommands"))


def test_english(served: Served) -> None:
    user = TelegramUser(served, language="en")
    assert "For English: /language English" in user.says("/start")
    assert "For English" not in user.says("为什么")
    shown = user.says("/language English")
    assert "state secret" in shown.lower()
    assert any(label.endswith("Back") for label in user.labels) or user.labels


def test_somebody_who_reads_chinese_is_not_told_of_english(user: TelegramUser) -> None:
    assert "English" not in user.says("/start")


def test_pause_closes_the_buttons_and_any_word_goes_on(user: TelegramUser) -> None:
    user.says("/start", "否")
    asked = user.last
    assert "都存好了" in user.says("/pause")
    assert "reply_markup" not in asked
    assert "你们单位属于哪一级" in user.says("继续")


def test_a_mistake_of_ours_is_one_sentence_and_the_others_go_on(
    user: TelegramUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.says("/start")
    tries: list[str] = []
    step = Turn.step

    def fails(turn: Turn, text: str) -> Any:
        if text == "炸":
            tries.append(text)
            raise ZeroDivisionError
        return step(turn, text)

    monkeypatch.setattr(Turn, "step", fails)
    assert "这一句我处理不了" in user.says("炸")
    assert len(tries) == 3
    assert "你们单位属于哪一级" in user.says("否")


def test_a_full_disk_is_waited_for_and_nothing_is_lost(
    user: TelegramUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.says("/start")
    full = [True]
    take = Inbox.take

    def fails(*arguments: Any) -> bool:
        if full:
            full.clear()
            raise StorageFull
        return take(*arguments)

    monkeypatch.setattr(Inbox, "take", fails)
    user.types("否")
    user.types("县区")
    shown = user.reads()
    assert not full
    assert shown.index("你们单位属于哪一级") < shown.index("你们单位是哪一类")


def test_blocking_and_coming_back(user: TelegramUser) -> None:
    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": {"id": 123456, "is_bot": True, "first_name": "b"}, "status": status, **until}

    def blocked_at() -> object:
        with user.served.database.unit_of_work() as work:
            contact = work.contacts.get(CHANNEL, str(user.id))
        assert contact is not None
        return contact.blocked_at

    user.says("/start")
    for before, after, is_blocked in (("member", "kicked", True), ("kicked", "member", False)):
        change = {"chat": user.chat, "from": user.me, "date": 1_795_000_000}
        user.api.put(
            my_chat_member={**change, "old_chat_member": member(before), "new_chat_member": member(after)}
        )
        user.served.settle()
        assert (blocked_at() is not None) == is_blocked
