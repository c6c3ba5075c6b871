"""What has come due goes into the outbox: reminders, those that were put off, and the sum of the week."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.project_state import project_state
from bot.queueing import queue
from bot.reminders.recipients import may_disturb_at, pushes, recipients, speaks_for
from bot.reminders.schedule import UNREADABLE, Kept, Opened, done_dates, kept, sync
from bot.reminders.wording import digest, reminder
from bot.updates import Reply, chat_of
from rules.reminders import last_moment, next_moment, next_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.conversation import Conversation
    from dialogs.messages import Outgoing
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork

LIMIT = 200
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the sum of the week is due for somebody who wants none."""
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_LATER = timedelta(days=1)
"""When a project that cannot be read now is looked at again."""
_FEWEST = 2
_MOST_PROJECTS = 50
_log = logging.getLogger(__name__)


def promote(conversation: Conversation, *, limit: int = LIMIT) -> int:
    """Put what has come due into the outbox, each message once, whoever else does the same.

    Of several reminders of one due date that came due while nobody looked, only the last is sent.

    Args:
        conversation: knows the time, the rules and the database.
        limit: at most so many of each kind; ``next_promotion`` says whether more are due.

    Returns:
        How many messages were queued.
    """
    with conversation.database.unit_of_work() as work:
        first = next_promotion(work)
    if first is None or first > conversation.clock.now():
        return 0
    steps = (
        (Promotion.remind, 10),
        (Promotion.remind_later, 10),
        (Promotion.plan_digests, 200),
        (Promotion.sum_up, 2),
    )
    queued = sum(_all_of(conversation, step, limit, at_once) for step, at_once in steps)
    conversation.watch.promoted(queued)
    return queued


def next_promotion(work: UnitOfWork) -> datetime | None:
    """Return when ``promote`` has something to do next; None when nothing is ever due."""
    if work.contacts.without_digest(1):
        return AT_ONCE
    moments = [work.deadlines.next_at(), work.contacts.next_digest()]
    return min((moment for moment in moments if moment is not None), default=None)


def digest_wanted(conversation: Conversation) -> datetime:
    """Return when the next sum of the week is due for somebody who wants it."""
    return next_summary(conversation.clock.now(), zone=_zone(conversation))


class Promotion:
    """One transaction of promoting; each step returns how many things it took."""

    def __init__(self, conversation: Conversation, work: UnitOfWork) -> None:
        """Work at the moment of the clock."""
        self.conversation = conversation
        self.work = work
        self.now = conversation.clock.now()
        self.queued = 0
        self._projects: dict[int, Opened | None] = {}

    def remind(self, limit: int) -> int:
        """Queue the reminders whose moment has come, and plan the next ones."""
        rows = self.work.deadlines.due(self.now, limit)
        self._open_all(row.project_id for row in rows)
        for row in rows:
            opened = self._opened(row.project_id)
            if opened is None:
                self.work.deadlines.set_next(row.id, self.now + _LATER)
                continue
            item = self._item(opened, row.id)
            if item is None or item.row.next_at is None or item.row.next_at > self.now:
                continue
            due = item.due.due
            moment = last_moment(due, self.now, zone=opened.zone) or item.row.next_at
            self.work.deadlines.set_next(row.id, next_moment(due, self.now, zone=opened.zone))
            self._remind_all(opened, item, moment)
        return len(rows)

    def remind_later(self, limit: int) -> int:
        """Queue the reminders that were put off until now."""
        choices = self.work.deadlines.later_due(self.now, limit)
        for choice in choices:
            self.work.deadlines.clear_later(choice.deadline_id, choice.channel, choice.user)
            row = self.work.deadlines.get(choice.deadline_id)
            opened = None if row is None else self._opened(row.project_id)
            item = None if row is None or opened is None else self._item(opened, row.id)
            if opened is None or item is None or opened.project.status != "open":
                continue
            for contact in recipients(self.work, opened.project):
                if (contact.channel, contact.user) == (choice.channel, choice.user) and not choice.is_muted:
                    self._put_reminder(opened, item, contact, f"later {choice.later_at}")
        return len(choices)

    def plan_digests(self, limit: int) -> int:
        """Plan the first sum of the week of chats that have none yet."""
        contacts = self.work.contacts.without_digest(limit)
        following = digest_wanted(self.conversation)
        for contact in contacts:
            wanted = following if pushes(contact.channel) else NEVER
            self.work.contacts.set_digest(contact.channel, contact.user, wanted)
        return len(contacts)

    def sum_up(self, limit: int) -> int:
        """Queue the sums of the week whose moment has come, and plan the next ones."""
        contacts = self.work.contacts.digests_due(self.now, limit)
        zone = _zone(self.conversation)
        following = digest_wanted(self.conversation)
        for contact in contacts:
            self.work.contacts.set_digest(contact.channel, contact.user, following)
            if contact.is_muted or contact.digest_at is None:
                continue
            due_at = may_disturb_at(contact, self.now, zone)
            said = self._digest(contact, due_at.astimezone(zone).date())
            if said is not None:
                day = contact.digest_at.astimezone(zone).date()
                key = f"digest:{contact.channel}:{contact.user}:{day}"
                self._put(contact, key, said, due_at, project_id=None)
        return len(contacts)

    def _remind_all(self, opened: Opened, item: Kept, moment: datetime) -> None:
        choices = {
            (choice.channel, choice.user): choice for choice in self.work.deadlines.choices(item.row.id)
        }
        for contact in recipients(self.work, opened.project):
            choice = choices.get((contact.channel, contact.user))
            if choice is None or not (choice.is_muted or choice.later_at):
                self._put_reminder(opened, item, contact, moment.astimezone(UTC).isoformat())

    def _put_reminder(self, opened: Opened, item: Kept, contact: Contact, moment: str) -> None:
        due_at = may_disturb_at(contact, self.now, opened.zone)
        said = reminder(opened.project, opened.view, item, due_at.astimezone(opened.zone).date())
        key = f"reminder:{item.row.id}:{item.row.due}:{moment}:{contact.channel}:{contact.user}"
        self._put(contact, key, said, due_at, project_id=opened.project.id)

    def _digest(self, contact: Contact, day: date) -> Outgoing | None:
        reached = speaks_for(self.work, contact)
        listed = self.work.projects.list_for(reached.owner, status="open", member=reached.person)
        shown = listed[:_MOST_PROJECTS]
        self._open_all(each.id for each in shown)
        found = [opened for each in shown if (opened := self._opened(each.id))]
        rows = [
            (
                each.project,
                project_state(each.project, each.view, done_dates(self.work, each.project.id, each.view)),
            )
            for each in found
            if not each.view.is_over
        ]
        return digest(rows, day) if len(rows) >= _FEWEST else None

    def _open_all(self, project_ids: Iterable[int]) -> None:
        """Open projects in the order in which everybody does who needs several, so that nobody waits in a circle."""
        for project_id in sorted(set(project_ids)):
            self._opened(project_id)

    def _opened(self, project_id: int) -> Opened | None:
        """Open a project, its due dates up to date; None when it cannot be read."""
        if project_id not in self._projects:
            try:
                opened = Opened.of(self.conversation, self.work, project_id)
            except UNREADABLE as error:
                # no traceback: it may hold what was said
                _log.error("reminders of project %d: %s", project_id, type(error).__name__)
                self._projects[project_id] = None
            else:
                sync(self.work, project_id, opened.view, self.now)
                self._projects[project_id] = opened
        return self._projects[project_id]

    def _item(self, opened: Opened, row_id: int) -> Kept | None:
        """Return a due date that is still to be met."""
        found = kept(self.work, opened.project.id, opened.view)
        return next((each for each in found if each.row.id == row_id and not each.is_done), None)

    def _put(
        self, contact: Contact, key: str, said: Outgoing, due_at: datetime, *, project_id: int | None
    ) -> None:
        session = self.work.sessions.get(contact.channel, contact.user)
        language = self.conversation.language_of(session)
        reply = Reply(outgoing=(said,), language=language, project_id=project_id, update_id=key)
        chat = chat_of(contact.channel, contact.user)
        self.queued += queue(self.work, chat, key, reply, at=self.now, due_at=due_at)


def _all_of(
    conversation: Conversation, step: Callable[[Promotion, int], int], limit: int, at_once: int
) -> int:
    """Take a step as often as there is something for it; return what was queued.

    Args:
        conversation: knows the database.
        step: what to do.
        limit: how many things to take at most.
        at_once: how many of them in one transaction, for which others wait.
    """
    queued = taken = 0
    while taken < limit:
        wanted = min(at_once, limit - taken)
        with conversation.database.unit_of_work() as work:
            promotion = Promotion(conversation, work)
            count = step(promotion, wanted)
        queued += promotion.queued
        taken += count
        if count < wanted:
            break
    return queued


def _zone(conversation: Conversation) -> ZoneInfo:
    return ZoneInfo(conversation.rules.pack.head.timezone)
