"""The browsers that are logged in, by the hash of the token that each keeps in a cookie."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert, update

from storage.rows import read_one, select_as
from storage.schema import web_session

if TYPE_CHECKING:
    from sqlalchemy import Connection


class WebSession(msgspec.Struct, frozen=True):
    """A browser that is logged in.

    Attributes:
        token_hash: the hash of its token.
        account_id: who is logged in; None for the only user of a program on a machine of one's own.
        created_at: when it logged in.
        seen_at: when it was last heard of.
        expires_at: from then on it is not logged in any more.
    """

    token_hash: str
    account_id: int | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


_WEB_SESSION = select_as(WebSession, web_session)


class WebSessions:
    """The logged-in browsers within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, token_hash: str, *, account_id: int | None, at: datetime, expires_at: datetime) -> None:
        """Log a browser in.

        Args:
            token_hash: the hash of its token.
            account_id: who logs in; None for the only user there is.
            at: now.
            expires_at: when it is logged out, unless it is seen.

        Raises:
            Duplicate: there is a session with this token.
            NotFound: there is no such account.
        """
        values = {
            "token_hash": token_hash,
            "account_id": account_id,
            "created_at": at,
            "seen_at": at,
            "expires_at": expires_at,
        }
        self._connection.execute(insert(web_session), values)

    def get(self, token_hash: str, at: datetime) -> WebSession | None:
        """Return a session, or None when it ended, expired, or never was."""
        statement = _WEB_SESSION.where(web_session.c.token_hash == token_hash, web_session.c.expires_at > at)
        return read_one(self._connection, WebSession, statement)

    def seen(self, token_hash: str, *, at: datetime, expires_at: datetime) -> None:
        """Note that a browser was heard of, and let it stay; one that is logged out stays out.

        Args:
            token_hash: the hash of its token.
            at: now.
            expires_at: when it is logged out, unless it is seen again.
        """
        self._connection.execute(
            update(web_session)
            .where(web_session.c.token_hash == token_hash, web_session.c.expires_at > at)
            .values(seen_at=at, expires_at=expires_at)
        )

    def end(self, token_hash: str) -> None:
        """Log a browser out; harmless when it is."""
        self._connection.execute(delete(web_session).where(web_session.c.token_hash == token_hash))

    def end_all(self, account_id: int) -> int:
        """Log an account out everywhere; return of how many browsers."""
        return self._connection.execute(
            delete(web_session).where(web_session.c.account_id == account_id)
        ).rowcount

    def forget(self, before: datetime) -> int:
        """Drop the sessions that expired before a moment; return how many."""
        return self._connection.execute(delete(web_session).where(web_session.c.expires_at < before)).rowcount
