"""One person on several channels: codes, what moves with a link, and who one is afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, Talk, execute

from bot.access_codes import issue
from bot.web.principal import unit_owner

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.conversation import Conversation
    from storage.database import Database

CODE = re.compile(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}")
TELEGRAM = "telegram.1"
NAMED = ["否", "市直", "政府", "采购货物", "修改 项目名称 改为 街道平台"]


@pytest.fixture
def telegram(conversation: Conversation) -> Talk:
    return Talk(conversation, "42", TELEGRAM)


@pytest.fixture
def terminal(conversation: Conversation) -> Talk:
    return Talk(conversation, "zhang")


def code_of(shown: str) -> str:
    found = CODE.search(shown)
    assert found is not None, shown
    return found[0]


def account(database: Database) -> int:
    with database.unit_of_work() as work:
        unit = work.units.add(name="青山街道办事处", area="640221", at=CLOCK.now())
        return work.accounts.add(unit_id=unit.id, login="li", name="李明", role="member", at=CLOCK.now()).id


def account_code(database: Database, account_id: int) -> str:
    with database.unit_of_work() as work:
        unit_id = work.accounts.get(account_id).unit_id
        assert unit_id is not None
        return issue(
            work,
            "link",
            person=f"web:account:{account_id}",
            owner=unit_owner(unit_id),
            account_id=account_id,
            name="李明",
            at=CLOCK.now(),
        )


# --- codes --------------------------------------------------------------------------------------------------


def test_only_a_hash_of_a_code_is_kept(telegram: Talk, database: Database) -> None:
    telegram.arrives()
    telegram.says("否", "市直")
    code = code_of(telegram.says("绑定"))
    for table in ("access_code", "outbox", "chat_entry"):
        with database.unit_of_work() as work:
            rows = work.connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
        assert code not in str(rows)


@pytest.mark.parametrize("typed", ["{}", "{} ", "绑定{}"])
@pytest.mark.parametrize(
    "change", [str, str.lower, lambda code: code.replace("-", ""), lambda c: c.replace("-", "－")]
)
def test_a_code_is_read_however_it_is_typed(
    telegram: Talk, terminal: Talk, typed: str, change: Callable[[str], str]
) -> None:
    code = change(code_of(telegram.says("/link")))
    said = typed.format(code) if typed.startswith("绑定") else f"link {typed.format(code)}"
    assert "绑定好了" in terminal.says(said)


def test_a_code_works_once_and_for_ten_minutes(
    telegram: Talk, terminal: Talk, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, late = code_of(telegram.says("绑定")), code_of(telegram.says("绑定"))
    assert "绑定好了" in terminal.says(f"绑定 {code}")
    other = Talk(conversation, "7", TELEGRAM)
    assert "用过了" in other.says(f"绑定 {code}")
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(minutes=10))
    assert "过期" in other.says(f"绑定 {late}")


def test_wrong_codes_are_counted_for_each_chat(telegram: Talk, terminal: Talk) -> None:
    code = code_of(telegram.says("绑定"))
    for _ in range(5):
        assert "这个码不对" in terminal.says("绑定 AAAA-AAAA")
    assert "输错的码太多了" in terminal.says(f"绑定 {code}")
    assert "自己在这里发的" in telegram.says(f"绑定 {code}")


def test_a_code_for_something_else_names_the_word(telegram: Talk, terminal: Talk) -> None:
    telegram.arrives()
    telegram.says(*NAMED)
    assert "「加入」" in terminal.says(f"绑定 {code_of(telegram.says('邀请'))}")
    assert "「绑定」" in terminal.says(f"加入 {code_of(telegram.says('绑定'))}")


def test_words_that_only_begin_like_a_command_are_answers(talk: Talk) -> None:
    talk.arrives()
    talk.says("否", "修改 项目名称 改为 绑定手机号平台")
    before = talk.question
    for words in ("绑定手机号平台", "加入协会", "linkage", "移除旧设备"):
        shown = talk.says(words)
        assert "码" not in shown
        assert "成员" not in shown
    assert talk.question == before


# --- linking ------------------------------------------------------------------------------------------------


def test_a_project_begun_in_the_terminal_goes_on_in_telegram_and_back(telegram: Talk, terminal: Talk) -> None:
    terminal.arrives()
    terminal.says(*NAMED)
    shown = telegram.says(f"绑定 {code_of(terminal.says('绑定'))}")
    assert "绑定好了" in shown
    assert "街道平台" in shown
    telegram.says("街道平台", "480万")
    assert terminal.drafts()[0].facts["total_investment"] == 480_000_000
    terminal.arrives()
    assert "接着填「街道平台」" in terminal.says("街道平台")


def test_own_projects_move_only_after_being_told_how_many(telegram: Talk, terminal: Talk) -> None:
    telegram.arrives()
    telegram.says(*NAMED)
    code = code_of(terminal.says("绑定"))
    shown = telegram.says(f"绑定 {code}")
    assert "1 个项目" in shown
    assert f"[绑定: 绑定 {code} 确认]" in shown
    assert terminal.drafts() == []
    assert "带过去 1 个项目" in telegram.says(f"绑定 {code} 确认")
    assert [draft.facts["project_name"] for draft in terminal.drafts()] == ["街道平台"]
    assert "街道平台" in terminal.arrives()


def test_an_account_brings_the_projects_of_its_unit(telegram: Talk, database: Database) -> None:
    number = account(database)
    telegram.arrives()
    telegram.says(*NAMED)
    code = account_code(database, number)
    assert "归「青山街道办事处」" in telegram.says(f"绑定 {code}")
    assert "李明" in telegram.says(f"绑定 {code} 确认")
    with database.unit_of_work() as work:
        (project,) = work.projects.list_for(unit_owner(1))
        contact = work.contacts.get(TELEGRAM, "42")
    assert project.name == "街道平台"
    assert contact is not None
    assert (contact.person, contact.owner, contact.account_id) == (f"web:account:{number}", "unit:1", number)


def test_a_chat_of_an_account_links_the_next_channel_to_the_account(
    telegram: Talk, terminal: Talk, database: Database
) -> None:
    number = account(database)
    telegram.says(f"绑定 {account_code(database, number)}")
    terminal.says(f"绑定 {code_of(telegram.says('绑定'))}")
    with database.unit_of_work() as work:
        assert len(work.contacts.of_person(f"web:account:{number}")) == 2


def test_two_accounts_do_not_become_one(telegram: Talk, database: Database) -> None:
    first = account(database)
    telegram.says(f"绑定 {account_code(database, first)}")
    with database.unit_of_work() as work:
        second = work.accounts.add(unit_id=1, login="wang", name="王芳", role="member", at=CLOCK.now()).id
    assert "另一个账号" in telegram.says(f"绑定 {account_code(database, second)}")


def test_a_closed_account_links_nothing_and_its_chats_are_nobody(telegram: Talk, database: Database) -> None:
    number = account(database)
    code, late = account_code(database, number), account_code(database, number)
    telegram.says(f"绑定 {code}")
    telegram.arrives()
    telegram.says(*NAMED)
    with database.unit_of_work() as work:
        work.accounts.set_active(number, False)
    assert "打不开了" in telegram.says("480万")
    assert "账号已经停用" in telegram.says("我的账号")
    assert "已经停用" in telegram.says(f"绑定 {late}")
    with database.unit_of_work() as work:
        work.accounts.set_active(number, True)
    assert "街道平台" in telegram.says("项目")


def test_unlinking_leaves_the_projects_where_they_are(telegram: Talk, terminal: Talk) -> None:
    terminal.arrives()
    terminal.says(*NAMED)
    telegram.says(f"绑定 {code_of(terminal.says('绑定'))}", "街道平台")
    assert "已解除绑定" in telegram.says("解除绑定")
    assert "街道平台" not in telegram.arrives()
    assert "没有绑定" in telegram.says("unlink")
    assert len(terminal.drafts()) == 1
    assert (
        execute(
            terminal.conversation.database, "SELECT count(*) FROM contact WHERE person = 'terminal:zhang'"
        )
        == 1
    )


def test_whoami_lists_what_is_linked(telegram: Talk, terminal: Talk) -> None:
    assert "还没有绑定别的渠道" in telegram.says("我的账号")
    terminal.says(f"绑定 {code_of(telegram.says('绑定'))}")
    assert "(Table)" in terminal.says("whoami")


def test_a_code_of_somebody_who_became_another_is_void(
    telegram: Talk, terminal: Talk, conversation: Conversation
) -> None:
    stale = code_of(terminal.says("绑定"))
    terminal.says(f"绑定 {code_of(telegram.says('绑定'))}")
    assert "已经变了" in Talk(conversation, "7", TELEGRAM).says(f"绑定 {stale}")
