"""Units, accounts, invitations and logged-in browsers: what every backend promises of them."""

# ruff: noqa: S106 - the hashes are made up
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from storage.errors import Duplicate, NotFound
from storage.schema import account as account_table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.accounts import Account
    from storage.database import Database
    from storage.web_sessions import WebSession

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ABSENT = 999


class Refused(Exception):  # noqa: N818
    """The invitation cannot be used; the unit of work is rolled back."""


@pytest.fixture
def account(database: Database, now: datetime) -> Account:
    with database.unit_of_work() as work:
        unit = work.units.add(name="市数据局", area="640200", at=now)
        return work.accounts.add(unit_id=unit.id, login="wang", name="王芳", role="member", at=now)


# --- units --------------------------------------------------------------------------------------------------


def test_a_unit_is_read_back_as_it_was_added(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        added = work.units.add(name="石嘴山市 🏛️ 𠮷 局", area="640200", at=now)
    with database.unit_of_work() as work:
        assert work.units.get(added.id) == added
        assert work.units.list() == [added]
    assert (added.name, added.area, added.created_at) == ("石嘴山市 🏛️ 𠮷 局", "640200", now)


def test_two_units_cannot_have_one_name(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        kept = work.units.add(name="市数据局", area="640200", at=now)
    with pytest.raises(Duplicate), database.unit_of_work() as work:
        work.units.add(name="市数据局", area="640221", at=now)
    with database.unit_of_work() as work:
        assert work.units.list() == [kept]


@pytest.mark.parametrize(
    ("area", "within"),
    [
        ("640200", ["640200", "640202", "640221"]),
        ("640221", ["640221"]),
        ("640300", ["640300"]),
        ("641000", ["641000", "641001"]),
        ("640000", ["640000", "640200", "640202", "640221", "640300", "641000", "641001", "641100"]),
        ("000000", ["640000", "640200", "640202", "640221", "640300", "641000", "641001", "641100"]),
        ("650000", []),
        ("640022", []),
    ],
)
def test_pairs_of_zeros_at_the_end_of_an_area_stand_for_all_that_is_within(
    database: Database, now: datetime, area: str, within: list[str]
) -> None:
    with database.unit_of_work() as work:
        for code in ("641100", "641001", "641000", "640221", "640300", "640202", "640200", "640000"):
            work.units.add(name=f"unit of {code}", area=code, at=now)
        assert [unit.area for unit in work.units.in_area(area)] == within


@pytest.mark.parametrize(
    "area",
    ["", "00", "64", "64020", "6402000", "64%%%%", "64____", "６４０２００", "640200\n", " 40200", "🏛️" * 3],
)
def test_what_is_no_area_code_covers_nothing_rather_than_everything(
    database: Database, now: datetime, area: str
) -> None:
    with database.unit_of_work() as work:
        work.units.add(name="市数据局", area="640200", at=now)
        with pytest.raises(ValueError, match="no area code"):
            work.units.in_area(area)
        with pytest.raises(ValueError, match="no area code"):
            work.units.add(name="别家", area=area, at=now)


# --- accounts -----------------------------------------------------------------------------------------------


def test_an_account_is_read_back_as_it_was_added(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        unit = work.units.add(name="市数据局", area="640200", at=now)
        added = work.accounts.add(
            unit_id=unit.id,
            login="wang",
            name="王芳 👩‍💼",
            role="officer",
            at=now,
            password_hash="hash",
            oidc_subject="subject",
        )
    with database.unit_of_work() as work:
        assert work.accounts.get(added.id) == added
        assert work.accounts.by_oidc("subject") == added
        assert work.accounts.by_oidc("SUBJECT") is None, "a subject is not ours to fold"
    assert (added.unit_id, added.login, added.name, added.role) == (unit.id, "wang", "王芳 👩‍💼", "officer")
    assert (added.password_hash, added.oidc_subject, added.created_at) == ("hash", "subject", now)
    assert added.is_active is True


@pytest.mark.parametrize(
    ("added", "typed"), [("Wang.Fang", "WANG.fang"), ("STRASSE", "straße"), ("Ж", "ж"), ("王芳🏛️", "王芳🏛️")]
)
def test_a_login_is_the_same_in_any_case(database: Database, now: datetime, added: str, typed: str) -> None:
    with database.unit_of_work() as work:
        kept = work.accounts.add(unit_id=None, login=added, name="王芳", role="operator", at=now)
        assert work.accounts.by_login(added) == work.accounts.by_login(typed) == kept
        assert work.accounts.by_login(typed + "x") is None
        assert kept.login == typed.casefold()
    with pytest.raises(Duplicate), database.unit_of_work() as work:
        work.accounts.add(unit_id=None, login=typed, name="别人", role="operator", at=now)
    with database.unit_of_work() as work:
        assert work.accounts.list() == [kept]


def test_accounts_of_a_unit_are_its_own_and_none_means_all(
    database: Database, account: Account, now: datetime
) -> None:
    with database.unit_of_work() as work:
        other = work.units.add(name="别家", area="640221", at=now)
        officer = work.accounts.add(unit_id=other.id, login="li", name="李", role="officer", at=now)
        operator = work.accounts.add(unit_id=None, login="root", name="管理", role="operator", at=now)
        assert work.accounts.list(other.id) == [officer]
        assert work.accounts.list(ABSENT) == []
        assert work.accounts.list() == [account, officer, operator]


def test_a_subject_belongs_to_one_account_and_is_free_when_unlinked(
    database: Database, account: Account, now: datetime
) -> None:
    with database.unit_of_work() as work:
        other = work.accounts.add(unit_id=None, login="li", name="李", role="operator", at=now)
        work.accounts.link_oidc(account.id, "subject")
        work.accounts.link_oidc(account.id, "subject")
    with pytest.raises(Duplicate), database.unit_of_work() as work:
        work.accounts.link_oidc(other.id, "subject")
    with pytest.raises(Duplicate), database.unit_of_work() as work:
        work.accounts.add(
            unit_id=None, login="zhao", name="赵", role="operator", at=now, oidc_subject="subject"
        )
    with database.unit_of_work() as work:
        assert work.accounts.by_login("zhao") is None
        work.accounts.link_oidc(account.id, None)
        work.accounts.link_oidc(other.id, "subject")
        found = work.accounts.by_oidc("subject")
    assert found is not None
    assert found.id == other.id


def test_a_password_is_replaced_or_taken_away_and_nothing_else_changes(
    database: Database, account: Account
) -> None:
    for password_hash in ("new", None):
        with database.unit_of_work() as work:
            work.accounts.set_password(account.id, password_hash)
            found = work.accounts.get(account.id)
        assert found.password_hash == password_hash
        assert (found.login, found.role, found.is_active) == (account.login, account.role, True)


def test_a_closed_account_is_still_found_and_says_so(database: Database, account: Account) -> None:
    with database.unit_of_work() as work:
        work.accounts.set_active(account.id, False)
        found = work.accounts.by_login(account.login)
        assert found is not None
        assert found.is_active is False
        work.accounts.set_active(account.id, True)
        assert work.accounts.get(account.id) == account


def test_units_and_accounts_that_do_not_exist_are_not_found(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        for use in (
            lambda: work.units.get(ABSENT),
            lambda: work.accounts.get(ABSENT),
            lambda: work.accounts.set_password(ABSENT, "hash"),
            lambda: work.accounts.link_oidc(ABSENT, "subject"),
            lambda: work.accounts.set_active(ABSENT, True),
        ):
            with pytest.raises(NotFound):
                use()
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.accounts.add(unit_id=ABSENT, login="wang", name="王", role="member", at=now)


# --- invitations --------------------------------------------------------------------------------------------


def invite(database: Database, token_hash: str, at: datetime, *, lasts: timedelta = DAY) -> None:
    with database.unit_of_work() as work:
        work.invitations.add(
            token_hash, unit_id=None, role="member", invited_by="王芳 👩‍💼", at=at, expires_at=at + lasts
        )


def test_an_invitation_is_read_back_as_it_was_added_and_as_it_was_used(
    database: Database, account: Account, now: datetime
) -> None:
    with database.unit_of_work() as work:
        work.invitations.add(
            "t", unit_id=account.unit_id, role="officer", invited_by="王芳", at=now, expires_at=now + DAY
        )
        found = work.invitations.get("t")
        assert found is not None
        assert (found.unit_id, found.role, found.invited_by) == (account.unit_id, "officer", "王芳")
        assert (found.created_at, found.expires_at) == (now, now + DAY)
        assert (found.used_at, found.account_id) == (None, None)
        assert work.invitations.use("t", account_id=account.id, at=now + MINUTE)
        found = work.invitations.get("t")
        assert found is not None
        assert (found.used_at, found.account_id) == (now + MINUTE, account.id)
        assert work.invitations.get("unknown") is None


def test_an_invitation_used_by_many_threads_at_once_is_used_once(database: Database, now: datetime) -> None:
    invite(database, "t", now)
    start = Barrier(4)

    def join(number: int) -> bool:
        start.wait(timeout=10)
        is_used = False
        with suppress(Refused), database.unit_of_work() as work:
            made = work.accounts.add(unit_id=None, login=f"u{number}", name="用户", role="member", at=now)
            is_used = work.invitations.use("t", account_id=made.id, at=now)
            if not is_used:
                raise Refused
        return is_used

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(join, range(4))) == [False, False, False, True]
    with database.unit_of_work() as work:
        (made,) = work.accounts.list()
        found = work.invitations.get("t")
    assert found is not None
    assert found.account_id == made.id


def test_an_unknown_used_or_expired_invitation_is_not_used(
    database: Database, account: Account, now: datetime
) -> None:
    invite(database, "used", now)
    invite(database, "expired", now)
    with database.unit_of_work() as work:
        assert work.invitations.use("used", account_id=account.id, at=now)
        assert not work.invitations.use("used", account_id=account.id, at=now + MINUTE)
        assert not work.invitations.use("expired", account_id=account.id, at=now + DAY)
        assert not work.invitations.use("unknown", account_id=account.id, at=now)
        used, expired = work.invitations.get("used"), work.invitations.get("expired")
    assert used is not None
    assert expired is not None
    assert (used.used_at, expired.used_at) == (now, None)


def test_only_invitations_that_can_be_used_are_open(
    database: Database, account: Account, now: datetime
) -> None:
    invite(database, "later", now, lasts=2 * DAY)
    for token_hash in ("sooner", "used", "revoked"):
        invite(database, token_hash, now)
    with database.unit_of_work() as work:
        work.invitations.use("used", account_id=account.id, at=now)
        assert work.invitations.revoke("revoked")
        assert not work.invitations.revoke("revoked")
        assert not work.invitations.revoke("used"), "who was invited by whom stays known"
        assert work.invitations.get("used") is not None
        assert [each.token_hash for each in work.invitations.open(now)] == ["sooner", "later"]
        assert [each.token_hash for each in work.invitations.open(now + DAY)] == ["later"]
        assert not work.invitations.use("revoked", account_id=account.id, at=now)


def test_an_invitation_refers_to_what_exists_and_its_token_is_new(database: Database, now: datetime) -> None:
    invite(database, "t", now)
    with pytest.raises(Duplicate):
        invite(database, "t", now)
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.invitations.add(
            "u", unit_id=ABSENT, role="member", invited_by="王芳", at=now, expires_at=now + DAY
        )
    with pytest.raises(NotFound), database.unit_of_work() as work:
        work.invitations.use("t", account_id=ABSENT, at=now)
    with database.unit_of_work() as work:
        assert [each.token_hash for each in work.invitations.open(now)] == ["t"]


# --- logged-in browsers -------------------------------------------------------------------------------------


def log_in(database: Database, token_hash: str, account_id: int | None, at: datetime) -> None:
    with database.unit_of_work() as work:
        work.web_sessions.start(token_hash, account_id=account_id, at=at, expires_at=at + DAY)


def session(database: Database, token_hash: str, at: datetime) -> WebSession | None:
    with database.unit_of_work() as work:
        return work.web_sessions.get(token_hash, at)


def test_a_browser_stays_logged_in_until_its_session_expires(
    database: Database, account: Account, now: datetime
) -> None:
    log_in(database, "t", account.id, now)
    found = session(database, "t", now + DAY - MINUTE)
    assert found is not None
    assert (found.token_hash, found.account_id) == ("t", account.id)
    assert (found.created_at, found.seen_at, found.expires_at) == (now, now, now + DAY)
    assert session(database, "t", now + DAY) is None
    assert session(database, "unknown", now) is None


def test_the_only_user_of_a_machine_needs_no_account(database: Database, now: datetime) -> None:
    log_in(database, "t", None, now)
    found = session(database, "t", now)
    assert found is not None
    assert found.account_id is None


def test_a_browser_that_is_seen_stays_longer_but_one_logged_out_does_not_come_back(
    database: Database, now: datetime
) -> None:
    log_in(database, "t", None, now)
    with database.unit_of_work() as work:
        work.web_sessions.seen("t", at=now + MINUTE, expires_at=now + MINUTE + DAY)
    found = session(database, "t", now + DAY)
    assert found is not None
    assert (found.created_at, found.seen_at) == (now, now + MINUTE)
    with database.unit_of_work() as work:
        work.web_sessions.seen("t", at=now + 2 * DAY, expires_at=now + 3 * DAY)
        assert work.web_sessions.get("t", now + 2 * DAY) is None, "it had expired"
        work.web_sessions.end("t")
        work.web_sessions.end("t")
        work.web_sessions.seen("t", at=now, expires_at=now + DAY)
        assert work.web_sessions.get("t", now) is None


def test_logging_out_everywhere_leaves_the_others_logged_in(
    database: Database, account: Account, now: datetime
) -> None:
    with database.unit_of_work() as work:
        other = work.accounts.add(unit_id=None, login="li", name="李", role="operator", at=now)
    for token_hash, account_id in (("a", account.id), ("b", account.id), ("c", other.id), ("d", None)):
        log_in(database, token_hash, account_id, now)
    with database.unit_of_work() as work:
        assert work.web_sessions.end_all(account.id) == 2
    assert [session(database, token_hash, now) is None for token_hash in "abcd"] == [True, True, False, False]


def test_sessions_that_expired_are_forgotten_and_the_others_kept(database: Database, now: datetime) -> None:
    log_in(database, "old", None, now)
    log_in(database, "fresh", None, now + MINUTE)
    with database.unit_of_work() as work:
        assert work.web_sessions.forget(now + DAY + MINUTE) == 1
    assert session(database, "old", now) is None
    assert session(database, "fresh", now) is not None


def test_a_session_belongs_to_an_account_that_exists_and_goes_with_it(
    database: Database, account: Account, now: datetime
) -> None:
    with pytest.raises(NotFound):
        log_in(database, "t", ABSENT, now)
    log_in(database, "t", account.id, now)
    with pytest.raises(Duplicate):
        log_in(database, "t", None, now)
    with database.unit_of_work() as work:
        work.connection.execute(delete(account_table).where(account_table.c.id == account.id))
        assert work.web_sessions.get("t", now) is None
