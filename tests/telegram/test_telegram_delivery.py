"""What the bot does when Telegram asks to wait, fails, or a user is gone; and the order of each chat."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot_api import blocked, broken, flood
from telegram_users import CHANNEL, Served, TelegramUser, serving

from bot.delivery.limits import Limits

if TYPE_CHECKING:
    from bot_api import BotApi


def test_retry_after_is_obeyed(user: TelegramUser) -> None:
    user.says("/start")
    user.api.faults.append(flood("sendMessage", 1))
    user.says("否")
    refused = next(call for call in user.api.calls if call.status == 429)
    later = [call for call in user.api.calls if call.at > refused.at and call.method == "sendMessage"]
    assert later
    assert all(call.at - refused.at >= 1 for call in later)
    assert "你们单位属于哪一级" in user.last["text"]


def test_a_telegram_that_fails_is_tried_again(user: TelegramUser) -> None:
    user.says("/start")
    user.api.faults.append(broken("sendMessage"))
    assert "你们单位属于哪一级" in user.says("否")


def test_buttons_that_cannot_be_closed_do_not_hold_the_answer_up(user: TelegramUser) -> None:
    user.says("/start")
    user.api.faults.append(broken("editMessageReplyMarkup"))
    assert "你们单位属于哪一级" in user.presses("否")


def test_a_user_who_blocked_the_bot_gets_nothing_until_they_are_back(user: TelegramUser) -> None:
    user.says("/start")
    user.api.faults.append(blocked("sendMessage", user.id))
    assert user.says("否") == ""
    with user.served.database.unit_of_work() as work:
        contact = work.contacts.get(CHANNEL, str(user.id))
    assert contact is not None
    assert contact.blocked_at is not None
    assert "你们单位是哪一类" in user.says("县区")


def test_a_hundred_messages_at_once_are_answered_in_order(served: Served) -> None:
    user = TelegramUser(served)
    user.says("/start", "否")
    before = len(served.api.sent_to(user.id))
    for number in range(100):
        user.types(f"乱打 {number}")
    user.reads()
    assert len(served.api.sent_to(user.id)) == before + 100
    assert len({message["text"] for message in served.api.sent_to(user.id)[before:]}) > 0


def test_chats_do_not_wait_for_each_other(served: Served) -> None:
    users = [TelegramUser(served, chat) for chat in (51, 52, 53)]
    for text in ("/start", "否", "县区"):
        for user in users:
            user.types(text)
    served.settle()
    for user in users:
        texts = [message["text"] for message in served.api.sent_to(user.id)]
        assert [word in text for word, text in zip(("国家秘密", "哪一级", "哪一类"), texts, strict=True)] == [
            True
        ] * 3


def test_messages_to_one_chat_keep_their_distance(api: BotApi) -> None:
    limits = Limits(per_second=1000, per_chat=0.3)
    with serving(None, api, limits) as served:
        user = TelegramUser(served)
        for text in ("/start", "否", "县区"):
            user.types(text)
        served.settle()
        sent = [call.at for call in api.of("sendMessage", user.id)]
        assert all(later - earlier >= 0.29 for earlier, later in pairwise(sent))
