"""Many people on one project: who edits it, what was said, and who did what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from storage.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.editors import Editor
    from storage.projects import Project

MINUTE = timedelta(minutes=1)


class Crash(Exception):  # noqa: N818
    """Whatever goes wrong in the middle of a turn."""


# --- who edits ----------------------------------------------------------------------------------------------


def take(
    database: Database,
    project_id: int,
    holder: str,
    at: datetime,
    *,
    name: str = "王芳 👩‍💼",
    force: bool = False,
) -> Editor:
    with database.unit_of_work() as work:
        return work.editors.take(
            project_id, holder=holder, name=name, at=at, until=at + 2 * MINUTE, force=force
        )


def editor(database: Database, project_id: int, at: datetime) -> Editor | None:
    with database.unit_of_work() as work:
        return work.editors.get(project_id, at)


def test_the_first_to_come_edits_and_the_second_is_told_who(
    database: Database, project: Project, now: datetime
) -> None:
    assert editor(database, project.id, now) is None
    mine = take(database, project.id, "a", now)
    assert (mine.project_id, mine.holder, mine.name) == (project.id, "a", "王芳 👩‍💼")
    assert (mine.since, mine.until) == (now, now + 2 * MINUTE)
    assert take(database, project.id, "b", now + MINUTE, name="李") == mine
    assert editor(database, project.id, now + MINUTE) == mine


def test_who_goes_on_editing_keeps_the_project_and_the_moment_of_the_beginning(
    database: Database, project: Project, now: datetime
) -> None:
    take(database, project.id, "a", now)
    renewed = take(database, project.id, "a", now + MINUTE, name="王芳（改名）")
    assert (renewed.name, renewed.since, renewed.until) == ("王芳（改名）", now, now + 3 * MINUTE)


@pytest.mark.parametrize("holder", ["a", "b"])
def test_who_is_not_heard_of_any_more_loses_the_project(
    database: Database, project: Project, now: datetime, holder: str
) -> None:
    take(database, project.id, "a", now)
    assert editor(database, project.id, now + 2 * MINUTE) is None
    taken = take(database, project.id, holder, now + 2 * MINUTE)
    assert (taken.holder, taken.since) == (holder, now + 2 * MINUTE)


def test_a_project_taken_by_force_is_not_given_back_by_the_one_who_lost_it(
    database: Database, project: Project, now: datetime
) -> None:
    take(database, project.id, "a", now)
    theirs = take(database, project.id, "b", now + MINUTE, name="李", force=True)
    assert (theirs.holder, theirs.name, theirs.since) == ("b", "李", now + MINUTE)
    assert take(database, project.id, "a", now + MINUTE) == theirs
    with database.unit_of_work() as work:
        work.editors.release(project.id, "a")
    assert editor(database, project.id, now + MINUTE) == theirs


def test_force_on_a_free_or_own_project_is_nothing_special(
    database: Database, project: Project, now: datetime
) -> None:
    assert take(database, project.id, "a", now, force=True).holder == "a"
    assert take(database, project.id, "a", now + MINUTE, force=True).since == now


def test_a_released_project_is_free_at_once(database: Database, project: Project, now: datetime) -> None:
    take(database, project.id, "a", now)
    with database.unit_of_work() as work:
        work.editors.release(project.id, "a")
        work.editors.release(project.id, "a")
    assert editor(database, project.id, now) is None
    assert take(database, project.id, "b", now).holder == "b"


def test_of_many_who_come_at_once_one_edits_and_all_are_told_the_same(
    database: Database, project: Project, now: datetime
) -> None:
    start = Barrier(4)

    def come(number: int) -> Editor:
        start.wait(timeout=10)
        return take(database, project.id, f"holder {number}", now)

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(come, range(4)))
    assert told == [told[0]] * 4


def test_projects_have_an_editor_each(database: Database, project: Project, now: datetime) -> None:
    with database.unit_of_work() as work:
        other = work.projects.create(
            owner="unit-8", name="别家", pack_id="p", edition_id=project.edition_id, state=b"{}", at=now
        )
    take(database, project.id, "a", now)
    assert take(database, other.id, "b", now).holder == "b"
    take(database, other.id, "a", now, force=True)
    with database.unit_of_work() as work:
        work.editors.release(other.id, "a")
    assert editor(database, other.id, now) is None
    assert editor(database, project.id, now) is not None


def test_a_project_that_does_not_exist_cannot_be_edited(
    database: Database, project: Project, now: datetime
) -> None:
    with pytest.raises(NotFound):
        take(database, project.id + 1, "a", now)


# --- what was said ------------------------------------------------------------------------------------------


def say(database: Database, project_id: int, number: int, at: datetime) -> int:
    """Add a turn and return the number of its entry."""
    with database.unit_of_work() as work:
        work.history.append(
            project_id, at=at, turn_key=f"web:{number}", actor="王芳", said=f"第 {number} 句", reply=b"{}"
        )
        return work.history.latest(project_id, limit=1)[0].id


def test_a_turn_is_read_back_as_it_was_shown(database: Database, project: Project, now: datetime) -> None:
    reply = '{"text":"收到 𠮷\\u0000"}'.encode()
    with database.unit_of_work() as work:
        work.history.append(
            project.id, at=now, turn_key="web:1", actor="王芳 👩‍💼", said="680 万元\n🏛️", reply=reply
        )
        work.history.append(project.id, at=now, turn_key="web:2", actor="", said=None, reply=b"{}")
    with database.unit_of_work() as work:
        first, second = work.history.latest(project.id, limit=10)
    assert first.id < second.id
    assert (first.project_id, first.turn_key, first.at) == (project.id, "web:1", now)
    assert (first.actor, first.said, first.reply) == ("王芳 👩‍💼", "680 万元\n🏛️", reply)
    assert (second.actor, second.said) == ("", None)


def test_a_long_conversation_is_read_page_by_page_without_gaps(
    database: Database, project: Project, now: datetime
) -> None:
    # the clock is set back all the while; the order of the turns is theirs
    ids = [say(database, project.id, number, now - number * MINUTE) for number in range(5)]
    pages: list[list[int]] = []
    with database.unit_of_work() as work:
        for before in (None, ids[3], ids[1], ids[0]):
            page = work.history.latest(project.id, limit=2, before=before)
            pages.append([entry.id for entry in page])
    assert pages == [ids[3:], ids[1:3], ids[:1], []]


def test_only_what_came_after_is_sent_to_a_page_that_has_the_rest(
    database: Database, project: Project, now: datetime
) -> None:
    ids = [say(database, project.id, number, now) for number in range(3)]
    with database.unit_of_work() as work:
        assert [entry.id for entry in work.history.after(project.id, 0)] == ids
        assert [entry.id for entry in work.history.after(project.id, ids[0])] == ids[1:]
        assert work.history.after(project.id, ids[-1]) == []


def test_conversations_do_not_mix(database: Database, project: Project, now: datetime) -> None:
    with database.unit_of_work() as work:
        other = work.projects.create(
            owner="unit-8", name="别家", pack_id="p", edition_id=project.edition_id, state=b"{}", at=now
        )
    mine, theirs = say(database, project.id, 1, now), say(database, other.id, 2, now)
    with database.unit_of_work() as work:
        assert [entry.id for entry in work.history.latest(other.id, limit=10)] == [theirs]
        assert work.history.latest(other.id, limit=10, before=theirs) == []
        assert [entry.id for entry in work.history.after(project.id, 0)] == [mine]
        assert work.history.forget(other.id) == 1
        assert [entry.id for entry in work.history.latest(project.id, limit=10)] == [mine]


def test_a_turn_sent_again_is_answered_from_what_was_shown(
    database: Database, project: Project, now: datetime
) -> None:
    ids = [say(database, project.id, number, now) for number in range(3)]
    with database.unit_of_work() as work:
        found = work.history.by_turn("web:1")
        assert work.history.by_turn("web:3") is None
    assert found is not None
    assert (found.id, found.project_id, found.said) == (ids[1], project.id, "第 1 句")


def test_the_number_of_a_forgotten_entry_is_never_given_again(
    database: Database, project: Project, now: datetime
) -> None:
    """A page that has seen it asks for what came after, and would miss the new one."""
    seen = [say(database, project.id, number, now) for number in range(3)][-1]
    with database.unit_of_work() as work:
        assert work.history.forget(project.id) == 3
        assert work.history.latest(project.id, limit=10) == []
    fresh = say(database, project.id, 4, now)
    with database.unit_of_work() as work:
        assert [entry.id for entry in work.history.after(project.id, seen)] == [fresh]


def test_nothing_is_said_about_a_project_that_does_not_exist(
    database: Database, project: Project, now: datetime
) -> None:
    with pytest.raises(NotFound):
        say(database, project.id + 1, 1, now)


# --- who did what -------------------------------------------------------------------------------------------


def test_what_was_done_is_read_back_the_newest_first(
    database: Database, project: Project, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.audit.append(at=now, actor="王芳 👩‍💼", action="login")
        work.audit.append(
            at=now - MINUTE,  # the clock was set back
            actor="李",
            action="submit",
            project_id=project.id,
            unit_id=7,
            detail='{"名称":"平台 🏛️"}'.encode(),
        )
    with database.unit_of_work() as work:
        submit, login = work.audit.latest(limit=10)
    assert (login.at, login.actor, login.action, login.detail) == (now, "王芳 👩‍💼", "login", b"{}")
    assert (login.project_id, login.unit_id) == (None, None)
    assert (submit.at, submit.actor, submit.action) == (now - MINUTE, "李", "submit")
    assert (submit.project_id, submit.unit_id) == (project.id, 7)
    assert submit.detail == '{"名称":"平台 🏛️"}'.encode()


def test_the_audit_trail_is_read_page_by_page_and_by_what_it_is_about(
    database: Database, now: datetime
) -> None:
    with database.unit_of_work() as work:
        for number, (project_id, unit_id) in enumerate([(1, 1), (1, 2), (2, 1), (None, 1), (None, None)]):
            work.audit.append(at=now, actor="a", action=str(number), project_id=project_id, unit_id=unit_id)

    def actions(
        *,
        limit: int = 10,
        before: int | None = None,
        project_id: int | None = None,
        unit_id: int | None = None,
        actor: str | None = None,
    ) -> list[str]:
        with database.unit_of_work() as work:
            found = work.audit.latest(
                limit=limit, before=before, project_id=project_id, unit_id=unit_id, actor=actor
            )
        return [entry.action for entry in found]

    with database.unit_of_work() as work:
        second_page_begins = work.audit.latest(limit=2)[-1].id
    assert actions() == ["4", "3", "2", "1", "0"]
    assert actions(limit=2, before=second_page_begins) == ["2", "1"]
    assert actions(project_id=1) == ["1", "0"]
    assert actions(unit_id=1) == ["3", "2", "0"]
    assert actions(project_id=1, unit_id=1) == ["0"]
    assert actions(project_id=0) == actions(unit_id=0) == actions(actor="b") == []
    assert actions(actor="a", unit_id=2) == ["1"]


def test_what_was_rolled_back_was_not_done(database: Database, now: datetime) -> None:
    with pytest.raises(Crash), database.unit_of_work() as work:  # noqa: PT012
        work.audit.append(at=now, actor="a", action="submit")
        raise Crash
    with database.unit_of_work() as work:
        assert work.audit.latest(limit=10) == []


# --- deletion -----------------------------------------------------------------------------------------------


def test_a_deleted_project_takes_its_editor_and_its_conversation_along_and_the_audit_survives(
    database: Database, project: Project, now: datetime
) -> None:
    take(database, project.id, "a", now)
    say(database, project.id, 1, now)
    with database.unit_of_work() as work:
        work.audit.append(at=now, actor="a", action="delete", project_id=project.id)
        work.projects.delete(project.id)
    with database.unit_of_work() as work:
        assert work.editors.get(project.id, now) is None
        assert work.history.after(project.id, 0) == []
        assert work.history.by_turn("web:1") is None
        (entry,) = work.audit.latest(limit=10, project_id=project.id)
    assert entry.action == "delete"
