"""Deadlines as a calendar file (iCalendar, RFC 5545) that phones and office programs import or subscribe to."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from dialogs.display import citation, reading_text
from dialogs.review import extended_text
from documents.characters import clean
from rules.reminders import HOUR, reminder_days
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from icalendar import Alarm, Event

    from dialogs.view import View
    from rules.text import Translate
    from rules.verdict import DueDate

CALENDAR_FILE = "deadlines.ics"
_HOUR = timedelta(hours=HOUR.hour)
_DAY = timedelta(days=1)


class CalendarEntry(NamedTuple):
    """A project whose deadlines go into the calendar.

    Attributes:
        project_id: its number, which it keeps; on it rests that a later import replaces an earlier one.
        project_name: what the user calls it.
        view: the project.
        done: due dates that were met by somebody's word, by key and day.
    """

    project_id: int
    project_name: str
    view: View
    done: Collection[tuple[str, date]] = ()


def calendar_of(entries: Iterable[CalendarEntry], *, now: datetime, translate: Translate = str) -> bytes:
    """Return the deadlines of projects as a calendar (UTF-8, .ics), one all-day event for each.

    The n-th deadline of a kind of a project is always the same event of the calendar: when it moves, the next
    import moves the event instead of adding another. One that was met stays, says so and rings no more. Of a
    project that may be secret, nothing is shown (4).

    Args:
        entries: the projects.
        now: the moment of writing, with its time zone; reminders of days that are over are left out.
        translate: the language of the texts.
    """
    from icalendar import Calendar  # 100 ms to import

    calendar = Calendar()
    calendar.add("prodid", "-//shenbao//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", T("信息化项目期限").render(translate))
    for project_id, name, view, done in entries:
        timezone = view.rules.pack.head.timezone
        if "x-wr-timezone" not in calendar:
            calendar.add("x-wr-timezone", timezone)
        if view.stop is not None:
            continue
        today = now.astimezone(ZoneInfo(timezone)).date()
        places: Counter[str] = Counter()
        for due in view.verdict.deadlines:
            places[due.deadline.id] += 1
            is_done = due.is_done or (due.key, due.due) in done
            event = _event(view, name, due, translate, is_done=is_done)
            event.add("uid", f"{project_id}.{due.deadline.id}.{places[due.deadline.id]}@shenbao")
            event.add("dtstamp", now.astimezone(UTC))
            for day in reminder_days(due.due):
                if day >= today and not is_done:
                    event.add_component(_alarm(day - due.due, str(event["summary"])))
            calendar.add_component(event)
    return calendar.to_ical()


def _event(view: View, name: str, due: DueDate, translate: Translate, *, is_done: bool) -> Event:
    from icalendar import Event

    title = Text(due.deadline.title)
    summary = T("{title}：{project}", title=title, project=verbatim(name)) if name else title
    if is_done:
        summary = T("（已办）{summary}", summary=summary)
    event = Event()
    event.add("summary", clean(summary.render(translate)))
    event.add("description", clean(_description(view, due, translate)))
    event.add("categories", [T("信息化项目期限").render(translate)])
    event.add("dtstart", due.due)
    event.add("dtend", due.due + _DAY)
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy all day
    return event


def _description(view: View, due: DueDate, translate: Translate) -> str:
    deadline = due.deadline
    lines = [
        Text(deadline.message),
        T("依据：{source}", source=citation(view.rules, deadline.articles)),
        extended_text(due),
    ]
    if deadline.reading:
        lines.append(reading_text(deadline.reading))
    return "\n".join(filter(None, (line.render(translate) for line in lines)))


def _alarm(before: timedelta, words: str) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", before + _HOUR)
    return alarm
