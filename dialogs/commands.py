"""The words that steer the conversation, recognised before anything is read as an answer.

Where a command is carried out: ``HANDLERS`` in dialogs/handlers.py names one function for each command.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, cast

from dialogs.parsing.text import normalise

CommandName = Literal[
    "back",
    "skip",
    "skip_section",
    "why",
    "progress",
    "edit",
    "review",
    "missing",
    "pause",
    "restart",
    "help",
    "decide",
    "generate",
    "language",
    "quick",
    "declare",
    "resume",
    "register",
    "unregister",
    "status",
    "deadlines",
]

_WORDS: dict[CommandName, tuple[str, ...]] = {
    "back": ("返回", "上一步", "上一题", "后退", "back"),
    "skip": ("跳过", "先跳过", "略过", "skip"),
    "skip_section": ("跳过本节", "跳过这部分", "跳过本部分", "全部跳过", "skip section"),
    "why": ("为什么", "为什么问这个", "为啥", "为什么要问", "依据", "why"),
    "progress": ("进度", "还有多少题", "progress"),
    "edit": ("修改", "更改", "改", "edit", "change"),
    "review": ("复核", "总览", "检查", "review"),
    "missing": ("清单", "材料", "缺什么", "还缺什么", "材料清单", "missing", "checklist"),
    "pause": ("暂停", "退出", "下次再说", "pause", "quit", "exit"),
    "restart": ("重来", "重新开始", "restart"),
    "help": ("帮助", "怎么用", "help", "?", "？"),
    "decide": ("帮我选", "帮我决定", "帮我判断", "不知道选哪个", "help me decide", "decide"),
    "generate": ("生成", "生成材料", "出材料", "generate"),
    "quick": ("我要交什么", "要交什么", "要交哪些材料", "我要交什么材料", "快速判断", "quick check", "quick"),
    "declare": ("开始申报", "declare"),
    "resume": ("继续", "接着填", "接着来", "continue", "resume"),
    "register": ("登记", "登记进展", "登记事件", "register", "record"),
    "unregister": ("撤销登记", "取消登记", "删除登记", "undo", "unregister"),
    "status": ("进展", "项目进展", "到哪一步了", "status"),
    "deadlines": ("期限", "看期限", "deadlines"),
    "language": ("语言", "language", "english", "中文", "lang"),
}
_BY_WORD: dict[str, CommandName] = {word: name for name, words in _WORDS.items() for word in words}
_WITH_ARGUMENT = ("edit", "language", "register", "unregister")
_BEFORE_ARGUMENT = sorted(
    (word for word, name in _BY_WORD.items() if name in ("register", "unregister") and not word.isascii()),
    key=len,
    reverse=True,
)
"""What may be followed by its argument without a space: 登记5月31日收到中标通知书."""
_LONGEST = 200


class Command(NamedTuple):
    """A command and what follows it: 修改 总投资 → edit, 总投资."""

    name: CommandName
    argument: str = ""


def read_command(typed: str) -> Command | None:
    """Return the command that the whole of ``typed`` is, or None when it is something else."""
    if len(typed) > _LONGEST:
        return None
    words = normalise(typed).rstrip("。.!！").strip()
    name = _BY_WORD.get(words.lower())
    if name is not None:
        return Command(name, words if name == "language" else "")
    head, _, rest = words.partition(" ")
    name = _BY_WORD.get(head.lower())
    if name in _WITH_ARGUMENT and rest.strip():
        return Command(name, rest.strip())
    if words.startswith("修改"):
        return Command("edit", words.removeprefix("修改").strip())
    for word in _BEFORE_ARGUMENT:
        if words.startswith(word):
            return Command(_BY_WORD[word], words.removeprefix(word).lstrip(" :,-、第"))
    return None


def command_word(name: str) -> str:
    """Return what one types for a command; a button sends it.

    Raises:
        KeyError: there is no such command.
    """
    return _WORDS[cast("CommandName", name)][0]
