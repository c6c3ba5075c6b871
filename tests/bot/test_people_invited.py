"""Colleagues who are invited to a project: what they may, and that they are out at once when removed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, Talk
from test_people import NAMED, TELEGRAM, code_of

if TYPE_CHECKING:
    from bot.conversation import Conversation


@pytest.fixture
def owner(conversation: Conversation) -> Talk:
    talk = Talk(conversation, "zhang")
    talk.arrives()
    talk.says(*NAMED)
    return talk


@pytest.fixture
def colleague(owner: Talk) -> Talk:
    """Somebody in another chat who has joined."""
    talk = Talk(owner.conversation, "42", TELEGRAM)
    assert "您加入了" in talk.says(f"加入 {code_of(owner.says('邀请'))}")
    return talk


def button_of(shown: str) -> str:
    found = re.search(r"\[[^\]:]+: ([^\]]+)\]", shown)
    assert found is not None, shown
    return found[1]


def test_who_joins_is_in_the_project_at_once(owner: Talk, colleague: Talk) -> None:
    assert colleague.question == owner.question == "total_investment"
    colleague.says("480万")
    assert owner.drafts()[0].facts["total_investment"] == 480_000_000
    assert "街道平台" in colleague.arrives()


def test_an_invitation_works_once_and_ends(owner: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, late = code_of(owner.says("邀请")), code_of(owner.says("邀请"))
    first, second = (Talk(owner.conversation, user, TELEGRAM) for user in ("1", "2"))
    first.says(f"join {code}")
    assert "用过了" in second.says(f"join {code}")
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(days=7))
    assert "过期" in second.says(f"加入 {late}")


def test_the_owner_does_not_join_their_own_project(owner: Talk) -> None:
    assert "本来就是您的" in owner.says(f"加入 {code_of(owner.says('邀请'))}")


def test_a_deleted_project_cannot_be_joined(owner: Talk) -> None:
    code = code_of(owner.says("邀请"))
    with owner.conversation.database.unit_of_work() as work:
        work.projects.delete(1)
    assert "不对" in Talk(owner.conversation, "42", TELEGRAM).says(f"加入 {code}")


def test_only_the_owner_invites_and_removes(colleague: Talk) -> None:
    for words in ("邀请", "移除 1", "提交", "收回提交"):
        assert "这个项目是「终端用户」的" in colleague.says(words)
    assert "负责人：终端用户" in colleague.says("成员")


def test_a_removed_colleague_is_out_at_once_and_is_told(owner: Talk, colleague: Talk) -> None:
    assert "1. " in owner.says("成员")
    shown = owner.says("移除 1")
    assert "移出" in shown
    assert "已移除" in owner.says(button_of(shown))
    told = colleague.read()
    assert "不再是项目「街道平台」的成员" in told
    assert "打不开了" in colleague.says("480万")
    assert "total_investment" not in owner.drafts()[0].facts
    assert "街道平台" not in colleague.arrives()


def test_an_old_button_removes_nobody_else(owner: Talk, colleague: Talk) -> None:
    other = Talk(owner.conversation, "43", TELEGRAM)
    other.says(f"加入 {code_of(owner.says('邀请'))}")
    button = button_of(owner.says("移除 1"))
    owner.says(button)
    assert "没有找到" in owner.says(button)
    assert "街道平台" in other.says("项目")
    colleague.says("项目")
    assert colleague.choices == ["新建一个项目"]
    other_button = button_of(owner.says("移除 1"))
    for _ in range(2):
        shown = owner.says(other_button)
    assert "没有找到" in shown


def test_who_leaves_says_so_twice(owner: Talk, colleague: Talk) -> None:
    assert "不用退出" in owner.says("退出项目")
    button = button_of(colleague.says("退出项目"))
    assert "已退出" in colleague.says(button)
    assert "还没有别的成员" in owner.says("成员")


def test_without_a_project_the_words_say_what_to_do_first(talk: Talk) -> None:
    for words in ("邀请", "成员", "移除 1", "退出项目"):
        assert "先打开一个项目" in talk.says(words)


def test_a_member_who_links_to_the_owner_is_no_member_any_more(owner: Talk, colleague: Talk) -> None:
    colleague.says(f"绑定 {code_of(owner.says('绑定'))}")
    assert "还没有别的成员" in owner.says("成员")
    assert "街道平台" in colleague.arrives()
