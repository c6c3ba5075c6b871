"""Conversations as readable files: what the user says after ``> ``, what the bot answers below.

What is not said but done stands in round brackets: ``> (submit)``, ``> (recall)``, ``> (open)`` for coming back to the
project, and ``> (2026-12-01)`` for coming back on that day.

Set ``UPDATE_TRANSCRIPTS=1`` to write the answers as they are now, then read the diff.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from dialogs.draft import dump_draft, load_draft
from dialogs.messages import Ask, Leave, Outgoing, Produce, Say, SetLanguage, Table

if TYPE_CHECKING:
    from dialogs.dialogue import Dialogue, StepResult
    from rules.text import Translate

AS_OF = date(2026, 11, 23)
_DONE = re.compile(r"\((?P<what>submit|recall|open|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))\)")


def replay(
    dialogue: Dialogue, inputs: list[str], translate: Translate = str, *, is_kept: bool = False
) -> tuple[str, StepResult]:
    """Return the whole conversation as text, and where it ends.

    Args:
        dialogue: of the rules.
        inputs: what the user says and does.
        translate: the user's language.
        is_kept: go on from the view of each step instead of from its draft as it is stored.
    """
    as_of = AS_OF
    result = dialogue.begin(as_of=as_of, translate=translate)
    lines = drawn(result, translate)
    for typed in inputs:
        stored = result.view if is_kept else load_draft(dump_draft(result.draft))
        done = _DONE.fullmatch(typed)
        if done and done["day"]:
            as_of = date.fromisoformat(done["day"])
        match done["what"] if done else None:
            case None:
                result = dialogue.step(stored, typed, as_of=as_of, translate=translate)
            case "submit":
                result = dialogue.submit(stored, as_of=as_of, translate=translate)
            case "recall":
                result = dialogue.recall(stored, as_of=as_of, translate=translate)
            case _:
                result = dialogue.resume(stored, as_of=as_of, translate=translate)
        lines += ["", f"> {typed}", *drawn(result, translate)]
    return "\n".join(lines) + "\n", result


def inputs_of(text: str) -> list[str]:
    """Return what the user says in a transcript."""
    return [line[2:] for line in text.splitlines() if line.startswith("> ")]


def drawn(result: StepResult, translate: Translate) -> list[str]:
    """Return the bot's messages as lines."""
    return [line for message in result.outgoing for line in _lines(message, translate)]


def _lines(message: Outgoing, translate: Translate) -> list[str]:
    match message:
        case Say(text=text, tone=tone):
            mark = {"plain": "", "echo": "✓ ", "done": "✓ "}.get(tone, "! ")
            return [mark + text.render(translate)]
        case Table(title=title, columns=columns, rows=rows):
            heads = " | ".join(column.render(translate) for column in columns)
            body = ["  " + " | ".join(cell.render(translate) for cell in row) for row in rows]
            return [f"【{title.render(translate)}】 {heads}", *body]
        case Ask():
            choices = "".join(
                f" {number}.{choice.label.render(translate)}"
                for number, choice in enumerate(message.choices, start=1)
            )
            place = f"[{message.section.render(translate)} {message.done}/{message.total}]"
            return [f"{place} {message.text.render(translate)}{choices}"]
        case Produce():
            return ["(makes the documents)"]
        case SetLanguage(language=language):
            return [f"(speaks {language})"]
        case Leave():
            return ["(leaves)"]
