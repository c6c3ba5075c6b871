"""Words about one's own data: 我的数据 hands everything over, 删除我的数据 deletes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import forgetting
from bot.people import ON_PAGE
from bot.personal_data import ZIP_FILE, Person, person_data
from dialogs.messages import Button, Prompt, Say, SendFile
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from bot.turn import Turn
    from dialogs.messages import Outgoing

_EXPORT = words("我的数据", "导出我的数据", "mydata", "my data")
_FORGET = re.compile(
    r"(?:删除我的数据|forget me|forget)(?: ?(?P<sure>确认|confirm)(?: (?P<tag>[0-9a-f]{8}))?)?", re.IGNORECASE
)
_LONGEST = 40


def carry_out(turn: Turn, text: str) -> tuple[Outgoing, ...] | None:
    """Return the reply to words about one's own data; None for any other words."""
    typed = normalise(text[: 2 * _LONGEST]).rstrip("。.!").removeprefix("/")
    wants_export = typed.lower() in _EXPORT
    forget = _FORGET.fullmatch(typed)
    if not (wants_export or forget):
        return None
    if turn.contact is None:
        return (Say(ON_PAGE), *turn.put_again())
    turn.is_private = True
    person = Person(turn.person, turn.owner, turn.work.contacts.of_person(turn.person) or [turn.contact])
    if forget is None:
        return _handed_over(turn, person)
    plan = forgetting.plan(turn.work, person)
    tag = plan.tag(turn.conversation.today(turn.conversation.current))
    # Words typed by hand are meant now; a button may be an old one.
    is_current = forget["tag"] in (None, tag)
    if not forget["sure"] or not is_current:
        return (_told(turn, plan, tag, is_stale=not is_current), *turn.put_again())
    forgetting.carry_out(turn.work, plan, at=turn.now)
    turn.is_forgotten = turn.is_to_be_tidied = True
    turn.project_id = None
    return (Say(T("您的数据已经删除。再发一句话，就从头开始。"), "done"),)


def _handed_over(turn: Turn, person: Person) -> tuple[Outgoing, ...]:
    data = person_data(turn.conversation, turn.work, person, translate=turn.translate())
    told = Say(T("这里保存的、关于您的全部内容都在这个压缩包里，先看里面的「说明.txt」。"), "done")
    return (told, SendFile(ZIP_FILE, data), *turn.put_again())


def _told(turn: Turn, plan: forgetting.Forgetting, tag: str, *, is_stale: bool) -> Prompt:
    """Say exactly what goes and what stays, before anything does."""
    text = T(
        "{first}会删掉，不能恢复：\n{goes}\n会留下：\n{stays}\n要先留一份，说「我的数据」。确定要删，就按按钮或说「删除我的数据 确认」。",
        first=T("这个按钮是以前的，还没有删。") if is_stale else verbatim(""),
        goes=_listed(plan.goes()),
        stays=_listed(plan.stays(turn.work)),
    )
    return Prompt(text, (Button(f"删除我的数据 确认 {tag}", T("删除我的数据")),))


def _listed(lines: list[Text]) -> Text:
    return joined([T("· {line}", line=line) for line in lines], verbatim("\n"))
