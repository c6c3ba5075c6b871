"""When to remind: on working days at nine, before the day and on it, then every week, never twice on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import installed_pack
from rules.calendar import is_day_off
from rules.reminders import (
    DAYS_BEFORE,
    HOUR,
    at_hour,
    deadline_keys,
    last_moment,
    next_moment,
    next_summary,
    put_off,
    reminder_days,
    working_day,
)
from rules.verdict import DueDate

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(min_value=date(2019, 1, 1), max_value=date(2030, 12, 31))
AROUND = st.integers(min_value=-60 * 24 * 60, max_value=800 * 24 * 60).map(
    lambda minutes: timedelta(minutes=minutes)
)
MINUTE = timedelta(minutes=1)


def moments(due: date, start: datetime) -> Iterator[datetime]:
    """Yield the moments after another, as one who sends each asks for the next."""
    moment = next_moment(due, start, zone=ZONE)
    while moment is not None:
        yield moment
        moment = next_moment(due, moment, zone=ZONE)


def days(due: str, start: str, end: str) -> list[str]:
    """Return the days of the reminders between two days, month and day."""
    first = at_hour(date.fromisoformat(start), ZONE) - MINUTE
    last = at_hour(date.fromisoformat(end), ZONE)
    found = list(takewhile(lambda moment: moment <= last, moments(date.fromisoformat(due), first)))
    assert all(moment.astimezone(ZONE).time() == HOUR for moment in found)
    return [f"{moment:%m-%d}" for moment in found]


def test_thirty_fourteen_seven_three_one_days_before_and_on_the_day_then_weekly() -> None:
    assert days("2026-07-15", "2026-01-01", "2026-08-06") == [
        "06-15",
        "07-01",
        "07-08",
        "07-10",  # the 12th is a Sunday
        "07-14",
        "07-15",
        "07-22",
        "07-29",
        "08-05",
    ]


def test_the_national_day_moves_what_falls_on_it_to_the_working_day_before() -> None:
    assert days("2026-10-08", "2026-09-01", "2026-10-31") == [
        "09-08",
        "09-24",
        "09-30",  # for the 1st, the 5th and the 7th
        "10-08",
        "10-15",
        "10-22",
        "10-29",
    ]


def test_a_saturday_swapped_into_work_is_a_working_day() -> None:
    assert working_day(date(2026, 10, 10)) == date(2026, 10, 10)
    assert "10-10" in days("2026-10-10", "2026-10-01", "2026-10-10")


def test_weeks_of_a_long_holiday_are_one_reminder() -> None:
    assert days("2026-02-16", "2026-02-10", "2026-03-03") == ["02-13", "02-14", "03-02"]


def test_a_year_that_is_not_published_keeps_the_day() -> None:
    assert days("2090-10-01", "2090-08-01", "2090-10-15") == [
        "09-01", "09-17", "09-24", "09-28", "09-30", "10-01", "10-08", "10-15",
    ]  # fmt: skip


def test_the_calendar_ends() -> None:
    assert next_moment(date(9999, 12, 30), datetime(9999, 12, 30, 12, tzinfo=UTC), zone=ZONE) is None


@given(DAYS, AROUND)
def test_moments_are_in_order_at_nine_of_days_that_are_none_off(due: date, offset: timedelta) -> None:
    start = at_hour(due, ZONE) + offset
    found = [moment for moment, _ in zip(moments(due, start), range(12), strict=False)]
    assert len(found) == 12
    assert found[0] > start
    for first, second in pairwise(found):
        assert first.date() < second.date()
    for moment in found:
        assert moment.time() == HOUR
        assert not is_day_off(moment.date())


@given(DAYS)
def test_every_day_that_the_rule_names_is_covered_by_that_day_or_the_working_day_before(due: date) -> None:
    wanted = [due - timedelta(days=before) for before in DAYS_BEFORE]
    wanted += [due + timedelta(weeks=week) for week in range(1, 10)]
    found = list(
        takewhile(
            lambda day: day <= wanted[-1],
            (m.date() for m in moments(due, at_hour(wanted[0], ZONE) - timedelta(days=20))),
        )
    )
    assert found == sorted({working_day(day) for day in wanted})
    assert reminder_days(due) == [
        day for day in found if day in {working_day(each) for each in wanted[: len(DAYS_BEFORE)]}
    ]


@given(DAYS, AROUND)
def test_the_last_moment_is_the_one_before_the_next(due: date, offset: timedelta) -> None:
    until = at_hour(due, ZONE) + offset
    last, following = last_moment(due, until, zone=ZONE), next_moment(due, until, zone=ZONE)
    assert following is not None
    if last is None:
        assert following.date() == reminder_days(due)[0]
    else:
        assert last <= until < following
        assert next_moment(due, last, zone=ZONE) == following


@pytest.mark.parametrize(
    ("after", "summary"),
    [
        ("2026-11-23T08:59", "2026-11-23"),
        ("2026-11-23T09:00", "2026-11-30"),
        ("2026-09-30T12:00", "2026-10-08"),  # the Monday is a holiday
        ("2026-02-13T12:00", "2026-02-24"),  # a whole week off, and a Monday more
        ("2026-05-03T12:00", "2026-05-06"),
    ],
)
def test_the_week_is_summed_up_on_its_first_working_day(after: str, summary: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=ZONE)
    assert next_summary(moment, zone=ZONE) == at_hour(date.fromisoformat(summary), ZONE)


@pytest.mark.parametrize(
    ("now", "wanted", "moment"),
    [
        ("2026-07-06T10:00", "2026-07-09", "2026-07-09"),
        ("2026-07-06T10:00", "2026-07-11", "2026-07-10"),  # a Saturday
        ("2026-07-10T10:00", "2026-07-11", "2026-07-13"),  # a Saturday, and the Friday is today
        ("2026-07-10T10:00", "2026-07-20", "2026-07-14"),  # due on the 15th
        ("2026-07-14T10:00", "2026-07-20", "2026-07-15"),
        ("2026-07-15T10:00", "2026-07-20", "2026-07-20"),
    ],
)
def test_what_is_put_off_comes_before_it_is_due(now: str, wanted: str, moment: str) -> None:
    found = put_off(
        date(2026, 7, 15),
        date.fromisoformat(wanted),
        datetime.fromisoformat(now).replace(tzinfo=ZONE),
        zone=ZONE,
    )
    assert found == at_hour(date.fromisoformat(moment), ZONE)


@given(DAYS, AROUND, st.integers(min_value=1, max_value=365))
def test_what_is_put_off_comes_later_than_now(due: date, offset: timedelta, later: int) -> None:
    now = at_hour(due, ZONE) + offset
    moment = put_off(due, now.date() + timedelta(days=later), now, zone=ZONE)
    assert moment > now
    assert not is_day_off(moment.date())


def test_due_dates_from_one_day_to_two_are_told_apart_and_one_that_is_said_twice_is_one() -> None:
    made = [_due("2026-07-01"), _due("2026-07-01"), _due("2026-08-01")]
    assert [(key, item.due.isoformat()) for key, item in deadline_keys(made).items()] == [
        ("rectification.2026-06-01", "2026-07-01"),
        ("rectification.2026-06-01.2", "2026-08-01"),
    ]


def _due(day: str) -> DueDate:
    deadline = next(each for each in installed_pack()[0].pack.deadlines if each.id == "rectification")
    return DueDate(deadline, date.fromisoformat(day), None, inferred=False, since=date(2026, 6, 1))
