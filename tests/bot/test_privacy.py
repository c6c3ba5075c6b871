"""One's own data: everything is handed over, and everything that may go goes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from talking import CLOCK, PROJECT_NAME, WHOLE_PROJECT, Talk, bytes_of, execute
from test_people import NAMED, TELEGRAM, account, account_code, code_of

from dialogs.messages import SendFile

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from storage.database import Database

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture(params=[TELEGRAM, "terminal"])
def somebody(conversation: Conversation, request: pytest.FixtureRequest) -> Talk:
    return Talk(conversation, "4242", request.param)


def handed_over(talk: Talk) -> dict[str, bytes]:
    talk.receive("/mydata")
    replies = [delivery.reply for delivery in talk.waiting()]
    (file,) = [message for reply in replies for message in reply.outgoing if isinstance(message, SendFile)]
    talk.read()
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def button_of(shown: str) -> str:
    found = re.search(r"\[删除我的数据: ([^\]]+)\]", shown)
    assert found is not None, shown
    return found[1]


def test_everything_of_ones_own_projects_is_handed_over(somebody: Talk) -> None:
    somebody.arrives()
    somebody.says(*WHOLE_PROJECT)
    somebody.conversation.uploads.attach(1, "preliminary_design", "设计.pdf", PDF)
    files = handed_over(somebody)
    folder = f"我的项目/1_{PROJECT_NAME}"
    assert files[f"{folder}/交过的文件/初步设计/01_设计.pdf"] == PDF
    assert "480万" in files[f"{folder}/对话记录.txt"].decode()
    assert "李明" in files[f"{folder}/答案.yaml"].decode()
    assert json.loads(files[f"{folder}/修改记录.json"])
    data = json.loads(files["我的数据.json"])
    assert data["person"].endswith(":4242")
    assert data["projects"][0]["name"] == PROJECT_NAME
    assert PROJECT_NAME in files["说明.txt"].decode("utf-8-sig")


def test_the_data_are_kept_nowhere_once_delivered(somebody: Talk, database: Database) -> None:
    somebody.arrives()
    somebody.says("否", "市直")
    before = execute(database, "SELECT count(*) FROM chat_entry")
    handed_over(somebody)
    assert execute(database, "SELECT count(*) FROM outbox WHERE payload LIKE '%我的数据.zip%'") == 0
    assert execute(database, "SELECT count(*) FROM chat_entry") == before


def test_of_a_units_projects_only_what_one_said_is_handed_over(somebody: Talk, database: Database) -> None:
    number = account(database)
    somebody.says(f"绑定 {account_code(database, number)}")
    somebody.says("新项目", *NAMED)
    with database.unit_of_work() as work:
        entry = work.history.latest(1, limit=1)[0]
        work.history.append(
            1, at=CLOCK.now(), turn_key="web:1", actor="web:account:99", said="别人说的", reply=entry.reply
        )
    files = handed_over(somebody)
    said = files["我在别的项目里说的/1_街道平台.txt"].decode()
    assert "市直" in said
    assert "别人说的" not in said
    assert not [name for name in files if name.startswith("我的项目")]
    assert json.loads(files["我的数据.json"])["account"]["login"] == "li"


def test_forgetting_says_first_what_goes_and_what_stays(somebody: Talk, database: Database) -> None:
    somebody.arrives()
    somebody.says(*NAMED)
    shown = somebody.says("/forget")
    assert "您自己的 1 个项目" in shown
    assert "操作记录" in shown
    assert execute(database, "SELECT count(*) FROM project") == 1


def test_after_forgetting_no_byte_is_left_but_what_was_said_to_stay(
    somebody: Talk, database: Database
) -> None:
    execute(database, "PRAGMA secure_delete = ON")
    somebody.arrives()
    somebody.says(*WHOLE_PROJECT)
    somebody.conversation.uploads.attach(1, "preliminary_design", "设计.pdf", PDF)
    somebody.says("绑定")
    assert "已经删除" in somebody.says(button_of(somebody.says("删除我的数据")))
    everything = bytes_of(database)
    for words in (PROJECT_NAME, "李明", "示例区青山路"):
        assert words.encode() not in everything
    assert list(database.blobs) == []
    for table in ("project", "contact", "session", "access_code", "outbox", "chat_entry", "deadline"):
        assert execute(database, f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    with database.unit_of_work() as work:
        assert {entry.action for entry in work.audit.latest(limit=9)} == {"deleted", "forgotten"}
    assert "涉及国家秘密" in somebody.arrives()


def test_the_words_may_be_typed_by_hand(somebody: Talk, database: Database) -> None:
    somebody.arrives()
    assert "已经删除" in somebody.says("删除我的数据 确认")
    assert execute(database, "SELECT count(*) FROM project") == 0


def test_an_old_button_deletes_nothing(somebody: Talk, database: Database) -> None:
    somebody.arrives()
    button = button_of(somebody.says("删除我的数据"))
    somebody.says("新项目", "否")
    assert "以前的" in somebody.says(button)
    assert execute(database, "SELECT count(*) FROM project") == 2


def test_what_was_submitted_stays_and_is_said_to(somebody: Talk, database: Database) -> None:
    somebody.arrives()
    somebody.says(*NAMED)
    with database.unit_of_work() as work:
        work.projects.submit(1, at=CLOCK.now())
    shown = somebody.says("删除我的数据")
    assert "已提交的 1 个项目" in shown
    somebody.says(button_of(shown))
    assert execute(database, "SELECT count(*) FROM project") == 1
    assert "街道平台" in somebody.arrives()


def test_a_units_projects_stay_and_every_chat_of_the_person_goes(somebody: Talk, database: Database) -> None:
    number = account(database)
    somebody.says(f"绑定 {account_code(database, number)}")
    somebody.says("新项目", *NAMED)
    other = Talk(somebody.conversation, "77", "telegram.2")
    other.says(f"绑定 {code_of(somebody.says('绑定'))}")
    shown = other.says("删除我的数据")
    assert "「青山街道办事处」的 1 个项目" in shown
    other.says(button_of(shown))
    assert execute(database, "SELECT count(*) FROM contact") == 0
    assert execute(database, "SELECT count(*) FROM project WHERE owner = 'unit:1'") == 1
    assert somebody.waiting() == []
    somebody.says("项目")
    assert "街道平台" not in somebody.choices
