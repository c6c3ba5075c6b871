"""What every backend promises to the rest of the program."""

# ruff: noqa: PT012 - what came before the error in the same unit of work is the point
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from storage.errors import NotFound, VersionConflict

if TYPE_CHECKING:
    from storage.database import Database
    from storage.projects import Project

MINUTE = timedelta(minutes=1)


class Crash(Exception):  # noqa: N818
    """Whatever goes wrong in the middle of a turn."""


def save(database: Database, project_id: int, version: int, state: bytes, at: datetime) -> int:
    with database.unit_of_work() as work:
        return work.projects.save(project_id, expected_version=version, state=state, name="平台", at=at)


def test_a_project_is_read_back_as_it_was_saved(database: Database, project: Project, now: datetime) -> None:
    state = '{"名称":"智慧\\u0000政务 𠮷","金额":680}'.encode()
    with database.unit_of_work() as work:
        version = work.projects.save(
            project.id, expected_version=1, state=state, name="智慧政务", at=now + MINUTE
        )
    with database.unit_of_work() as work:
        found = work.projects.get(project.id)
    assert version == found.version == 2
    assert (found.state, found.name, found.status) == (state, "智慧政务", "open")
    assert (found.created_at, found.updated_at) == (now, now + MINUTE)


def test_a_redelivered_update_is_taken_once(database: Database, now: datetime) -> None:
    taken: list[bool] = []
    for update_id in ("5", "5", "6", "5"):
        with database.unit_of_work() as work:
            taken.append(work.inbox.take("telegram", update_id, now))
    assert taken == [True, False, True, False]


def test_the_same_number_from_another_channel_is_another_update(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        assert work.inbox.take("telegram", "5", now)
        assert work.inbox.take("web", "5", now)


def test_an_update_whose_turn_failed_is_taken_again(database: Database, now: datetime) -> None:
    with pytest.raises(Crash), database.unit_of_work() as work:
        work.inbox.take("telegram", "5", now)
        raise Crash
    with database.unit_of_work() as work:
        assert work.inbox.take("telegram", "5", now)


def test_one_update_delivered_to_many_threads_is_taken_once(database: Database, now: datetime) -> None:
    start = Barrier(4)

    def deliver(_: int) -> bool:
        start.wait(timeout=10)
        with database.unit_of_work() as work:
            return work.inbox.take("telegram", "5", now)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(deliver, range(4))) == [False, False, False, True]


def test_an_old_mark_is_forgotten_and_a_fresh_one_kept(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.inbox.take("web", "old", now)
        work.inbox.take("web", "fresh", now + MINUTE)
        assert work.inbox.forget(now + MINUTE) == 1
        assert not work.inbox.take("web", "fresh", now)


def test_two_writers_wait_for_each_other(database: Database, project: Project, now: datetime) -> None:
    """Each reads, adds one and saves: a version conflict or a missing save would be a lost update."""
    start = Barrier(2)

    def add_one_many_times() -> None:
        start.wait(timeout=10)
        for _ in range(20):
            with database.unit_of_work() as work:
                read = work.projects.lock(project.id)
                count = int(read.state.strip(b"{}") or 0) + 1
                work.projects.save(
                    project.id, expected_version=read.version, state=b"%d" % count, name=read.name, at=now
                )

    with ThreadPoolExecutor(2) as threads:
        for writer in [threads.submit(add_one_many_times) for _ in range(2)]:
            writer.result(timeout=30)
    with database.unit_of_work() as work:
        found = work.projects.get(project.id)
    assert (found.state, found.version) == (b"40", 41)


def test_a_version_conflict_changes_nothing(database: Database, project: Project, now: datetime) -> None:
    save(database, project.id, 1, b'{"first":1}', now)
    with pytest.raises(VersionConflict) as conflict, database.unit_of_work() as work:
        work.inbox.take("web", "late", now)
        work.events.append(project.id, at=now, turn_key="late", kind="set", payload=b"{}")
        work.projects.save(project.id, expected_version=1, state=b'{"late":1}', name="别名", at=now + MINUTE)
    assert (conflict.value.expected, conflict.value.found) == (1, 2)
    with database.unit_of_work() as work:
        found = work.projects.get(project.id)
        assert (found.state, found.name, found.version) == (b'{"first":1}', "平台", 2)
        assert work.events.list_for(project.id) == []
        assert work.inbox.take("web", "late", now)


@pytest.mark.parametrize("failure", [Crash, KeyboardInterrupt, SystemExit])
def test_rollback_leaves_nothing(
    database: Database, project: Project, now: datetime, failure: type[BaseException]
) -> None:
    with pytest.raises(failure), database.unit_of_work() as work:
        work.editions.put("edition-2", pack_id="shizuishan", files={}, at=now)
        work.projects.save(project.id, expected_version=1, state=b'{"a":1}', name="改", at=now)
        work.events.append(project.id, at=now, turn_key="1", kind="set", payload=b"{}")
        work.outbox.put(chat="c", dedupe_key="k", payload=b"{}", due_at=now, at=now)
        work.sessions.set("web", "u", project_id=project.id, language="en")
        raise failure
    with database.unit_of_work() as work:
        assert work.projects.get(project.id) == project
        assert work.events.list_for(project.id) == []
        assert work.outbox.next_due() is None
        assert work.sessions.get("web", "u") is None
        with pytest.raises(NotFound):
            work.editions.get("edition-2")


def test_the_project_used_last_comes_first_and_only_to_its_owner(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        values = {"pack_id": "shizuishan", "edition_id": "edition-1", "state": b"{}"}
        second = work.projects.create(owner=project.owner, name="乙", at=now + MINUTE, **values)
        work.projects.create(owner="unit-8", name="别家", at=now + 2 * MINUTE, **values)
        work.projects.archive(second.id, at=now + MINUTE)
        assert [p.id for p in work.projects.list_for(project.owner)] == [second.id, project.id]
        assert [p.id for p in work.projects.list_for(project.owner, status="open")] == [project.id]
    save(database, project.id, 1, b"{}", now + 3 * MINUTE)
    with database.unit_of_work() as work:
        assert [p.id for p in work.projects.list_for(project.owner)] == [project.id, second.id]


def test_an_archived_project_can_be_taken_up_again(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.projects.archive(project.id, at=now)
        assert work.projects.get(project.id).status == "archived"
        work.projects.reopen(project.id, at=now)
        assert work.projects.get(project.id).status == "open"


def test_a_submission_is_kept_until_it_is_withdrawn(
    database: Database, project: Project, now: datetime
) -> None:
    def submitted_at() -> datetime | None:
        with database.unit_of_work() as work:
            (summary,) = work.projects.list_for(project.owner)
            assert work.projects.get(project.id).submitted_at == summary.submitted_at
            return summary.submitted_at

    assert submitted_at() is None
    for at in (now, now + MINUTE):
        with database.unit_of_work() as work:
            work.projects.submit(project.id, at=at)
        assert submitted_at() == at
    save(database, project.id, 1, b"{}", now + 2 * MINUTE)
    assert submitted_at() == now + MINUTE, "an answer that is changed does not take the submission back"
    for _ in range(2):
        with database.unit_of_work() as work:
            work.projects.withdraw(project.id)
        assert submitted_at() is None


def test_submissions_are_listed_for_their_owners_the_newest_first(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        values = {"name": "平台", "pack_id": "shizuishan", "edition_id": project.edition_id, "state": b"{}"}
        first, draft, second, strange = (
            work.projects.create(owner=owner, at=now, **values).id
            for owner in ("unit-1", "unit-1", "unit-2", "unit-3")
        )
        work.projects.submit(first, at=now + MINUTE)
        work.projects.submit(second, at=now)
        work.projects.submit(strange, at=now)
        work.projects.archive(second, at=now)
        assert [p.id for p in work.projects.list_submitted(["unit-1", "unit-2"])] == [first, second]
        assert [p.id for p in work.projects.list_submitted(("unit-1", "unit-4"))] == [first]
        assert work.projects.list_submitted([]) == [], "nobody's projects are not everybody's"
        work.projects.submit(draft, at=now + MINUTE)
        assert [p.id for p in work.projects.list_submitted(["unit-1"])] == [draft, first]


def test_a_deleted_project_takes_its_log_along_and_closes_sessions(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.events.append(project.id, at=now, turn_key="1", kind="set", payload=b"{}")
        work.inbox.take("web", "5", now, project_id=project.id)
        work.sessions.set("web", "u", project_id=project.id, language="en")
        work.projects.delete(project.id)
    with database.unit_of_work() as work:
        assert work.events.list_for(project.id) == []
        assert not work.inbox.take("web", "5", now)
        session = work.sessions.get("web", "u")
        assert session is not None
        assert (session.project_id, session.language) == (None, "en")


def test_the_number_of_a_deleted_project_is_never_given_again(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.projects.delete(project.id)
        again = work.projects.create(
            owner="unit-8", name="新", pack_id="shizuishan", edition_id="edition-1", state=b"{}", at=now
        )
    assert again.id > project.id


def test_what_does_not_exist_is_said_to_be_not_found(
    database: Database, project: Project, now: datetime
) -> None:
    absent = project.id + 1
    with database.unit_of_work() as work:
        with pytest.raises(NotFound):
            work.projects.get(absent)
        with pytest.raises(NotFound):
            work.projects.save(absent, expected_version=1, state=b"{}", name="", at=now)
        with pytest.raises(NotFound):
            work.projects.archive(absent, at=now)
        with pytest.raises(NotFound):
            work.projects.submit(absent, at=now)
        with pytest.raises(NotFound):
            work.projects.withdraw(absent)
        with pytest.raises(NotFound):
            work.projects.delete(absent)
        with pytest.raises(NotFound):
            work.editions.get("absent")


def test_nothing_can_refer_to_what_does_not_exist(
    database: Database, project: Project, now: datetime
) -> None:
    absent = project.id + 1
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.events.append(absent, at=now, turn_key="1", kind="set", payload=b"{}")
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.sessions.set("web", "u", project_id=absent, language="en")
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.projects.save(
            project.id, expected_version=1, state=b"{}", name="", at=now, edition_id="edition-2"
        )


def test_a_project_moves_to_a_newer_edition_only_when_told(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.editions.put("edition-2", pack_id="shizuishan", files={}, at=now)
        work.projects.save(project.id, expected_version=1, state=b"{}", name="", at=now)
        assert work.projects.get(project.id).edition_id == "edition-1"
        work.projects.save(
            project.id, expected_version=2, state=b"{}", name="", at=now, edition_id="edition-2"
        )
        assert work.projects.get(project.id).edition_id == "edition-2"


def test_an_edition_is_kept_as_it_was_first_put(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        assert work.editions.put("e", pack_id="p", files={"pack.yaml": "标题: 甲"}, at=now)
        assert not work.editions.put("e", pack_id="p", files={"pack.yaml": "标题: 乙"}, at=now + MINUTE)
    with database.unit_of_work() as work:
        edition = work.editions.get("e")
    assert (edition.texts(), edition.created_at) == ({"pack.yaml": "标题: 甲"}, now)


def test_the_log_keeps_the_order_in_which_things_happened(
    database: Database, project: Project, now: datetime
) -> None:
    for number in range(3):
        with database.unit_of_work() as work:
            # the clock was set back between the turns
            at = now - number * MINUTE
            work.events.append(
                project.id, at=at, turn_key=f"t{number}", kind="set", payload=b'{"n":%d}' % number
            )
    with database.unit_of_work() as work:
        events = work.events.list_for(project.id)
    assert [event.payload for event in events] == [b'{"n":0}', b'{"n":1}', b'{"n":2}']
    assert [event.turn_key for event in events] == ["t0", "t1", "t2"]


def test_the_log_says_who_made_a_change_when_somebody_is_told_apart(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.events.append(project.id, at=now, turn_key="1", kind="set", payload=b"{}", actor="王芳 👩‍💼")
        work.events.append(project.id, at=now, turn_key="2", kind="set", payload=b"{}")
        assert [event.actor for event in work.events.list_for(project.id)] == ["王芳 👩‍💼", ""]


def test_a_session_is_replaced_not_doubled(database: Database, project: Project) -> None:
    with database.unit_of_work() as work:
        assert work.sessions.get("web", "u") is None
        work.sessions.set("web", "u", project_id=None, language="zh_CN")
        work.sessions.set("web", "u", project_id=project.id, language="en")
        work.sessions.set("web", "other", project_id=None, language="zh_CN")
        session = work.sessions.get("web", "u")
    assert session is not None
    assert (session.project_id, session.language) == (project.id, "en")


def test_a_moment_of_another_zone_is_the_same_moment(database: Database, now: datetime) -> None:
    beijing = now.astimezone(timezone(timedelta(hours=8)))
    with database.unit_of_work() as work:
        work.editions.put("e", pack_id="p", files={}, at=beijing)
    with database.unit_of_work() as work:
        found = work.editions.get("e").created_at
    assert found == now
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(ValueError, match="no time zone"), database.unit_of_work() as work:
        work.inbox.take("web", "5", now.replace(tzinfo=None))


def test_migrating_again_changes_nothing(database: Database, project: Project) -> None:
    database.migrate()
    with database.unit_of_work() as work:
        assert work.projects.get(project.id) == project
