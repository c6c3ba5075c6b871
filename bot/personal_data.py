"""Everything that is kept about one person, in a zip that can be read without this program."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.answers import answers_yaml
from bot.bundle import ANSWERS_FILE
from bot.linking import channel_text, owner_text, unit_of
from bot.lobby import name_text
from bot.package import safe_name
from bot.project_export import KeptData, conversation_text, kept_files, read_kept
from bot.updates import chat_of
from documents.archive import undated
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.conversation import Conversation
    from rules.text import Translate
    from storage.contacts import Contact
    from storage.projects import ProjectSummary
    from storage.unit_of_work import UnitOfWork

ZIP_FILE = "我的数据.zip"
DATA_FILE, README_FILE = "我的数据.json", "说明.txt"
OWN_FOLDER, SAID_FOLDER = "我的项目", "我在别的项目里说的"
MOST_BYTES = 20 * 1024 * 1024
"""Files beyond that are named but left out: a bot cannot send them, and a project's own export has them."""
_MOST_LOGGED = 10_000
_LINE = "\r\n"
_BYTE_ORDER_MARK = "\ufeff"


class Person(NamedTuple):
    """Whose data.

    Attributes:
        key: the same on every channel that is linked.
        owner: whose projects are theirs.
        contacts: their chats.
    """

    key: str
    owner: str
    contacts: Sequence[Contact]

    @property
    def is_own_owner(self) -> bool:
        """Their projects are their own, not those of a unit."""
        return unit_of(self.owner) is None

    @property
    def actors(self) -> list[str]:
        """The names in the log that mean this person: the key, and those of the chats before they were linked."""
        chats = [chat_of(contact.channel, contact.user) for contact in self.contacts]
        return list(dict.fromkeys([self.key, *chats]))


def person_data(
    conversation: Conversation, work: UnitOfWork, person: Person, *, translate: Translate = str
) -> bytes:
    """Return what is kept about a person as a zip.

    Of their own projects it holds everything but the papers that are made from the answers; of a unit's, and of
    those they were invited to, which they are and what this person said there.

    Args:
        conversation: knows the files.
        work: the transaction.
        person: whose data.
        translate: the language of what is to be read.

    Raises:
        StorageError: a file cannot be read.
    """
    projects = work.projects.list_for(person.owner, member=person.key)
    out = io.BytesIO()
    left_out: list[ProjectSummary] = []
    with zipfile.ZipFile(out, "w") as archive:
        for project in projects:
            if person.is_own_owner and project.owner == person.owner:
                for name, data in _own(
                    conversation, work, project, left_out, begun=out.tell(), translate=translate
                ):
                    archive.writestr(undated(f"{OWN_FOLDER}/{_folder(project)}/{name}"), data)
            elif said := _said(conversation, work, project, person, translate):
                archive.writestr(undated(f"{SAID_FOLDER}/{_folder(project)}.txt"), said)
        listed = msgspec.json.encode(_listed(work, person, projects))
        archive.writestr(undated(DATA_FILE), msgspec.json.format(listed, indent=2))
        lines = [line.render(translate) for line in _readme(work, person, projects, left_out)]
        archive.writestr(undated(README_FILE), f"{_BYTE_ORDER_MARK}{_LINE.join(lines)}{_LINE}".encode())
    return out.getvalue()


def _own(
    conversation: Conversation,
    work: UnitOfWork,
    summary: ProjectSummary,
    left_out: list[ProjectSummary],
    *,
    begun: int,
    translate: Translate,
) -> Iterator[tuple[str, bytes]]:
    """Yield everything of a project of one's own; without its files when ``begun`` bytes leave no room for them."""
    project, _, view = conversation.load(work, summary.id)
    kept = read_kept(work, project, view)
    if begun + kept.size > MOST_BYTES:
        left_out.append(project)
        kept = KeptData(kept.entries, kept.events, [])
    yield ANSWERS_FILE, answers_yaml(view).encode()
    yield from kept_files(conversation, kept, view, people={}, translate=translate)


def _said(
    conversation: Conversation,
    work: UnitOfWork,
    project: ProjectSummary,
    person: Person,
    translate: Translate,
) -> bytes:
    """Return what a person said about somebody else's project; empty when that is nothing."""
    actors = set(person.actors)
    entries = [entry for entry in work.history.after(project.id, 0) if entry.actor in actors]
    if not entries:
        return b""
    timezone = conversation.rules.pack.head.timezone
    return f"{_BYTE_ORDER_MARK}{conversation_text(entries, timezone, {}, translate)}".encode()


def _listed(work: UnitOfWork, person: Person, projects: Sequence[ProjectSummary]) -> dict[str, Any]:
    """Return what is kept about the person itself, for the JSON file."""
    account_id = next((contact.account_id for contact in person.contacts if contact.account_id), None)
    account = work.accounts.get(account_id) if account_id is not None else None
    chats = [(contact.channel, contact.user) for contact in person.contacts]
    return {
        "person": person.key,
        "projects_belong_to": person.owner,
        "account": None
        if account is None
        else {
            "login": account.login,
            "name": account.name,
            "role": account.role,
            "unit": None if account.unit_id is None else work.units.get(account.unit_id).name,
            "created_at": account.created_at,
        },
        "chats": [
            msgspec.to_builtins(contact) | {"language": session.language if session else ""}
            for contact in person.contacts
            for session in (work.sessions.get(contact.channel, contact.user),)
        ],
        "projects": [
            {"id": project.id, "name": project.name, "owner": project.owner, "status": project.status}
            for project in projects
        ],
        "member_of": work.members.projects_of(person.key),
        "reminders": [
            msgspec.to_builtins(choice) | {"deadline": row.deadline_id, "project_id": project.id}
            for project in projects
            for row in work.deadlines.list_for(project.id)
            for choice in work.deadlines.choices(row.id)
            if (choice.channel, choice.user) in chats
        ],
        "log": [
            {"at": entry.at, "action": entry.action, "project_id": entry.project_id}
            for actor in person.actors
            for entry in work.audit.latest(limit=_MOST_LOGGED, actor=actor)
        ],
    }


def _readme(
    work: UnitOfWork,
    person: Person,
    projects: Sequence[ProjectSummary],
    left_out: Sequence[ProjectSummary],
) -> Iterator[Text]:
    yield T("这里是申报助手保存的、关于您的全部内容。")
    yield T("{file}：您是谁、绑定的渠道、提醒设置、参与的项目、操作记录。", file=DATA_FILE)
    for contact in person.contacts:
        yield T("渠道：{channel} {name}", channel=channel_text(contact.channel), name=verbatim(contact.name))
    for project in projects:
        owner = owner_text(work, project.owner)
        yield T("项目：{name}（{owner}）", name=name_text(project), owner=owner)
    if person.is_own_owner:
        yield T("「{folder}」里是您自己的项目：答案、对话、修改记录和交过的文件。", folder=OWN_FOLDER)
    else:
        yield T("项目属于单位，全部内容由单位在网页上导出；「{folder}」里是您说过的话。", folder=SAID_FOLDER)
    for project in left_out:
        name = name_text(project)
        yield T("「{name}」的文件太大，没有放进来；请在网页上用「导出全部内容」。", name=name)
    yield T("另外还保存着收到过的消息编号，只用来防止重复处理，到期自动清除；里面没有内容。")


def _folder(project: ProjectSummary) -> str:
    return f"{project.id}_{safe_name(project.name)}" if project.name else str(project.id)
