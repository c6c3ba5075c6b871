"""Keeping an answer: a change is shown with what it causes and asked about first; findings appear at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import machine as states
from dialogs import quick_check
from dialogs.change import consequences
from dialogs.display import answer_text
from dialogs.draft import Offer, Pending
from dialogs.review import full_review, stop_messages
from rules.facts import UNSURE
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from rules.facts import Value
    from rules.pack import Question


def propose(turn: Turn, question: Question, facts: dict[str, Value], echo: Text | None) -> None:
    """Keep an answer; a change of an earlier one is shown with what it causes, and asked about, first."""
    before = {part.id: turn.view.facts[part.id] for part in question.parts if part.id in turn.view.facts}
    is_change = any(before.get(name) != value for name, value in facts.items())
    # A stop takes effect, or ends, at once; in a quick check nothing is settled yet.
    is_free = question.stop is not None or turn.view.is_over or turn.draft.quick is not None
    if is_change and (before or turn.draft.editing) and not is_free:
        lines = consequences(turn.view, turn.view.supposing(facts))
        if lines:
            answer = answer_text(turn.rules, question, facts)
            turn.say(
                T("把「{label}」改为「{answer}」会带来：", label=Text(question.label), answer=answer),
                "notice",
            )
            for line in lines:
                turn.say(line)
            offer = Offer(T("确认修改"), facts)
            turn.draft.pending = Pending("change", T("要这样改吗？"), question.id, (offer,))
            return
    accept(turn, question, facts, echo)


def accept(turn: Turn, question: Question, facts: dict[str, Value], echo: Text | None) -> None:
    """Store an answer, move on, and show what it brings: findings, a stop, or the review at the end."""
    turn.keep(question, facts)
    if echo is not None:
        turn.say(echo, "echo")
    if facts.get(question.id) == UNSURE and question.type == "yes_no" and not question.stop:
        turn.say(
            T(
                "记为「不清楚」：没弄清之前不会当作通过，弄清后说「修改 {label}」。",
                label=Text(question.label),
            ),
            "echo",
        )
    turn.leave_question()
    settle(turn)


def settle(turn: Turn) -> None:
    """Show what answers bring, once they are kept: a stop, the outcome of a check, findings, the review."""
    if turn.draft.state == states.STOPPED:
        turn.tell(stop_messages(turn.view))
        return
    if turn.draft.state == states.OUTCOME:
        turn.tell(quick_check.outcome(turn.view))
        return
    turn.announce()
    if turn.draft.state == states.REVIEW or (turn.draft.state == states.TRACKING and turn.came_from_question):
        turn.tell(full_review(turn.view))


def show_both_outcomes(turn: Turn, offers: tuple[Offer, ...]) -> None:
    """Say what the upper end of a range asks for that the lower end does not."""
    low, high = (turn.view.supposing(offer.facts) for offer in (offers[0], offers[-1]))
    lines = consequences(low, high)
    if not lines:
        turn.say(T("这两个数落在同一档，要求一样；表上要填一个确定的数。"), "notice")
        return
    turn.say(
        T(
            "这两个数的要求不一样。按「{high}」和按「{low}」相比：",
            high=offers[-1].label,
            low=offers[0].label,
        ),
        "notice",
    )
    for line in lines:
        turn.say(line)
