"""Chats: whose they are, whether they can be reached, and when they want to be left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from storage.contacts import SEEN_AGAIN
from storage.errors import NotFound
from storage.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.contacts import Contact
    from storage.database import Database
    from storage.projects import Project

MINUTE = timedelta(minutes=1)
ABSENT = 999


def meet(database: Database, user: str, at: datetime, *, name: str = "王芳 👩‍💼") -> Contact:
    with database.unit_of_work() as work:
        return work.contacts.meet("t", user, name=name, key=f"t:{user}", at=at)


def get(database: Database, user: str) -> Contact:
    with database.unit_of_work() as work:
        found = work.contacts.get("t", user)
    assert found is not None
    return found


def users(contacts: list[Contact]) -> list[str]:
    return [contact.user for contact in contacts]


def test_a_new_chat_is_a_person_of_its_own(database: Database, now: datetime) -> None:
    met = meet(database, "-100", now)
    assert (met.channel, met.user, met.name) == ("t", "-100", "王芳 👩‍💼")
    assert met.person == met.owner == "t:-100"
    assert (met.account_id, met.keyboard, met.quiet_from, met.quiet_to) == (None, None, None, None)
    assert (met.is_muted, met.blocked_at, met.digest_at) == (False, None, None)
    assert met.created_at == met.seen_at == now
    assert get(database, "-100") == met


def test_an_unknown_chat_is_not_found(database: Database, now: datetime) -> None:
    meet(database, "a", now)
    with database.unit_of_work() as work:
        assert work.contacts.get("t", "b") is None
        assert work.contacts.get("web", "a") is None, "the same key of another channel is another chat"


def test_a_name_is_refreshed_and_one_that_is_not_given_stays(database: Database, now: datetime) -> None:
    meet(database, "a", now)
    assert meet(database, "a", now, name="李").name == "李"
    assert meet(database, "a", now, name="").name == "李"


def test_when_a_chat_was_seen_is_kept_to_the_hour(database: Database, now: datetime) -> None:
    meet(database, "a", now)
    assert meet(database, "a", now + SEEN_AGAIN - MINUTE).seen_at == now
    again = meet(database, "a", now + SEEN_AGAIN)
    assert (again.created_at, again.seen_at) == (now, now + SEEN_AGAIN)


def test_a_turn_that_changes_nothing_writes_nothing(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(database, "a", now)
    statements: list[str] = []
    run = Prepared.run

    def noted(prepared: Prepared, connection: Connection, values: Mapping[str, object]) -> object:
        statements.append(str(prepared._statement))
        return run(prepared, connection, values)

    monkeypatch.setattr(Prepared, "run", noted)
    with database.unit_of_work() as work:
        event.listen(
            work.connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_rest: statements.append(statement),
        )
        work.contacts.meet("t", "a", name="王芳 👩‍💼", key="t:a", at=now + MINUTE)
    assert {statement.split()[0] for statement in statements} == {"SELECT"}


def test_a_linked_chat_stays_linked_when_it_is_met_again_until_it_is_unlinked(
    database: Database, now: datetime
) -> None:
    meet(database, "a", now)
    with database.unit_of_work() as work:
        account = work.accounts.add(unit_id=None, login="wang", name="王芳", role="member", at=now)
        work.contacts.link(
            "t", "a", person=f"web:account:{account.id}", owner="unit:3", account_id=account.id
        )
    linked = meet(database, "a", now + SEEN_AGAIN)
    assert (linked.person, linked.owner, linked.account_id) == (
        f"web:account:{account.id}",
        "unit:3",
        account.id,
    )
    with database.unit_of_work() as work:
        work.contacts.unlink("t", "a", key="t:a")
    alone = get(database, "a")
    assert (alone.person, alone.owner, alone.account_id) == ("t:a", "t:a", None)


def test_a_chat_is_linked_to_an_account_that_exists_and_goes_with_it(
    database: Database, now: datetime
) -> None:
    meet(database, "a", now)
    meet(database, "b", now)
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.contacts.link("t", "a", person="web:account:9", owner="unit:3", account_id=ABSENT)
    assert get(database, "a").owner == "t:a"
    with database.unit_of_work() as work:
        account = work.accounts.add(unit_id=None, login="wang", name="王芳", role="member", at=now)
        work.contacts.link("t", "a", person="p", owner="o", account_id=account.id)
        work.connection.exec_driver_sql("DELETE FROM account")
        assert work.contacts.get("t", "a") is None
        assert work.contacts.get("t", "b") is not None


def test_chats_are_reached_through_the_owner_and_through_the_person_each_once(
    database: Database, now: datetime
) -> None:
    for user in "abcde":
        meet(database, user, now)
    with database.unit_of_work() as work:
        work.contacts.link("t", "a", person="p1", owner="unit:3", account_id=None)
        work.contacts.link("t", "b", person="p2", owner="unit:3", account_id=None)
        work.contacts.link("t", "c", person="p2", owner="unit:4", account_id=None)
        work.contacts.set_muted("t", "a", True)
        work.contacts.block("t", "d", now)
        reachable = work.contacts.reachable
        assert users(reachable("unit:3", [])) == ["a", "b"], "whether a muted one is told is the caller's"
        assert users(reachable("unit:3", ["p2", "p1"])) == ["a", "b", "c"]
        assert users(reachable("nobody", ["t:d", "t:e"])) == ["e"], "a blocked one is not reached"
        assert reachable("nobody", []) == []
        assert users(work.contacts.of_owner("unit:3")) == ["a", "b"]
        assert users(work.contacts.of_person("p2")) == ["b", "c"]
        assert users(work.contacts.of_person("t:d")) == ["d"], "a blocked one is theirs all the same"


def test_a_chat_is_blocked_once_and_free_when_somebody_writes_in_it(
    database: Database, now: datetime
) -> None:
    meet(database, "a", now)
    with database.unit_of_work() as work:
        assert work.contacts.block("t", "a", now)
        assert not work.contacts.block("t", "a", now + MINUTE)
        assert not work.contacts.block("t", "unknown", now)
    assert get(database, "a").blocked_at == now
    assert meet(database, "a", now + MINUTE).blocked_at is None


def test_what_is_set_is_read_back_and_can_be_taken_back(database: Database, now: datetime) -> None:
    meet(database, "a", now)
    meet(database, "b", now)
    with database.unit_of_work() as work:
        work.contacts.set_quiet("t", "a", 22 * 60, 7 * 60 + 30)
        work.contacts.set_muted("t", "a", True)
        work.contacts.set_keyboard("t", "a", "17")
    found = get(database, "a")
    assert (found.quiet_from, found.quiet_to, found.is_muted, found.keyboard) == (1320, 450, True, "17")
    with database.unit_of_work() as work:
        work.contacts.set_quiet("t", "a", None, None)
        work.contacts.set_muted("t", "a", False)
        work.contacts.set_keyboard("t", "a", None)
    assert get(database, "a") == meet(database, "a", now)
    other = get(database, "b")
    assert (other.quiet_from, other.is_muted, other.keyboard) == (None, False, None)


def test_digests_are_due_at_their_moment_the_longest_due_first(database: Database, now: datetime) -> None:
    for user in "abcd":
        meet(database, user, now)
    with database.unit_of_work() as work:
        assert work.contacts.next_digest() is None
        assert users(work.contacts.without_digest(3)) == ["a", "b", "c"]
        work.contacts.set_digest("t", "a", now)
        work.contacts.set_digest("t", "b", now - MINUTE)
        work.contacts.set_digest("t", "c", now + MINUTE)
        assert users(work.contacts.digests_due(now, 10)) == ["b", "a"]
        assert users(work.contacts.digests_due(now, 1)) == ["b"]
        assert users(work.contacts.without_digest(10)) == ["d"]
        assert work.contacts.next_digest() == now - MINUTE
        for user in "bd":
            work.contacts.block("t", user, now)
        assert users(work.contacts.digests_due(now, 10)) == ["a"]
        assert work.contacts.without_digest(10) == []
        assert work.contacts.next_digest() == now


def test_a_forgotten_chat_is_gone_and_new_when_it_comes_back(database: Database, now: datetime) -> None:
    meet(database, "a", now)
    meet(database, "b", now)
    with database.unit_of_work() as work:
        work.contacts.set_muted("t", "a", True)
        work.contacts.forget("t", "a")
        assert work.contacts.get("t", "a") is None
        assert work.contacts.get("t", "b") is not None
    again = meet(database, "a", now + MINUTE)
    assert (again.is_muted, again.created_at) == (False, now + MINUTE)


def test_a_deleted_project_leaves_the_chats_of_its_people(
    database: Database, project: Project, now: datetime
) -> None:
    meet(database, "a", now)
    with database.unit_of_work() as work:
        work.contacts.link("t", "a", person="p", owner=project.owner, account_id=None)
        work.projects.delete(project.id)
        assert users(work.contacts.of_owner(project.owner)) == ["a"]
