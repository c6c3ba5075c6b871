"""Submitting in chat: what is missing and what it means come first, and it can be taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, WHOLE_PROJECT, Talk
from test_people import NAMED, TELEGRAM, account, account_code

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from storage.database import Database


@pytest.fixture
def telegram(conversation: Conversation) -> Talk:
    talk = Talk(conversation, "42", TELEGRAM)
    talk.arrives()
    return talk


def is_submitted(database: Database, number: int = 1) -> bool:
    with database.unit_of_work() as work:
        return work.projects.get(number).submitted_at is not None


def button_of(shown: str) -> str:
    found = re.search(r"\[提交: ([^\]]+)\]", shown)
    assert found is not None, shown
    return found[1]


def test_what_is_missing_and_what_it_means_come_first(telegram: Talk, database: Database) -> None:
    telegram.says(*NAMED)
    shown = telegram.says("提交")
    assert "还没有齐" in shown
    assert "没答的题：" in shown
    assert "只做记号" in shown
    assert not is_submitted(database)


@pytest.mark.parametrize("sure", ["提交 确认", "submit confirm", None])
def test_it_is_submitted_and_taken_back(telegram: Talk, database: Database, sure: str | None) -> None:
    telegram.says(*WHOLE_PROJECT)
    shown = telegram.says("提交申报")
    assert "申报已提交" in telegram.says(sure or button_of(shown))
    assert is_submitted(database)
    assert telegram.drafts()[0].submitted
    assert "已经提交了" in telegram.says("提交")
    assert "已收回" in telegram.says("收回提交")
    assert not is_submitted(database)
    assert not telegram.drafts()[0].submitted
    assert "还没有提交" in telegram.says("recall")
    with database.unit_of_work() as work:
        actions = [entry.action for entry in work.audit.latest(limit=9)]
    assert actions == ["recalled", "submitted"]


def test_an_old_button_submits_no_other_project(telegram: Talk, database: Database) -> None:
    telegram.says(*WHOLE_PROJECT)
    button = button_of(telegram.says("提交"))
    telegram.says("新项目", *NAMED)
    assert "另一个项目" in telegram.says(button)
    assert not is_submitted(database, 1)
    assert not is_submitted(database, 2)


@pytest.mark.parametrize(("answers", "sentence"), [(["是"], "保密办"), (["否", "市直", "个人"], "不用")])
def test_what_does_not_apply_is_not_submitted(telegram: Talk, answers: list[str], sentence: str) -> None:
    telegram.says(*answers)
    assert sentence in telegram.says("提交 确认")


def test_before_a_project_is_open_there_is_nothing_to_submit(conversation: Conversation) -> None:
    assert "先打开一个项目" in Talk(conversation, "9", TELEGRAM).says("提交")


def test_a_units_project_says_who_will_see_it_and_waits_for_a_colleague(
    telegram: Talk, database: Database
) -> None:
    telegram.says(f"绑定 {account_code(database, account(database))} 确认", "新项目", *WHOLE_PROJECT)
    assert "可以看到" in telegram.says("提交")
    with database.unit_of_work() as work:
        project = work.projects.list_for("unit:1")[0]
        until = CLOCK.now() + timedelta(minutes=5)
        work.editors.take(project.id, holder="account:9", name="王芳", at=CLOCK.now(), until=until)
    assert "王芳 正在填" in telegram.says("提交 确认")
    assert not is_submitted(database, project.id)
