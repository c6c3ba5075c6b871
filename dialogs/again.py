"""What is asked for again after an event, because it could not be known before: 等保备案, 密评, 结算金额."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import machine as states
from dialogs.display import answer_text
from dialogs.draft import Offer, Pending
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from dialogs.view import View
    from rules.pack import Again


def ask_again(turn: Turn) -> None:
    """Open the next thing that is still not known; each is asked at most once a day, and after its event."""
    draft = turn.draft
    if draft.state != states.TRACKING or draft.pending is not None:
        return
    item = next((item for item in unsettled(turn.view) if draft.asked_again.get(item.id) != turn.as_of), None)
    if item is None:
        return
    draft.asked_again[item.id] = turn.as_of
    if not item.question:
        offer = Offer(T("是"), value=item.reports)
        draft.pending = Pending("again", Text(item.text), question=item.id, offers=(offer,))
        return
    question = turn.rules.questions[item.question]
    turn.go("edit")
    draft.editing = question.id
    known = answer_text(turn.rules, question, turn.view.facts)
    turn.say(
        T("「{label}」要再问一次（以前的答案：{answer}）。", label=Text(question.label), answer=known)
        if any(part.id in turn.view.facts for part in question.parts)
        else T("「{label}」要再问一次（以前没有答）。", label=Text(question.label)),
        "notice",
    )


def unsettled(view: View) -> list[Again]:
    """Return what is to be asked for again: its event has happened, and it is not known to be settled."""
    happened = {event.kind for event in view.draft.events}
    return [
        item
        for kind, rule in view.rules.event_rules.items()
        if kind in happened
        for item in rule.again
        if view.seen.evaluation.test(item.until) is not True and _can_be_asked(view, item)
    ]


def _can_be_asked(view: View, item: Again) -> bool:
    return not item.question or view.is_asked(view.rules.questions[item.question])
