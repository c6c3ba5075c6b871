"""The due dates of projects as rows of the database, kept in step with answers, events, rules and the calendar."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from dialogs.view import View
from rules.reminders import deadline_keys, next_moment
from rules.ruleset import PackError
from storage.errors import NotFound, StorageCorrupt

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.conversation import Conversation
    from rules.verdict import DueDate
    from storage.deadlines import DeadlineRow
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork

RULES = "rules"
"""Says so of a due date that was met by what was registered or answered, not by somebody's word."""
UNREADABLE = (NotFound, StorageCorrupt, PackError)
"""What is wrong with a project that cannot be opened; others are reminded of all the same."""
_AT_ONCE = 20
_log = logging.getLogger(__name__)


class Kept(NamedTuple):
    """A due date as the rules see it, and as it is kept."""

    row: DeadlineRow
    due: DueDate

    @property
    def is_done(self) -> bool:
        """It was met, by what was registered or by somebody's word."""
        return self.row.done_at is not None


def sync(work: UnitOfWork, project_id: int, view: View, now: datetime) -> None:
    """Make the kept due dates of a project those of its view; writes only what changed.

    Of a project that may be secret, or that need not declare, none is kept. An archived one is not reminded of.
    What somebody said was done stays done until its due date moves.

    Args:
        work: the transaction of the change.
        project_id: the project.
        view: the project as it is now.
        now: the moment.
    """
    wanted = {} if view.is_over else deadline_keys(view.seen.deadlines)
    rows = {row.key: row for row in work.deadlines.list_for(project_id)}
    if not wanted and not rows:
        return
    for key in rows.keys() - wanted.keys():
        work.deadlines.remove(rows[key].id)
        withdraw(work, rows[key].id)
    moved = [key for key, due in wanted.items() if key not in rows or rows[key].due != due.due.isoformat()]
    for key in moved:
        due = wanted[key]
        work.deadlines.put(
            project_id, key=key, deadline_id=due.deadline.id, due=due.due.isoformat(), next_at=None
        )
        if key in rows:
            withdraw(work, rows[key].id)
    if moved:
        rows = {row.key: row for row in work.deadlines.list_for(project_id)}
    zone = ZoneInfo(view.rules.pack.head.timezone)
    is_open = work.projects.get(project_id).status == "open"
    for key, due in wanted.items():
        row = rows[key]
        next_at = _earlier(row.next_at, next_moment(due.due, now, zone=zone)) if is_open else None
        _settle(work, row, due, next_at, is_moved=key in moved, now=now)


def withdraw(work: UnitOfWork, row_id: int) -> None:
    """Take back the reminders of a due date that wait for the end of somebody's quiet hours."""
    work.outbox.cancel_all(f"reminder:{row_id}:")


def kept(work: UnitOfWork, project_id: int, view: View) -> list[Kept]:
    """Return the due dates of a project with what is kept of them, the soonest first.

    Those that the rules and the database do not both know are left out: ``sync`` makes them agree.
    """
    if view.is_over:
        return []
    dues = deadline_keys(view.seen.deadlines)
    return [Kept(row, dues[row.key]) for row in work.deadlines.list_for(project_id) if row.key in dues]


def done_dates(work: UnitOfWork, project_id: int, view: View) -> frozenset[tuple[str, date]]:
    """Return the due dates of a project that were met, each by its key and its day."""
    return frozenset((each.due.key, each.due.due) for each in kept(work, project_id, view) if each.is_done)


def resync_all(conversation: Conversation) -> int:
    """Bring the due dates of all projects up to date: rules, calendar or program may be others than yesterday.

    Returns:
        How many projects were looked at.
    """
    after = count = 0
    while True:
        with conversation.database.unit_of_work() as work:
            projects = work.projects.page(after, _AT_ONCE)
            for project in projects:
                try:
                    sync(
                        work,
                        project.id,
                        Opened.of(conversation, work, project.id).view,
                        conversation.clock.now(),
                    )
                except UNREADABLE as error:
                    # no traceback: it may hold what was said
                    _log.error("due dates of project %d: %s", project.id, type(error).__name__)
        count += len(projects)
        if len(projects) < _AT_ONCE:
            return count
        after = projects[-1].id


class Opened(NamedTuple):
    """A project with its view today."""

    project: Project
    view: View

    @property
    def zone(self) -> ZoneInfo:
        """Where its rules apply."""
        return ZoneInfo(self.view.rules.pack.head.timezone)

    @classmethod
    def of(
        cls, conversation: Conversation, work: UnitOfWork, project_id: int, day: date | None = None
    ) -> Opened:
        """Open a project; ``day``: as it will be seen then, not today.

        Raises:
            NotFound, StorageCorrupt, PackError: see ``UNREADABLE``.
        """
        project, dialogue, view = conversation.load(work, project_id)
        return cls(project, view if day is None else View(dialogue.rules, view.draft, day))


def _earlier(kept_at: datetime | None, next_at: datetime | None) -> datetime | None:
    """Return when to remind next: a moment that is over is still to be seen to, one that a calendar moved too."""
    return min((moment for moment in (kept_at, next_at) if moment is not None), default=None)


def _settle(
    work: UnitOfWork,
    row: DeadlineRow,
    due: DueDate,
    next_at: datetime | None,
    *,
    is_moved: bool,
    now: datetime,
) -> None:
    is_said = row.done_at is not None and row.done_by != RULES and not is_moved
    if due.is_done and row.done_at is None:
        work.deadlines.mark_done(row.id, at=now, by=RULES)
        withdraw(work, row.id)
    elif due.is_done or is_said:
        return
    elif row.done_at is not None:
        work.deadlines.reopen(row.id, next_at=next_at)
    elif row.next_at != next_at:
        work.deadlines.set_next(row.id, next_at)
