"""What is typed, taken as an answer to whatever is open: the bot's question, the pack's, materials or review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import catalogue
from dialogs import machine as states
from dialogs.answers import read_answer
from dialogs.asking import ask
from dialogs.display import answer_text
from dialogs.draft import Offer, Pending
from dialogs.handlers import HANDLERS
from dialogs.keeping import propose, show_both_outcomes
from dialogs.parsing.choices import Option, match_many, match_one
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.yes_no import match_yes_no
from dialogs.pending import settle_pending
from dialogs.review import full_review
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from rules.facts import Value
    from rules.pack import Question


def answer(turn: Turn, typed: str) -> None:
    """Take ``typed`` as an answer; what cannot be used is said, and the same question stays open."""
    draft = turn.draft
    if draft.pending is not None and settle_pending(turn, draft.pending, typed):
        return
    question = turn.question
    if question is not None and draft.deciding:
        _decide(turn, question, typed)
    elif question is not None and question.type == "catalogue":
        catalogue.answer(turn, question, typed)
    elif question is not None:
        _answer_question(turn, question, typed)
    elif draft.state == states.MATERIALS:
        _answer_materials(turn, typed)
    elif draft.state in (states.REVIEW, states.PACKAGE, states.TRACKING, states.OUTCOME):
        _choose_what_next(turn, typed)
    elif turn.view.stop is not None:
        turn.say(T("这一句没有保存，也不会保存。"), "notice")
    elif draft.state == states.STOPPED:
        turn.say(T("按现在的答案不用再往下填。要改答案请说「返回」或「修改」。"), "notice")


def _answer_question(turn: Turn, question: Question, typed: str) -> None:
    read = read_answer(turn.view, question, typed, turn.translate)
    match read:
        case Parsed(value=facts, echo=echo):
            propose(turn, question, facts, echo)
        case Unclear(message=message, readings=readings, kind=kind):
            offers = tuple(Offer(reading.label, reading.value) for reading in readings)
            if kind == "range":
                show_both_outcomes(turn, offers)
            turn.draft.pending = Pending("reading", message, question.id, offers)
        case Rejected() if question.stop is not None:
            # Not quoted back: until this is answered nothing that is typed may be kept anywhere.
            turn.say(T("请只回答「是」「否」或「不清楚」，先不要输入项目的任何内容。"), "error")
        case Rejected(message=message):
            turn.say(message, "error")


def _decide(turn: Turn, question: Question, typed: str) -> None:
    step = next(step for step in question.decide if step.id == turn.draft.deciding)
    said = match_yes_no(typed, allow_unsure=False)
    if isinstance(said, Rejected):
        turn.say(said.message, "error")
        return
    branch = step.yes if said.value else step.no
    if branch.go:
        turn.draft.deciding = branch.go
        return
    turn.draft.deciding = ""
    facts: dict[str, Value] = {question.id: branch.choose}
    answer = answer_text(turn.rules, question, facts)
    offer = Offer(T("就按「{answer}」", answer=answer), facts)
    message = T("建议选「{answer}」：{because}", answer=answer, because=Text(branch.because))
    turn.draft.pending = Pending("suggestion", message, question.id, (offer,))


def _answer_materials(turn: Turn, typed: str) -> None:
    needs = turn.view.askable_documents
    options = [
        Option(
            key=need.document.id, label=turn.translate(need.document.title), synonyms=(need.document.title,)
        )
        for need in needs
    ]
    said = match_many(typed, options)
    match said:
        case Parsed(value=ready):
            for need in needs:
                turn.draft.documents[need.document.id] = (
                    "provided" if need.document.id in ready else "missing"
                )
            turn.draft.materials_checked = True
            turn.touched()
            turn.say(
                T(
                    "记下了：已备 {ready} 份，还缺 {missing} 份。",
                    ready=len(ready),
                    missing=len(needs) - len(ready),
                ),
                "echo",
            )
            turn.leave_question()
            turn.tell(full_review(turn.view))
        case Unclear(message=message):
            turn.say(message, "error")
        case Rejected(message=message):
            turn.say(message, "error")


def _choose_what_next(turn: Turn, typed: str) -> None:
    options = [
        Option(key=choice.key, label=choice.label.render(turn.translate), synonyms=(choice.label.msgid,))
        for choice in ask(turn).choices
    ]
    said = match_one(typed, options)
    if isinstance(said, Parsed):
        HANDLERS[said.value](turn, "")
        return
    turn.say(
        T("没看懂「{typed}」：请选一个编号，或说「修改」加题目名。", typed=verbatim(typed[:40])), "error"
    )
