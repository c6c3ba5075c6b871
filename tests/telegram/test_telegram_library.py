"""aiogram without its models: what is needed of it is built, and all of it when that does not go."""

from __future__ import annotations

import json
import subprocess
import sys

LOOK = """
import json
import bot.telegram.library
from aiogram import methods, types
from aiogram.methods.base import Response

models = [getattr(types, name) for name in types.__all__]
print(json.dumps([model.__name__ for model in models if getattr(model, "__pydantic_complete__", False)]))
said = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "否"}
[update] = Response[list[types.Update]].model_validate({"ok": True, "result": [{"update_id": 1, "message": said}]}).result
row = [types.InlineKeyboardButton(text=update.message.text, callback_data="1")]
sent = methods.SendMessage(chat_id=1, text="1", reply_markup=types.InlineKeyboardMarkup(inline_keyboard=[row]))
print(sent.model_dump_json(exclude_unset=True))
"""
BREAK = """
from pydantic import BaseModel

usual, broken = BaseModel.__dict__["model_rebuild"].__func__, []

def build(model, **given):
    if model.__name__ == "Update" and not broken:
        broken.append(model)
        raise NameError("User")
    return usual(model, **given)

BaseModel.model_rebuild = classmethod(build)
"""


def look(before: str = "") -> tuple[list[str], dict[str, object]]:
    """Import the library in a process of its own; return which types it has built, and a message to be sent."""
    command = [sys.executable, "-c", before + LOOK]
    ended = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")  # noqa: S603
    built, sent = map(json.loads, ended.stdout.splitlines())
    return built, sent


def test_only_what_is_needed_is_built() -> None:
    built, sent = look()
    assert "Update" in built
    assert len(built) < 20
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "否", "callback_data": "1"}]]}


def test_all_of_it_is_built_when_a_part_cannot_be() -> None:
    built, sent = look(BREAK)
    assert len(built) > 200
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "否", "callback_data": "1"}]]}
