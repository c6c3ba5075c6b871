"""The information resource catalogue (信息资源目录), typed in entry by entry and field by field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import clean_text, normalise
from dialogs.parsing.words import words
from dialogs.parsing.yes_no import match_yes_no
from rules.catalogue import FIELDS, LONGEST_FIELD, CatalogueField, next_field, plain
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from rules.pack import Question

_DONE = words("完成", "没有了", "结束", "done", "finish", "finished")
_DELETE = re.compile(r"(?:删除|删掉|delete|remove)\s*(\d{1,4})$")


def answer(turn: Turn, question: Question, typed: str) -> None:
    """Take what was typed as the next field of an entry, as 完成, or as 删除 2."""
    words = normalise(typed[:LONGEST_FIELD]).lower()
    if not turn.draft.entry:
        if words in _DONE:
            _finish(turn, question)
            return
        if deleted := _DELETE.match(words):
            _delete(turn, question, int(deleted[1]))
            return
    _take_field(turn, question, typed)


def back(turn: Turn) -> None:
    """Take back the last field; before the first one the entry is dropped."""
    entry = turn.draft.entry or {}
    known = [field.id for field in FIELDS if field.id in entry]
    if known:
        del entry[known[-1]]
    turn.draft.entry = entry or None


def skip_field(turn: Turn) -> None:
    """Leave the open field of the entry empty."""
    entry = turn.draft.entry or {}
    field = next_field(entry)
    question = turn.question
    if field is None or question is None or field.required:
        turn.say(T("这一项不能跳过。不想登记这一条了，可以一直「返回」。"), "error")
        return
    entry[field.id] = ""
    _put_away_when_complete(turn, question)


def _take_field(turn: Turn, question: Question, typed: str) -> None:
    entry = turn.draft.entry or {}
    field = next_field(entry)
    if field is None:
        return
    read = _read(turn, field, typed)
    match read:
        case Parsed(value=value, echo=echo):
            if field.id == "name" and any(_same(value, other["name"]) for other in entries(turn, question)):
                turn.say(T("「{name}」已经登记过了，请换一个名字，或输入「完成」。", name=value), "error")
                return
            entry[field.id] = value
            if echo is not None:
                turn.say(T("记为「{value}」。", value=echo), "echo")
            turn.draft.entry = entry
            _put_away_when_complete(turn, question)
        case Unclear(message=message):
            turn.say(message, "error")
        case Rejected(message=message):
            turn.say(message, "error")


def _read(turn: Turn, field: CatalogueField, typed: str) -> Parsed[str] | Unclear[Any] | Rejected:
    if field.options:
        options = [
            Option(key=option.key, label=option.label.render(turn.translate), synonyms=(option.label.msgid,))
            for option in field.options
        ]
        said = match_one(typed, options)
        if field.type == "choice" or isinstance(said, Parsed) or normalise(typed).isdigit():
            return said
    if field.type == "yes_no":
        said = match_yes_no(typed, allow_unsure=False)
        return Parsed("yes" if said.value else "no") if isinstance(said, Parsed) else said
    return clean_text(typed, max_length=LONGEST_FIELD)


def entries(turn: Turn, question: Question) -> tuple[dict[str, str], ...]:
    """Return the entries kept so far."""
    return cast("tuple[dict[str, str], ...]", turn.draft.facts.get(question.id, ()))


def _put_away_when_complete(turn: Turn, question: Question) -> None:
    entry = turn.draft.entry
    if not entry or next_field(entry) is not None:
        return
    whole = {field.id: entry.get(field.id, "") for field in FIELDS}
    turn.keep(question, {question.id: (*entries(turn, question), whole)})
    turn.draft.entry = None
    turn.say(T("已登记「{name}」。", name=whole["name"]), "echo")
    turn.announce()


def _finish(turn: Turn, question: Question) -> None:
    if not entries(turn, question):
        label = Text(turn.rules.questions["catalogue_provided"].label)
        turn.say(
            T("还一条都没有登记。目录还没编好的话，可以「跳过」，或说「修改 {label}」。", label=label),
            "error",
        )
        return
    turn.leave_question()
    turn.announce()


def _delete(turn: Turn, question: Question, number: int) -> None:
    kept = entries(turn, question)
    if not 1 <= number <= len(kept):
        turn.say(T("没有第 {number} 条，现在共 {count} 条。", number=number, count=len(kept)), "error")
        return
    gone = kept[number - 1]["name"]
    remaining = (*kept[: number - 1], *kept[number:])
    if remaining:
        turn.keep(question, {question.id: remaining})
    else:
        del turn.draft.facts[question.id]
        turn.touched()
    turn.say(T("已删去「{name}」。", name=verbatim(gone)), "echo")
    turn.announce()


def _same(one: str, other: str) -> bool:
    return plain(one) == plain(other)
