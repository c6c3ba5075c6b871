"""Deadlines as a calendar: what other programs read back, and that importing it again changes and never doubles."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.calendar_feed import CalendarEntry, calendar_of
from bot.packs import installed_pack
from bot.translation import translator
from dialogs.draft import Draft
from dialogs.view import View
from documents.characters import clean
from rules.case import parse_case

RULES = installed_pack()[0]
NOW = datetime(2026, 5, 1, 2, 3, 4, tzinfo=UTC)
FACTS = {
    "classified": "no",
    "unit_level": "city",
    "unit_kind": "government",
    "nature": "new",
    "category": "goods",
    "total_investment": 300,
}
OPERATION = FACTS | {"nature": "operation", "category": "service", "service_start": "2026-01-01"}
AWARDED = {"kind": "award_notice", "date": "2026-06-15"}
NINE = timedelta(hours=9)


def entry(
    facts: dict[str, Any] = FACTS, *events: dict[str, str], name: str = "平台", number: int = 12
) -> CalendarEntry:
    case = parse_case(RULES, {"facts": facts, "events": list(events)}, today=date(2026, 5, 1))
    draft = Draft(state="review", facts=case.facts, events=case.events)
    return CalendarEntry(number, name, View(RULES, draft, case.as_of))


def made(*entries: CalendarEntry, now: datetime = NOW, language: str = "zh") -> bytes:
    return calendar_of(entries, now=now, translate=translator(language))


def read(data: bytes) -> Any:
    return Calendar.from_ical(data)


def events(data: bytes) -> list[Any]:
    return read(data).walk("VEVENT")


def due_dates(data: bytes) -> dict[str, date]:
    return {str(event["uid"]): event["dtstart"].dt for event in events(data)}


def alarms(data: bytes) -> list[date]:
    """Return the days of the reminders of the only event; all are at nine."""
    [event] = events(data)
    moments = [event["dtstart"].dt + alarm["trigger"].dt - NINE for alarm in event.walk("VALARM")]
    hours = {(alarm["trigger"].dt - NINE) % timedelta(days=1) for alarm in event.walk("VALARM")}
    assert hours <= {timedelta(0)}
    return moments


# --- what it says -------------------------------------------------------------------------------------------


def test_the_calendar_says_what_it_is_and_where_its_days_are() -> None:
    calendar = read(made(entry(FACTS, AWARDED)))
    assert (str(calendar["version"]), str(calendar["prodid"])) == ("2.0", "-//shenbao//deadlines//ZH")
    assert str(calendar["x-wr-calname"]) == "信息化项目期限"
    assert str(calendar["x-wr-timezone"]) == RULES.pack.head.timezone == "Asia/Shanghai"
    assert "method" not in calendar


def test_a_deadline_is_an_event_of_its_whole_day() -> None:
    data = made(entry(FACTS, AWARDED))
    [event] = events(data)
    assert b"DTSTART;VALUE=DATE:20260715\r\nDTEND;VALUE=DATE:20260716\r\n" in data
    assert str(event["summary"]) == "招标后备案：平台"
    assert event["dtstamp"].dt == NOW
    assert str(event["uid"]) == "12.filing_after_award.1@shenbao"
    assert [str(words) for words in event["categories"].cats] == ["信息化项目期限"]
    assert str(event["transp"]) == "TRANSPARENT"
    assert str(event["description"]).splitlines() == [
        "收到中标（成交）通知书后一个月内备案。",
        "依据：第18条（送审稿）",
        "条文有不清楚的地方：「完成项目招标」按中标（成交）通知书的日期起算；货物采购没有自己的期限，参照办理。",
    ]


@pytest.mark.parametrize(
    ("due", "note"),
    [
        ("2026-10-01", "到期日放假，可顺延到 2026年10月8日；请尽量按到期日办"),
        ("2090-03-01", "当年放假安排还没有公布，请按到期日办"),
    ],
)
def test_a_due_date_on_a_day_off_is_kept_and_its_extension_told(due: str, note: str) -> None:
    ordered = {"kind": "rectification_ordered", "date": "2026-09-01", "due": due}
    [event] = events(made(entry(FACTS, ordered)))
    assert event["dtstart"].dt == date.fromisoformat(due)
    assert note in str(event["description"]).splitlines()


def test_a_deadline_that_the_text_does_not_state_says_so() -> None:
    [event] = events(made(entry(FACTS | {"nature": "goods_purchase"}, AWARDED)))
    assert "条文没有写，按推定提醒" in str(event["description"])


def test_many_projects_share_a_calendar() -> None:
    data = made(entry(FACTS, AWARDED, number=1, name="甲"), entry(FACTS, AWARDED, number=2, name="乙"))
    assert [str(event["summary"]) for event in events(data)] == ["招标后备案：甲", "招标后备案：乙"]
    assert len(due_dates(data)) == 2


def test_another_language() -> None:
    data = made(entry(FACTS, AWARDED), language="en")
    [event] = events(data)
    assert str(event["summary"]) != "招标后备案：平台"
    assert str(event["uid"]) == "12.filing_after_award.1@shenbao", "the language does not double an event"


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_of_a_project_that_may_be_secret_nothing_is_shown(answer: str) -> None:
    data = made(entry(FACTS | {"classified": answer}, AWARDED, name="代号"))
    assert events(data) == []
    assert "代号" not in data.decode()


def test_nothing_to_remember_is_a_calendar_without_events() -> None:
    assert events(made()) == []
    assert events(made(entry())) == []


# --- reminders ----------------------------------------------------------------------------------------------


def ordered(due: str) -> dict[str, str]:
    return {"kind": "rectification_ordered", "date": "2026-01-05", "due": due}


def test_reminders_come_at_nine_before_the_day_and_on_it() -> None:
    data = made(entry(FACTS, ordered("2026-06-11")))
    assert alarms(data) == [date(2026, 6, 11) - timedelta(days=days) for days in (30, 14, 7, 3, 1, 0)]
    [event] = events(data)
    triggers = [alarm.to_ical().decode().split("TRIGGER:")[1].split()[0] for alarm in event.walk("VALARM")]
    assert triggers == ["-P29DT15H", "-P13DT15H", "-P6DT15H", "-P2DT15H", "-PT15H", "PT9H"]
    for alarm in event.walk("VALARM"):
        assert (str(alarm["action"]), str(alarm["description"])) == ("DISPLAY", str(event["summary"]))


def test_a_reminder_on_a_day_off_comes_on_the_working_day_before_and_only_once() -> None:
    monday = made(entry(FACTS, ordered("2026-06-15")))
    assert [day.isoformat()[5:] for day in alarms(monday)] == ["05-15", "06-01", "06-08", "06-12", "06-15"]
    holiday = made(entry(FACTS, ordered("2026-10-01")))
    assert alarms(holiday)[-1] == date(2026, 9, 30)


def test_a_year_whose_holidays_are_not_published_moves_no_reminder() -> None:
    assert len(alarms(made(entry(FACTS, ordered("2090-03-01"))))) == 6


def test_reminders_of_days_that_are_over_do_not_ring_on_import() -> None:
    case = entry(FACTS, ordered("2026-06-11"))
    noon_of_the_eighth = datetime(2026, 6, 8, 4, tzinfo=UTC)
    assert [day.day for day in alarms(made(case, now=noon_of_the_eighth))] == [8, 10, 11]
    already_the_twelfth_in_china = datetime(2026, 6, 11, 17, tzinfo=UTC)
    assert alarms(made(case, now=already_the_twelfth_in_china)) == []


# --- importing again ----------------------------------------------------------------------------------------


def test_an_event_keeps_its_name_when_it_is_made_again_on_another_day() -> None:
    facts = OPERATION | {"service_end": "2028-06-30"}
    today, later = (made(entry(facts), now=now) for now in (NOW, NOW + timedelta(days=400)))
    assert due_dates(today) == due_dates(later)
    assert len(due_dates(today)) == 4


def test_a_deadline_that_moves_moves_its_event() -> None:
    before = due_dates(made(entry(FACTS, AWARDED)))
    after = due_dates(made(entry(FACTS, AWARDED | {"date": "2026-06-20"}, name="平台（二期）")))
    assert before.keys() == after.keys()
    assert list(after.values()) == [date(2026, 7, 20)]


def test_a_service_period_that_moves_moves_every_year() -> None:
    before = due_dates(made(entry(OPERATION | {"service_end": "2027-12-31"})))
    moved = OPERATION | {"service_start": "2027-01-01", "service_end": "2028-12-31"}
    assert due_dates(made(entry(moved))).keys() == before.keys()


def test_a_second_event_of_a_kind_is_another_and_leaves_the_first_alone() -> None:
    changes = [{"kind": "filing_changed", "date": day} for day in ("2026-03-02", "2026-05-06")]
    first, both = (due_dates(made(entry(FACTS, *some))) for some in (changes[:1], changes))
    assert len(both) == 2
    assert first.items() <= both.items()


def test_the_same_moment_gives_the_same_bytes() -> None:
    assert made(entry(FACTS, AWARDED)) == made(entry(FACTS, AWARDED))


# --- text ---------------------------------------------------------------------------------------------------

NAMES = [
    "甲;乙,丙:丁\\戊",
    "一行\n二行\r\n三行\r四行",
    "表情😀👨‍👩‍👧名",
    "BEGIN:VEVENT\nX:1",
    "\\n",
    '"引号"',
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_back_as_it_was(name: str) -> None:
    [event] = events(made(entry(FACTS, AWARDED, name=name)))
    assert str(event["summary"]) == clean(f"招标后备案：{name}" if name else "招标后备案")


def test_a_control_character_breaks_nothing() -> None:
    [event] = events(made(entry(FACTS, AWARDED, name="甲\x00\x0b乙\u2028丙\ud800")))
    assert str(event["summary"]) == "招标后备案：甲\n乙\n丙"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_name_gives_lines_that_a_strict_reader_takes(name: str) -> None:
    data = made(entry(FACTS, AWARDED, name=name))
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines), "no character is cut in two"
    [event] = events(data)
    assert str(event["summary"]) == clean(f"招标后备案：{name}" if name else "招标后备案")


def test_the_library_is_imported_when_a_calendar_is_made() -> None:
    code = "import sys, bot.calendar_feed; sys.exit('icalendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
