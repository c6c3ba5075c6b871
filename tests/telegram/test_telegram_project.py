"""A whole project in Telegram: from /start to the zip, with buttons, a catalogue and files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from spreadsheets import plain_xlsx
from talking import PROJECT_NAME, WHOLE_PROJECT
from telegram_users import UP_TO_CATALOGUE, TelegramUser, serving

if TYPE_CHECKING:
    from pathlib import Path

    from bot_api import BotApi


def test_a_whole_project_ends_with_the_zip(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT[:-1])
    user.ticks("初步设计")
    user.presses("确定")
    shown = user.presses("生成材料")
    name, data = user.documents[-1]
    assert name.startswith(PROJECT_NAME)
    assert "申报表" in "".join(zipfile.ZipFile(io.BytesIO(data)).namelist())
    assert "现在要交的都齐了" in shown
    assert [call.params["action"] for call in user.api.of("sendChatAction", user.id)] == ["upload_document"]


def test_what_is_missing_is_said_under_the_zip(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT[:5])
    shown = user.says("/generate")
    assert "草稿" in shown
    assert "草稿" in user.documents[-1][0]


def test_a_catalogue_without_a_word_is_the_one_asked_for(user: TelegramUser) -> None:
    user.says("/start", *UP_TO_CATALOGUE)
    shown = user.sends_file("表1.xlsx", plain_xlsx())
    assert "目录里现在有 1 条" in shown
    user.says("生成")
    _, data = user.documents[-1]
    assert "信息资源目录" in "".join(zipfile.ZipFile(io.BytesIO(data)).namelist())


def test_a_restart_in_the_middle_loses_nothing(api: BotApi, tmp_path: Path) -> None:
    with serving(tmp_path, api) as served:
        user = TelegramUser(served)
        user.says("/start", *WHOLE_PROJECT[:3])
    update = api.put(message=api.keep_message(user.chat, user.me, text="购买服务"))
    with serving(tmp_path, api) as served:
        again = TelegramUser(served)
        shown = again.reads()
        assert "购买服务" in shown
        api.put_again(update)
        served.settle()
        assert again.reads() == ""
        again.says(*WHOLE_PROJECT[4:])
        again.presses("生成材料")
        assert again.documents
