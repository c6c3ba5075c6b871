"""Files that users send in Telegram: with a caption, without one, too large, or lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bot_api import broken
from file_samples import pdf
from talking import WHOLE_PROJECT

from bot.telegram import downloads

if TYPE_CHECKING:
    from telegram_users import TelegramUser

PDF = pdf()


@pytest.fixture
def asked(user: TelegramUser) -> TelegramUser:
    """A user in the middle of a project."""
    user.says("/start", *WHOLE_PROJECT[:8])
    return user


def kept(user: TelegramUser) -> list[str]:
    """Return which documents were handed in."""
    with user.served.database.unit_of_work() as work:
        return sorted(work.attachments.current(1))


@pytest.mark.parametrize("caption", ["初步设计", "上传 初步设计", "/upload 初步设计"])
def test_the_caption_names_the_document(asked: TelegramUser, caption: str) -> None:
    shown = asked.sends_file("a.pdf", PDF, caption)
    assert "收下了「初步设计」" in shown
    assert kept(asked) == ["preliminary_design"]


def test_the_name_of_the_file_is_enough(asked: TelegramUser) -> None:
    assert "收下了「初步设计」" in asked.sends_file("初步设计.pdf", PDF)


def test_which_document_it_is_can_be_pressed(asked: TelegramUser) -> None:
    shown = asked.sends_file("扫描件 001.pdf", PDF)
    assert "是哪一份材料" in shown
    asks = asked.api.sent_to(asked.id)[-2]
    assert asks["reply_to_message"]["document"]["file_name"] == "扫描件 001.pdf"
    assert "收下了「初步设计」" in asked.presses("初步设计")
    assert kept(asked) == ["preliminary_design"]


def test_the_file_that_the_buttons_are_about_is_gone(asked: TelegramUser) -> None:
    asked.sends_file("扫描件 001.pdf", PDF)
    del asked.api.sent_to(asked.id)[-2]["reply_to_message"]
    assert "请再发一次" in asked.presses("初步设计")
    assert kept(asked) == []


def test_several_files_at_once_are_asked_about_one_by_one(asked: TelegramUser) -> None:
    for name in ("一.pdf", "二.pdf"):
        document = {"file_id": asked.api.keep_file(PDF), "file_unique_id": name, "file_name": name}
        asked.api.put(
            message=asked.api.keep_message(asked.chat, asked.me, document=document, media_group_id="9")
        )
    shown = asked.reads()
    assert shown.index("「一.pdf」是哪一份材料") < shown.index("「二.pdf」是哪一份材料")


def test_a_file_that_is_too_large_is_not_fetched(asked: TelegramUser) -> None:
    shown = asked.sends_file("a.pdf", PDF, "初步设计", size=downloads.LARGEST + 1)
    assert "超过 20 MB" in shown
    assert not asked.api.of("getFile")


def test_a_file_whose_size_is_not_told_is_refused_by_telegram(asked: TelegramUser) -> None:
    shown = asked.sends_file("a.pdf", bytes(downloads.LARGEST + 1), "初步设计", size=0)
    assert "超过 20 MB" in shown


def test_a_file_that_cannot_be_fetched_is_one_sentence(
    asked: TelegramUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_LONGEST_WAIT", -1)
    asked.api.faults.append(broken("getFile"))
    assert "文件没有取到" in asked.sends_file("a.pdf", PDF, "初步设计")
    assert kept(asked) == []
    assert "收下了" in asked.sends_file("a.pdf", PDF, "初步设计")


def test_the_network_fails_once(asked: TelegramUser) -> None:
    asked.api.faults.append(broken("getFile"))
    assert "收下了" in asked.sends_file("a.pdf", PDF, "初步设计")


def test_a_file_of_a_kind_that_is_not_taken(asked: TelegramUser) -> None:
    shown = asked.sends_file("a.exe", b"MZ\x90\x00", "初步设计")
    assert shown.startswith("❗")
    assert kept(asked) == []


def test_a_file_before_secrecy_is_settled_is_not_kept(user: TelegramUser) -> None:
    user.says("/start")
    shown = user.sends_file("绝密.pdf", PDF, "初步设计")
    assert "现在还不能收文件" in shown
    assert "绝密" not in shown


def test_a_template_comes_as_a_file(asked: TelegramUser) -> None:
    asked.says("目录模板")
    assert asked.documents[-1][0].endswith(".xlsx")
