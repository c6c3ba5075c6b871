"""Files that hold answers, handed in in the middle of the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import EXAMPLES
from talking import Talk

from bot.fill import run_fill
from bot.updates import Incoming
from bot.uploads import IncomingFile
from dialogs.messages import SendFile

if TYPE_CHECKING:
    from pathlib import Path

    from bot.conversation import Conversation

HEADS = "信息资源名称,信息资源提供方,信息资源格式,共享类型,不予共享的依据,共享方式,更新周期"
GOOD = "办件信息,市局,数据库,无条件共享,,共享平台,实时"
BAD = "评价信息,市局,数据库,不予共享,,共享平台,每日"
ANSWERS = ("否", "市直", "政府", "新建", "货物类", "300")


@pytest.fixture
def talk(conversation: Conversation) -> Talk:
    talking = Talk(conversation)
    talking.arrives()
    talking.says(*ANSWERS)
    return talking


def hand_in(talk: Talk, caption: str, name: str, data: bytes) -> tuple[str, list[SendFile]]:
    update = Incoming(
        talk.channel, f"file {name} {caption}", talk.user, caption, file=IncomingFile(name, data)
    )
    talk.conversation.receive(update)
    files = [
        message
        for delivery in talk.waiting()
        for message in delivery.reply.outgoing
        if isinstance(message, SendFile)
    ]
    return talk.read(), files


def test_a_catalogue_keeps_its_good_rows_and_gives_back_the_rest(talk: Talk) -> None:
    sheet = "\n".join([HEADS, GOOD, BAD]).encode()
    said, files = hand_in(talk, "上传 信息资源目录", "目录.csv", sheet)
    assert "共 2 行，其中 1 行可以用" in said
    assert [file.name for file in files] == ["信息资源目录_检查结果.xlsx"]
    facts = talk.drafts()[0].facts
    assert facts["catalogue_provided"] is True
    assert [entry["name"] for entry in facts["catalogue"]] == ["办件信息"]
    assert talk.question == "this_year_investment"


def test_a_catalogue_that_cannot_be_read_changes_nothing(talk: Talk) -> None:
    before = talk.drafts()[0].facts
    said, files = hand_in(talk, "上传 信息资源目录", "目录.xlsx", b"PK\x03\x04 broken")
    assert files == []
    assert "损坏" in said
    assert talk.drafts()[0].facts == before


def test_the_template_is_there_for_the_asking(talk: Talk) -> None:
    talk.receive("目录模板")
    outgoing = talk.waiting()[0].reply.outgoing
    sent = next(message for message in outgoing if isinstance(message, SendFile))
    assert sent.name.endswith(".xlsx")
    assert sent.data.startswith(b"PK")


def test_a_filled_form_answers_what_is_open_and_replaces_nothing(talk: Talk, tmp_path: Path) -> None:
    run_fill(EXAMPLES[0], tmp_path)
    said, _ = hand_in(talk, "上传 申报表", "申报表.docx", (tmp_path / "01_申报表.docx").read_bytes())
    facts = talk.drafts()[0].facts
    assert facts["total_investment"] == 300_000_000
    assert "没有改动" in said
    assert facts["unit_name"] == "示例市政务服务局"


def test_nothing_is_read_before_the_secrecy_question_is_answered(conversation: Conversation) -> None:
    talk = Talk(conversation)
    talk.arrives()
    hand_in(talk, "上传 信息资源目录", "秘密.csv", "\n".join([HEADS, GOOD]).encode())
    assert talk.drafts()[0].facts == {}
