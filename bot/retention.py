"""What is not kept for ever goes after its time: once a day, by the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.linking import unit_of
from bot.lobby import name_text
from bot.notices import tell
from bot.project_removal import forget_said, remove_project
from rules.text import T

if TYPE_CHECKING:
    from datetime import datetime

    from bot.conversation import Conversation
    from bot.web.settings import Retention
    from storage.projects import ProjectSummary
    from storage.unit_of_work import UnitOfWork

NOTICE = timedelta(days=30)
"""How long before an idle draft is deleted its people are told."""
ACTOR = "retention"
_TOLD, _DELETED = "idle_told", "idle_deleted"
_CODES = timedelta(days=7)
"""A code that is used or over is known for so long, so that who tries it is told what is wrong with it."""
_PACE = timedelta(days=1)
_AT_ONCE = 200


class Tidied(NamedTuple):
    """How much went: rows of each kind, and drafts; and of how many drafts somebody was told."""

    updates: int
    messages: int
    codes: int
    conversations: int
    drafts: int
    told: int


def tidy(conversation: Conversation, policy: Retention) -> Tidied:
    """Delete what was kept long enough, in several transactions so that nobody waits for long.

    Args:
        conversation: knows the database and the clock.
        policy: how long things are kept.

    Raises:
        StorageError: what went until then is gone, the rest goes the next time.
    """
    now = conversation.clock.now()
    with conversation.database.unit_of_work() as work:
        updates = work.inbox.forget(now - timedelta(days=policy.inbox_days))
        codes = work.codes.forget(now - _CODES)
        work.pace.forget(now - _PACE)
    with conversation.database.unit_of_work() as work:
        messages = work.outbox.forget(now - timedelta(days=policy.messages_days))
    conversations = _tidy_conversations(conversation, policy, now)
    told, drafts = _tidy_drafts(conversation, policy, now)
    if drafts:
        conversation.uploads.tidy()
    return Tidied(updates, messages, codes, conversations, drafts, told)


def _tidy_conversations(conversation: Conversation, policy: Retention, now: datetime) -> int:
    """Forget what was said about projects that were put aside long ago; return about how many."""
    if not policy.history_days:
        return 0
    before = now - timedelta(days=policy.history_days)
    with conversation.database.unit_of_work() as work:
        finished = work.projects.archived_before(before)
    forgotten = 0
    for project in finished:
        with conversation.database.unit_of_work() as work:
            if work.history.forget(project.id):
                forget_said(work, work.projects.get(project.id))
                forgotten += 1
    return forgotten


def _tidy_drafts(conversation: Conversation, policy: Retention, now: datetime) -> tuple[int, int]:
    """Tell of idle drafts that will go, and delete those whose people were told in time; return how many each."""
    if not policy.idle_draft_days:
        return 0, 0
    lasts = timedelta(days=policy.idle_draft_days)
    # Idle long enough to be told; in a policy shorter than the notice, the notice still lasts its whole time.
    with conversation.database.unit_of_work() as work:
        idle = work.projects.idle_since(now - max(lasts - NOTICE, timedelta()))
    told = deleted = 0
    for summary in idle:
        with conversation.database.unit_of_work() as work:
            project = work.projects.get(summary.id)
            if project.version != summary.version or project.submitted_at is not None:
                continue  # used meanwhile
            told_at = _told_at(work, project)
            if told_at is None:
                told += _tell(work, conversation, project, max(project.updated_at + lasts, now + NOTICE), now)
            elif told_at <= now - NOTICE and project.updated_at <= now - lasts:
                remove_project(work, project)
                _note(work, project, _DELETED, now)
                deleted += 1
    return told, deleted


def _told_at(work: UnitOfWork, project: ProjectSummary) -> datetime | None:
    """Return when somebody was told of a draft since it was last used."""
    entries = work.audit.latest(limit=_AT_ONCE, project_id=project.id)
    return next(
        (entry.at for entry in entries if entry.action == _TOLD and entry.at >= project.updated_at), None
    )


def _tell(
    work: UnitOfWork, conversation: Conversation, project: ProjectSummary, until: datetime, now: datetime
) -> bool:
    """Tell everybody who works on a draft; a draft of people who cannot be told is never deleted."""
    persons = [member.person for member in work.members.list_for(project.id)]
    contacts = work.contacts.reachable(project.owner, persons)
    text = T(
        "「{name}」很久没有动了，没有提交的草稿到 {day} 会自动删除；想留着，打开它答一题或提交就行。",
        name=name_text(project),
        day=until.date().isoformat(),
    )
    key = f"idle:{project.id}:{project.version}"
    if not tell(work, conversation, contacts, text, key=key, at=now):
        return False
    _note(work, project, _TOLD, now)
    return True


def _note(work: UnitOfWork, project: ProjectSummary, action: str, at: datetime) -> None:
    work.audit.append(
        at=at, actor=ACTOR, action=action, project_id=project.id, unit_id=unit_of(project.owner)
    )
