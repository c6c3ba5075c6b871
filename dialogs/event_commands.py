"""What the commands do that are about the project's life: 登记, 撤销登记, 进展, 期限."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.messages import Say
from dialogs.parsing.text import excerpt, normalise
from dialogs.registered import offer_to_unregister
from dialogs.registering import register_said
from dialogs.review import deadlines_table, stop_messages
from dialogs.tracking import status_messages
from rules.text import T, verbatim

if TYPE_CHECKING:
    from dialogs.turn import Turn

_ENTRY = re.compile(r"[0-9]{1,3}")


def status(turn: Turn, _argument: str) -> None:
    """进展: the steps of the project, what is done, what comes next and what is due."""
    if turn.view.is_over:
        turn.tell(stop_messages(turn.view))
        return
    turn.tell(status_messages(turn.view, turn.life))
    turn.track()


def deadlines(turn: Turn, _argument: str) -> None:
    """期限: what is due when."""
    said = deadlines_table(turn.view)
    turn.tell(said or [Say(T("现在没有要记的期限；登记了中标、变更、投入使用这些事以后就有了。"))])


def register(turn: Turn, argument: str) -> None:
    """登记: note something that has happened; ``argument`` says what, and perhaps when."""
    if register_said(turn, argument):
        return
    if turn.takes_words:
        turn.follow_up = turn.typed  # 登记系统升级改造: an answer that begins like the command
        return
    turn.say(
        T(
            "没听出「{words}」是哪一件事。请从下面选，或者说「登记 5月31日收到中标通知书」这样一句。",
            words=verbatim(excerpt(argument)),
        ),
        "error",
    )
    register_said(turn, "")


def unregister(turn: Turn, argument: str) -> None:
    """撤销登记: take back something that was registered; ``argument`` may give its number."""
    found = _ENTRY.search(normalise(argument))
    offer_to_unregister(turn, int(found[0]) if found else None)
