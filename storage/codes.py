"""Codes by which two chats of one person are linked, or a colleague comes into a project."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import delete, insert, or_, update

from storage.rows import read_one, select_as
from storage.schema import access_code

if TYPE_CHECKING:
    from sqlalchemy import Connection

CodeKind = Literal["link", "project"]


class AccessCode(msgspec.Struct, frozen=True):
    """A code.

    Attributes:
        code_hash: the hash of what was shown.
        kind: link, for another chat of the same person; project, for a colleague.
        person: who made it.
        owner: whose projects are that person's.
        account_id: that person's account; None without one.
        name: what that person is called.
        project_id: the project that it lets into; None for a link.
        created_at: when it was made.
        expires_at: from then on it cannot be used.
        used_at: when it was used.
    """

    code_hash: str
    kind: CodeKind
    person: str
    owner: str
    account_id: int | None
    name: str
    project_id: int | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


_CODE = select_as(AccessCode, access_code)


class Codes:
    """The codes within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        code_hash: str,
        kind: CodeKind,
        person: str,
        owner: str,
        account_id: int | None,
        name: str,
        project_id: int | None,
        at: datetime,
        expires_at: datetime,
    ) -> None:
        """Add a code; the arguments are the attributes of AccessCode.

        Raises:
            Duplicate: there is one with this hash.
            NotFound: there is no such account or project.
        """
        values = {
            "code_hash": code_hash,
            "kind": kind,
            "person": person,
            "owner": owner,
            "account_id": account_id,
            "name": name,
            "project_id": project_id,
            "created_at": at,
            "expires_at": expires_at,
        }
        self._connection.execute(insert(access_code), values)

    def get(self, code_hash: str) -> AccessCode | None:
        """Return a code, used and expired ones too, or None when there is none."""
        return read_one(self._connection, AccessCode, _CODE.where(access_code.c.code_hash == code_hash))

    def take(self, code_hash: str, at: datetime) -> AccessCode | None:
        """Use a code up; None when it is unknown, used or expired."""
        is_open = access_code.c.used_at.is_(None) & (access_code.c.expires_at > at)
        statement = update(access_code).where(access_code.c.code_hash == code_hash, is_open)
        if self._connection.execute(statement.values(used_at=at)).rowcount != 1:
            return None
        return self.get(code_hash)

    def forget(self, before: datetime) -> int:
        """Drop codes that expired or were used before a moment; return how many."""
        is_over = or_(access_code.c.expires_at < before, access_code.c.used_at < before)
        return self._connection.execute(delete(access_code).where(is_over)).rowcount

    def forget_person(self, person: str) -> int:
        """Drop the codes that a person made; return how many."""
        return self._connection.execute(delete(access_code).where(access_code.c.person == person)).rowcount
