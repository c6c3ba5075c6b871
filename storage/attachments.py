"""Documents that were handed in, version by version; what was removed stays in the history, without its content."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.errors import NotFound
from storage.prepared import Prepared
from storage.rows import read_all, read_one, select_as
from storage.schema import attachment

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


class Attachment(msgspec.Struct, frozen=True):
    """A version of a document of a project.

    Attributes:
        id: grows with time.
        project_id: the project it was handed in for.
        document_id: which document of the checklist it is.
        version: counts from 1 within the document; the number of a removed version is not given again.
        sha256: the digest of its content.
        file_name: what the user's file was called.
        kind: what sort of file it is.
        size: in bytes.
        added_at: when it was handed in.
        removed_at: when it was taken back; its content may be gone.
    """

    id: int
    project_id: int
    document_id: str
    version: int
    sha256: str
    file_name: str
    kind: str
    size: int
    added_at: datetime
    removed_at: datetime | None


_ATTACHMENT = select_as(Attachment, attachment)
_IS_KEPT: ColumnElement[bool] = attachment.c.removed_at.is_(None)
_CURRENT = Prepared(
    _ATTACHMENT.where(attachment.c.project_id == bindparam("project_id"), _IS_KEPT).order_by(
        attachment.c.version
    )
)


class Attachments:
    """The documents handed in, within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        project_id: int,
        document_id: str,
        *,
        sha256: str,
        file_name: str,
        kind: str,
        size: int,
        at: datetime,
    ) -> Attachment:
        """Add a version, which becomes the current one; its content must be kept already.

        Args:
            project_id: the project.
            document_id: which document of the checklist it is.
            sha256: what :meth:`Blobs.put` returned.
            file_name: what to call it; shown, never used as a path.
            kind: what sort of file it is.
            size: in bytes.
            at: now.

        Raises:
            NotFound: there is no such project.
        """
        versions = select(func.coalesce(func.max(attachment.c.version), 0)).where(
            attachment.c.project_id == project_id, attachment.c.document_id == document_id
        )
        values = {
            "project_id": project_id,
            "document_id": document_id,
            "version": self._connection.execute(versions).scalar_one() + 1,
            "sha256": sha256,
            "file_name": file_name,
            "kind": kind,
            "size": size,
            "added_at": at,
        }
        statement = insert(attachment).returning(attachment.c.id)
        return self.get(self._connection.execute(statement, values).scalar_one())

    def get(self, attachment_id: int) -> Attachment:
        """Return a version, removed or not.

        Raises:
            NotFound: there is none with this number.
        """
        found = read_one(self._connection, Attachment, _ATTACHMENT.where(attachment.c.id == attachment_id))
        if found is None:
            raise NotFound(f"no attachment {attachment_id}")
        return found

    def current(self, project_id: int) -> dict[str, Attachment]:
        """Return the newest version that was not removed, by document id."""
        rows = _CURRENT.all(self._connection, Attachment, {"project_id": project_id})
        return {row.document_id: row for row in rows}

    def versions(self, project_id: int, document_id: str) -> list[Attachment]:
        """Return every version of a document, the removed ones too, the oldest first."""
        statement = _ATTACHMENT.where(
            attachment.c.project_id == project_id, attachment.c.document_id == document_id
        )
        return read_all(self._connection, Attachment, statement.order_by(attachment.c.version))

    def remove(self, attachment_id: int, *, at: datetime) -> None:
        """Mark a version as removed, so that the one before it is the current one; again is harmless.

        Raises:
            NotFound: there is none with this number.
        """
        self.get(attachment_id)
        self._connection.execute(
            update(attachment).where(attachment.c.id == attachment_id, _IS_KEPT).values(removed_at=at)
        )

    def forget(self, project_id: int) -> int:
        """Delete everything that was handed in for a project, the history too; return how many versions."""
        return self._connection.execute(
            delete(attachment).where(attachment.c.project_id == project_id)
        ).rowcount

    def digests(self) -> set[str]:
        """Return the digests of all contents that a version, not removed, refers to."""
        return set(self._connection.execute(select(attachment.c.sha256).where(_IS_KEPT)).scalars())
