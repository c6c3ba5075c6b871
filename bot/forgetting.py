"""Deleting what is kept about a person: what goes, what stays and why; the same is told first and then done."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from bot.linking import channel_text, owner_text, unit_of
from bot.project_removal import remove_project
from bot.updates import chat_of
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.personal_data import Person
    from storage.projects import ProjectSummary
    from storage.unit_of_work import UnitOfWork


class Forgetting(NamedTuple):
    """What forgetting a person means.

    Attributes:
        person: whose data.
        own: projects of their own that go.
        submitted: projects of their own that stay, as they were handed in.
        of_unit: how many projects of their unit stay.
        memberships: how many projects of others they leave.
    """

    person: Person
    own: Sequence[ProjectSummary]
    submitted: Sequence[ProjectSummary]
    of_unit: int
    memberships: int

    def tag(self, today: date) -> str:
        """Return what the button carries: pressed on another day, or when other projects would go, it is void."""
        what = f"{self.person.key} {today} {sorted(project.id for project in self.own)}"
        return hashlib.sha256(what.encode()).hexdigest()[:8]

    def goes(self) -> list[Text]:
        """Say what would go."""
        channels = list(dict.fromkeys(contact.channel for contact in self.person.contacts))
        lines: list[Text] = []
        if self.own:
            lines.append(
                T(
                    "您自己的 {count} 个项目：答案、对话、交过的文件；一起填的同事也打不开了",
                    count=len(self.own),
                )
            )
        if channels:
            names = joined([channel_text(channel) for channel in channels])
            lines.append(T("在{channels}的名字、设置、绑定、提醒和发给您的消息", channels=names))
        if self.memberships:
            lines.append(T("在别人的 {count} 个项目里的成员身份", count=self.memberships))
        lines.append(T("您发出去还没用的码"))
        return lines

    def stays(self, work: UnitOfWork) -> list[Text]:
        """Say what would stay, and why."""
        lines: list[Text] = []
        if self.of_unit:
            owner = owner_text(work, self.person.owner)
            lines.append(
                T(
                    "「{owner}」的 {count} 个项目和您在里面说过的话：属于单位，申报档案由单位负责保存，要删请单位在网页上删",
                    owner=owner,
                    count=self.of_unit,
                )
            )
        if self.submitted:
            lines.append(
                T(
                    "已提交的 {count} 个项目：已经交出去了；收回提交以后再说一次就能删",
                    count=len(self.submitted),
                )
            )
        if unit_of(self.person.owner) is not None or self.person.key.startswith("web:account:"):
            lines.append(T("网页账号：由管理员停用"))
        lines.append(T("操作记录：谁在什么时候做了什么要能查，里面只有您的编号，没有名字和答案"))
        lines.append(T("收到过的消息编号：防止重复处理，到期自动清除"))
        return lines


def plan(work: UnitOfWork, person: Person) -> Forgetting:
    """Return what forgetting a person would do now."""
    projects = work.projects.list_for(person.owner)
    is_own = person.is_own_owner
    return Forgetting(
        person=person,
        own=[each for each in projects if is_own and each.submitted_at is None],
        submitted=[each for each in projects if is_own and each.submitted_at is not None],
        of_unit=0 if is_own else len(projects),
        memberships=len(work.members.projects_of(person.key)),
    )


def carry_out(work: UnitOfWork, forgetting: Forgetting, *, at: datetime) -> None:
    """Forget a person within a unit of work; after the commit, ``Uploads.tidy`` deletes contents of files."""
    person = forgetting.person
    for summary in forgetting.own:
        remove_project(work, work.projects.get(summary.id))
        work.audit.append(at=at, actor=person.key, action="deleted", project_id=summary.id)
    work.members.forget(person.key)
    for contact in person.contacts:
        chat = chat_of(contact.channel, contact.user)
        work.codes.forget_person(chat)
        work.outbox.forget_chat(chat)
        work.deadlines.forget_choices(contact.channel, contact.user)
        work.sessions.forget(contact.channel, contact.user)
        work.contacts.forget(contact.channel, contact.user)
    work.codes.forget_person(person.key)
    work.audit.append(at=at, actor=person.key, action="forgotten", unit_id=unit_of(person.owner))
