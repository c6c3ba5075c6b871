"""如果总投资是1400万呢: what another answer would lead to, without keeping it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.answers import read_answer
from dialogs.change import consequences
from dialogs.display import answer_text
from dialogs.messages import Say
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed
from dialogs.parsing.text import normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from dialogs.turn import Turn
    from dialogs.view import View
    from rules.facts import Value
    from rules.pack import Question

_LONGEST = 100
_WHAT_IF = re.compile(
    r"(?:如果|假如|假设|要是|万一|what if|suppose)\s*(?P<rest>.+?)(?:\s*(?:的话|呢|会怎样|会怎么样|怎么办|那么|又怎样))*[？?。!！]*$",
    re.IGNORECASE,
)
_IS = re.compile(
    r"(?:改成|改为|变成|变为|换成|不是|是|为|有|到|只有|降到|增加到|=|\bis\b|\bwere\b|\bwas\b)", re.IGNORECASE
)
_KIND = re.compile(r"(?:项目|类型?|性质|的|projects?)+\s*$")
"""What follows the name of a kind: 运维项目, 服务类的."""
NOT_WORD, NO_WORD = "不是", "否"
_TOTAL = "total_investment"


def answer_what_if(turn: Turn, typed: str) -> list[Outgoing] | None:
    """Return how the outcome would differ; None when this is no such question.

    Args:
        turn: under way; nothing of it is changed.
        typed: what the user typed.
    """
    found = _WHAT_IF.match(normalise(typed)) if len(typed) <= _LONGEST else None
    if found is None or turn.view.is_over:
        return None
    supposed = _supposed(turn, found["rest"])
    if supposed is None:
        return [
            Say(
                T(
                    "没看懂假设的是哪一项。请说清楚项目和答案，例如「如果总投资是1400万呢」「如果是运维项目呢」。"
                ),
                "error",
            )
        ]
    question, facts = supposed
    answer = answer_text(turn.rules, question, facts)
    head = T("如果「{label}」是「{answer}」：", label=Text(question.label), answer=answer)
    lines = consequences(turn.view, turn.view.supposing(facts))
    said: list[Outgoing] = [Say(head, "notice")]
    said += [Say(line) for line in lines] or [Say(T("和现在没有不同。"))]
    if _shrinks(turn.view, facts):
        said.append(
            Say(T("金额要按项目的实际情况报；为了躲开一档而把一个项目拆成几个，不是办法。"), "correct")
        )
    said.append(Say(T("这只是假设，答案没有改。"), "echo"))
    return said


def _supposed(turn: Turn, words: str) -> tuple[Question, dict[str, Value]] | None:
    """Return the question and the answer that are supposed: named (总投资是1400万), or told by the answer (运维)."""
    for split in _IS.finditer(words):
        name, value = words[: split.start()].strip(), words[split.end() :].strip()
        if split[0] == NOT_WORD:
            value = NO_WORD
        question = _named(turn, name) if name else None
        if question is not None and (facts := _read(turn, question, value)) is not None:
            return question, facts
    bare = _KIND.sub("", _IS.sub("", words, count=1) if _IS.match(words) else words)
    told = [
        (question, facts)
        for question in turn.view.asked
        if question.type in ("choice", "amount")
        and (question.type == "choice" or question.id == _TOTAL)
        and (facts := _read(turn, question, bare.strip())) is not None
    ]
    return next(iter(told), None)


def _named(turn: Turn, name: str) -> Question | None:
    options = [
        Option(
            key=question.id,
            label=turn.translate(question.label),
            synonyms=(question.label, *(word for part in question.parts for word in (part.label, part.id))),
        )
        for question in turn.rules.questions.values()
        if question.stop is None and (turn.view.puts(question) or turn.view.is_asked(question))
    ]
    said = match_one(name, options)
    return turn.rules.questions[said.value] if isinstance(said, Parsed) else None


def _read(turn: Turn, question: Question, value: str) -> dict[str, Value] | None:
    if not value:
        return None
    read = read_answer(turn.view, question, value, turn.translate)
    return read.value if isinstance(read, Parsed) else None


def _shrinks(view: View, facts: dict[str, Value]) -> bool:
    now, then = view.facts.get(_TOTAL), facts.get(_TOTAL)
    return isinstance(now, int) and isinstance(then, int) and then < now
