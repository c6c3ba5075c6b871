"""Words about deadlines and reminders, as they are typed: 期限, 办好了 12, 稍后提醒 12 明天, 免打扰 22:00-8:00."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from dialogs.parsing.numerals import number as read_number
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words

Name = Literal[
    "list",
    "calendar",
    "done",
    "undone",
    "later",
    "mute",
    "unmute",
    "quiet",
    "pause",
    "resume",
    "digest_off",
    "digest_on",
]
_LONGEST = 60
_HOURS_A_DAY = 24
_HOUR = 60
_ALONE: dict[Name, frozenset[str]] = {
    "list": words("期限", "看期限", "期限列表", "我的期限", "deadlines"),
    "calendar": words("日历", "日历文件", "期限日历", "calendar"),
    "quiet": words("免打扰", "免打扰时间", "quiet", "quiet hours"),
    "pause": words("暂停提醒", "停止提醒", "关闭提醒", "pause reminders"),
    "resume": words("恢复提醒", "打开提醒", "resume reminders"),
    "digest_off": words("不要每周汇总", "关闭每周汇总", "no weekly digest"),
    "digest_on": words("每周汇总", "要每周汇总", "weekly digest"),
    "done": words("办好了", "办完了"),
    "later": words("稍后提醒", "remind later"),
    "mute": words(
        "不再提醒",
    ),
}
_NUMBER = r" ?(?:第|#|no\.? ?)?(?P<number>\d{1,15})号?"
_NUMBERED: dict[Name, re.Pattern[str]] = {
    "undone": re.compile(f"(?:没办好|还没办好|没有办好|not done|undone){_NUMBER}"),
    "done": re.compile(f"(?:办好了?|办完了?|done){_NUMBER}"),
    "later": re.compile(
        f"(?:稍后提醒|晚点提醒|过后提醒|remind later|later|snooze){_NUMBER}(?:[ ,](?P<rest>.+))?"
    ),
    "mute": re.compile(f"(?:不再提醒|别再提醒|mute){_NUMBER}"),
    "unmute": re.compile(f"(?:恢复提醒|unmute){_NUMBER}"),
}
_QUIET = re.compile(r"(?:免打扰|quiet(?: hours)?)(?: (?P<words>.+)|(?P<hours>\d.*))")
_OFF = words("关", "关闭", "关掉", "不要", "取消", "off", "none")
_USUAL = words("默认", "恢复默认", "default", "usual")
_CLOCK = r"(\d{1,2})(?:[:点时h](\d{1,2})?分?)?"
_HOURS = re.compile(rf"(?:从 ?)?{_CLOCK} ?(?:-|~|—|–|到|至|to) ?(?:次日|第二天|早上)? ?{_CLOCK}")
_DAYS = re.compile(r"(?P<days>\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(?:天|日|days?|d)(?:后|以后|later)?")
_TOMORROW = words("明天", "明日", "tomorrow")
_NEXT_WEEK = words("下周", "下星期", "下礼拜", "下周一", "next week")
NEXT_WEEK = -1
"""Stands for the first working day of next week among numbers of days."""
_MOST_DAYS = 365


class Said(NamedTuple):
    """Words about reminders.

    Attributes:
        name: what is wanted.
        number: of which due date; None for none.
        rest: what follows; None for nothing.
    """

    name: Name
    number: int | None = None
    rest: str | None = None


class Hours(NamedTuple):
    """Quiet hours, in minutes after midnight; alike: none; both None: the usual ones."""

    first: int | None
    last: int | None


def read(typed: str) -> Said | None:
    """Return what the whole of ``typed`` wants of reminders; None when it is about something else."""
    if len(typed) > _LONGEST:
        return None
    said = normalise(typed).rstrip("。.!").strip().lower()
    for name, alone in _ALONE.items():
        if said in alone:
            return Said(name)
    for name, pattern in _NUMBERED.items():
        if found := pattern.fullmatch(said):
            rest = found.groupdict().get("rest")
            return Said(name, int(found["number"]), rest.strip() if rest else None)
    if found := _QUIET.fullmatch(said):
        return Said("quiet", rest=(found["words"] or found["hours"]).strip())
    return None


def read_hours(said: str) -> Hours | None:
    """Return the quiet hours that were said: 22:00-8:00, 关, 默认; None when they are none."""
    if said in _OFF:
        return Hours(0, 0)
    if said in _USUAL:
        return Hours(None, None)
    found = _HOURS.fullmatch(said)
    if found is None:
        return None
    first, last = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    return None if first is None or last is None else Hours(first, last)


def read_days(said: str) -> int | None:
    """Return after how many days to remind: 3天, 明天, 下周 (``NEXT_WEEK``); None when it is not said."""
    if said in _TOMORROW:
        return 1
    if said in _NEXT_WEEK:
        return NEXT_WEEK
    found = _DAYS.fullmatch(said)
    days = None if found is None else _count(found["days"])
    return days if days is not None and 1 <= days <= _MOST_DAYS else None


def _count(said: str) -> int | None:
    count = read_number(said)
    return None if count is None else int(count)


def _minutes(hours: str, minutes: str | None) -> int | None:
    """Return minutes after midnight; 24:00 is midnight."""
    hour, minute = int(hours), int(minutes or 0)
    if hour == _HOURS_A_DAY and minute == 0:
        return 0
    return hour * _HOUR + minute if hour < _HOURS_A_DAY and minute < _HOUR else None
