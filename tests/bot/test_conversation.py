"""A user's turn: taken once, kept whole or not at all, seen by nobody else."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, PROJECT_NAME, WHOLE_PROJECT, Talk, execute, kept_drafts, row_counts

from bot import conversation as conversation_module
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.packs import installed_pack
from rules.loader import load_rules

if TYPE_CHECKING:
    from storage.database import Database

TO_THE_AMOUNT = ["否", "市直", "政府", "采购货物"]
NEW_EDITION = "新一版"
NEW_QUESTION = "请问贵单位是哪一类？"


# --- once, in order -----------------------------------------------------------------------------------------


def test_a_redelivered_update_is_answered_once_and_changes_nothing(talk: Talk, database: Database) -> None:
    talk.arrives()
    talk.receive("否", "update A")
    assert "哪一级" in talk.read()
    before, rows = talk.drafts(), row_counts(database)
    talk.receive("否", "update A")
    talk.receive("市直", "update A")
    assert talk.waiting() == []
    assert talk.drafts() == before
    assert row_counts(database) == rows


def test_an_update_redelivered_before_its_reply_was_shown_is_shown_once(talk: Talk) -> None:
    talk.receive(None, "start")
    talk.receive(None, "start")
    assert len(talk.waiting()) == 1
    assert len(talk.drafts()) == 1


def test_the_same_update_number_on_another_channel_is_another_update(conversation: Conversation) -> None:
    for channel in ("terminal", "web"):
        talk = Talk(conversation, user=f"{channel} user", channel=channel)
        talk.receive(None, "1")
        assert "涉及国家秘密" in talk.read()


def test_replies_wait_in_order_until_each_was_delivered(talk: Talk, conversation: Conversation) -> None:
    for typed in (None, "否", "市直"):
        talk.receive(typed)
    waiting = talk.waiting()
    asked = [delivery.reply.outgoing[-1].question for delivery in waiting]  # type: ignore[union-attr]
    assert asked == ["classified", "unit_level", "unit_kind"]
    assert all(first.message_id < second.message_id for first, second in pairwise(waiting))

    conversation.delivered(waiting[0])
    assert talk.waiting() == waiting[1:]
    conversation.delivered(waiting[0])  # a channel that says so twice
    assert talk.waiting() == waiting[1:]
    conversation.delivered(waiting[2])
    conversation.delivered(waiting[1])
    assert talk.waiting() == []


def test_a_reply_that_was_not_delivered_waits_for_the_next_process(talk: Talk, database: Database) -> None:
    talk.receive(None)
    again = Talk(Conversation(database, CLOCK))
    assert again.waiting() == talk.waiting()
    assert "涉及国家秘密" in again.read()


def test_every_answer_is_logged_once(talk: Talk, database: Database) -> None:
    talk.arrives()
    talk.says(*WHOLE_PROJECT)
    project, draft = kept_drafts(database, talk.user)[0]
    assert project.name == PROJECT_NAME
    with database.unit_of_work() as work:
        events = work.events.list_for(project.id)
    assert len({event.turn_key for event in events}) == len(events)
    assert execute(database, "SELECT count(*) FROM answer_event") == len(events)
    assert draft.state == "review"


# --- several projects ---------------------------------------------------------------------------------------


def name_a_project(talk: Talk, name: str, *answers: str) -> None:
    talk.says("新项目", *TO_THE_AMOUNT, *answers, f"修改 项目名称 改为 {name}")


def test_the_first_visit_goes_straight_to_the_first_question(talk: Talk) -> None:
    assert "涉及国家秘密" in talk.arrives()
    assert talk.question == "classified"


def test_the_lobby_lists_the_projects_the_last_used_first(talk: Talk) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT, "修改 项目名称 改为 街道平台")
    name_a_project(talk, "热线系统")
    talk.arrives()
    assert talk.choices == ["热线系统", "街道平台", "新建一个项目"]
    later = Conversation(talk.conversation.database, FixedClock(CLOCK.moment + timedelta(days=1)))
    tomorrow = Talk(later, talk.user)
    tomorrow.arrives()
    tomorrow.says("街道平台", "项目")
    assert tomorrow.choices == ["街道平台", "热线系统", "新建一个项目"]


@pytest.mark.parametrize("said", ["街道平台", "街道", "打开 街道平台"])
def test_a_project_is_resumed_by_name_where_it_stood(talk: Talk, said: str) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT, "修改 项目名称 改为 街道平台")
    name_a_project(talk, "热线系统", "680万")
    talk.arrives()
    assert "接着填「街道平台」" in talk.says(said)
    assert talk.question == "total_investment"
    talk.says("480万")
    assert {draft.facts["project_name"]: draft.facts["total_investment"] for draft in talk.drafts()} == {
        "街道平台": 480_000_000,
        "热线系统": 680_000_000,
    }


@pytest.mark.parametrize("said", ["1", "第1个", "未命名项目 1"])
def test_a_project_without_a_name_is_resumed_by_number(talk: Talk, said: str) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT)
    talk.arrives()
    assert "接着填「未命名项目 1」" in talk.says(said)
    assert talk.question == "total_investment"


@pytest.mark.parametrize("said", ["新项目", "2", "新建一个项目"])
def test_a_new_project_starts_at_the_first_question(talk: Talk, said: str) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT)
    talk.arrives()
    talk.says(said)
    assert talk.question == "classified"
    assert [draft.state for draft in talk.drafts()] == ["classified", "total_investment"]


def test_the_words_for_projects_work_inside_a_project(talk: Talk) -> None:
    talk.arrives()
    talk.says("否", "新项目", "否", "市直", "项目")
    assert len(talk.choices) == 3
    assert [draft.state for draft in talk.drafts()] == ["unit_kind", "unit_level"]


@pytest.mark.parametrize("said", ["不存在的平台", "99", "", "😀", "返回", "x" * 30_000, "打开 不存在的平台"])
def test_what_names_no_project_gets_a_sentence_and_the_choice_again(talk: Talk, said: str) -> None:
    talk.arrives()
    talk.says("否")
    talk.arrives()
    before = talk.choices
    shown = talk.says(said)
    assert shown.splitlines()[0]
    assert talk.choices == before
    assert len(talk.drafts()) == 1


# --- pinned editions ----------------------------------------------------------------------------------------


def install_new_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = dict(installed_pack()[1])
    head, questions = texts["pack.yaml"], texts["questions.yaml"]
    texts["pack.yaml"] = head.replace("edition: 2026-11-1", f"edition: {NEW_EDITION}").replace(
        "total_investment < wan(60) ||", "total_investment < wan(90) ||"
    )
    texts["questions.yaml"] = questions.replace("你们单位是哪一类？", NEW_QUESTION)
    assert NEW_EDITION in texts["pack.yaml"]
    assert "wan(90)" in texts["pack.yaml"]
    assert NEW_QUESTION in texts["questions.yaml"]
    rules = load_rules(texts)
    monkeypatch.setattr(conversation_module, "installed_pack", lambda *_: (rules, texts))


def test_a_draft_goes_on_with_the_rules_it_began_with(
    talk: Talk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.arrives()
    talk.says("否", "市直")
    install_new_edition(monkeypatch)

    updated = Talk(Conversation(database, CLOCK), talk.user)
    updated.arrives()
    shown = updated.says("1")
    assert "按开始时的规则（2026-11-1 版）" in shown
    assert "你们单位是哪一类？" in shown
    updated.says("政府", "采购货物", "70万", "跳过")
    (project, _), *others = kept_drafts(database, talk.user)
    assert others == []
    assert updated.conversation.view(project.id).verdict.scope == "applies", "70 万元 under the old threshold"


def test_a_new_project_uses_the_new_rules(
    talk: Talk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.arrives()
    talk.says("否")
    install_new_edition(monkeypatch)

    updated = Talk(Conversation(database, CLOCK), talk.user)
    updated.arrives()
    shown = updated.says("新项目", "否", "市直")
    assert NEW_QUESTION in shown
    assert "按开始时的规则" not in shown
    updated.says("政府", "采购货物", "70万", "跳过")
    (new, _), (old, _) = kept_drafts(database, talk.user)
    assert new.edition_id != old.edition_id
    assert updated.conversation.view(new.id).verdict.scope == "reference_only"
    shown = updated.says("项目", f"未命名项目 {new.id}")
    assert "按开始时的规则" not in shown


def test_an_edition_is_kept_once_however_many_projects_use_it(talk: Talk, database: Database) -> None:
    talk.arrives()
    talk.says("新项目", "新项目")
    rows = row_counts(database)
    assert (rows["project"], rows["pack_edition"]) == (3, 1)


# --- language, pausing --------------------------------------------------------------------------------------


def test_the_language_is_switched_at_once_and_stays(talk: Talk, database: Database) -> None:
    talk.arrives()
    assert "state secrets" in talk.says("语言 English")
    assert "Which level" in talk.says("no")
    again = Talk(Conversation(database, CLOCK), talk.user)
    assert "project" in again.arrives()
    assert "Which level" in again.says("1")
    assert "哪一级" in again.says("language 中文")


def test_the_language_can_be_switched_before_a_project_is_open(talk: Talk) -> None:
    talk.arrives()
    talk.arrives()
    assert "新建一个项目" not in talk.says("语言 English")
    assert "新建一个项目" in talk.says("语言 中文")


def test_the_language_of_one_user_is_not_that_of_another(talk: Talk, conversation: Conversation) -> None:
    talk.arrives()
    talk.says("语言 English")
    assert "涉及国家秘密" in Talk(conversation, "another").arrives()


@pytest.mark.parametrize("answers", [TO_THE_AMOUNT, [*TO_THE_AMOUNT, "480到520万"], WHOLE_PROJECT])
def test_pausing_and_coming_back_stands_at_the_same_question(talk: Talk, answers: list[str]) -> None:
    talk.arrives()
    talk.says(*answers)
    question, choices, facts = talk.question, talk.choices, talk.drafts()[0].facts
    assert "(Leave)" in talk.says("暂停")
    talk.arrives()
    talk.says("1")
    assert (talk.question, talk.choices) == (question, choices)
    assert talk.drafts()[0].facts == facts


def test_after_a_pause_the_next_words_are_an_answer(talk: Talk) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT, "暂停", "680万")
    assert talk.drafts()[0].facts["total_investment"] == 680_000_000


def test_leaving_from_the_lobby_changes_nothing(talk: Talk) -> None:
    talk.arrives()
    talk.says("否")
    before = talk.drafts()
    talk.arrives()
    assert "(Leave)" in talk.says("暂停")
    assert talk.drafts() == before


# --- one's own projects only --------------------------------------------------------------------------------


def test_nobody_sees_the_projects_of_another(talk: Talk, conversation: Conversation) -> None:
    talk.arrives()
    talk.says(*TO_THE_AMOUNT, "修改 项目名称 改为 别人看不到的平台")
    before = talk.drafts()

    other = Talk(conversation, "other")
    assert "别人看不到" not in other.arrives()
    for typed in (
        "打开 别人看不到的平台",
        "打开 1",
        "项目",
        "别人看不到的平台",
        "1",
        "否",
        "清单",
        "修改",
        "项目",
    ):
        assert "别人看不到" not in other.says(typed).replace(typed, ""), (
            "it may quote what was typed, no more"
        )
    assert talk.drafts() == before
    assert all("project_name" not in draft.facts for draft in other.drafts())
    assert talk.waiting() == []
