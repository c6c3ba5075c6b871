"""A whole project in Telegram: from /start to the zip, with buttons, a catalogue and files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from spreadsheets import good_catalogue
from talking import PROJECT_NAME, WHOLE_PROJECT

if TYPE_CHECKING:
    from telegram_users import TelegramUser


def test_a_whole_project_ends_with_the_zip(user: TelegramUser) -> None:
    user.says("/start", *WHOLE_PROJECT)
    shown = user.presses("生成材料")
    name, data = user.documents[-1]
    assert name.startswith(PROJECT_NAME)
    assert "申报表" in "".join(zipfile.ZipFile(io.BytesIO(data)).namelist())
    assert "草稿" in shown
    assert [call.params["action"] for call in user.api.of("sendChatAction", user.id)] == ["upload_document"]
