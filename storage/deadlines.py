"""Due dates of projects as data: when each is reminded of next, whether it was met, and what people want of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, func, select, update

from storage.rows import insert_if_absent, read_all, read_one, select_as
from storage.schema import deadline, project, reminder_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection


class DeadlineRow(msgspec.Struct, frozen=True):
    """A due date of a project.

    Attributes:
        id: its number, never given to another.
        project_id: the project.
        key: which of the project's deadlines it is.
        deadline_id: the rule that it comes from.
        due: the day, ISO.
        next_at: when it is reminded of next; None when it is not.
        done_at: when it was met, as far as is known.
        done_by: who said so.
    """

    id: int
    project_id: int
    key: str
    deadline_id: str
    due: str
    next_at: datetime | None
    done_at: datetime | None
    done_by: str


class ReminderChoice(msgspec.Struct, frozen=True):
    """What a chat wants of the reminders of a deadline.

    Attributes:
        deadline_id: the number of the deadline.
        channel, user: the chat.
        is_muted: none any more.
        later_at: one more at this moment.
    """

    deadline_id: int
    channel: str
    user: str
    is_muted: bool
    later_at: datetime | None


_ROW = select_as(DeadlineRow, deadline)
_CHOICE = select_as(ReminderChoice, reminder_choice)


class Deadlines:
    """The due dates within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_for(self, project_id: int) -> list[DeadlineRow]:
        """Return the due dates of a project, the soonest first."""
        statement = _ROW.where(deadline.c.project_id == project_id)
        return read_all(self._connection, DeadlineRow, statement.order_by(deadline.c.due, deadline.c.id))

    def get(self, deadline_id: int) -> DeadlineRow | None:
        """Return a due date by its number, whosever it is; None when there is none."""
        return read_one(self._connection, DeadlineRow, _ROW.where(deadline.c.id == deadline_id))

    def put(self, project_id: int, *, key: str, deadline_id: str, due: str, next_at: datetime | None) -> None:
        """Add a due date, or move the one with this key; whether it was met stays.

        Args:
            project_id: the project.
            key: which of its deadlines.
            deadline_id: the rule that it comes from.
            due: the day, ISO.
            next_at: when it is reminded of next.

        Raises:
            NotFound: there is no such project.
        """
        values = {
            "project_id": project_id,
            "key": key,
            "deadline_id": deadline_id,
            "due": due,
            "next_at": next_at,
        }
        if not insert_if_absent(self._connection, deadline, values):
            is_it = (deadline.c.project_id == project_id) & (deadline.c.key == key)
            self._connection.execute(update(deadline).where(is_it).values(due=due, next_at=next_at))

    def remove(self, deadline_id: int) -> None:
        """Forget a due date, with what people wanted of it."""
        self._connection.execute(delete(deadline).where(deadline.c.id == deadline_id))

    def set_next(self, deadline_id: int, next_at: datetime | None) -> None:
        """Set when it is reminded of next."""
        self._set(deadline_id, next_at=next_at)

    def mark_done(self, deadline_id: int, *, at: datetime, by: str) -> None:
        """Note that it was met; it is not reminded of any more."""
        self._set(deadline_id, done_at=at, done_by=by, next_at=None)

    def reopen(self, deadline_id: int, *, next_at: datetime | None) -> None:
        """Note that it was not met after all."""
        self._set(deadline_id, done_at=None, done_by="", next_at=next_at)

    def due(self, at: datetime, limit: int) -> list[DeadlineRow]:
        """Return those of open projects that are to be reminded of now, the longest due first."""
        statement = (
            _ROW.join(project, project.c.id == deadline.c.project_id)
            .where(deadline.c.next_at <= at, deadline.c.done_at.is_(None), project.c.status == "open")
            .order_by(deadline.c.next_at, deadline.c.id)
            .limit(limit)
        )
        return read_all(self._connection, DeadlineRow, statement)

    def next_at(self) -> datetime | None:
        """Return when the next reminder is due: of a deadline, or one that was put off."""
        moments = [
            self._connection.execute(
                select(func.min(deadline.c.next_at))
                .join(project, project.c.id == deadline.c.project_id)
                .where(deadline.c.done_at.is_(None), project.c.status == "open")
            ).scalar_one(),
            self._connection.execute(select(func.min(reminder_choice.c.later_at))).scalar_one(),
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    def overdue(self, owners: Sequence[str], before: str) -> list[DeadlineRow]:
        """Return the due dates of these owners that passed before a day (ISO) unmet, the oldest first."""
        statement = (
            _ROW.join(project, project.c.id == deadline.c.project_id)
            .where(project.c.owner.in_(owners), deadline.c.due < before, deadline.c.done_at.is_(None))
            .order_by(deadline.c.due, deadline.c.id)
        )
        return read_all(self._connection, DeadlineRow, statement)

    def mute(self, deadline_id: int, channel: str, user: str, *, is_muted: bool = True) -> None:
        """Remind a chat of it no more, or again."""
        self._choose(deadline_id, channel, user, is_muted=is_muted, later_at=None)

    def later(self, deadline_id: int, channel: str, user: str, at: datetime) -> None:
        """Remind a chat of it once more at a moment.

        Raises:
            NotFound: there is no such due date.
        """
        self._choose(deadline_id, channel, user, later_at=at)

    def choices(self, deadline_id: int) -> list[ReminderChoice]:
        """Return what chats want of its reminders."""
        statement = _CHOICE.where(reminder_choice.c.deadline_id == deadline_id)
        statement = statement.order_by(reminder_choice.c.channel, reminder_choice.c.user)
        return read_all(self._connection, ReminderChoice, statement)

    def later_due(self, at: datetime, limit: int) -> list[ReminderChoice]:
        """Return the reminders that were put off until now, the longest due first."""
        statement = _CHOICE.where(reminder_choice.c.later_at <= at)
        statement = statement.order_by(reminder_choice.c.later_at, reminder_choice.c.deadline_id).limit(limit)
        return read_all(self._connection, ReminderChoice, statement)

    def clear_later(self, deadline_id: int, channel: str, user: str) -> None:
        """Forget that a reminder was put off."""
        statement = update(reminder_choice).where(_is_choice(deadline_id, channel, user))
        self._connection.execute(statement.values(later_at=None))

    def forget_choices(self, channel: str, user: str) -> None:
        """Forget everything that a chat wanted."""
        is_theirs = (reminder_choice.c.channel == channel) & (reminder_choice.c.user == user)
        self._connection.execute(delete(reminder_choice).where(is_theirs))

    def _choose(self, deadline_id: int, channel: str, user: str, **values: object) -> None:
        key = {"deadline_id": deadline_id, "channel": channel, "user": user}
        if not insert_if_absent(self._connection, reminder_choice, key | {"is_muted": False} | values):
            is_it = _is_choice(deadline_id, channel, user)
            self._connection.execute(update(reminder_choice).where(is_it).values(**values))

    def _set(self, deadline_id: int, **values: object) -> None:
        self._connection.execute(update(deadline).where(deadline.c.id == deadline_id).values(**values))


def _is_choice(deadline_id: int, channel: str, user: str) -> ColumnElement[bool]:
    return (
        (reminder_choice.c.deadline_id == deadline_id)
        & (reminder_choice.c.channel == channel)
        & (reminder_choice.c.user == user)
    )
