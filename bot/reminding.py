"""Words about deadlines in a conversation: 期限, 办好了, 稍后提醒, 不再提醒, 免打扰, 日历, and what they do."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.calendar_feed import CALENDAR_FILE, CalendarEntry, calendar_of
from bot.lobby import name_text
from bot.reminders.promote import NEVER, digest_wanted
from bot.reminders.recipients import chats_of, quiet_hours
from bot.reminders.schedule import RULES, UNREADABLE, Kept, Opened, done_dates, kept, sync, withdraw
from bot.reminders.wording import OfProject, listing
from bot.reminders.words import NEXT_WEEK, Said, read, read_days, read_hours
from dialogs.commands import command_word
from dialogs.display import date_text
from dialogs.messages import Button, Prompt, Say, SendFile
from dialogs.parsing.text import excerpt
from dialogs.submission import may_edit
from rules.reminders import at_hour, next_moment, next_summary, put_off, working_day_after
from rules.text import T, Text, verbatim
from storage.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bot.turn import Turn
    from dialogs.messages import Outgoing
    from storage.contacts import Contact

_MOST_PROJECTS = 50
_HOUR = 60
_UNKNOWN = T("没有这条期限。说「期限」看有哪些，前面的数就是编号。")
_NO_CHAT = T(
    "您还没有能收到提醒的渠道：在 Telegram 里打开本助手就会收到；已经在用网页或终端的，先说「绑定」。"
)
_log = logging.getLogger(__name__)


class _Item(NamedTuple):
    """A due date that the person may see, with its project."""

    opened: Opened
    kept: Kept

    @property
    def title(self) -> Text:
        """What is due."""
        return Text(self.kept.due.deadline.title)

    @property
    def name(self) -> Text:
        """What its project is called."""
        return name_text(self.opened.project)


def carry_out(turn: Turn, text: str) -> tuple[Outgoing, ...] | None:
    """Return the reply to words about deadlines and reminders; None for any other words."""
    said = read(text)
    if said is None:
        return None
    if said.name in _NUMBERED:
        if said.number is None:
            return _which(turn, said)
        item = _find(turn, said.number)
        if item is None:
            return (Say(_UNKNOWN, "error"), *turn.put_again())
        return _NUMBERED[said.name](turn, item, said)
    if said.name in ("list", "calendar"):
        found = _projects(turn)
        told = listing(found, is_one=turn.project_id is not None)
        return (*(told if said.name == "list" else _calendar(turn, found)), *turn.put_again())
    chats = chats_of(turn.work, turn.person)
    turn.is_private = turn.contact is not None
    told = _SETTINGS[said.name](turn, chats, said) if chats else [Say(_NO_CHAT, "notice")]
    if told is None:
        turn.is_private = False
        return None
    return (*told, *turn.put_again())


def _which(turn: Turn, said: Said) -> tuple[Outgoing, ...] | None:
    """Ask for the number; while a project is open, bare words may be an answer to its question."""
    if turn.project_id is not None and said.name == "done":
        return None
    numbers = [item.row.id for each in _projects(turn) for item in each.found if not item.is_done]
    if not numbers:
        return (Say(T("没有要办的期限。"), "notice"), *turn.put_again())
    words = {"done": T("办好了"), "later": T("稍后提醒")}.get(said.name, T("不再提醒"))
    asked = T(
        "是哪一条？在后面加上编号，例如「{words} {number}」；说「期限」看编号。",
        words=words,
        number=numbers[0],
    )
    return (Say(asked, "error"), *turn.put_again())


# --- due dates ----------------------------------------------------------------------------------------------


def _projects(turn: Turn) -> list[OfProject]:
    """Return the open project, or while none is open all that the person may open, with their due dates."""
    wanted = [turn.project_id] if turn.project_id is not None else [each.id for each in turn.projects()]
    found: list[OfProject] = []
    for project_id in wanted[:_MOST_PROJECTS]:
        opened = _opened(turn, project_id)
        if opened is not None:
            items = kept(turn.work, project_id, opened.view)
            found.append(OfProject(opened.project, opened.view, items))
    return found


def _find(turn: Turn, number: int) -> _Item | None:
    """Return a due date by its number; of what is not this person's, nothing is said, not even that it is there."""
    row = turn.work.deadlines.get(number)
    opened = None if row is None else _opened(turn, row.project_id)
    if opened is None:
        return None
    found = kept(turn.work, opened.project.id, opened.view)
    return next((_Item(opened, each) for each in found if each.row.id == number), None)


def _opened(turn: Turn, project_id: int) -> Opened | None:
    """Open a project of this person, its due dates up to date; None when it is not theirs, or cannot be read."""
    try:
        opened = Opened.of(turn.conversation, turn.work, project_id)
    except UNREADABLE as error:
        if not isinstance(error, NotFound):
            # no traceback: it may hold what was said
            _log.error("due dates of project %d: %s", project_id, type(error).__name__)
        return None
    is_theirs = opened.project.owner == turn.owner or turn.work.members.has(project_id, turn.person)
    if not is_theirs:
        return None
    sync(turn.work, project_id, opened.view, turn.now)
    return opened


def _done(turn: Turn, item: _Item, _: Said) -> tuple[Outgoing, ...]:
    """Have what shows that it was met registered or answered; where nothing does, take the person's word."""
    if item.kept.is_done:
        return (Say(T("「{title}」已经记为办好了。", title=item.title), "notice"), *turn.put_again())
    words = _proof(item)
    if words is None:
        return _mark_done(turn, item)
    said: list[Outgoing] = []
    if turn.project_id != item.opened.project.id:
        if turn.incoming.window:
            told = T("这条期限是「{project}」的，请打开那个项目再说一次。", project=item.name)
            return (Say(told, "error"), *turn.put_again())
        turn.project_id = item.opened.project.id
        said.append(Say(T("现在打开的是「{project}」。", project=item.name), "notice"))
    return (*said, *turn.step(words, is_command=True))


def _proof(item: _Item) -> str | None:
    """Return what one says to register or to answer that it was met; None where only a word can tell."""
    (project, view), deadline = item.opened, item.kept.due.deadline
    kind = view.rules.event_kinds.get(deadline.done_by)
    if project.status != "open":
        return None
    if kind is not None:
        return f"{command_word('register')} {kind.label}"
    for fact in view.rules.facts_in(deadline.done_when) if deadline.done_when else ():
        question = fact.question
        if view.is_asked(question) and (project.submitted_at is None or may_edit(view.rules, question)):
            return f"{command_word('edit')} {question.label}"
    return None


def _mark_done(turn: Turn, item: _Item) -> tuple[Outgoing, ...]:
    number = item.kept.row.id
    turn.work.deadlines.mark_done(number, at=turn.now, by=turn.actor)
    withdraw(turn.work, number)
    told = T("记下了：「{project}」的「{title}」办好了，不再提醒。", project=item.name, title=item.title)
    button = Button(f"没办好 {number}", T("没办好，撤销"))
    return (Prompt(told, (button,), "done"), *turn.put_again())


def _undone(turn: Turn, item: _Item, _: Said) -> tuple[Outgoing, ...]:
    row = item.kept.row
    if row.done_at is None:
        told = Say(T("「{title}」本来就没有记为办好，到时候照样提醒。", title=item.title), "notice")
    elif row.done_by == RULES:
        told = Say(
            T(
                "「{title}」是按登记的事或填的答案算办好的；不对就打开「{project}」，用「撤销登记」或「修改」改过来。",
                title=item.title,
                project=item.name,
            ),
            "error",
        )
    else:
        following = next_moment(item.kept.due.due, turn.now, zone=item.opened.zone)
        turn.work.deadlines.reopen(row.id, next_at=following)
        told = Say(T("改回来了：「{title}」还没办好，会继续提醒。", title=item.title), "done")
    return (told, *turn.put_again())


def _later(turn: Turn, item: _Item, said: Said) -> tuple[Outgoing, ...]:
    chats = chats_of(turn.work, turn.person)
    refused = _not_remindable(item, chats)
    if refused is not None:
        return (refused, *turn.put_again())
    wanted = _wanted_day(turn.now, item, said.rest)
    if wanted is None:
        told = T(
            "没看懂「{words}」。请说几天以后，例如「稍后提醒 {number} 3天」，也可以说「明天」「下周」。",
            words=verbatim(excerpt(said.rest or "")),
            number=item.kept.row.id,
        )
        return (Say(told, "error"), *turn.put_again())
    due, zone = item.kept.due.due, item.opened.zone
    moment = put_off(due, wanted, turn.now, zone=zone)
    for chat in chats:
        turn.work.deadlines.mute(item.kept.row.id, chat.channel, chat.user, is_muted=False)
        turn.work.deadlines.later(item.kept.row.id, chat.channel, chat.user, moment)
    local = moment.astimezone(zone)
    told = T(
        "好，{day} {time} 再提醒「{title}」。",
        day=date_text(local.date()),
        time=verbatim(f"{local:%H:%M}"),
        title=item.title,
    )
    if local.date() < wanted and due <= wanted:
        told = T("{told}再晚就过了到期日（{due}）。", told=told, due=date_text(due))
    turn.is_private = turn.contact is not None
    return (Say(told, "done"), *turn.put_again())


def _wanted_day(now: datetime, item: _Item, said: str | None) -> date | None:
    """Return the day on which to hear of it again; without a word, the next working day."""
    zone = item.opened.zone
    today = now.astimezone(zone).date()
    if said is None:
        return working_day_after(today)
    days = read_days(said)
    if days != NEXT_WEEK:
        return None if days is None else today + timedelta(days=days)
    sunday = today + timedelta(days=6 - today.weekday())
    return next_summary(at_hour(sunday, zone), zone=zone).date()


def _mute(turn: Turn, item: _Item, _: Said) -> tuple[Outgoing, ...]:
    chats = chats_of(turn.work, turn.person)
    refused = _not_remindable(item, chats)
    if refused is not None:
        return (refused, *turn.put_again())
    number = item.kept.row.id
    for chat in chats:
        turn.work.deadlines.mute(number, chat.channel, chat.user)
    turn.is_private = turn.contact is not None
    told = T("不再提醒您「{title}」；期限还在，别的同事照样会收到。", title=item.title)
    return (Prompt(told, (Button(f"恢复提醒 {number}", T("恢复提醒")),), "done"), *turn.put_again())


def _unmute(turn: Turn, item: _Item, _: Said) -> tuple[Outgoing, ...]:
    chats = chats_of(turn.work, turn.person)
    refused = _not_remindable(item, chats)
    if refused is not None:
        return (refused, *turn.put_again())
    for chat in chats:
        turn.work.deadlines.mute(item.kept.row.id, chat.channel, chat.user, is_muted=False)
    turn.is_private = turn.contact is not None
    return (Say(T("「{title}」会继续提醒您。", title=item.title), "done"), *turn.put_again())


def _not_remindable(item: _Item, chats: list[Contact]) -> Say | None:
    if item.kept.is_done:
        return Say(T("「{title}」已经办好，本来就不再提醒。", title=item.title), "notice")
    return None if chats else Say(_NO_CHAT, "notice")


def _calendar(turn: Turn, found: list[OfProject]) -> list[Outgoing]:
    if not any(each.found for each in found):
        return list(listing([], is_one=True))
    translate = turn.translate()
    entries = [
        CalendarEntry(
            each.project.id,
            name_text(each.project).render(translate),
            each.view,
            done_dates(turn.work, each.project.id, each.view),
        )
        for each in found
    ]
    data = calendar_of(entries, now=turn.now, translate=translate)
    told = T("期限的日历文件：用手机或电脑的日历打开就能导入，再导入一次会更新，不会重复。")
    return [Say(told), SendFile(CALENDAR_FILE, data)]


# --- what somebody wants of all reminders -------------------------------------------------------------------


def _quiet(turn: Turn, chats: list[Contact], said: Said) -> list[Outgoing] | None:
    if said.rest is None:
        told = T(
            "{hours}要改就说「免打扰 22:00-8:00」；都不要就说「免打扰 关」。", hours=_hours_text(chats[0])
        )
        return [Say(told)]
    hours = read_hours(said.rest)
    if hours is None:
        if _takes_text(turn):
            return None
        words = verbatim(excerpt(said.rest))
        told = T("没看懂「{words}」。请这样说：免打扰 22:00-8:00；或者：免打扰 关。", words=words)
        return [Say(told, "error")]
    for chat in chats:
        turn.work.contacts.set_quiet(chat.channel, chat.user, hours.first, hours.last)
    changed = turn.work.contacts.get(chats[0].channel, chats[0].user)
    return [Say(T("记下了。{hours}", hours=_hours_text(changed or chats[0])), "done")]


def _hours_text(chat: Contact) -> Text:
    first, last = quiet_hours(chat)
    if first == last:
        return T("提醒什么时候都可以发来。")
    return T(
        "每天 {first} 到 {last} 不发提醒，过后再发。",
        first=verbatim(f"{first // _HOUR:02}:{first % _HOUR:02}"),
        last=verbatim(f"{last // _HOUR:02}:{last % _HOUR:02}"),
    )


def _takes_text(turn: Turn) -> bool:
    """Say whether the open question takes free text, which may begin with any word."""
    return turn.project_id is not None and turn.open().view.takes_words


def _pause(turn: Turn, chats: list[Contact], _: Said) -> list[Outgoing]:
    for chat in chats:
        turn.work.contacts.set_muted(chat.channel, chat.user, is_muted=True)
    told = T("已暂停全部提醒，每周汇总也不发；期限照样算着。要恢复就说「恢复提醒」。")
    return [Prompt(told, (Button("恢复提醒", T("恢复提醒")),), "done")]


def _resume(turn: Turn, chats: list[Contact], _: Said) -> list[Outgoing]:
    for chat in chats:
        turn.work.contacts.set_muted(chat.channel, chat.user, is_muted=False)
    return [Say(T("已恢复提醒。"), "done")]


def _digest_off(turn: Turn, chats: list[Contact], _: Said) -> list[Outgoing]:
    for chat in chats:
        turn.work.contacts.set_digest(chat.channel, chat.user, NEVER)
    told = T("不再发每周汇总；各条期限照样提醒。")
    return [Prompt(told, (Button("每周汇总", T("还是要每周汇总")),), "done")]


def _digest_on(turn: Turn, chats: list[Contact], _: Said) -> list[Outgoing]:
    for chat in chats:
        turn.work.contacts.set_digest(chat.channel, chat.user, digest_wanted(turn.conversation))
    return [Say(T("有两个以上项目时，每周第一个工作日 9:00 发一次汇总。"), "done")]


_NUMBERED: dict[str, Callable[[Turn, _Item, Said], tuple[Outgoing, ...]]] = {
    "done": _done,
    "undone": _undone,
    "later": _later,
    "mute": _mute,
    "unmute": _unmute,
}
_SETTINGS: dict[str, Callable[[Turn, list[Contact], Said], list[Outgoing] | None]] = {
    "quiet": _quiet,
    "pause": _pause,
    "resume": _resume,
    "digest_off": _digest_off,
    "digest_on": _digest_on,
}
