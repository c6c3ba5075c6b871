"""Codes that are used once, colleagues in a project, and projects that change hands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from starting import start_project

from storage.errors import Duplicate, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.projects import Project, Status

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ABSENT = 999


def add_code(
    database: Database, code: str, at: datetime, *, project_id: int | None = None, person: str = "t:a"
) -> None:
    with database.unit_of_work() as work:
        work.codes.add(
            code_hash=code,
            kind="link" if project_id is None else "project",
            person=person,
            owner="unit:3",
            account_id=None,
            name="王芳 👩‍💼",
            project_id=project_id,
            at=at,
            expires_at=at + MINUTE,
        )


def join(database: Database, project_id: int, person: str, at: datetime, *, name: str = "李") -> bool:
    with database.unit_of_work() as work:
        return work.members.add(project_id, person=person, name=name, invited_by="t:a", at=at)


# --- codes --------------------------------------------------------------------------------------------------


def test_a_code_says_who_made_it_and_for_what(database: Database, project: Project, now: datetime) -> None:
    add_code(database, "h", now, project_id=project.id)
    with database.unit_of_work() as work:
        code = work.codes.get("h")
        assert code is not None
        assert (code.code_hash, code.kind, code.project_id) == ("h", "project", project.id)
        assert (code.person, code.owner, code.account_id, code.name) == (
            "t:a",
            "unit:3",
            None,
            "王芳 👩‍💼",
        )
        assert (code.created_at, code.expires_at, code.used_at) == (now, now + MINUTE, None)
        taken = work.codes.take("h", now)
        assert taken is not None
        assert taken.used_at == now
        assert work.codes.get("h") == taken


def test_an_unknown_used_or_expired_code_is_not_taken(database: Database, now: datetime) -> None:
    for code in ("used", "late"):
        add_code(database, code, now)
    with database.unit_of_work() as work:
        assert work.codes.take("unknown", now) is None
        assert work.codes.take("late", now + MINUTE) is None, "it is over at the moment at which it expires"
        assert work.codes.take("used", now + MINUTE / 2) is not None
        assert work.codes.take("used", now + MINUTE / 2) is None
        late = work.codes.get("late")
        assert late is not None
        assert late.used_at is None


def test_a_code_typed_by_many_at_once_is_taken_once(database: Database, now: datetime) -> None:
    add_code(database, "h", now)
    start = Barrier(4)

    def take(_number: int) -> bool:
        start.wait(timeout=10)
        with database.unit_of_work() as work:
            return work.codes.take("h", now) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(take, range(4))) == [False, False, False, True]


def test_a_code_whose_turn_failed_can_be_taken_again(database: Database, now: datetime) -> None:
    add_code(database, "h", now)
    with pytest.raises(NotFound), database.unit_of_work() as work:  # noqa: PT012
        work.codes.take("h", now)
        work.projects.get(ABSENT)
    with database.unit_of_work() as work:
        assert work.codes.take("h", now) is not None


def test_a_code_is_new_and_refers_to_what_exists(database: Database, now: datetime) -> None:
    add_code(database, "h", now)
    with pytest.raises(Duplicate):
        add_code(database, "h", now)
    with pytest.raises(NotFound):
        add_code(database, "other", now, project_id=ABSENT)


def test_codes_that_are_over_are_forgotten_and_open_ones_kept(database: Database, now: datetime) -> None:
    for code, at in (("expired", now), ("used", now + DAY), ("open", now + DAY)):
        add_code(database, code, at)
    with database.unit_of_work() as work:
        work.codes.take("used", now + DAY)
        assert work.codes.forget(now + DAY) == 1, "one used at that moment is kept"
        assert work.codes.forget(now + DAY + MINUTE / 2) == 1
        assert work.codes.get("used") is None
        assert work.codes.take("open", now + DAY) is not None


def test_the_codes_of_a_person_who_is_forgotten_go(database: Database, now: datetime) -> None:
    add_code(database, "mine", now)
    add_code(database, "yours", now, person="t:b")
    with database.unit_of_work() as work:
        assert work.codes.forget_person("t:a") == 1
        assert work.codes.take("mine", now) is None
        assert work.codes.take("yours", now) is not None


# --- members ------------------------------------------------------------------------------------------------


def test_members_are_listed_the_first_to_join_first(
    database: Database, project: Project, now: datetime
) -> None:
    assert join(database, project.id, "t:b", now + MINUTE)
    assert join(database, project.id, "t:c", now, name="王芳 👩‍💼")
    with database.unit_of_work() as work:
        first, second = work.members.list_for(project.id)
        assert (first.project_id, first.person, first.name) == (project.id, "t:c", "王芳 👩‍💼")
        assert (first.invited_by, first.joined_at) == ("t:a", now)
        assert second.person == "t:b"
        assert work.members.has(project.id, "t:b")
        assert not work.members.has(project.id, "t:d")
        assert not work.members.has(ABSENT, "t:b")


def test_who_is_in_cannot_join_again_but_can_after_leaving(
    database: Database, project: Project, now: datetime
) -> None:
    assert join(database, project.id, "t:b", now)
    assert not join(database, project.id, "t:b", now + MINUTE)
    with database.unit_of_work() as work:
        assert work.members.remove(project.id, "t:b")
        assert not work.members.remove(project.id, "t:b")
        assert work.members.list_for(project.id) == []
    assert join(database, project.id, "t:b", now + MINUTE)


def test_nobody_joins_a_project_that_does_not_exist(database: Database, now: datetime) -> None:
    with pytest.raises(NotFound):
        join(database, ABSENT, "t:b", now)


def test_the_memberships_of_a_linked_person_move_and_are_not_doubled(
    database: Database, project: Project, now: datetime
) -> None:
    other = start_project(database, owner="unit:9")
    join(database, project.id, "t:b", now)
    join(database, other.id, "t:b", now)
    join(database, other.id, "web:account:5", now + MINUTE, name="从前")
    join(database, other.id, "t:c", now)
    with database.unit_of_work() as work:
        work.members.move("t:b", "web:account:5")
        assert work.members.projects_of("t:b") == []
        assert work.members.projects_of("web:account:5") == [project.id, other.id]
        assert [(m.person, m.name) for m in work.members.list_for(other.id)] == [
            ("t:c", "李"),
            ("web:account:5", "从前"),
        ]


def test_moving_to_the_same_key_loses_nothing(database: Database, project: Project, now: datetime) -> None:
    join(database, project.id, "t:b", now)
    with database.unit_of_work() as work:
        work.members.move("t:b", "t:b")
        assert work.members.projects_of("t:b") == [project.id]


def test_a_person_who_is_forgotten_is_in_no_project(
    database: Database, project: Project, now: datetime
) -> None:
    join(database, project.id, "t:b", now)
    join(database, project.id, "t:c", now)
    with database.unit_of_work() as work:
        assert work.members.forget("t:b") == 1
        assert work.members.forget("t:b") == 0
        assert work.members.projects_of("t:c") == [project.id]


# --- projects -----------------------------------------------------------------------------------------------


def test_own_and_shared_projects_are_listed_together_the_last_used_first(
    database: Database, project: Project, now: datetime
) -> None:
    shared = start_project(database, owner="unit:9", at=now + MINUTE)
    strange = start_project(database, owner="unit:9", at=now + 2 * MINUTE)
    for project_id in (project.id, shared.id):
        join(database, project_id, "p", now)
    with database.unit_of_work() as work:

        def listed(owner: str, *, member: str = "", status: Status | None = None) -> list[int]:
            found = work.projects.list_for(owner, member=member, status=status)
            return [summary.id for summary in found]

        assert listed("unit-7") == [project.id]
        assert listed("unit-7", member="p") == [shared.id, project.id], "one's own that is shared comes once"
        assert listed("nobody", member="p") == [shared.id, project.id]
        assert listed("unit:9", member="q") == [strange.id, shared.id]
        work.projects.archive(shared.id, at=now + 3 * MINUTE)
        assert listed("unit-7", member="p", status="open") == [project.id]
        assert listed("unit-7", member="p", status="archived") == [shared.id]


def test_all_projects_of_an_owner_change_hands_and_no_others(database: Database, now: datetime) -> None:
    ids = [start_project(database, owner=owner, at=now).id for owner in ("t:a", "t:a", "t:b")]
    with database.unit_of_work() as work:
        assert work.projects.give("t:a", "unit:3") == 2
        assert work.projects.give("t:a", "unit:3") == 0
        assert sorted(found.id for found in work.projects.list_for("unit:3")) == ids[:2]
        assert [found.version for found in work.projects.list_for("unit:3")] == [1, 1], (
            "nothing is to be redone"
        )
        assert [found.id for found in work.projects.list_for("t:b")] == ids[2:]


def test_only_open_projects_that_were_never_submitted_are_idle(database: Database, now: datetime) -> None:
    longest, idle, _used, archived, submitted = (
        start_project(database, at=now + at * MINUTE).id for at in (0, 1, 2, 0, 0)
    )
    with database.unit_of_work() as work:
        work.projects.archive(archived, at=now)
        work.projects.submit(submitted, at=now)
        found = work.projects.idle_since(now + 2 * MINUTE)
    assert [project.id for project in found] == [longest, idle]


def test_what_was_said_before_a_moment_is_forgotten_in_every_project(
    database: Database, project: Project, now: datetime
) -> None:
    other = start_project(database)
    with database.unit_of_work() as work:
        for project_id, at in ((project.id, now), (other.id, now), (project.id, now + MINUTE)):
            work.history.append(project_id, at=at, turn_key="k", actor="a", said="是", reply=b"{}")
        assert work.history.forget_before(now + MINUTE) == 2
        assert [entry.at for entry in work.history.after(project.id, 0)] == [now + MINUTE]
        assert work.history.after(other.id, 0) == []


def test_a_deleted_project_takes_its_members_codes_and_deadlines_along(
    database: Database, project: Project, now: datetime
) -> None:
    other = start_project(database)
    for project_id, code in ((project.id, "mine"), (other.id, "others")):
        add_code(database, code, now, project_id=project_id)
        join(database, project_id, "t:b", now)
        with database.unit_of_work() as work:
            work.deadlines.put(project_id, key="k", deadline_id="d", due="2026-04-01", next_at=now)
            (deadline,) = work.deadlines.list_for(project_id)
            work.deadlines.later(deadline.id, "t", "a", now)
    with database.unit_of_work() as work:
        (gone,) = work.deadlines.list_for(project.id)
        (kept,) = work.deadlines.list_for(other.id)
        work.projects.delete(project.id)
        assert work.codes.get("mine") is None
        assert work.members.projects_of("t:b") == [other.id]
        assert work.deadlines.get(gone.id) is None
        assert work.deadlines.choices(gone.id) == []
        assert [choice.deadline_id for choice in work.deadlines.later_due(now, 10)] == [kept.id]
        assert work.codes.get("others") is not None
