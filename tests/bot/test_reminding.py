"""What one says about deadlines in a chat: each word does what it says, and nobody learns of what is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from reminded import CONSTRUCT, OPERATION, TELEGRAM, World, at
from talking import WHOLE_PROJECT, Talk

from bot.reminders.wording import due_line
from bot.reminders.words import NEXT_WEEK, Hours, Said, read, read_days, read_hours
from bot.updates import Incoming
from dialogs.messages import SendFile

if TYPE_CHECKING:
    from rules.text import Text
    from storage.database import Database

AWARD = {"kind": "award_notice", "date": "2026-06-15"}  # due 15 July 2026, a Wednesday
ORDERED = {"kind": "rectification_ordered", "date": "2026-06-15", "due": "2026-07-15"}
UNKNOWN = "没有这条期限"


@pytest.fixture
def world(database: Database) -> World:
    made = World(database, "2026-06-22 10:00")
    made.talk()
    made.promote()
    return made


@pytest.fixture
def ordered(world: World) -> int:
    """A project with something to be mended; return the number of the due date."""
    project = world.project("平台", CONSTRUCT)
    world.change(project, ORDERED)
    return world.rows(project)[0].id


# --- how it is read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("期限", Said("list")),
        ("期限列表。", Said("list")),
        ("Deadlines", Said("list")),
        ("办好了 12", Said("done", 12)),
        ("办好了12", Said("done", 12)),
        ("办好了　第１２号", Said("done", 12)),
        ("done 12", Said("done", 12)),
        ("没办好 12", Said("undone", 12)),
        ("not done 12", Said("undone", 12)),
        ("稍后提醒 12", Said("later", 12)),
        ("稍后提醒 12 3天", Said("later", 12, "3天")),
        ("remind later 12 next week", Said("later", 12, "next week")),
        ("不再提醒 12", Said("mute", 12)),
        ("恢复提醒 12", Said("unmute", 12)),
        ("恢复提醒", Said("resume")),
        ("暂停提醒", Said("pause")),
        ("免打扰", Said("quiet")),
        ("免打扰 22:00-8:00", Said("quiet", rest="22:00-8:00")),
        ("免打扰22:00-8:00", Said("quiet", rest="22:00-8:00")),
        ("quiet off", Said("quiet", rest="off")),
        ("不要每周汇总", Said("digest_off")),
        ("weekly digest", Said("digest_on")),
        ("日历", Said("calendar")),
        ("办好了初步设计的编制", None),
        ("期限是三年", None),
        ("办好了 " + "1" * 16, None),
        ("日历管理系统", None),
        ("免打扰功能建设", None),
        ("期" * 10_000, None),
        ("", None),
    ],
)
def test_only_whole_messages_are_words_about_reminders(typed: str, said: Said | None) -> None:
    assert read(typed) == said


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("22:00-8:00", Hours(1320, 480)),
        ("22点到8点30分", Hours(1320, 510)),
        ("22-24", Hours(1320, 0)),
        ("关", Hours(0, 0)),
        ("默认", Hours(None, None)),
        ("25:00-8:00", None),
        ("22:61-8:00", None),
        ("晚上", None),
    ],
)
def test_hours(typed: str, hours: Hours | None) -> None:
    assert read_hours(typed) == hours


@pytest.mark.parametrize(
    ("typed", "days"),
    [("3天", 3), ("三天后", 3), ("两天", 2), ("明天", 1), ("10 days", 10), ("下周", NEXT_WEEK), ("0天", None), ("400天", None), ("改天", None)],
)  # fmt: skip
def test_days(typed: str, days: int | None) -> None:
    assert read_days(typed) == days


# --- the list -----------------------------------------------------------------------------------------------


def test_without_due_dates_it_says_what_they_come_from(world: World) -> None:
    world.project("平台", CONSTRUCT)
    assert "登记了中标" in world.says("期限")
    assert "登记了中标" in world.says("日历")


def test_the_list_of_all_projects_and_of_the_open_one(world: World, ordered: int) -> None:
    operation = world.project("系统运维", OPERATION)
    numbers = [row.id for row in world.rows(operation)]
    assert world.says("期限").splitlines()[:3] == [
        f"  {ordered} | 平台 | 整改期限 | 2026年7月15日 | 还有 23 天",
        f"  {numbers[0]} | 系统运维 | 服务期满 | 2026年12月31日 | 还有 192 天",
        f"  {numbers[1]} | 系统运维 | 运维资金年度备案 | 2027年1月31日 | 还有 223 天；当年放假安排还没有公布，请按到期日办",
    ]
    world.says("打开 平台")
    assert world.says("deadlines").splitlines()[0] == f"  {ordered} | 整改期限 | 2026年7月15日 | 还有 23 天"


def test_of_a_project_that_may_be_secret_nothing_is_listed(world: World, ordered: int) -> None:
    project = world.project("机要系统", OPERATION)
    number = world.rows(project)[0].id
    world.change(project, classified="unsure")
    assert "机要" not in world.says("期限")
    assert UNKNOWN in world.says(f"办好了 {number}")
    world.change(project, classified="no")
    assert "机要系统" in world.says("期限")
    assert f"[办好了 {ordered}]" in world.says("期限")


@pytest.mark.parametrize("words", ["办好了", "没办好", "稍后提醒", "不再提醒", "恢复提醒"])
def test_the_number_of_somebody_else_s_is_no_number_at_all(world: World, ordered: int, words: str) -> None:
    world.talk("66")
    stranger, nobody = (world.says(f"{words} {number}", "66") for number in (ordered, ordered + 100))
    assert stranger == nobody
    assert UNKNOWN in stranger
    assert "平台" not in stranger


def test_a_member_may_say_that_it_is_done(world: World, ordered: int) -> None:
    world.talk("11")
    with world.database.unit_of_work() as work:
        row = work.deadlines.get(ordered)
        assert row is not None
        work.members.add(
            row.project_id, person=f"{TELEGRAM}:11", name="", invited_by="", at=world.clock.now()
        )
    assert "记下了" in world.says(f"办好了 {ordered}", "11")
    with world.database.unit_of_work() as work:
        done = work.deadlines.get(ordered)
    assert done is not None
    assert done.done_by == f"{TELEGRAM}:11"


# --- done ---------------------------------------------------------------------------------------------------


def test_what_only_a_word_can_tell_is_done_at_a_word_and_can_be_taken_back(
    world: World, ordered: int
) -> None:
    assert "「平台」的「整改期限」办好了" in world.says(f"办好了 {ordered}")
    assert "已经记为办好" in world.says(f"done {ordered}")
    assert "已办完" in world.says("期限")
    assert world.promote("2026-07-15 09:00") == 0
    assert "还没办好，会继续提醒" in world.says(f"没办好 {ordered}")
    assert world.promote("2026-07-22 09:00") == 1
    assert "本来就没有记为办好" in world.says(f"没办好 {ordered}")


def test_saying_done_takes_back_what_waits_for_the_morning(world: World, ordered: int) -> None:
    assert world.promote("2026-07-08 22:00") == 1
    world.says(f"办好了 {ordered}")
    assert world.queued() == []


def test_what_an_event_shows_is_registered_with_its_day(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    number = world.rows(project)[0].id
    said = world.says(f"办好了 {number}")
    assert "现在打开的是「平台」" in said
    assert "已登记：「完成备案」，2026年6月20日" in world.says("6月20日")
    [row] = world.rows(project)
    assert (row.done_by, row.next_at) == ("rules", None)
    assert "按登记的事" in world.says(f"没办好 {number}")


def test_what_an_answer_shows_is_asked(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, {"kind": "go_live", "date": "2026-06-15"})
    number = world.rows(project)[0].id
    talk = Talk(world.conversation, "10", TELEGRAM)
    talk.says(f"办好了 {number}")
    assert talk.question == "mlps_filed"
    talk.says("是")
    assert world.rows(project)[0].done_by == "rules"


def test_registering_does_not_depend_on_where_a_colleague_left_the_project(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, AWARD)
    world.talk("11")
    with world.database.unit_of_work() as work:
        work.members.add(project, person=f"{TELEGRAM}:11", name="", invited_by="", at=world.clock.now())
    for user in ("10", "11"):
        world.says("打开 平台", user)
    world.says("进展", "11")
    talk = Talk(world.conversation, "10", TELEGRAM)
    talk.read()
    assert "哪一天" in talk.says(f"办好了 {world.rows(project)[0].id}")


def test_a_page_of_another_project_is_not_moved_to_this_one(world: World, ordered: int) -> None:
    award = world.project("街道平台", CONSTRUCT)
    world.change(award, AWARD)
    with world.database.unit_of_work() as work:
        row = work.deadlines.get(ordered)
    assert row is not None
    update = Incoming(
        "web",
        "1",
        "account:1",
        f"办好了 {world.rows(award)[0].id}",
        window="page",
        project_id=row.project_id,
        owner=f"{TELEGRAM}:10",
    )
    reply = world.conversation.receive(update)
    assert reply is not None
    assert reply.project_id == row.project_id
    assert "请打开那个项目" in _shown(reply.outgoing[0].text)  # type: ignore[union-attr]


# --- later, never, quiet ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "told", "moment"),
    [
        ("稍后提醒 {}", "2026年6月23日 09:00", "2026-06-23 09:00"),
        ("稍后提醒 {} 3天", "2026年6月25日 09:00", "2026-06-25 09:00"),
        ("later {} next week", "2026年6月29日 09:00", "2026-06-29 09:00"),
        ("稍后提醒 {} 60天", "再晚就过了到期日（2026年7月15日）", "2026-07-14 09:00"),
    ],
)
def test_later_is_a_working_day_before_it_is_due(
    world: World, ordered: int, typed: str, told: str, moment: str
) -> None:
    assert told in world.says(typed.format(ordered))
    with world.database.unit_of_work() as work:
        assert [choice.later_at for choice in work.deadlines.choices(ordered)] == [at(moment)]


def test_until_later_comes_nothing_else_does_and_then_once(world: World, ordered: int) -> None:
    world.says(f"稍后提醒 {ordered} 下周")
    world.says(f"稍后提醒 {ordered} 9天")  # 1 July, also the day of a reminder
    assert world.promote("2026-06-30 09:00") == 0
    assert world.promote("2026-07-01 09:00") == 1
    world.sent()
    assert world.promote("2026-07-08 09:00") == 1


def test_later_that_is_not_understood_says_what_is(world: World, ordered: int) -> None:
    assert "没看懂「改天再说」" in world.says(f"稍后提醒 {ordered} 改天再说")


def test_never_again_is_for_one_person_and_one_due_date(world: World, ordered: int) -> None:
    world.change(world.project("另一个", CONSTRUCT), ORDERED)
    assert "不再提醒您「整改期限」" in world.says(f"不再提醒 {ordered}")
    assert world.promote("2026-07-01 09:00") == 2, "the other project, and the sum of the week"
    assert "会继续提醒您" in world.says(f"恢复提醒 {ordered}")
    world.sent()
    assert world.promote("2026-07-08 09:00") == 3


def test_words_on_the_page_are_for_the_chats_of_the_person(world: World, ordered: int) -> None:
    with world.database.unit_of_work() as work:
        work.contacts.link(TELEGRAM, "10", person="terminal:zhang", owner=f"{TELEGRAM}:10", account_id=None)
        work.contacts.meet("terminal", "zhang", name="", key="terminal:zhang", at=world.clock.now())
        work.contacts.link(
            "terminal", "zhang", person="terminal:zhang", owner=f"{TELEGRAM}:10", account_id=None
        )
    assert "不再提醒您" in world.says(f"不再提醒 {ordered}", "zhang", "terminal")
    assert world.promote("2026-07-01 09:00") == 0


def test_who_has_no_chat_is_told_where_reminders_come(world: World) -> None:
    world.talk("li", "terminal")
    assert "Telegram" in world.says("免打扰 22:00-8:00", "li", "terminal")


def test_quiet_hours_are_told_and_refused_in_a_sentence(world: World) -> None:
    assert "每天 21:30 到 08:30 不发提醒" in world.says("免打扰")
    assert "没看懂「25:00-8:00」" in world.says("免打扰 25:00-8:00")
    assert "没看懂「晚上」" in world.says("免打扰 晚上")
    assert "每天 22:00 到 07:15 不发提醒" in world.says("免打扰 22:00-7:15")
    assert "什么时候都可以" in world.says("免打扰 关")
    assert "每天 21:30 到 08:30" in world.says("免打扰 默认")


@pytest.mark.parametrize("typed", ["办好了", "稍后提醒", "不再提醒"])
def test_without_a_number_it_asks_which(world: World, typed: str) -> None:
    assert "没有要办的期限" in world.says(typed)
    project = world.project("平台", CONSTRUCT)
    world.change(project, ORDERED)
    assert f"「{typed} {world.rows(project)[0].id}」" in world.says(typed)


# --- the calendar, and what is said on coming back ----------------------------------------------------------


def test_the_calendar_holds_all_projects_and_says_what_is_done(world: World, ordered: int) -> None:
    world.project("系统运维", OPERATION)
    world.says(f"办好了 {ordered}")
    reply = world.conversation.receive(Incoming(TELEGRAM, "calendar", "10", "日历"))
    assert reply is not None
    [file] = [message for message in reply.outgoing if isinstance(message, SendFile)]
    events = Calendar.from_ical(file.data).walk("VEVENT")
    assert {str(event["summary"]): bool(event.walk("VALARM")) for event in events} == {
        "（已办）整改期限：平台": False,
        "服务期满：系统运维": True,
        "运维资金年度备案：系统运维": True,
    }


def test_a_turn_keeps_the_due_dates_in_step(world: World) -> None:
    talk = Talk(world.conversation, "10", TELEGRAM)
    talk.arrives()
    talk.says(*WHOLE_PROJECT)
    with world.database.unit_of_work() as work:
        [project] = work.projects.list_for(f"{TELEGRAM}:10")
    assert [(row.key, row.due) for row in world.rows(project.id)] == [("service_end", "2029-12-31")]
    talk.says("重来", "是")
    assert world.rows(project.id) == []


def test_what_is_near_is_said_in_one_line(world: World) -> None:
    project = world.project("平台", CONSTRUCT)
    world.change(project, ORDERED, AWARD | {"date": "2026-05-10"})
    view = world.conversation.view(project)
    [said] = due_line(view)
    assert _shown(said.text) == (  # type: ignore[union-attr]
        "期限：招标后备案2026年6月10日到期（已逾期 12 天）；整改期限2026年7月15日到期（还有 23 天）。说「期限」看全部。"
    )
    assert due_line(world.conversation.view(world.project("远的", OPERATION))) == []
    award, ordered = view.verdict.deadlines
    assert due_line(view, {(award.key, award.due), (ordered.key, ordered.due)}) == []


def _shown(text: Text) -> str:
    return text.render()
