"""How far a project is after submission: each step with who decides it, what it wants, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import lifecycle
from dialogs.display import date_text
from dialogs.lifecycle import standing
from dialogs.messages import Say, Table
from dialogs.review import deadlines_table
from rules.amounts import format_wan
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transitions import Machine

    from dialogs.lifecycle import Standing
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.case import Event
    from rules.verdict import DocumentNeed, RouteLeg

_NOTHING = verbatim("")
_COMMA = T("，")


def status_messages(view: View, machine: Machine) -> list[Outgoing]:
    """Return the steps of the project, what is done and what comes next, and its due dates."""
    now = standing(machine, view)
    rows = [_submission_row(view)]
    rows += [
        (Text(leg.step.title), Text(leg.authority), _state_text(now, leg), _documents(view, now, leg))
        for leg in view.verdict.route
    ]
    if now.begun is not None:
        rows.append((T("投入使用"), _NOTHING, date_text(now.begun), _NOTHING))
    columns = (T("环节"), T("由谁办理"), T("情况"), T("要交的材料"))
    said: list[Outgoing] = [Table(T("项目进展"), columns, tuple(rows))]
    other = _other_events(view, now)
    if other:
        said.append(Say(T("还登记了：{events}。", events=joined(other, T("；")))))
    return [*said, *deadlines_table(view)]


def position_text(view: View, machine: Machine) -> Text:
    """Return where the project stands and what comes next, in one sentence."""
    now = standing(machine, view)
    title = {step.id: step.title for step in view.rules.pack.route}
    if now.state == lifecycle.IN_OPERATION:
        at = T("项目已经投入使用")
    elif now.state in title:
        at = T("现在到「{step}」", step=Text(title[now.state]))
    elif now.state == lifecycle.SUBMITTED:
        at = T("申报已提交")
    else:
        at = T("申报还没有提交")
    if not view.verdict.route:
        return T("{at}；要走哪些环节，答案齐了才知道。", at=at)
    if not now.ahead:
        return T("{at}，路线上的环节都办完了。", at=at)
    following = now.ahead[0]
    return T(
        "{at}，下一步是「{step}」（{authority}）。",
        at=at,
        step=Text(following.step.title),
        authority=Text(following.authority),
    )


def event_text(view: View, event: Event) -> Text:
    """Return a registered event in words: what it was, its day, its sum and the day that it set."""
    kind = view.rules.event_kinds.get(event.kind)
    parts = [date_text(event.date)]
    if event.amount is not None:
        parts.append(T("中标金额 {amount} 万元", amount=format_wan(event.amount)))
    if event.due is not None:
        parts.append(T("{day}前完成", day=date_text(event.due)))
    label = Text(kind.label) if kind else verbatim(event.kind)
    return T("「{label}」，{details}", label=label, details=joined(parts, _COMMA))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events in the order of their days, as they are shown and numbered."""
    return sorted(events, key=lambda event: event.date)


def _submission_row(view: View) -> tuple[Text, ...]:
    state = T("已提交") if view.draft.submitted else T("还没提交")
    return (T("提交申报"), _NOTHING, state, _NOTHING)


def _state_text(now: Standing, leg: RouteLeg) -> Text:
    event = now.done.get(leg.step.id)
    if event is not None and event.amount is not None:
        amount = format_wan(event.amount)
        return T("{day}办完，中标金额 {amount} 万元", day=date_text(event.date), amount=amount)
    if event is not None:
        return T("{day}办完", day=date_text(event.date))
    if leg in now.passed:
        return T("没有登记")
    return T("下一步") if leg == now.ahead[0] else _NOTHING


def _documents(view: View, now: Standing, leg: RouteLeg) -> Text:
    """Return the documents that a step wants; one of a step that lies further ahead is not missing yet."""
    stage, is_later = leg.step.stage, leg in now.ahead[1:]
    parts = [
        T(
            "{document}（{status}）",
            document=Text(need.document.title),
            status=_status(need, is_later=is_later),
        )
        for need in view.verdict.wanted
        if stage and need.document.stage == stage
    ]
    return joined(parts) if parts else _NOTHING


def _status(need: DocumentNeed, *, is_later: bool) -> Text:
    if need.status == "missing" and is_later:
        return T("以后")
    return {"missing": T("缺"), "drafted": T("已生成"), "provided": T("已备")}[need.status]


def _other_events(view: View, now: Standing) -> list[Text]:
    """Return the events that the table of steps does not show, in the order of their days."""
    return [
        event_text(view, event) for event in in_order(view.draft.events) if not _is_shown(view, now, event)
    ]


def _is_shown(view: View, now: Standing, event: Event) -> bool:
    rule = view.rules.event_rules.get(event.kind)
    if rule is None:
        return False
    if rule.begins_operation and event.date == now.begun:
        return True
    on_route = {leg.step.id for leg in view.verdict.route}
    return any(step in on_route and now.done.get(step) == event for step in rule.completes)
