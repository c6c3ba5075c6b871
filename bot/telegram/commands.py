"""The commands of Telegram's menu, each with the words of our conversation that it stands for."""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.text import T, Text

START = "start"
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w{1,64}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_LINK = re.compile(r"link_(?P<code>[A-Za-z0-9-]{4,40})")
_JOIN = re.compile(r"join_(?P<code>[A-Za-z0-9-]{4,40})")


class Command(NamedTuple):
    """A command of the menu: its name, the words it stands for, and what the menu says of it."""

    name: str
    words: str
    title: Text


COMMANDS = (
    Command("quick", "我要交什么", T("我要交什么：几个问题就知道")),
    Command("projects", "项目", T("我的项目：接着填哪一个")),
    Command("new", "新项目", T("从头开始一个新项目")),
    Command("back", "返回", T("回到上一题")),
    Command("skip", "跳过", T("先跳过这一题")),
    Command("why", "为什么", T("为什么问这一题")),
    Command("progress", "进度", T("填到哪里了")),
    Command("missing", "还缺什么", T("还缺哪些材料和答案")),
    Command("edit", "修改", T("修改前面的答案")),
    Command("review", "复核", T("看全部答案和结论")),
    Command("generate", "生成材料", T("生成申报材料")),
    Command("upload", "上传", T("怎么传文件")),
    Command("submit", "提交申报", T("提交申报，或收回提交")),
    Command("status", "进展", T("提交以后到哪一步了")),
    Command("register", "登记", T("登记一件新的进展")),
    Command("deadlines", "期限", T("有哪些期限，什么时候到期")),
    Command("calendar", "日历", T("期限的日历文件")),
    Command("quiet", "免打扰", T("什么时候不要提醒")),
    Command("link", "绑定", T("和网页或别的渠道绑定")),
    Command("invite", "邀请", T("请同事一起填这个项目")),
    Command("members", "成员", T("谁在填这个项目")),
    Command("mydata", "我的数据", T("导出我的数据")),
    Command("forget", "删除我的数据", T("删除我的数据")),
    Command("language", "语言", T("换语言")),
    Command("pause", "暂停", T("先到这里，下次再填")),
    Command("help", "帮助", T("怎么用")),
)
_BY_NAME = {command.name: command for command in COMMANDS}


class Called(NamedTuple):
    """A command as it was typed.

    Attributes:
        name: in small letters.
        bot: the bot that it is for; empty when it names none.
        rest: what follows.
    """

    name: str
    bot: str
    rest: str


def called(text: str) -> Called | None:
    """Return the command that a message is; None for any other message."""
    found = _COMMAND.fullmatch(text.strip())
    return Called(found["name"].lower(), found["bot"] or "", (found["rest"] or "").strip()) if found else None


def words_of(command: Called) -> str | None:
    """Return what one types for a command; None for one that does not exist, and for a plain /start."""
    if command.name == START:
        if linked := _LINK.fullmatch(command.rest):
            return f"绑定 {linked['code']}"
        joined = _JOIN.fullmatch(command.rest)
        return f"加入 {joined['code']}" if joined else None
    known = _BY_NAME.get(command.name)
    if known is None:
        return None
    return f"{known.words} {command.rest}" if command.rest else known.words
