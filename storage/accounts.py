"""Accounts: who may log in, with a password or through the organisation's own login."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import insert, update

from storage.errors import NotFound
from storage.rows import read_all, read_one, select_as
from storage.schema import account

if TYPE_CHECKING:
    from sqlalchemy import Connection

Role = Literal["member", "officer", "operator"]
"""A member declares for a unit, an officer reviews for the unit's area, an operator runs the server."""


class Account(msgspec.Struct, frozen=True):
    """Somebody who may log in.

    Attributes:
        id: its number.
        unit_id: the unit; None for an operator who belongs to none.
        login: what is typed to log in, case-folded; no two have the same.
        name: what others see.
        role: what the account may do.
        password_hash: None when no password opens it.
        oidc_subject: who it is to the organisation's own login; no two have the same; None when unlinked.
        is_active: False when it was closed; its history stays.
        created_at: when it was added.
    """

    id: int
    unit_id: int | None
    login: str
    name: str
    role: Role
    password_hash: str | None
    oidc_subject: str | None
    is_active: bool
    created_at: datetime


_ACCOUNT = select_as(Account, account)


class Accounts:
    """The accounts within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        unit_id: int | None,
        login: str,
        name: str,
        role: Role,
        at: datetime,
        password_hash: str | None = None,
        oidc_subject: str | None = None,
    ) -> Account:
        """Add an account, which is active.

        Args:
            unit_id: the unit; None for none.
            login: what will be typed to log in, in any case.
            name: what others see.
            role: what it may do.
            at: now.
            password_hash: None when no password opens it.
            oidc_subject: who it is to the organisation's own login.

        Raises:
            Duplicate: another account has this login or subject.
            NotFound: there is no such unit.
        """
        values = {
            "unit_id": unit_id,
            "login": login.casefold(),
            "name": name,
            "role": role,
            "password_hash": password_hash,
            "oidc_subject": oidc_subject,
            "is_active": True,
            "created_at": at,
        }
        statement = insert(account).returning(account.c.id)
        return self.get(self._connection.execute(statement, values).scalar_one())

    def get(self, account_id: int) -> Account:
        """Return an account, active or not.

        Raises:
            NotFound: there is none with this number.
        """
        found = read_one(self._connection, Account, _ACCOUNT.where(account.c.id == account_id))
        if found is None:
            raise NotFound(f"no account {account_id}")
        return found

    def by_login(self, login: str) -> Account | None:
        """Return the account with a login, typed in any case and active or not, or None."""
        return read_one(self._connection, Account, _ACCOUNT.where(account.c.login == login.casefold()))

    def by_oidc(self, subject: str) -> Account | None:
        """Return the account linked to a subject, active or not, or None."""
        return read_one(self._connection, Account, _ACCOUNT.where(account.c.oidc_subject == subject))

    def set_password(self, account_id: int, password_hash: str | None) -> None:
        """Let another password open an account; None lets none.

        Raises:
            NotFound: there is no such account.
        """
        self._set(account_id, {"password_hash": password_hash})

    def link_oidc(self, account_id: int, subject: str | None) -> None:
        """Link an account to a subject in place of the one before; None unlinks it.

        Raises:
            Duplicate: another account is linked to it.
            NotFound: there is no such account.
        """
        self._set(account_id, {"oidc_subject": subject})

    def set_active(self, account_id: int, is_active: bool) -> None:  # noqa: FBT001 - the name says it all
        """Close an account or open it again; its sessions are ended elsewhere.

        Raises:
            NotFound: there is no such account.
        """
        self._set(account_id, {"is_active": is_active})

    def list(self, unit_id: int | None = None) -> list[Account]:
        """Return the accounts of a unit, or all of them when None is given, in the order they were added."""
        statement = _ACCOUNT if unit_id is None else _ACCOUNT.where(account.c.unit_id == unit_id)
        return read_all(self._connection, Account, statement.order_by(account.c.id))

    def _set(self, account_id: int, values: dict[str, object]) -> None:
        statement = update(account).where(account.c.id == account_id).values(values)
        if self._connection.execute(statement).rowcount != 1:
            raise NotFound(f"no account {account_id}")
