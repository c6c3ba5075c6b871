from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import add_months, extended_due, months_covering

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", 36, "2029-03-31"),
    ],
)
def test_a_month_ends_on_the_corresponding_day_or_the_last(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-01", "2028-12-31", 36),
        ("2026-01-01", "2029-01-01", 37),
        ("2026-01-01", "2026-01-01", 1),
        ("2026-01-31", "2026-02-27", 1),
        ("2026-01-31", "2026-02-28", 2),
        ("2026-05-02", "2026-05-01", 0),
    ],
)
def test_months_of_a_period(start: str, end: str, months: int) -> None:
    assert months_covering(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(DAYS, st.integers(min_value=0, max_value=4000))
def test_the_months_of_a_period_are_the_fewest_that_cover_it(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    months = months_covering(start, end)
    assert add_months(start, months) > end
    assert months == 0 or add_months(start, months - 1) <= end


@pytest.mark.parametrize(
    ("due", "extended"),
    [
        ("2026-06-30", "2026-06-30"),  # a Tuesday
        ("2026-06-06", "2026-06-08"),  # a Saturday
        ("2026-10-01", "2026-10-08"),  # the National Day holiday
        ("2026-10-10", "2026-10-10"),  # a Saturday swapped into work
    ],
)
def test_a_day_off_moves_to_the_next_working_day(due: str, extended: str) -> None:
    assert extended_due(date.fromisoformat(due)) == date.fromisoformat(extended)


@pytest.mark.parametrize("day", ["2003-12-31", "2198-05-04"])
def test_a_year_without_a_calendar_is_unknown_not_guessed(day: str) -> None:
    assert extended_due(date.fromisoformat(day)) is None
