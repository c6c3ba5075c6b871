"""Which project, and which language, a user of a channel has open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, delete, update

from storage.locks import hold, is_shared_between_machines
from storage.prepared import Prepared
from storage.rows import insert_if_absent, select_as
from storage.schema import session

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Session(msgspec.Struct, frozen=True):
    """What a user of a channel has open.

    Attributes:
        channel: the channel.
        user: the channel's own key of the user.
        project_id: the open project; None when there is none, or it was deleted.
        language: the language of the replies, such as ``zh_CN``.
    """

    channel: str
    user: str
    project_id: int | None
    language: str


_ONE = select_as(Session, session).where(
    session.c.channel == bindparam("channel"), session.c.user == bindparam("user")
)
_READ, _LOCK = Prepared(_ONE), Prepared(_ONE.with_for_update(key_share=True))
_MOVE = Prepared(
    update(session)
    .where(session.c.channel == bindparam("its_channel"), session.c.user == bindparam("its_user"))
    .values(project_id=bindparam("project_id"), language=bindparam("language"))
)


class Sessions:
    """The sessions within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, channel: str, user: str) -> Session | None:
        """Return what a user has open, or None for a user who is new here."""
        return _READ.one(self._connection, Session, {"channel": channel, "user": user})

    def open(self, channel: str, user: str) -> Session | None:
        """Return what a user has open, for a turn: until this unit of work ends, nobody else answers the same user."""
        key = {"channel": channel, "user": user}
        found = _LOCK.one(self._connection, Session, key)
        if found is None and is_shared_between_machines(self._connection):
            # There is no row yet that could be locked.
            hold(self._connection, f"session {channel} {user}")
            found = _LOCK.one(self._connection, Session, key)
        return found

    def set(self, channel: str, user: str, *, project_id: int | None, language: str) -> None:
        """Keep what a user has open, in place of what was kept before.

        Raises:
            NotFound: there is no such project.
        """
        values = {"channel": channel, "user": user, "project_id": project_id, "language": language}
        if not insert_if_absent(self._connection, session, values):
            _MOVE.run(self._connection, values | {"its_channel": channel, "its_user": user})

    def forget(self, channel: str, user: str) -> None:
        """Delete what a user has open."""
        self._connection.execute(delete(session).where(session.c.channel == channel, session.c.user == user))
