"""Deleting a project with everything that is kept of it; only the audit trail outlives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork


class Kept(NamedTuple):
    """How much is kept of a project: turns of the conversation, changes, versions of files and their bytes."""

    turns: int
    changes: int
    files: int
    size: int


def kept_of(work: UnitOfWork, project_id: int) -> Kept:
    """Count what deleting a project would delete."""
    versions = [
        version
        for document_id in work.attachments.current(project_id)
        for version in work.attachments.versions(project_id, document_id)
        if version.removed_at is None
    ]
    return Kept(
        turns=len(work.history.after(project_id, 0)),
        changes=len(work.events.list_for(project_id)),
        files=len(versions),
        size=sum(version.size for version in versions),
    )


def remove_project(work: UnitOfWork, project: Project) -> None:
    """Delete a project within a unit of work; after the commit, ``Uploads.tidy`` deletes its contents.

    With it go its answers, conversation, changes and files, and what channels were told: replies repeat what
    was said, and a list of projects names it. Reminders of other projects stay.
    """
    work.projects.delete(project.id)
    forget_said(work, project)


def forget_said(work: UnitOfWork, project: Project) -> None:
    """Delete the replies that repeat what was said of a project."""
    work.outbox.forget_said(project.owner, f'"project_id":{project.id},"update_id":')
