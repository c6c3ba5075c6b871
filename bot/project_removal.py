"""Deleting a project with everything that is kept of it; only the audit trail outlives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.updates import chat_of

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
    chats = _chats(work, project)
    work.projects.delete(project.id)
    _forget(work, project, chats)


def forget_said(work: UnitOfWork, project: Project) -> None:
    """Delete the replies that repeat what was said of a project."""
    _forget(work, project, _chats(work, project))


def _chats(work: UnitOfWork, project: Project) -> set[str]:
    """Return the chats in which a project may have been named."""
    persons = [member.person for member in work.members.list_for(project.id)]
    contacts = [
        *work.contacts.of_owner(project.owner),
        *(contact for person in persons for contact in work.contacts.of_person(person)),
    ]
    return {project.owner, *(chat_of(contact.channel, contact.user) for contact in contacts)}


def _forget(work: UnitOfWork, project: Project, chats: set[str]) -> None:
    for chat in sorted(chats):
        work.outbox.forget_said(chat, f'"project_id":{project.id},"update_id":')
