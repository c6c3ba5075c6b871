"""What every channel must do, whatever it looks like: the same words lead to the same questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from file_samples import pdf
from talking import WHOLE_PROJECT

if TYPE_CHECKING:
    from channel_users import ChannelUser

SECRET, LEVEL, KIND = "这个项目涉及国家秘密吗", "你们单位属于哪一级", "你们单位是哪一类"


def test_it_begins_with_the_first_question(user: ChannelUser) -> None:
    assert SECRET in user.arrives()


def test_typed_and_chosen_answers_lead_on(user: ChannelUser) -> None:
    user.arrives()
    assert LEVEL in user.says("否")
    assert KIND in user.chooses("县区", 2)


def test_back(user: ChannelUser) -> None:
    user.arrives()
    user.says("否")
    assert SECRET in user.says("返回")


def test_what_comes_twice_is_taken_once(user: ChannelUser) -> None:
    user.arrives()
    user.says("否")
    user.sends_again("县区")
    assert LEVEL in user.says("返回")


def test_an_answer_that_is_none_is_said(user: ChannelUser) -> None:
    user.arrives()
    user.says("否")
    assert LEVEL in user.says("胡说八道")


def test_a_file_goes_in(user: ChannelUser) -> None:
    user.arrives()
    for answer in WHOLE_PROJECT[:8]:
        user.says(answer)
    assert "收下了「初步设计」" in user.hands_in("初步设计", "a.pdf", pdf())


def test_the_documents_come_out(user: ChannelUser) -> None:
    user.arrives()
    for answer in WHOLE_PROJECT[:5]:
        user.says(answer)
    user.says("生成")
    assert any(name.endswith(".zip") for name in user.files())


def test_another_language(user: ChannelUser) -> None:
    user.arrives()
    user.says("语言 English")
    assert "level does your unit belong to" in user.says("no")
