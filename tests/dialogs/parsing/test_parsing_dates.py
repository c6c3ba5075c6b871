"""Dates are exact days; words for more days resolve to the edge that was asked for, and say so."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.dates import parse_date, parse_period
from dialogs.parsing.result import Parsed, Rejected, Unclear

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed",
    [
        "2027-03-05",
        "2027/3/5",
        "2027.3.5",
        "20270305",
        "2027年3月5日",
        "2027年3月5号",
        "2027 年 3 月 5 日",
        "２０２７年３月５日",
        "二〇二七年三月五日",
        "二零二七年三月五日",
    ],
)
def test_a_full_date_is_kept_without_an_echo(typed: str):
    assert parse_date(typed, as_of=TODAY, edge="end") == Parsed(date(2027, 3, 5))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("3月5日", (2027, 3, 5), (2027, 3, 5)),
        ("12月5日", (2026, 12, 5), (2026, 12, 5)),
        ("11月23日", (2026, 11, 23), (2026, 11, 23)),
        ("2月29日", (2028, 2, 29), (2028, 2, 29)),
        ("5号", (2026, 12, 5), (2026, 12, 5)),
        ("27年3月5日", (2027, 3, 5), (2027, 3, 5)),
        ("今天", (2026, 11, 23), (2026, 11, 23)),
        ("2027年3月", (2027, 3, 1), (2027, 3, 31)),
        ("2027-02", (2027, 2, 1), (2027, 2, 28)),
        ("3月份", (2027, 3, 1), (2027, 3, 31)),
        ("11月", (2026, 11, 1), (2026, 11, 30)),
        ("2027年", (2027, 1, 1), (2027, 12, 31)),
        ("后年", (2028, 1, 1), (2028, 12, 31)),
        ("明年3月", (2027, 3, 1), (2027, 3, 31)),
        ("明年上半年", (2027, 1, 1), (2027, 6, 30)),
        ("下半年", (2026, 7, 1), (2026, 12, 31)),
        ("今年年底", (2026, 12, 1), (2026, 12, 31)),
        ("年底", (2026, 12, 1), (2026, 12, 31)),
        ("2027年底", (2027, 12, 1), (2027, 12, 31)),
        ("年初", (2027, 1, 1), (2027, 1, 31)),
        ("月底", (2026, 11, 30), (2026, 11, 30)),
        ("月初", (2026, 12, 1), (2026, 12, 10)),
        ("下个月", (2026, 12, 1), (2026, 12, 31)),
        ("一季度", (2027, 1, 1), (2027, 3, 31)),
        ("第二季度", (2027, 4, 1), (2027, 6, 30)),
        ("2027年Q3", (2027, 7, 1), (2027, 9, 30)),
        ("3月上旬", (2027, 3, 1), (2027, 3, 10)),
        ("3月中旬", (2027, 3, 11), (2027, 3, 20)),
        ("2月下旬", (2027, 2, 21), (2027, 2, 28)),
        ("计划明年3月底前完成", (2027, 3, 31), (2027, 3, 31)),
    ],
)
def test_words_resolve_to_the_edge_and_name_the_day(
    typed: str, first: tuple[int, int, int], last: tuple[int, int, int]
):
    start = parse_date(typed, as_of=TODAY, edge="start")
    end = parse_date(typed, as_of=TODAY, edge="end")
    for result, expected in ((start, date(*first)), (end, date(*last))):
        assert isinstance(result, Parsed), result
        assert result.value == expected
        assert result.echo is not None
        assert f"{expected.year}年{expected.month}月{expected.day}日" in result.echo.render()


def test_about_then_and_before_a_month_are_asked():
    about = parse_date("2027年3月左右", as_of=TODAY, edge="end")
    before = parse_date("2027年3月前", as_of=TODAY, edge="end")
    assert isinstance(about, Unclear)
    assert isinstance(before, Unclear)
    assert about.kind == "approximate"
    assert [reading.value for reading in before.readings] == [date(2027, 2, 28), date(2027, 3, 31)]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2027-02-30", "2027年2月28日"),
        ("2028年2月30日", "2028年2月29日"),
        ("2027年4月31日", "2027年4月30日"),
        ("1999-12-31", "2000 到 2100"),
        ("2101年", "2000 到 2100"),
        ("2027-13-01", "没有 13 月"),
        ("0000-00-00", "年份"),
        ("3/5", "没看懂"),
        ("尽快", "没看懂"),
        ("年", "没看懂"),
        ("前", "没看懂"),
        ("", "空白"),
    ],
)
def test_impossible_days_are_refused_with_what_is_possible(typed: str, says: str):
    result = parse_date(typed, as_of=TODAY, edge="start")
    assert isinstance(result, Rejected), result
    assert says in result.message.render()


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_survives_being_written(day: date):
    for typed in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        assert parse_date(typed, as_of=TODAY, edge="start") == Parsed(day)


@given(st.dates(date(2001, 1, 1), date(2080, 12, 31)), st.integers(0, 364))
def test_a_day_without_a_year_is_the_next_such_day(as_of: date, ahead: int):
    day = as_of + timedelta(days=ahead)
    result = parse_date(f"{day.month}月{day.day}日", as_of=as_of, edge="start")
    assert isinstance(result, Parsed)
    assert result.value == day


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2027年3月至12月", "2027-03-01", "2027-12-31"),
        ("2027年3-12月", "2027-03-01", "2027-12-31"),
        ("3月到12月", "2027-03-01", "2027-12-31"),
        ("12月到3月", "2026-12-01", "2027-03-31"),
        ("2027-01-01 至 2029-12-31", "2027-01-01", "2029-12-31"),
        ("2027-01-01 - 2029-12-31", "2027-01-01", "2029-12-31"),
        ("2027-01-01 2029-12-31", "2027-01-01", "2029-12-31"),
        ("2027.1-2029.12", "2027-01-01", "2029-12-31"),
        ("20270101—20291231", "2027-01-01", "2029-12-31"),
        ("2027-2029年", "2027-01-01", "2029-12-31"),
        ("从2027年3月1日开始到12月31日结束", "2027-03-01", "2027-12-31"),
        ("2027年3月1日至15日", "2027-03-01", "2027-03-15"),
        ("2027年3月1日至月底", "2027-03-01", "2027-03-31"),
        ("今年12月到明年3月", "2026-12-01", "2027-03-31"),
        ("2027年3月到年底", "2027-03-01", "2027-12-31"),
        ("2027年1-3季度", "2027-01-01", "2027-09-30"),
        ("明年上半年", "2027-01-01", "2027-06-30"),
        ("2027年全年", "2027-01-01", "2027-12-31"),
        ("明年3月开始一年", "2027-03-01", "2028-02-29"),
        ("明年3月为期三年", "2027-03-01", "2030-02-28"),
        ("明年3月，共36个月", "2027-03-01", "2030-02-28"),
        ("明年3月开始，为期两年半", "2027-03-01", "2029-08-31"),
        ("2027年1月起三年", "2027-01-01", "2029-12-31"),
        ("2027年1月31日起1个月", "2027-01-31", "2027-02-27"),
    ],
)
def test_periods_begin_on_the_first_and_end_on_the_last_day(typed: str, first: str, last: str):
    result = parse_period(typed, as_of=TODAY)
    assert isinstance(result, Parsed), result
    assert result.value == (date.fromisoformat(first), date.fromisoformat(last))
    assert result.echo is not None


def test_a_period_that_is_only_about_right_is_asked():
    result = parse_period("2027年3月左右到12月", as_of=TODAY)
    assert isinstance(result, Unclear)
    assert result.readings[0].value == (date(2027, 3, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2027-01-01到2026-01-01", "哪个在先"),
        ("2027年3月20日至15日", "哪个在先"),
        ("2027-03-05", "起止两个日期"),
        ("2027年2月1日到2月30日", "2027年2月28日"),
        ("2099年起三年", "2100"),
        ("2027年起0个月", "1 到 600"),
        ("三年", "没看懂"),
        ("1到2到3", "没看懂"),
        ("尽快", "没看懂"),
    ],
)
def test_a_period_that_cannot_be_is_refused(typed: str, says: str):
    result = parse_period(typed, as_of=TODAY)
    assert isinstance(result, Rejected), result
    assert says in result.message.render()


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 5000))
def test_two_dates_come_back_as_they_were_written(first: date, days: int):
    last = first + timedelta(days=days)
    result = parse_period(f"{first.isoformat()}至{last.isoformat()}", as_of=TODAY)
    assert isinstance(result, Parsed)
    assert result.value == (first, last)
