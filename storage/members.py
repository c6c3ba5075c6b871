"""Who works on a project of somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, select, update

from storage.rows import insert_if_absent, read_all, select_as
from storage.schema import project_member

if TYPE_CHECKING:
    from sqlalchemy import Connection


class ProjectMember(msgspec.Struct, frozen=True):
    """Somebody who was let into a project.

    Attributes:
        project_id: the project.
        person: the key of the person.
        name: what they are called.
        invited_by: the key of who let them in.
        joined_at: since when.
    """

    project_id: int
    person: str
    name: str
    invited_by: str
    joined_at: datetime


_MEMBER = select_as(ProjectMember, project_member)


class Members:
    """The members of projects within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, project_id: int, *, person: str, name: str, invited_by: str, at: datetime) -> bool:
        """Let somebody in; False when they are in already.

        Raises:
            NotFound: there is no such project.
        """
        values = {
            "project_id": project_id,
            "person": person,
            "name": name,
            "invited_by": invited_by,
            "joined_at": at,
        }
        return insert_if_absent(self._connection, project_member, values)

    def remove(self, project_id: int, person: str) -> bool:
        """Shut somebody out; False when they were not in."""
        statement = delete(project_member).where(
            project_member.c.project_id == project_id, project_member.c.person == person
        )
        return self._connection.execute(statement).rowcount == 1

    def list_for(self, project_id: int) -> list[ProjectMember]:
        """Return the members of a project, the first to join first."""
        statement = _MEMBER.where(project_member.c.project_id == project_id)
        statement = statement.order_by(project_member.c.joined_at, project_member.c.person)
        return read_all(self._connection, ProjectMember, statement)

    def has(self, project_id: int, person: str) -> bool:
        """Say whether somebody is a member of a project."""
        statement = select(project_member.c.person).where(
            project_member.c.project_id == project_id, project_member.c.person == person
        )
        return self._connection.execute(statement).first() is not None

    def projects_of(self, person: str) -> list[int]:
        """Return the projects that somebody was let into."""
        statement = select(project_member.c.project_id).where(project_member.c.person == person)
        return list(self._connection.execute(statement.order_by(project_member.c.project_id)).scalars())

    def move(self, person: str, to: str) -> None:
        """Give a person's memberships to another key of theirs; what that one has already is not doubled."""
        if person == to:
            return
        known = select(project_member.c.project_id).where(project_member.c.person == to)
        is_new = (project_member.c.person == person) & project_member.c.project_id.not_in(
            known.scalar_subquery()
        )
        self._connection.execute(update(project_member).where(is_new).values(person=to))
        self.forget(person)

    def forget(self, person: str) -> int:
        """End every membership of a person; return how many those were."""
        statement = delete(project_member).where(project_member.c.person == person)
        return self._connection.execute(statement).rowcount
