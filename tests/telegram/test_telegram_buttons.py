"""Buttons that are old, pressed twice or at the same moment do no harm; used ones are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from talking import WHOLE_PROJECT, kept_drafts
from telegram_users import CHANNEL, Served, TelegramUser

from bot.telegram import keyboard

if TYPE_CHECKING:
    from dialogs.draft import Draft

STALE = "这个按钮是前面一题的"


def draft_of(user: TelegramUser) -> Draft:
    """Return the project that the user is at."""
    ((_, draft),) = kept_drafts(user.served.database, str(user.id), CHANNEL)
    return draft


def frozen(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as it looks now, whatever is done to it later."""
    return msgspec.json.decode(msgspec.json.encode(message))


def test_the_used_button_is_marked_and_the_others_go(user: TelegramUser) -> None:
    user.says("/start")
    first = user.last
    user.presses("否")
    assert first["reply_markup"]["inline_keyboard"] == [[{"text": "✓ 否", "callback_data": "x"}]]


def test_the_buttons_go_when_the_answer_is_typed(user: TelegramUser) -> None:
    user.says("/start")
    first = user.last
    user.says("否")
    assert "reply_markup" not in first


def test_a_press_stops_the_button_from_turning(user: TelegramUser) -> None:
    user.says("/start")
    user.presses("否")
    assert [call.params["callback_query_id"] for call in user.api.of("answerCallbackQuery")]


def test_an_old_button_is_answered_with_the_open_question(user: TelegramUser) -> None:
    user.says("/start")
    first = frozen(user.last)
    user.presses("否", "县区")
    before = draft_of(user)
    user.press("是", first)
    shown = user.reads()
    assert STALE in shown
    assert "你们单位是哪一类" in shown
    assert draft_of(user) == before


def test_a_button_that_is_pressed_twice_answers_once(user: TelegramUser) -> None:
    user.says("/start", "否")
    level = frozen(user.last)
    user.press("县区", level)
    user.press("县区", level)
    shown = user.reads()
    assert shown.count(STALE) == 1
    assert draft_of(user).facts["unit_level"] == "county"
    assert draft_of(user).state == "unit_kind"


def test_back_pressed_twice_goes_back_once(user: TelegramUser) -> None:
    user.says("/start", "否", "县区")
    kind = frozen(user.last)
    user.press("返回", kind)
    user.press("返回", kind)
    user.reads()
    assert draft_of(user).state == "unit_level"


def test_a_button_of_another_project_changes_nothing(user: TelegramUser) -> None:
    user.says("/start", "否")
    level = frozen(user.last)
    user.says("/new", "否")
    user.press("县区", level)
    assert STALE in user.reads()
    drafts = [draft for _, draft in kept_drafts(user.served.database, str(user.id), CHANNEL)]
    assert [draft.state for draft in drafts] == ["unit_level", "unit_level"]


def test_the_same_update_three_times_is_answered_once(user: TelegramUser) -> None:
    user.says("/start", "否")
    update = user.types("县区")
    user.reads()
    before = len(user.api.sent_to(user.id))
    user.api.put_again(update)
    user.api.put_again(update)
    user.served.settle()
    assert len(user.api.sent_to(user.id)) == before
    assert draft_of(user).state == "unit_kind"


def test_the_same_press_three_times_is_answered_once(user: TelegramUser) -> None:
    user.says("/start")
    update = user.press("否")
    user.reads()
    before = len(user.api.sent_to(user.id))
    user.api.put_again(update)
    user.api.put_again(update)
    user.served.settle()
    assert len(user.api.sent_to(user.id)) == before


def test_two_quick_messages_answer_two_questions(user: TelegramUser) -> None:
    user.says("/start", "否")
    user.types("县区")
    user.types("政府")
    user.reads()
    assert draft_of(user).facts["unit_level"] == "county"
    assert draft_of(user).facts["unit_kind"] == "government"


def test_ticks_are_no_answer_until_they_are_confirmed(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT[:-1])
    user.ticks("初步设计")
    assert any(label.startswith("☑") for label in user.labels)
    assert draft_of(user).state == "materials"
    user.ticks("初步设计")
    assert not any(label.startswith("☑") for label in user.labels)
    user.ticks("初步设计")
    user.presses("确定")
    assert draft_of(user).documents["preliminary_design"] == "provided"


def test_a_tick_that_comes_again_stays_as_it_was(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT[:-1])
    message = frozen(user.last)
    user.press("初步设计", message)
    update = user.press("初步设计", message)
    user.served.settle()
    user.api.put_again(update)
    user.served.settle()
    assert sum(label.startswith("☑") for label in user.labels) == 1


def test_an_old_tick_is_answered_with_the_open_question(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT[:-1])
    message = frozen(user.last)
    user.says("0")
    user.press("初步设计", message)
    assert STALE in user.reads()


def test_a_button_of_an_older_version_is_one_sentence(user: TelegramUser) -> None:
    user.says("/start")
    message = frozen(user.last)
    message["reply_markup"]["inline_keyboard"][0][0] = {"text": "旧", "callback_data": "v0:17"}
    user.press("旧", message)
    shown = user.reads()
    assert "这个按钮已经不能用了" in shown
    assert "涉及国家秘密" in shown


def test_choosing_a_project_by_button(user: TelegramUser) -> None:
    user.says("/start", "否", "/new", "否", "县区", "/projects")
    projects = frozen(user.last)
    user.presses("未命名项目 1")
    assert "你们单位属于哪一级" in user.last["text"]
    user.press("未命名项目 2", projects)
    assert STALE in user.reads()


def test_whatever_is_read_from_a_button_is_understood_or_nothing() -> None:
    for data in (
        "",
        "x",
        "c.1.0123456789ab.0",
        "c.1.0123456789ab.1",
        "t.1.0123456789ab.zz",
        "k.1.0123456789ab.restart",
    ):
        keyboard.read(data)
    assert keyboard.read("c.1.0123456789ab.0") is None
    assert keyboard.read("k.1.0123456789ab.restart") is None
    assert keyboard.read("c.1.0123456789ab.3") == keyboard.Choose("1.0123456789ab", 3)


def test_moved_elsewhere(served: Served) -> None:
    """A typed answer to a question that was answered on another channel is not taken for one to the next."""
    from bot.updates import Incoming

    user = TelegramUser(served)
    user.says("/start", "否")
    with served.database.unit_of_work() as work:
        project_id = work.projects.list_for(f"{CHANNEL}:{user.id}")[0].id
    served.conversation.receive(
        Incoming(
            "web",
            "1",
            "account:9",
            "县区",
            window="page",
            project_id=project_id,
            owner=f"{CHANNEL}:{user.id}",
            is_shown_from_history=True,
        )
    )
    shown = user.says("市直")
    assert "刚才在别处" in shown
    assert "你们单位是哪一类" in shown
    assert draft_of(user).facts["unit_level"] == "county"
    user.says("政府")
    assert draft_of(user).facts["unit_kind"] == "government"
