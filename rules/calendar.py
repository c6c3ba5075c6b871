"""Dates of the law: months that end on the corresponding day, and days off (民法典 201–203, by analogy)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache


def add_months(start: date, months: int) -> date:
    """Return the corresponding day ``months`` later, else the last day of that month (民法典 202).

    Raises:
        OverflowError: beyond the year 9999.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= date.max.year:
        raise OverflowError(year)
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def months_covering(start: date, end: date) -> int:
    """Return the least n ≥ 0 with start + n months > end, both days being served (14).

    2026-01-01 to 2028-12-31 is 36, to 2029-01-01 is 37. Reversed dates give 0.
    """
    if end < start:
        return 0
    months = max(0, (end.year - start.year) * 12 + end.month - start.month)
    while add_months(start, months) <= end:
        months += 1
    while months > 0 and add_months(start, months - 1) > end:
        months -= 1
    return months


@lru_cache(maxsize=4096)
def is_day_off(day: date) -> bool | None:
    """Say whether ``day`` is a public holiday or a weekend not swapped into work; None: year not published."""
    import chinese_calendar  # years of tables, needed only once a date is known

    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return None


def extended_due(due: date) -> date | None:
    """Return ``due``, or the next working day when it falls on a day off (民法典 203).

    None when the calendar of a year that is needed has not been published yet.
    """
    day = due
    while off := is_day_off(day):
        day += timedelta(days=1)
    return None if off is None else day
