"""Due dates: reminded of at their moment until they are met, and as each chat wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from starting import start_project

from storage.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.deadlines import DeadlineRow
    from storage.projects import Project

MINUTE = timedelta(minutes=1)
DUE = "2026-04-01"
ABSENT = 999


def put(
    database: Database, project_id: int, key: str, next_at: datetime | None = None, *, due: str = DUE
) -> DeadlineRow:
    with database.unit_of_work() as work:
        work.deadlines.put(project_id, key=key, deadline_id="report", due=due, next_at=next_at)
        return next(row for row in work.deadlines.list_for(project_id) if row.key == key)


def keys(rows: list[DeadlineRow]) -> list[str]:
    return [row.key for row in rows]


def test_a_due_date_is_read_back_as_it_was_put(database: Database, project: Project, now: datetime) -> None:
    row = put(database, project.id, "report.2026-03-02", now)
    assert (row.project_id, row.key, row.deadline_id, row.due) == (
        project.id,
        "report.2026-03-02",
        "report",
        DUE,
    )
    assert (row.next_at, row.done_at, row.done_by) == (now, None, "")
    with database.unit_of_work() as work:
        assert work.deadlines.get(row.id) == row
        assert work.deadlines.get(ABSENT) is None


def test_a_due_date_put_again_moves_and_stays_met(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        work.deadlines.mark_done(row.id, at=now, by="王芳 👩‍💼")
    moved = put(database, project.id, "k", None, due="2026-05-01")
    assert (moved.id, moved.due, moved.next_at) == (row.id, "2026-05-01", None)
    assert (moved.done_at, moved.done_by) == (now, "王芳 👩‍💼")


def test_projects_have_due_dates_of_their_own_the_soonest_first(
    database: Database, project: Project, now: datetime
) -> None:
    other = start_project(database)
    put(database, project.id, "late", now, due="2026-12-31")
    put(database, project.id, "soon", now, due="2026-03-31")
    put(database, other.id, "late", now)
    with database.unit_of_work() as work:
        assert keys(work.deadlines.list_for(project.id)) == ["soon", "late"]
        assert keys(work.deadlines.list_for(other.id)) == ["late"]


def test_no_project_no_due_date(database: Database) -> None:
    with pytest.raises(NotFound):
        put(database, ABSENT, "k")


def test_the_number_of_a_removed_due_date_is_never_given_again(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        work.deadlines.mute(row.id, "t", "a")
        work.deadlines.remove(row.id)
        work.deadlines.remove(row.id)
        assert work.deadlines.get(row.id) is None
        assert work.deadlines.choices(row.id) == []
    assert put(database, project.id, "k", now).id > row.id


def test_those_whose_moment_has_come_are_due_the_longest_due_first(
    database: Database, project: Project, now: datetime
) -> None:
    put(database, project.id, "now", now)
    put(database, project.id, "before", now - MINUTE)
    put(database, project.id, "later", now + MINUTE)
    put(database, project.id, "never", None)
    with database.unit_of_work() as work:
        assert keys(work.deadlines.due(now, 10)) == ["before", "now"]
        assert keys(work.deadlines.due(now, 1)) == ["before"]
        assert work.deadlines.due(now - 2 * MINUTE, 10) == []


def test_a_moment_that_was_promoted_is_not_due_again(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        assert work.deadlines.next_at() == now
        work.deadlines.set_next(row.id, now + MINUTE)
        assert work.deadlines.due(now, 10) == []
        assert work.deadlines.next_at() == now + MINUTE
        work.deadlines.set_next(row.id, None)
        assert work.deadlines.due(now + MINUTE, 10) == []
        assert work.deadlines.next_at() is None


def test_nobody_is_reminded_of_what_is_met_until_it_is_taken_back(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        work.deadlines.mark_done(row.id, at=now, by="t:a")
        done = work.deadlines.get(row.id)
        assert done is not None
        assert (done.next_at, done.done_at, done.done_by) == (None, now, "t:a")
        work.deadlines.set_next(row.id, now)
        assert work.deadlines.due(now, 10) == [], "even when a moment is set"
        assert work.deadlines.next_at() is None
        work.deadlines.reopen(row.id, next_at=now)
        assert work.deadlines.due(now, 10) == [row]
        assert work.deadlines.next_at() == now


def test_a_project_put_aside_reminds_of_nothing_until_it_is_taken_up_again(
    database: Database, project: Project, now: datetime
) -> None:
    put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        work.projects.archive(project.id, at=now)
        assert work.deadlines.due(now, 10) == []
        assert work.deadlines.next_at() is None, "nobody is woken for it either"
        work.projects.reopen(project.id, at=now)
        assert keys(work.deadlines.due(now, 10)) == ["k"]


def test_overdue_is_what_passed_unmet_of_these_owners_archived_or_not(
    database: Database, project: Project, now: datetime
) -> None:
    archived, strange = start_project(database, owner="unit-8"), start_project(database, owner="unit-9")
    put(database, project.id, "yesterday", due="2026-04-01")
    put(database, project.id, "today", due="2026-04-02")
    met = put(database, project.id, "met", due="2026-03-01")
    put(database, archived.id, "archived", due="2026-03-15")
    put(database, strange.id, "strange", due="2026-03-15")
    with database.unit_of_work() as work:
        work.deadlines.mark_done(met.id, at=now, by="t:a")
        work.projects.archive(archived.id, at=now)
        overdue = work.deadlines.overdue
        assert keys(overdue(["unit-7", "unit-8"], "2026-04-02")) == ["archived", "yesterday"]
        assert keys(overdue(("unit-7",), "2026-04-02")) == ["yesterday"]
        assert overdue([], "2026-04-02") == [], "nobody's are not everybody's"


def test_a_chat_mutes_one_due_date_for_itself_only(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    other = put(database, project.id, "other", now)
    with database.unit_of_work() as work:
        work.deadlines.later(row.id, "t", "b", now)
        work.deadlines.later(row.id, "t", "a", now)
        work.deadlines.mute(row.id, "t", "a")
        choices = work.deadlines.choices(row.id)
        assert [(c.deadline_id, c.channel, c.user, c.is_muted, c.later_at) for c in choices] == [
            (row.id, "t", "a", True, None),
            (row.id, "t", "b", False, now),
        ], "who wants no more wants no later one either"
        assert work.deadlines.choices(other.id) == []
        work.deadlines.mute(row.id, "t", "a", is_muted=False)
        assert [choice.is_muted for choice in work.deadlines.choices(row.id)] == [False, False]


def test_a_reminder_put_off_is_due_once_at_its_moment(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", None)
    with database.unit_of_work() as work:
        later = work.deadlines.later
        later(row.id, "t", "a", now + MINUTE)
        later(row.id, "t", "b", now)
        assert work.deadlines.next_at() == now
        assert [choice.user for choice in work.deadlines.later_due(now, 10)] == ["b"]
        assert [choice.user for choice in work.deadlines.later_due(now + MINUTE, 10)] == ["b", "a"]
        assert [choice.user for choice in work.deadlines.later_due(now + MINUTE, 1)] == ["b"]
        work.deadlines.clear_later(row.id, "t", "b")
        assert work.deadlines.later_due(now, 10) == []
        assert work.deadlines.next_at() == now + MINUTE
        later(row.id, "t", "a", now + 2 * MINUTE)
        assert work.deadlines.next_at() == now + 2 * MINUTE, "put off again, it is put off further"


def test_what_does_not_exist_cannot_be_put_off_or_muted(database: Database, now: datetime) -> None:
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.deadlines.later(ABSENT, "t", "a", now)
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.deadlines.mute(ABSENT, "t", "a")


def test_what_a_forgotten_chat_wanted_is_forgotten(
    database: Database, project: Project, now: datetime
) -> None:
    row = put(database, project.id, "k", now)
    with database.unit_of_work() as work:
        for channel, user in (("t", "a"), ("t", "b"), ("web", "a")):
            work.deadlines.later(row.id, channel, user, now)
        work.deadlines.forget_choices("t", "a")
        left = [(choice.channel, choice.user) for choice in work.deadlines.choices(row.id)]
    assert left == [("t", "b"), ("web", "a")]
