"""进展 and 期限: where the project stands, who decides next, what that step wants, what is due and what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import citation, date_text, requirement_label, status_label
from dialogs.messages import Say, Table
from dialogs.review import extended_text, stop_messages
from dialogs.tracking.machine import OPERATING, PREPARING
from dialogs.tracking.standing import known_events, oddities, open_again, standing, wanted_documents
from rules.amounts import format_wan
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from dialogs.tracking.standing import Standing, StepStanding, Tracker
    from dialogs.view import View
    from rules.case import Event
    from rules.ruleset import RuleSet
    from rules.verdict import DueDate


def progress_report(tracker: Tracker, view: View) -> list[Outgoing]:
    """Return where the project stands, in full."""
    if view.is_over:
        return stop_messages(view)
    where = standing(tracker, view)
    if not where.steps:
        return [Say(T("答案还不够，办理路线定不下来；先把前面的题答完。"), "confirm"), *_events_table(view)]
    said: list[Outgoing] = [Say(place_text(view.rules, where)), _route_table(where), *_events_table(view)]
    if where.next is not None:
        said += _documents(view, where.next)
    said += deadlines_list(view)
    said += [Say(text, "confirm") for text in oddities(where)]
    said += [Say(text, "confirm") for text in open_again_texts(view)]
    return said


def place_text(rules: RuleSet, where: Standing) -> Text:
    """Return in a sentence what comes next and who decides it."""
    step = where.next
    if where.state == PREPARING:
        return T("还在准备申报。材料交上去以后说「已经交上去了」，我接着记办理进展。")
    if step is not None:
        return T(
            "现在走到「{step}」，由{authority}办理（依据：{source}）。",
            step=Text(step.leg.step.title),
            authority=Text(step.leg.authority),
            source=citation(rules, step.leg.step.articles),
        )
    if where.state == OPERATING:
        return T("各个环节都走完了，系统已经正式投入使用。")
    return T("各个环节都走完了。")


def deadlines_list(view: View) -> list[Outgoing]:
    """Return every due date, soonest first, with how much time is left or that it is done."""
    due_dates = view.verdict.deadlines
    if not due_dates:
        return [Say(T("现在没有在走的期限；登记中标通知书、变更、验收等事件以后会有。"))]
    rows = tuple(
        (
            Text(due.deadline.title),
            date_text(due.due),
            time_left(view, due),
            extended_text(due) if not due.is_done else verbatim(""),
            citation(view.rules, due.deadline.articles),
        )
        for due in due_dates
    )
    return [Table(T("期限"), (T("事项"), T("到期日"), T("还有多久"), T("说明"), T("依据")), rows)]


def time_left(view: View, due: DueDate) -> Text:
    """Return how many days are left until a due date, or that what is due was done."""
    if due.is_done:
        return T("已办完")
    days = (due.due - view.as_of).days
    if days == 0:
        return T("今天到期")
    if days > 0:
        return T("还有 {days} 天", days=days)
    # Of a day on which something simply ends, nothing can be late.
    return (
        T("已过 {days} 天", days=-days) if due.deadline.each == "fact" else T("已过期 {days} 天", days=-days)
    )


def event_text(view: View, event: Event) -> Text:
    """Return an event in words: what, when, how much, until when."""
    label = Text(view.rules.event_kinds[event.kind].label)
    said = T("{label}（{day}）", label=label, day=date_text(event.date))
    if event.amount is not None:
        said = T(
            "{label}（{day}，{amount} 万元）",
            label=label,
            day=date_text(event.date),
            amount=format_wan(event.amount),
        )
    elif event.due is not None:
        said = T(
            "{label}（{day}，期限 {due}）", label=label, day=date_text(event.date), due=date_text(event.due)
        )
    return said


def open_again_texts(view: View) -> list[Text]:
    """Return what is still to be told, because it could not be known when it was first asked for."""
    return [
        T("以后还要补：{question}", question=Text(item.text))
        if item.text
        else T(
            "以后还要补：「{label}」，有结果了说「修改 {label}」。",
            label=Text(view.rules.questions[item.question].label),
        )
        for item in open_again(view)
    ]


def _route_table(where: Standing) -> Table:
    rows = tuple(
        (Text(step.leg.step.title), Text(step.leg.authority), _step_text(step)) for step in where.steps
    )
    return Table(T("办理进展"), (T("环节"), T("由谁办"), T("状态")), rows)


def _step_text(step: StepStanding) -> Text:
    if step.event is not None:
        return T("已办（{day}）", day=date_text(step.event.date))
    labels = {
        "done": T("已办"),
        "unreported": T("没有登记"),
        "passed": T("已过"),
        "next": T("正在办"),
        "later": T("以后"),
    }
    return labels[step.status]


def _events_table(view: View) -> list[Outgoing]:
    events = known_events(view)
    if not events:
        return []
    rows = tuple(
        (verbatim(str(number)), event_text(view, event)) for number, event in enumerate(events, start=1)
    )
    return [Table(T("登记过的事"), (T("序号"), T("事件")), rows)]


def _documents(view: View, step: StepStanding) -> list[Outgoing]:
    needs = wanted_documents(view, step)
    if not needs:
        return []
    rows = tuple(
        (
            Text(need.document.title),
            requirement_label(need.requirement),
            status_label(view.rules, need),
            citation(view.rules, need.document.articles),
        )
        for need in needs
    )
    titles = joined([T("「{step}」要的材料", step=Text(step.leg.step.title))])
    return [Table(titles, (T("材料"), T("要求"), T("状态"), T("依据")), rows)]
