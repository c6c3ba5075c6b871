"""Words about colleagues who work on a project of somebody else: 邀请, 加入, 成员, 移除, 退出项目."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from bot import linking
from bot.access_codes import CodeRefusedError, find, issue, looks_like_code
from bot.linking import owner_text, person_text
from bot.lobby import name_text
from bot.notices import tell
from dialogs.messages import Button, Prompt, Say
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from rules.text import T, Text, joined, verbatim
from storage.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from bot.conversation import Conversation
    from bot.turn import Turn
    from dialogs.messages import Outgoing
    from storage.codes import AccessCode
    from storage.members import ProjectMember
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork

_INVITE = words("邀请", "邀请同事", "invite")
_MEMBERS = words("成员", "成员列表", "members")
_LEAVE = re.compile(
    r"(?:退出项目|leave project) ?(?P<number>\d{1,15})? ?(?P<sure>确认|confirm)?", re.IGNORECASE
)
_JOIN = re.compile(r"(?:加入[ :]*|join[ :]+)(?P<code>.+)", re.IGNORECASE)
_REMOVE = re.compile(
    r"(?:移除[ :]*|remove member[ :]+)(?P<who>.+?)(?: (?P<sure>确认|confirm)(?: (?P<tag>[0-9a-f]{8}))?)?",
    re.IGNORECASE,
)
_LONGEST = 80
_NONE_OPEN = T("先打开一个项目，再说这句话。")
ON_PAGE = T("在网页上请点项目上方的「同事」：邀请、查看和移除同事都在那里。")


class _NotOwnerError(Exception):
    """Only the owner may do this."""


class _Wanted(NamedTuple):
    """Words about colleagues, as they were understood."""

    name: str
    argument: str = ""
    is_sure: bool = False
    tag: str = ""


def carry_out(turn: Turn, text: str) -> tuple[Outgoing, ...] | None:
    """Return the reply to words about colleagues; None for any other words."""
    wanted = _read(normalise(text[: 2 * _LONGEST]).rstrip("。.!").removeprefix("/"))
    if wanted is None:
        return None
    if wanted.name == "join":
        return _join(turn, wanted.argument)
    if turn.project_id is None:
        return (Say(_NONE_OPEN, "error"), *turn.put_again())
    if turn.contact is None:
        return (Say(ON_PAGE), *turn.put_again())
    project = turn.open().project
    try:
        said = _about(turn, project, wanted)
    except _NotOwnerError:
        owner = owner_text(turn.work, project.owner)
        said = Say(T("这个项目是「{owner}」的，只有他们可以邀请和移除同事。", owner=owner), "error")
    return None if said is None else (said, *turn.put_again())


def invite(work: UnitOfWork, project: Project, *, person: str, name: str, at: datetime) -> str:
    """Return a code by which one colleague joins a project."""
    work.audit.append(
        at=at,
        actor=person,
        action="member_invited",
        project_id=project.id,
        unit_id=linking.unit_of(project.owner),
    )
    return issue(
        work,
        "project",
        person=person,
        owner=project.owner,
        account_id=None,
        name=name,
        at=at,
        project_id=project.id,
    )


def invitation_told(code: str, name: str, project: Text) -> Text:
    """Return what is passed on to a colleague."""
    return T(
        "{name}请您一起填「{project}」：在申报助手里说「加入 {code}」。7 天内有效，只能用一次。",
        name=name,
        project=project,
        code=code,
    )


def join(work: UnitOfWork, code: AccessCode, *, person: str, owner: str, name: str, at: datetime) -> Project:
    """Let somebody into the project of a code, and use the code up.

    Raises:
        CodeRefusedError: the project is theirs anyway, or not there any more.
    """
    try:
        project = work.projects.get(code.project_id or 0)
    except NotFound:
        raise CodeRefusedError(T("这个项目已经删除了。")) from None
    if project.owner != code.owner:
        raise CodeRefusedError(T("这个项目已经换了负责人，请让现在的负责人再邀请一次。"))
    if project.owner == owner:
        raise CodeRefusedError(T("这个项目本来就是您的，不用加入；这个码请给同事。"))
    work.codes.take(code.code_hash, at)
    if work.members.add(project.id, person=person, name=name, invited_by=code.person, at=at):
        _note(work, project, "member_joined", actor=person, at=at)
    return project


def remove(
    work: UnitOfWork,
    conversation: Conversation,
    project: Project,
    member: ProjectMember,
    *,
    actor: str,
    at: datetime,
) -> bool:
    """Take a colleague out of a project and tell them; False when they were out already."""
    if not work.members.remove(project.id, member.person):
        return False
    _note(work, project, "member_removed", actor=actor, at=at)
    told = T("您已不再是项目「{name}」的成员，打不开它了；要再加入，请找负责人。", name=name_text(project))
    key = f"removed:{project.id}:{at.isoformat()}"
    tell(work, conversation, work.contacts.of_person(member.person), told, key=key, at=at)
    return True


def leave(work: UnitOfWork, project: Project, *, person: str, at: datetime) -> None:
    """End somebody's own membership."""
    if work.members.remove(project.id, person):
        _note(work, project, "member_left", actor=person, at=at)


def tag_of(member: ProjectMember) -> str:
    """Return what a button carries, so that pressed late it means the same member or nobody."""
    return hashlib.sha256(f"{member.project_id} {member.person}".encode()).hexdigest()[:8]


def _read(typed: str) -> _Wanted | None:
    command = typed.lower()
    if len(typed) > _LONGEST:
        return None
    if command in _INVITE:
        return _Wanted("invite")
    if command in _MEMBERS:
        return _Wanted("members")
    if found := _LEAVE.fullmatch(typed):
        return _Wanted("leave", found["number"] or "", is_sure=bool(found["sure"]))
    if (found := _JOIN.fullmatch(typed)) and looks_like_code(found["code"]):
        return _Wanted("join", found["code"])
    if found := _REMOVE.fullmatch(typed):
        return _Wanted("remove", found["who"], is_sure=bool(found["sure"]), tag=found["tag"] or "")
    return None


def _about(turn: Turn, project: Project, wanted: _Wanted) -> Outgoing | None:
    """Carry out words about the open project; None when they are about something else after all."""
    members = turn.work.members.list_for(project.id)
    is_owner = project.owner == turn.owner
    match wanted.name:
        case "invite":
            _only(is_owner)
            return _invited(turn, project)
        case "members":
            return _listed(turn, project, members)
        case "leave":
            return _left(turn, project, wanted, is_owner=is_owner)
        case _ if not members and not wanted.tag:
            return None  # 移除旧设备 is an answer, where there is nobody to remove
        case _:
            _only(is_owner)
            return _removed(turn, project, members, wanted)


def _only(is_owner: bool) -> None:  # noqa: FBT001 - the name says it all
    if not is_owner:
        raise _NotOwnerError


def _join(turn: Turn, typed: str) -> tuple[Outgoing, ...]:
    person, incoming = turn.person, turn.incoming
    name = incoming.name or person_text(turn.work, person).render(turn.translate())
    try:
        code = find(
            turn.work,
            turn.conversation.wrong_codes,
            typed,
            "project",
            chat=incoming.chat,
            at=turn.now,
        )
        project = join(turn.work, code, person=person, owner=turn.owner, name=name, at=turn.now)
    except CodeRefusedError as error:
        return (Say(error.text, "error"), *turn.put_again())
    joined_it = Say(
        T("您加入了{name}的项目「{project}」。", name=code.name, project=name_text(project)), "done"
    )
    return (joined_it, *turn.go_to(project.id))


def _invited(turn: Turn, project: Project) -> Say:
    turn.is_private = True
    name = person_text(turn.work, turn.person).render(turn.translate())
    code = invite(turn.work, project, person=turn.person, name=name, at=turn.now)
    told = invitation_told(code, name, name_text(project))
    return Say(T("把下面这句话转给同事；谁用了这个码，谁就能看和改这个项目：\n{told}", told=told), "done")


def _listed(turn: Turn, project: Project, members: list[ProjectMember]) -> Say:
    owner = owner_text(turn.work, project.owner)
    if not members:
        return Say(T("负责人：{owner}；还没有别的成员。要请同事一起填，说「邀请」。", owner=owner))
    lines = [
        T("{number}. {name}", number=number, name=verbatim(member.name))
        for number, member in enumerate(members, start=1)
    ]
    return Say(
        T(
            "负责人：{owner}\n{members}\n负责人可以说「移除」加编号；自己要走，说「退出项目」。",
            owner=owner,
            members=joined(lines, verbatim("\n")),
        )
    )


def _removed(turn: Turn, project: Project, members: list[ProjectMember], wanted: _Wanted) -> Say | Prompt:
    chosen = _chosen(members, wanted)
    if chosen is None:
        return Say(T("没有找到这一位成员，也许已经移除了；说「成员」看编号。"), "error")
    name = verbatim(chosen.name)
    if not wanted.is_sure:
        sure = Button(f"移除 {wanted.argument} 确认 {tag_of(chosen)}", T("移除{name}", name=name))
        told = T(
            "要把{name}移出这个项目吗？移除后打不开项目，填过的答案都留着。确定就说「移除 {who} 确认」。",
            name=name,
            who=verbatim(wanted.argument),
        )
        return Prompt(told, (sure,))
    remove(turn.work, turn.conversation, project, chosen, actor=turn.person, at=turn.now)
    return Say(T("已移除{name}。", name=name), "done")


def _chosen(members: list[ProjectMember], wanted: _Wanted) -> ProjectMember | None:
    if wanted.tag:
        return next((member for member in members if tag_of(member) == wanted.tag), None)
    if wanted.argument.isdecimal():
        number = int(wanted.argument)
        return members[number - 1] if 0 < number <= len(members) else None
    named = [member for member in members if member.name == wanted.argument]
    return named[0] if len(named) == 1 else None


def _left(turn: Turn, project: Project, wanted: _Wanted, *, is_owner: bool) -> Say | Prompt:
    if is_owner:
        return Say(T("这是您自己的项目，不用退出；说「项目」可以换一个项目。"), "error")
    if wanted.argument and int(wanted.argument) != project.id:
        return Say(T("现在打开的是另一个项目，没有退出；要退出请说「退出项目」。"), "error")
    if not wanted.is_sure:
        sure = Button(f"退出项目 {project.id} 确认", T("退出项目"))
        told = T("要退出「{name}」吗？退出后打不开它，填过的答案都留着。", name=name_text(project))
        return Prompt(told, (sure,))
    leave(turn.work, project, person=turn.person, at=turn.now)
    turn.project_id = None
    return Say(T("已退出「{name}」。", name=name_text(project)), "done")


def _note(work: UnitOfWork, project: Project, action: str, *, actor: str, at: datetime) -> None:
    work.audit.append(
        at=at, actor=actor, action=action, project_id=project.id, unit_id=linking.unit_of(project.owner)
    )
