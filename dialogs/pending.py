"""Replies to the bot's own questions: which reading, whether to change, what to edit, whether to start over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import answer_text
from dialogs.handlers import clear, edit_question
from dialogs.keeping import accept, propose, settle
from dialogs.offers import chosen_offer
from dialogs.registered import unregister
from dialogs.registering import register_said, settle_report
from rules.text import T

if TYPE_CHECKING:
    from dialogs.draft import Offer, Pending
    from dialogs.turn import Turn


def settle_pending(turn: Turn, pending: Pending, typed: str) -> bool:
    """Take the input as a reply to the bot's own question; False: it is an answer to the pack's question."""
    if pending.kind in ("event", "day", "amount", "due"):
        return settle_report(turn, pending, typed)
    chosen = chosen_offer(pending, typed, turn.translate)
    if chosen is None:
        if pending.kind == "reading":
            turn.draft.pending = None
            return False
        turn.say(T("请从上面的编号里选一个。"), "error")
        return True
    turn.draft.pending = pending.held
    if chosen == len(pending.offers):
        _refuse(turn, pending)
        return True
    offer = pending.offers[chosen]
    if pending.kind == "restart":
        clear(turn)
    elif pending.kind == "unregister":
        unregister(turn, int(offer.value))
    elif pending.kind == "again":
        register_said(turn, turn.rules.event_kinds[offer.value].label)
    elif pending.kind == "facts":
        _keep_all(turn, offer)
    elif pending.kind == "which":
        edit_question(turn, offer.question)
        turn.follow_up = pending.follow_up
    else:
        question = turn.rules.questions[pending.question]
        if pending.kind == "change":
            turn.say(T("已修改。"), "done")
            accept(turn, question, offer.facts, None)
        else:
            propose(
                turn,
                question,
                offer.facts,
                T("记为「{value}」。", value=answer_text(turn.rules, question, offer.facts)),
            )
    return True


def _keep_all(turn: Turn, offer: Offer) -> None:
    for name, value in offer.facts.items():
        turn.keep(turn.rules.facts[name].question, {name: value})
    turn.say(T("记下了 {count} 项，接着问其余的。", count=len(offer.facts)), "done")
    turn.leave_question()
    settle(turn)


def _refuse(turn: Turn, pending: Pending) -> None:
    if pending.kind == "again":
        turn.say(T("好，过些时候再问。"), "echo")
        return
    turn.say(T("好，没有改动。"), "echo")
    if pending.kind == "change" and turn.draft.editing:
        turn.leave_question("back")
