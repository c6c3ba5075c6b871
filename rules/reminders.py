"""When to remind of what is due, and when to sum up the week (domain 7): moments on working days, at nine."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING

from rules.calendar import is_day_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from rules.verdict import DueDate

DAYS_BEFORE = (30, 14, 7, 3, 1, 0)
"""Days before a due date on which to remind."""
HOUR = time(9)
"""When, local time."""
_DAY = timedelta(days=1)
_WEEK = 7


def deadline_keys(dues: Iterable[DueDate]) -> dict[str, DueDate]:
    """Return due dates by a key that each keeps when it moves: the deadline, and the day from which it runs.

    Two that run from one day to different due dates are told apart by their order; to one due date, they are one.
    """
    keyed: dict[str, DueDate] = {}
    known: Counter[str] = Counter()
    for due in {(due.key, due.due): due for due in dues}.values():
        known[due.key] += 1
        keyed[due.key if known[due.key] == 1 else f"{due.key}.{known[due.key]}"] = due
    return keyed


def working_day(day: date) -> date:
    """Return ``day``, or the working day before when it is a day off.

    A day of a year whose holidays are not published stays.
    """
    while is_day_off(day):
        day -= _DAY
    return day


def working_day_after(day: date) -> date:
    """Return the next working day; the next day, in a year whose holidays are not published."""
    day += _DAY
    while is_day_off(day):
        day += _DAY
    return day


def at_hour(day: date, zone: tzinfo) -> datetime:
    """Return the moment of a day at which to remind."""
    return datetime.combine(day, HOUR, zone)


def reminder_days(due: date) -> list[date]:
    """Return the days up to a due date on which to remind, soonest first, none twice."""
    return sorted({working_day(due - before * _DAY) for before in DAYS_BEFORE})


def next_moment(due: date, after: datetime, *, zone: tzinfo) -> datetime | None:
    """Return the first moment after another at which to remind: before the due date, then weekly while overdue.

    Args:
        due: the due date.
        after: a moment, with its time zone.
        zone: where the rules apply.

    Returns:
        The moment; None when the calendar ends before it (9999).
    """
    day = after.astimezone(zone).date()
    moments = (at_hour(each, zone) for each in _days_from(due, day))
    return next((moment for moment in moments if moment > after), None)


def last_moment(due: date, until: datetime, *, zone: tzinfo) -> datetime | None:
    """Return the last moment up to another at which to remind; None before the first."""
    day = until.astimezone(zone).date()
    moments = (at_hour(each, zone) for each in _days_from(due, day))
    return max(takewhile(lambda moment: moment <= until, moments), default=None)


def put_off(due: date, wanted: date, now: datetime, *, zone: tzinfo) -> datetime:
    """Return when to remind of a due date that somebody wants to hear of later.

    On a working day, the one before rather than the one after; and not after the day before it is due, or that
    day itself, as long as one of these is still ahead.

    Args:
        due: the due date.
        wanted: the day that was asked for, after today.
        now: the moment.
        zone: where the rules apply.
    """
    day = working_day(wanted)
    if day <= now.astimezone(zone).date():
        day = working_day_after(wanted - _DAY)
    moment = at_hour(day, zone)
    latest = (at_hour(working_day(last), zone) for last in (due - _DAY, due))
    return min(moment, next((last for last in latest if last > now), moment))


def next_summary(after: datetime, *, zone: tzinfo) -> datetime:
    """Return when to sum up the week next: nine o'clock of the first working day of a week that has one."""
    day = after.astimezone(zone).date()
    monday = day - day.weekday() * _DAY
    while True:
        first = working_day_after(monday - _DAY)
        if first < monday + _WEEK * _DAY and at_hour(first, zone) > after:
            return at_hour(first, zone)
        monday += _WEEK * _DAY


def _days_from(due: date, day: date) -> Iterator[date]:
    """Yield the days on which to remind, in order; of the weeks overdue, only from the one before ``day``."""
    yield from reminder_days(due)
    for week in count(max(1, (day - due).days // _WEEK - 1)):
        try:
            overdue = due + week * _WEEK * _DAY
        except OverflowError:
            return
        yield working_day(overdue)
