"""Who edits a project now: one at a time, for as long as they are heard of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import case, delete, true, update

from storage.rows import insert_if_absent, read_all, read_one, select_as
from storage.schema import editor

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Editor(msgspec.Struct, frozen=True):
    """The one who edits a project.

    Attributes:
        project_id: the project.
        holder: tells one editor from another.
        name: what the others are told.
        since: when the editing began.
        until: from then on anybody may take over.
    """

    project_id: int
    holder: str
    name: str
    since: datetime
    until: datetime


_EDITOR = select_as(Editor, editor)


class Editors:
    """The editors within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(
        self, project_id: int, *, holder: str, name: str, at: datetime, until: datetime, force: bool = False
    ) -> Editor:
        """Begin to edit a project, or go on, unless somebody else is at it.

        Args:
            project_id: the project.
            holder: who asks.
            name: what the others are told.
            at: now.
            until: when others may take over, unless it is taken again.
            force: take over from somebody who is still at it.

        Returns:
            Who edits now: the one who asked, or the other, whose ``holder`` differs.

        Raises:
            NotFound: there is no such project.
        """
        is_mine = editor.c.holder == holder
        is_over = editor.c.until <= at
        values = {"holder": holder, "name": name, "until": until}
        going_on = (
            update(editor)
            .where(editor.c.project_id == project_id, true() if force else is_mine | is_over)
            .values(values | {"since": case((is_mine & ~is_over, editor.c.since), else_=at)})
        )
        if self._connection.execute(going_on).rowcount == 0:
            insert_if_absent(self._connection, editor, {"project_id": project_id, "since": at, **values})
        (found,) = read_all(self._connection, Editor, _EDITOR.where(editor.c.project_id == project_id))
        return found

    def get(self, project_id: int, at: datetime) -> Editor | None:
        """Return who edits a project, or None when nobody does."""
        statement = _EDITOR.where(editor.c.project_id == project_id, editor.c.until > at)
        return read_one(self._connection, Editor, statement)

    def release(self, project_id: int, holder: str) -> None:
        """Stop editing a project; harmless to somebody else who is at it."""
        self._connection.execute(
            delete(editor).where(editor.c.project_id == project_id, editor.c.holder == holder)
        )
