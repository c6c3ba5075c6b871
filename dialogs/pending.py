"""Replies to the bot's own questions: which reading, whether to change, what to edit, whether to start over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import answer_text
from dialogs.handlers import clear, edit_question
from dialogs.keeping import accept, propose, settle
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed
from dialogs.parsing.words import words
from dialogs.parsing.yes_no import match_yes_no
from rules.text import T

if TYPE_CHECKING:
    from dialogs.draft import Offer, Pending
    from dialogs.turn import Turn

_REFUSALS = tuple(words("都不是", "不改", "取消", "算了", "no"))


def settle_pending(turn: Turn, pending: Pending, typed: str) -> bool:
    """Take the input as a reply to the bot's own question; False: it is an answer to the pack's question."""
    chosen = _chosen_offer(turn, pending, typed)
    if chosen is None:
        if pending.kind == "reading":
            turn.draft.pending = None
            return False
        turn.say(T("请从上面的编号里选一个。"), "error")
        return True
    turn.draft.pending = None
    if chosen == len(pending.offers):
        _refuse(turn, pending)
        return True
    offer = pending.offers[chosen]
    if pending.kind == "restart":
        clear(turn)
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
    turn.say(T("好，没有改动。"), "echo")
    if pending.kind == "change" and turn.draft.editing:
        turn.leave_question("back")


def _chosen_offer(turn: Turn, pending: Pending, typed: str) -> int | None:
    """Return the index of the offer that was agreed to, the number of offers for a refusal, None for neither."""
    count = len(pending.offers)
    options = [
        Option(key=f"offer-{index}", label=offer.label.render(turn.translate))
        for index, offer in enumerate(pending.offers)
    ]
    options.append(Option(key="refuse", label=T("不改了").render(turn.translate), synonyms=_REFUSALS))
    said = match_yes_no(typed, allow_unsure=False)
    if count == 1 and isinstance(said, Parsed):  # among several offers, 2 is the second one and not a no
        return 0 if said.value else count
    found = match_one(typed, options)
    if isinstance(found, Parsed):
        return count if found.value == "refuse" else int(found.value.removeprefix("offer-"))
    return count if isinstance(said, Parsed) and said.value is False else None
