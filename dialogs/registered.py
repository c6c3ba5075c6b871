"""What follows from an event that is registered, or taken back: what is due, what is done, what is wrong now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import machine as states
from dialogs.display import citation, date_text
from dialogs.draft import Offer, Pending
from dialogs.tracking import event_text, in_order
from rules.case import Event
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.turn import Turn
    from dialogs.view import View
    from rules.verdict import DueDate


def register(turn: Turn, event: Event) -> None:
    """Keep an event and say what follows from it; the same one again is kept once."""
    if _is_known(turn, event):
        return
    before = turn.view.verdict.deadlines
    turn.draft.events = (*turn.draft.events, event)
    turn.draft.asked_again = {
        name: day
        for name, day in turn.draft.asked_again.items()
        if name not in {item.id for item in turn.rules.event_rules[event.kind].again}
    }
    turn.touched()
    turn.say(
        T("已登记：{event}。说错了可以「撤销登记」。", event=event_text(turn.view, event)),
        "done",
    )
    if (odd := _out_of_order(turn.view, event)) is not None:
        turn.say(odd, "confirm")
    _tell_due_dates(turn, before)
    turn.announce()
    turn.track()
    for note in turn.rules.event_rules[event.kind].notes:
        if turn.view.seen.evaluation.test(note.when):
            turn.say(Text(note.text), "notice")


def offer_to_unregister(turn: Turn, number: int | None) -> None:
    """Take an event back: the one of that number in the order of days, or ask which."""
    events = in_order(turn.draft.events)
    if not events:
        turn.say(T("还没有登记过进展，没有可以撤销的。"), "error")
    elif number is not None and 1 <= number <= len(events):
        unregister(turn, turn.draft.events.index(events[number - 1]))
    else:
        if number is not None:
            turn.say(
                T("没有第 {number} 条，一共登记了 {count} 条。", number=number, count=len(events)), "error"
            )
        offers = tuple(
            Offer(event_text(turn.view, event), value=str(turn.draft.events.index(event))) for event in events
        )
        turn.ask_first(Pending("unregister", T("要撤销哪一条登记？"), offers=offers))


def unregister(turn: Turn, index: int) -> None:
    """Take an event back, and say what no longer follows."""
    if not 0 <= index < len(turn.draft.events):
        turn.say(T("这一条已经不在登记里了。"), "notice")
        return
    before, event = turn.view.verdict.deadlines, turn.draft.events[index]
    turn.draft.events = (*turn.draft.events[:index], *turn.draft.events[index + 1 :])
    turn.touched()
    turn.say(T("已撤销登记：{event}。", event=event_text(turn.view, event)), "done")
    _tell_due_dates(turn, before)
    turn.announce()
    if turn.draft.state == states.TRACKING and not turn.draft.submitted and not turn.draft.events:
        turn.go("recall")


def _is_known(turn: Turn, event: Event) -> bool:
    """Say so when the event is registered already; a sum that was not known then is added."""
    same = [known for known in turn.draft.events if known.kind == event.kind]
    label = Text(turn.rules.event_kinds[event.kind].label)
    for known in same:
        if known.date != event.date:
            continue
        if event in (known, Event(event.kind, event.date, None, known.due)):
            turn.say(
                T("「{event}」（{day}）已经登记过了。", event=label, day=date_text(known.date)), "notice"
            )
            return True
        if known.amount is None and event.amount is not None:
            turn.draft.events = tuple(event if other is known else other for other in turn.draft.events)
            turn.touched()
            turn.say(T("补上了：{event}。", event=event_text(turn.view, event)), "done")
            turn.announce()
        else:
            turn.say(
                T(
                    "这一天已经登记了{event}，和现在说的不一样；要改，先「撤销登记」再登记。",
                    event=event_text(turn.view, known),
                ),
                "error",
            )
        return True
    if same and not turn.rules.event_rules[event.kind].repeats:
        turn.say(
            T(
                "「{event}」已经登记在{day}，只能有一次；日子不对，先「撤销登记」再登记。",
                event=label,
                day=date_text(same[0].date),
            ),
            "error",
        )
        return True
    return False


def _tell_due_dates(turn: Turn, before: tuple[DueDate, ...]) -> None:
    """Say which due dates run now, which are done with, and which have gone."""
    view = turn.view
    old = {due.key: due for due in before}
    new = {due.key: due for due in view.verdict.deadlines}
    for key, due in new.items():
        known = old.get(key)
        if due.is_done and (known is None or not known.is_done):
            turn.say(T("「{title}」（{day}到期）办完了。", title=_title(due), day=date_text(due.due)), "done")
        elif not due.is_done and (known is None or known.is_done):
            turn.say(_running(view, due), "notice")
    for gone in _only_in(old, new):
        turn.say(T("不再提醒：「{title}」（{day}）。", title=_title(gone), day=date_text(gone.due)))


def _running(view: View, due: DueDate) -> Text:
    said = T(
        "「{title}」最晚 {day}：{message}（依据：{source}）",
        title=_title(due),
        day=date_text(due.due),
        message=Text(due.deadline.message),
        source=citation(view.rules, due.deadline.articles),
    )
    if due.due < view.as_of:
        return T("{said}已经过期 {days} 天，请尽快办。", said=said, days=(view.as_of - due.due).days)
    return said


def _only_in(old: dict[str, DueDate], new: dict[str, DueDate]) -> Iterator[DueDate]:
    return (due for key, due in old.items() if key not in new and not due.is_done)


def _title(due: DueDate) -> Text:
    return Text(due.deadline.title)


def _out_of_order(view: View, event: Event) -> Text | None:
    """Return that an event lies before one of an earlier step, or after one of a later step."""
    steps = [step.id for step in view.rules.pack.route]

    def places(kind: str) -> list[int]:
        rule = view.rules.event_rules.get(kind)
        return [steps.index(step) for step in rule.completes if step in steps] if rule else []

    mine = places(event.kind)
    for other in in_order(view.draft.events):
        theirs = places(other.kind)
        if not mine or not theirs:
            continue
        is_early = max(theirs) < min(mine) and other.date > event.date
        is_late = min(theirs) > max(mine) and other.date < event.date
        if is_early or is_late:
            return T(
                "日子和先后对不上：{event}，{other}。记下了，请核对哪一个不对。",
                event=event_text(view, event),
                other=event_text(view, other),
            )
    return None
