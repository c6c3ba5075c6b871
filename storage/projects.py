"""Projects: their answers as one opaque state, saved against the version that was read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from storage.errors import NotFound, VersionConflict
from storage.prepared import Prepared
from storage.rows import read_all, select_as
from storage.schema import project, project_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Delete, Update

Status = Literal["open", "archived"]


class ProjectSummary(msgspec.Struct, frozen=True):
    """A project without its answers, for a list.

    Attributes:
        id: its number, never given to another project.
        owner: who it belongs to.
        name: what the owner calls it.
        pack_id: the rule pack.
        edition_id: the edition of that pack it is pinned to.
        version: how often it was saved; pass it back to :meth:`Projects.save`.
        status: open, or archived.
        created_at: when it was started.
        updated_at: when it was last used.
        submitted_at: when it was handed in for review; None when it was not, or was withdrawn.
    """

    id: int
    owner: str
    name: str
    pack_id: str
    edition_id: str
    version: int
    status: Status
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


class Project(ProjectSummary, frozen=True):
    """A project with its answers.

    Attributes:
        state: the answers, JSON that the dialogue wrote and only it reads.
    """

    state: bytes


_PROJECT = select_as(Project, project)
_SUMMARY = select_as(ProjectSummary, project)
_ONE = _PROJECT.where(project.c.id == bindparam("project_id"))
_READ, _LOCK = Prepared(_ONE), Prepared(_ONE.with_for_update(key_share=True))
_CREATE = Prepared(
    insert(project).returning(project.c.id),
    (
        "owner",
        "name",
        "pack_id",
        "edition_id",
        "state",
        "version",
        "status",
        "created_at",
        "updated_at",
    ),
)
_SAVE = Prepared(
    update(project)
    .where(project.c.id == bindparam("project_id"), project.c.version == bindparam("expected_version"))
    .values(
        {
            "state": bindparam("new_state"),
            "name": bindparam("new_name"),
            "version": bindparam("new_version"),
            "updated_at": bindparam("at"),
        }
    )
)


class Projects:
    """The projects within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self, *, owner: str, name: str, pack_id: str, edition_id: str, state: bytes, at: datetime
    ) -> Project:
        """Start a project.

        Args:
            owner: who it belongs to.
            name: what the owner calls it.
            pack_id: the rule pack.
            edition_id: the edition it is pinned to.
            state: the first answers, JSON.
            at: now.

        Returns:
            The project, at version 1.

        Raises:
            NotFound: the edition was never put here.
        """
        values = {
            "owner": owner,
            "name": name,
            "pack_id": pack_id,
            "edition_id": edition_id,
            "state": state,
            "version": 1,
            "status": "open",
            "created_at": at,
            "updated_at": at,
        }
        return self.get(_CREATE.run(self._connection, values).fetchone()[0])

    def get(self, project_id: int) -> Project:
        """Return a project, whoever owns it.

        Raises:
            NotFound: there is none with this number.
        """
        return self._one(_READ, project_id)

    def lock(self, project_id: int) -> Project:
        """Return a project that is to be changed: nobody else changes it before this unit of work ends.

        Raises:
            NotFound: there is none with this number.
            StorageLocked: somebody else is at it, and did not end in time.
        """
        return self._one(_LOCK, project_id)

    def list_for(self, owner: str, *, status: Status | None = None, member: str = "") -> list[ProjectSummary]:
        """Return the projects of an owner, the last used first.

        Args:
            owner: who they belong to.
            status: only the open or only the archived ones; None for all.
            member: also those that this person was let into.
        """
        is_theirs = project.c.owner == owner
        if member:
            shared = select(project_member.c.project_id).where(project_member.c.person == member)
            is_theirs = is_theirs | project.c.id.in_(shared)
        statement = _SUMMARY.where(is_theirs)
        if status is not None:
            statement = statement.where(project.c.status == status)
        statement = statement.order_by(project.c.updated_at.desc(), project.c.id.desc())
        return read_all(self._connection, ProjectSummary, statement)

    def page(self, after: int, limit: int) -> list[ProjectSummary]:
        """Return the next projects of all owners by number, to go through them a few at a time."""
        statement = _SUMMARY.where(project.c.id > after).order_by(project.c.id).limit(limit)
        return read_all(self._connection, ProjectSummary, statement)

    def list_submitted(self, owners: Sequence[str]) -> list[ProjectSummary]:
        """Return what these owners have handed in, archived or not, the newest submission first."""
        statement = _SUMMARY.where(project.c.owner.in_(owners), project.c.submitted_at.is_not(None))
        statement = statement.order_by(project.c.submitted_at.desc(), project.c.id.desc())
        return read_all(self._connection, ProjectSummary, statement)

    def idle_since(self, before: datetime) -> list[ProjectSummary]:
        """Return open projects that were not submitted and not used since a moment, the longest idle first."""
        statement = _SUMMARY.where(
            project.c.status == "open", project.c.submitted_at.is_(None), project.c.updated_at < before
        )
        return read_all(
            self._connection, ProjectSummary, statement.order_by(project.c.updated_at, project.c.id)
        )

    def archived_before(self, before: datetime) -> list[ProjectSummary]:
        """Return projects that were put aside before a moment, the longest ago first."""
        statement = _SUMMARY.where(project.c.status == "archived", project.c.updated_at < before)
        return read_all(
            self._connection, ProjectSummary, statement.order_by(project.c.updated_at, project.c.id)
        )

    def give(self, owner: str, to: str) -> int:
        """Make the projects of an owner another owner's; return how many those were."""
        statement = update(project).where(project.c.owner == owner).values(owner=to)
        return self._connection.execute(statement).rowcount

    def save(
        self,
        project_id: int,
        *,
        expected_version: int,
        state: bytes,
        name: str,
        at: datetime,
        edition_id: str | None = None,
    ) -> int:
        """Replace the answers and the name of a project.

        Args:
            project_id: the project.
            expected_version: the version that the caller read.
            state: the answers, JSON.
            name: what the owner calls it.
            at: now.
            edition_id: the edition the project moves to; None to stay.

        Returns:
            The new version.

        Raises:
            VersionConflict: somebody saved it since; nothing was changed.
            NotFound: the project, or the edition, does not exist.
        """
        new_version = expected_version + 1
        values = {
            "project_id": project_id,
            "expected_version": expected_version,
            "new_state": state,
            "new_name": name,
            "new_version": new_version,
            "at": at,
        }
        if _SAVE.count(self._connection, values) != 1:
            version = select(project.c.version).where(project.c.id == project_id)
            found = self._connection.execute(version).scalar_one_or_none()
            if found is None:
                raise NotFound(f"no project {project_id}")
            raise VersionConflict(project_id, expected=expected_version, found=found)
        if edition_id is not None:
            moved = update(project).where(project.c.id == project_id).values(edition_id=edition_id)
            self._connection.execute(moved)
        return new_version

    def archive(self, project_id: int, *, at: datetime) -> None:
        """Put a project aside.

        Raises:
            NotFound: there is none with this number.
        """
        self._set_status(project_id, "archived", at)

    def reopen(self, project_id: int, *, at: datetime) -> None:
        """Take an archived project up again.

        Raises:
            NotFound: there is none with this number.
        """
        self._set_status(project_id, "open", at)

    def submit(self, project_id: int, *, at: datetime) -> None:
        """Note that a project is handed in for review; again moves the submission to this moment.

        Raises:
            NotFound: there is none with this number.
        """
        self._set_submitted(project_id, at)

    def withdraw(self, project_id: int) -> None:
        """Take a submission back; harmless when there is none.

        Raises:
            NotFound: there is none with this number.
        """
        self._set_submitted(project_id, None)

    def delete(self, project_id: int) -> None:
        """Forget a project for good, with its answers, its events and its conversation.

        Raises:
            NotFound: there is none with this number.
        """
        self._change_one(delete(project).where(project.c.id == project_id), project_id)

    def _one(self, statement: Prepared, project_id: int) -> Project:
        found = statement.one(self._connection, Project, {"project_id": project_id})
        if found is None:
            raise NotFound(f"no project {project_id}")
        return found

    def _set_status(self, project_id: int, status: Status, at: datetime) -> None:
        statement = update(project).where(project.c.id == project_id).values(status=status, updated_at=at)
        self._change_one(statement, project_id)

    def _set_submitted(self, project_id: int, at: datetime | None) -> None:
        statement = update(project).where(project.c.id == project_id).values(submitted_at=at)
        self._change_one(statement, project_id)

    def _change_one(self, statement: Update | Delete, project_id: int) -> None:
        if self._connection.execute(statement).rowcount != 1:
            raise NotFound(f"no project {project_id}")
