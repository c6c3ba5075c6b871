"""What is said of deadlines: a reminder, the lists of what is due, the sum of the week."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from bot.lobby import name_text
from dialogs.display import citation, date_text, reading_text
from dialogs.messages import Button, Prompt, Say, Table
from dialogs.review import extended_text
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.project_state import ProjectState
    from bot.reminders.schedule import Kept
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.verdict import DueDate
    from storage.projects import ProjectSummary

SOON = 30
"""Days before a due date from which it is spoken of without being asked for."""
_MOST_BUTTONS = 8
_MOST_PROJECTS = 20
_MOST_NAMED = 3
_LINE = verbatim("\n")


class OfProject(NamedTuple):
    """A project, and what is kept of its due dates."""

    project: ProjectSummary
    view: View
    found: list[Kept]


def reminder(project: ProjectSummary, view: View, item: Kept, day: date) -> Prompt:
    """Return the reminder of a due date, as it is to be read on a day."""
    due, number = item.due, item.row.id
    deadline = due.deadline
    lines = [
        T(
            "「{project}」的「{title}」{due}到期，{left}。",
            project=name_text(project),
            title=Text(deadline.title),
            due=date_text(due.due),
            left=left_text(due, day),
        ),
        T(
            "{message}（依据：{source}）",
            message=Text(deadline.message),
            source=citation(view.rules, deadline.articles),
        ),
    ]
    note = _note(due, day)
    if note is not None:
        lines.append(T("{note}。", note=note))
    if due.inferred and deadline.reading:
        lines.append(reading_text(deadline.reading))
    return Prompt(joined(lines, _LINE), _buttons(number), "notice" if due.due >= day else "correct")


def left_text(due: DueDate, day: date) -> Text:
    """Return how far off a due date is, or how long it is over."""
    days = (due.due - day).days
    if days > 0:
        return T("还有 {days} 天", days=days)
    if days == 0:
        return T("就是今天")
    if due.deadline.each == "fact":
        return T("已过 {days} 天", days=-days)
    return T("已逾期 {days} 天", days=-days)


def due_line(view: View, done: Collection[tuple[str, date]] = ()) -> list[Outgoing]:
    """Return one line on what is overdue or due soon, for a channel that does not remind; empty when nothing is.

    Args:
        view: the project that is opened.
        done: due dates that were met by somebody's word (``schedule.done_dates``).
    """
    if view.is_over:
        return []
    near = [
        due
        for due in view.verdict.deadlines
        if not due.is_done
        and (due.key, due.due) not in done
        and (due.due - view.as_of).days <= SOON
        and (due.due >= view.as_of or due.deadline.each != "fact")
    ]
    if not near:
        return []
    named = joined(
        [
            T("{title}{due}到期（{left}）", title=Text(due.deadline.title), due=date_text(due.due), left=left)
            for due in near[:_MOST_NAMED]
            for left in (left_text(due, view.as_of),)
        ],
        T("；"),
    )
    if len(near) > _MOST_NAMED:
        named = T("{items}；等 {count} 条", items=named, count=len(near))
    is_late = any(due.due < view.as_of for due in near)
    return [Say(T("期限：{items}。说「期限」看全部。", items=named), "correct" if is_late else "notice")]


def listing(projects: Sequence[OfProject], *, is_one: bool) -> list[Outgoing]:
    """Return all due dates with their numbers, soonest first, and buttons for those that come next.

    Args:
        projects: whose due dates; of a project that may be secret there are none.
        is_one: it is the project that is open, whose name need not be said.
    """
    rows = sorted(
        ((each, item) for each in projects for item in each.found),
        key=lambda row: (row[1].is_done, row[1].due.due, row[1].row.id),
    )
    if not rows:
        return [Say(T("还没有算得出的期限：登记了中标、验收等事情的日期，或填了服务期以后才有。"))]
    columns = [T("编号"), T("项目"), T("事项"), T("到期日"), T("说明")]
    cells = [
        [
            verbatim(str(item.row.id)),
            name_text(each.project),
            Text(item.due.deadline.title),
            date_text(item.due.due),
            _state_text(item, each.view.as_of),
        ]
        for each, item in rows
    ]
    if is_one:
        for row in (columns, *cells):
            del row[1]
    said: list[Outgoing] = [Table(T("期限"), tuple(columns), tuple(map(tuple, cells)))]
    still = [item for _, item in rows if not item.is_done]
    if still:
        buttons = [
            Button(f"办好了 {item.row.id}", T("办好了 {number}", number=item.row.id))
            for item in still[:_MOST_BUTTONS]
        ]
        told = T("办完一条就说「办好了」加编号；「稍后提醒」「不再提醒」也一样。说「日历」得到日历文件。")
        said.append(Prompt(told, tuple(buttons)))
    return said


def digest(projects: Sequence[tuple[ProjectSummary, ProjectState]], day: date) -> Prompt:
    """Return the sum of the week over several projects, the most urgent first."""
    ordered = sorted(projects, key=lambda row: _urgency(row[1], day))
    lines = [T("{day}，本周汇总：{count} 个项目。", day=date_text(day), count=len(ordered))]
    lines += [
        _project_line(number, *row, day) for number, row in enumerate(ordered[:_MOST_PROJECTS], start=1)
    ]
    if len(ordered) > _MOST_PROJECTS:
        lines.append(
            T("还有 {count} 个项目没有列出，说「项目」看全部。", count=len(ordered) - _MOST_PROJECTS)
        )
    buttons = (Button("期限", T("看期限")), Button("不要每周汇总", T("不要每周汇总")))
    return Prompt(joined(lines, _LINE), buttons, "notice")


def _buttons(number: int) -> tuple[Button, ...]:
    return (
        Button(f"办好了 {number}", T("办好了")),
        Button(f"稍后提醒 {number}", T("稍后提醒")),
        Button(f"不再提醒 {number}", T("不再提醒")),
    )


def _state_text(item: Kept, day: date) -> Text:
    if item.is_done:
        return T("已办完")
    note = _note(item.due, day)
    left = left_text(item.due, day)
    return left if note is None else T("{left}；{note}", left=left, note=note)


def _note(due: DueDate, day: date) -> Text | None:
    """Return what is to be said of a due date besides; that it may be met later, only until then."""
    note = extended_text(due)
    return note if note.render() and day <= (due.extended_due or due.due) else None


def _urgency(state: ProjectState, day: date) -> int:
    late = _late(state)
    if late:
        return -(day - late[-1].due).days
    return date.max.toordinal() if state.next is None else (state.next.due - day).days


def _late(state: ProjectState) -> list[DueDate]:
    """Return what should have been done by now; a period that has ended is not late."""
    return [due for due in state.overdue if due.deadline.each != "fact"]


def _project_line(number: int, project: ProjectSummary, state: ProjectState, day: date) -> Text:
    parts = [state.label]
    late = _late(state)
    if late:
        titles = joined([_dated(due, day) for due in late[:_MOST_NAMED]])
        parts.append(T("逾期 {count} 项：{titles}", count=len(late), titles=titles))
    if state.next is not None:
        parts.append(T("下一个期限：{due}", due=_dated(state.next, day)))
    if state.documents:
        titles = joined([Text(need.document.title) for need in state.documents[:_MOST_NAMED]])
        parts.append(T("缺 {count} 份材料：{titles}", count=len(state.documents), titles=titles))
    if state.questions:
        parts.append(T("还有 {count} 题没答", count=len(state.questions)))
    return T(
        "{number}. {project}：{parts}",
        number=number,
        project=name_text(project),
        parts=joined(parts, T("；")),
    )


def _dated(due: DueDate, day: date) -> Text:
    return T(
        "{title}（{due}，{left}）",
        title=Text(due.deadline.title),
        due=date_text(due.due),
        left=left_text(due, day),
    )
