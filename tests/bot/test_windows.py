"""Several windows of one user, and several users of one program."""

import pytest
from talking import Talk

from bot.conversation import Conversation
from bot.updates import Incoming, Reply
from storage.errors import NotFound


def say(conversation: Conversation, window: str, text: str | None, project_id: int | None) -> Reply:
    update = Incoming("terminal", f"{window}{text}{project_id}", "user", text, window, project_id)
    conversation.receive(update)
    replies = [delivery.reply for delivery in conversation.waiting("terminal", "user")]
    return next(reply for reply in replies if reply.update_id == update.update_id)


def test_two_windows_do_not_write_into_each_other(conversation: Conversation) -> None:
    first = say(conversation, "a", None, None)
    second = say(conversation, "b", "新项目", None)
    assert first.project_id != second.project_id
    say(conversation, "a", "否", first.project_id)
    assert conversation.view(first.project_id or 0).facts == {"classified": False}
    assert conversation.view(second.project_id or 0).facts == {}


def test_a_window_cannot_open_the_project_of_another_user(conversation: Conversation) -> None:
    mine = say(conversation, "a", None, None)
    stranger = Incoming("terminal", "x", "stranger", "否", "w", mine.project_id)
    with pytest.raises(NotFound):
        conversation.receive(stranger)


def test_a_user_key_of_another_channel_is_another_person(conversation: Conversation) -> None:
    Talk(conversation, "7", "web").says("否")
    other = Talk(conversation, "7", "telegram")
    other.arrives()
    assert len(other.drafts()) == 1
    assert other.drafts()[0].facts == {}


def test_the_lobby_is_chosen_from_by_the_number_shown(conversation: Conversation) -> None:
    talk = Talk(conversation)
    talk.arrives()
    talk.says("否", "市直", "新项目", "否", "县区")
    talk.arrives()
    levels = {"未命名项目 1": "city", "未命名项目 2": "county"}
    second = levels[talk.choices[1]]
    talk.says("2", "政府")
    assert [draft.facts["unit_level"] for draft in talk.drafts() if "unit_kind" in draft.facts] == [second]


def test_starting_over_leaves_nothing_of_the_old_answers(conversation: Conversation) -> None:
    talk = Talk(conversation)
    talk.arrives()
    talk.says("否", "市直", "政府", "重来", "1")
    with conversation.database.unit_of_work() as work:
        assert work.events.list_for(1) == []
