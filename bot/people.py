"""Words about who one is on which channel: 绑定, 解除绑定, 我的账号; those about colleagues are next door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import linking, membership
from bot.access_codes import CodeRefusedError, find, hash_of, issue, looks_like_code
from bot.identity import identify
from bot.linking import Party, channel_text, is_linked, owner_text, person_text
from dialogs.display import date_text
from dialogs.messages import Button, Prompt, Say, Table
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from datetime import datetime

    from bot.turn import Turn
    from dialogs.messages import Outgoing
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork

_ISSUE = words("绑定", "绑定账号", "link")
_REDEEM = re.compile(r"(?:绑定[ :]*|link[ :]+)(?P<code>.+?)(?P<sure> ?(?:确认|confirm))?", re.IGNORECASE)
_UNLINK = words("解除绑定", "解绑", "unlink")
_WHO = words("我的账号", "我是谁", "whoami", "who am i")
_LONGEST = 60
ON_PAGE = T("在网页上请打开页面上方的「账号」：绑定聊天、看和删除自己的数据都在那里。")


def carry_out(turn: Turn, text: str) -> tuple[Outgoing, ...] | None:
    """Return the reply to words about the person or their colleagues; None for any other words."""
    said = _said(turn, normalise(text[: 2 * _LONGEST]).rstrip("。.!"))
    if said is None:
        return membership.carry_out(turn, text)
    turn.is_private = turn.contact is not None
    return (*said, *turn.put_again())


def _said(turn: Turn, typed: str) -> list[Outgoing] | None:
    command = typed.lower().removeprefix("/")
    redeem = _REDEEM.fullmatch(typed.removeprefix("/")) if len(typed) <= _LONGEST else None
    if redeem is not None and not looks_like_code(redeem["code"]):
        redeem = None
    if redeem is None and command not in _ISSUE | _UNLINK | _WHO:
        return None
    if turn.contact is None:
        return [Say(ON_PAGE)]
    if command in _ISSUE:
        return [_issued(turn, turn.contact)]
    if command in _UNLINK:
        return [_unlinked(turn, turn.contact)]
    if command in _WHO:
        return who(turn.work, turn.contact, turn.person, timezone=_timezone(turn))
    return [_redeemed(turn, redeem["code"], is_sure=bool(redeem["sure"]))] if redeem else None


def party_of(turn: Turn, contact: Contact) -> Party:
    """Return who speaks in a chat; the account only as long as it is open."""
    is_account = turn.person == contact.person
    return Party(
        person=turn.person,
        owner=turn.owner,
        account_id=contact.account_id if is_account else None,
        name=person_text(turn.work, turn.person).render(turn.translate()),
    )


def link_told(code: str) -> Text:
    """Return how a code is used to link another channel."""
    return T(
        "绑定码：{code}，10 分钟内有效，只能用一次。到另一个渠道（Telegram、终端或网页的「账号」）说「绑定 {code}」，"
        "两边就是同一个人，项目接着填。不要给别人：谁用了这个码，谁就能看您的项目。",
        code=code,
    )


def moved_told(work: UnitOfWork, link: linking.Link, count: int) -> Text:
    """Return what linking would do to projects, before it is done."""
    if linking.unit_of(link.keeps.owner) is None:
        return T("绑定以后，{name}的 {count} 个项目在两边都能打开。", name=link.moves.name, count=count)
    return T(
        "绑定以后，{name}的 {count} 个项目归「{owner}」，本单位的人都能看和改；解除绑定也不会拿回来。",
        name=link.moves.name,
        count=count,
        owner=owner_text(work, link.keeps.owner),
    )


def who(work: UnitOfWork, contact: Contact, person: str, *, timezone: str) -> list[Outgoing]:
    """Return who a chat is here, and which other chats are the same person."""
    here = channel_text(contact.channel)
    if person != contact.person:
        return [Say(T("这里绑定的账号已经停用，现在只用{channel}自己的项目。", channel=here))]
    said: list[Outgoing] = [
        Say(
            T(
                "您是{name}，用的是{channel}；项目归「{owner}」。",
                name=person_text(work, person),
                channel=here,
                owner=owner_text(work, contact.owner),
            )
        )
    ]
    chats = work.contacts.of_person(person)
    if len(chats) == 1 and not is_linked(contact):
        return [*said, Say(T("还没有绑定别的渠道；说「绑定」得到一个码，在那边输入就行。"))]
    zone = ZoneInfo(timezone)
    rows = tuple(
        (channel_text(each.channel), verbatim(each.name), _day(each.seen_at, zone), state_text(each))
        for each in chats
    )
    columns = (T("渠道"), T("名字"), T("最近使用"), T("状态"))
    return [*said, Table(T("绑定在一起的渠道"), columns, rows)]


def state_text(contact: Contact) -> Text:
    """Return whether a chat can be reached."""
    return T("停用了机器人，收不到消息") if contact.blocked_at else T("正常")


def _issued(turn: Turn, contact: Contact) -> Say:
    code = issue(turn.work, "link", at=turn.now, **party_of(turn, contact)._asdict())
    return Say(link_told(code))


def _redeemed(turn: Turn, typed: str, *, is_sure: bool) -> Say | Prompt:
    contact = turn.contact
    wrong = turn.conversation.wrong_codes
    if contact is None:
        return Say(ON_PAGE)
    try:
        code = find(turn.work, wrong, typed, "link", chat=turn.incoming.chat, at=turn.now)
        link = linking.plan(turn.work, code, party_of(turn, contact))
    except CodeRefusedError as error:
        return Say(error.text, "error")
    count = linking.project_count(turn.work, link)
    if count and not is_sure:
        sure = Button(f"绑定 {typed.upper()} 确认", T("绑定"))
        told = moved_told(turn.work, link, count)
        return Prompt(
            T("{told}按下面的按钮，或说「绑定 {code} 确认」。", told=told, code=typed.upper()), (sure,)
        )
    turn.work.codes.take(hash_of(typed), turn.now)
    moved = linking.carry_out(turn.work, link, at=turn.now)
    turn.contact, turn.person, turn.owner, turn.actor = identify(turn.work, turn.incoming, turn.now)
    return Say(
        T(
            "绑定好了：您在这里就是{name}，项目归「{owner}」{moved}。",
            name=person_text(turn.work, turn.person),
            owner=owner_text(turn.work, turn.owner),
            moved=T("，带过去 {count} 个项目", count=moved) if moved else verbatim(""),
        ),
        "done",
    )


def _unlinked(turn: Turn, contact: Contact) -> Say:
    if not is_linked(contact):
        return Say(T("这里没有绑定到别的渠道；绑定到这里来的，请在那边说「解除绑定」。"))
    name = person_text(turn.work, contact.person)
    linking.unlink(turn.work, contact, at=turn.now)
    turn.contact, turn.person, turn.owner, turn.actor = identify(turn.work, turn.incoming, turn.now)
    turn.project_id = None
    return Say(
        T("已解除绑定：这里不再是{name}，那边的项目和绑定时带过去的项目都留在那边。", name=name), "done"
    )


def _day(moment: datetime, zone: ZoneInfo) -> Text:
    return date_text(moment.astimezone(zone).date())


def _timezone(turn: Turn) -> str:
    return turn.conversation.rules.pack.head.timezone
