"""Invitations: links that let their bearer make one account; only the hash of a link's token is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert, update

from storage.accounts import Role
from storage.rows import read_all, read_one, select_as
from storage.schema import invitation

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


class Invitation(msgspec.Struct, frozen=True):
    """A link that lets its bearer make one account, or set the password of an existing one anew.

    Attributes:
        token_hash: the hash of the token in the link.
        unit_id: the unit of the account to be made; None for none.
        role: the role of the account to be made.
        invited_by: who made the link.
        created_at: when it was made.
        expires_at: from then on it cannot be used.
        used_at: when it was used; None while it was not.
        account_id: the account that was made with it, or the existing one that gets a new password by it.
    """

    token_hash: str
    unit_id: int | None
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    account_id: int | None


_INVITATION = select_as(Invitation, invitation)


class Invitations:
    """The invitations within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        token_hash: str,
        *,
        unit_id: int | None,
        role: Role,
        invited_by: str,
        at: datetime,
        expires_at: datetime,
        account_id: int | None = None,
    ) -> None:
        """Add an invitation.

        Args:
            token_hash: the hash of the token in the link.
            unit_id: the unit of the account to be made; None for none.
            role: the role of the account to be made.
            invited_by: who makes the link.
            at: now.
            expires_at: from then on it cannot be used.
            account_id: the existing account whose password is to be set anew; None to make one.

        Raises:
            Duplicate: there is one with this token.
            NotFound: there is no such unit or account.
        """
        values = {
            "token_hash": token_hash,
            "unit_id": unit_id,
            "role": role,
            "invited_by": invited_by,
            "created_at": at,
            "expires_at": expires_at,
            "account_id": account_id,
        }
        self._connection.execute(insert(invitation), values)

    def get(self, token_hash: str) -> Invitation | None:
        """Return an invitation, used and expired ones too, or None when there is none with this token."""
        statement = _INVITATION.where(invitation.c.token_hash == token_hash)
        return read_one(self._connection, Invitation, statement)

    def use(self, token_hash: str, *, account_id: int, at: datetime) -> bool:
        """Use an invitation up; make the account in the same unit of work, which a False should roll back.

        Args:
            token_hash: the hash of the token in the link.
            account_id: the account that is made with it.
            at: now.

        Returns:
            True for the one who used it; False when it is unknown, used or expired.

        Raises:
            NotFound: there is no such account.
        """
        statement = update(invitation).where(invitation.c.token_hash == token_hash, _is_open(at))
        return self._connection.execute(statement.values(used_at=at, account_id=account_id)).rowcount == 1

    def open(self, at: datetime) -> list[Invitation]:
        """Return those that can be used, the first to expire first."""
        statement = _INVITATION.where(_is_open(at))
        statement = statement.order_by(invitation.c.expires_at, invitation.c.token_hash)
        return read_all(self._connection, Invitation, statement)

    def revoke(self, token_hash: str) -> bool:
        """Forget an invitation that was not used.

        Returns:
            False when there was none with this token, or it was used.
        """
        statement = delete(invitation).where(
            invitation.c.token_hash == token_hash, invitation.c.used_at.is_(None)
        )
        return self._connection.execute(statement).rowcount == 1


def _is_open(at: datetime) -> ColumnElement[bool]:
    return invitation.c.used_at.is_(None) & (invitation.c.expires_at > at)
