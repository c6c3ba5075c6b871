"""Who is asking: what a session says of its user, and what that user may do."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.updates import Editor, chat_of

if TYPE_CHECKING:
    from datetime import datetime

    from storage.accounts import Account
    from storage.unit_of_work import UnitOfWork
    from storage.units import Unit

CHANNEL = "web"
LOCAL_CHANNEL = "terminal"
"""In local mode the page shows the same projects as the terminal of the same person."""
RENEWED_AFTER = timedelta(hours=1)

Role = Literal["member", "officer", "operator"]


class Principal(msgspec.Struct, frozen=True):
    """A user who has signed in.

    Attributes:
        user: their key on this channel.
        name: what others read.
        owner: whose projects these are: the unit's, or in local mode the person's own.
        person: the same on every channel that is linked.
        area: the GB/T 2260 code of the unit's area; an officer sees what is submitted within it.
        session: the digest of the session's token.
        csrf: what every form of this session carries.
        is_local: the only user of this computer, without an account.
    """

    user: str
    name: str
    role: Role
    owner: str
    person: str
    session: str
    csrf: str
    unit_id: int | None = None
    unit_name: str = ""
    area: str = ""
    account_id: int | None = None
    is_local: bool = False

    @property
    def actor(self) -> str:
        """Their name in the log of changes."""
        return chat_of(CHANNEL, self.user)

    @property
    def editor(self) -> Editor | None:
        """Who they are to colleagues who want to edit the same project; nobody's colleague in local mode."""
        return None if self.is_local else Editor(self.user, self.name)


def digest_of(token: str) -> str:
    """Return what is kept of a secret token: who reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return the value that forms of a session carry; it is known only to who knows the session's token."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()


def unit_owner(unit_id: int) -> str:
    """Return the name under which a unit's projects are kept."""
    return f"unit:{unit_id}"


def principal_of(
    work: UnitOfWork, token: str, *, at: datetime, lasts: timedelta, local_user: str | None
) -> Principal | None:
    """Return the user of a session, and keep the session alive.

    Args:
        work: the transaction.
        token: as the cookie holds it.
        at: now.
        lasts: how long an unused session stays valid.
        local_user: the person at this computer; None on a server.

    Returns:
        None when there is no such session, it has expired, or the account was closed.
    """
    session = work.web_sessions.get(digest_of(token), at)
    if session is None:
        return None
    if at - session.seen_at > RENEWED_AFTER:
        work.web_sessions.seen(session.token_hash, at=at, expires_at=at + lasts)
    if session.account_id is None:
        if local_user is None:
            return None
        chat = work.contacts.get(LOCAL_CHANNEL, local_user)
        return Principal(
            user=local_user,
            name=local_user,
            role="member",
            owner=chat.owner if chat else chat_of(LOCAL_CHANNEL, local_user),
            person=chat.person if chat else chat_of(LOCAL_CHANNEL, local_user),
            session=session.token_hash,
            csrf=csrf_of(token),
            is_local=True,
        )
    account = work.accounts.get(session.account_id)
    if not account.is_active or local_user is not None:
        return None
    unit = None if account.unit_id is None else work.units.get(account.unit_id)
    return _signed_in(account, unit, session.token_hash, csrf_of(token))


def _signed_in(account: Account, unit: Unit | None, session: str, csrf: str) -> Principal:
    return Principal(
        user=f"account:{account.id}",
        name=account.name,
        role=account.role,
        owner="" if unit is None else unit_owner(unit.id),
        person=chat_of(CHANNEL, f"account:{account.id}"),
        session=session,
        csrf=csrf,
        unit_id=account.unit_id,
        unit_name="" if unit is None else unit.name,
        area="" if unit is None else unit.area,
        account_id=account.id,
    )
