"""The tables, declared once; a change here needs a migration (a test compares the two)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
    text,
)

from storage.columns import Json, Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


# What keys begin with is looked for as a range of them, which the order of a language would not be.
_IN_ORDER_OF_CHARACTERS = String().with_variant(String(collation="C"), "postgresql")


class PackEditionColumns(TypedColumns):
    """The rule pack as it stood when a project was started; the id is the hash of its content."""

    id: Named[str] = Column(primary_key=True)
    pack_id: Named[str]
    files: Named[bytes] = Column(Json)
    created_at: Named[datetime] = Column(Moment)


class ProjectColumns(TypedColumns):
    """A declaration in the making; ``version`` counts its saves."""

    id: Named[int] = Column(primary_key=True)
    owner: Named[str]
    name: Named[str]
    pack_id: Named[str]
    edition_id: Named[str] = Column(ForeignKey("pack_edition.id"))
    state: Named[bytes] = Column(Json)
    version: Named[int]
    status: Named[str]
    created_at: Named[datetime] = Column(Moment)
    updated_at: Named[datetime] = Column(Moment)
    submitted_at: Named[datetime | None] = Column(Moment)


class AnswerEventColumns(TypedColumns):
    """What changed in a project, when, in which turn and by whom; rows are only ever added."""

    id: Named[int] = Column(primary_key=True)
    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    at: Named[datetime] = Column(Moment)
    turn_key: Named[str]
    kind: Named[str]
    payload: Named[bytes] = Column(Json)
    actor: Named[str] = Column(server_default="")


class InboxColumns(TypedColumns):
    """Every update that was taken from a channel."""

    channel: Named[str] = Column(primary_key=True)
    update_id: Named[str] = Column(primary_key=True)
    project_id: Named[int | None] = Column(ForeignKey("project.id", ondelete="SET NULL"))
    received_at: Named[datetime] = Column(Moment, index=True)


class OutboxColumns(TypedColumns):
    """Every message that is to be sent, or was; ``part`` counts how much of it is out."""

    id: Named[int] = Column(primary_key=True)
    chat: Named[str]
    dedupe_key: Named[str] = Column(_IN_ORDER_OF_CHARACTERS, unique=True)
    payload: Named[bytes] = Column(Json)
    due_at: Named[datetime] = Column(Moment)
    status: Named[str]
    owner: Named[str | None]
    lease_until: Named[datetime | None] = Column(Moment)
    attempt: Named[int]
    created_at: Named[datetime] = Column(Moment)
    sent_at: Named[datetime | None] = Column(Moment)
    channel: Named[str] = Column(server_default="")
    part: Named[int] = Column(server_default="0")
    ambiguous: Named[int] = Column(server_default="0")
    error: Named[str | None]


class SessionColumns(TypedColumns):
    """The project and the language that a user of a channel has open."""

    channel: Named[str] = Column(primary_key=True)
    user: Named[str] = Column(primary_key=True)
    project_id: Named[int | None] = Column(ForeignKey("project.id", ondelete="SET NULL"))
    language: Named[str]


class AttachmentColumns(TypedColumns):
    """A version of a document that was handed in; its content is a blob under the name of its hash."""

    id: Named[int] = Column(primary_key=True)
    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"))
    document_id: Named[str]
    version: Named[int]
    sha256: Named[str] = Column(index=True)
    file_name: Named[str]
    kind: Named[str]
    size: Named[int]
    added_at: Named[datetime] = Column(Moment)
    removed_at: Named[datetime | None] = Column(Moment)


class ContentColumns(TypedColumns):
    """The content of attachments, under its hash; where the database is a file, it is in a folder beside it."""

    sha256: Named[str] = Column(primary_key=True)
    data: Named[bytes] = Column(LargeBinary)


class UnitColumns(TypedColumns):
    """An organisation that declares projects, or reviews them."""

    id: Named[int] = Column(primary_key=True)
    name: Named[str] = Column(unique=True)
    area: Named[str]
    created_at: Named[datetime] = Column(Moment)


class AccountColumns(TypedColumns):
    """Somebody who may log in; ``login`` is case-folded."""

    id: Named[int] = Column(primary_key=True)
    unit_id: Named[int | None] = Column(ForeignKey("unit.id"))
    login: Named[str] = Column(unique=True)
    name: Named[str]
    role: Named[str]
    password_hash: Named[str | None]
    oidc_subject: Named[str | None] = Column(unique=True)
    is_active: Named[bool]
    created_at: Named[datetime] = Column(Moment)


class InvitationColumns(TypedColumns):
    """A link that lets its bearer make one account; only the hash of its token is kept."""

    token_hash: Named[str] = Column(primary_key=True)
    unit_id: Named[int | None] = Column(ForeignKey("unit.id"))
    role: Named[str]
    invited_by: Named[str]
    created_at: Named[datetime] = Column(Moment)
    expires_at: Named[datetime] = Column(Moment)
    used_at: Named[datetime | None] = Column(Moment)
    account_id: Named[int | None] = Column(ForeignKey("account.id"))


class WebSessionColumns(TypedColumns):
    """A browser that is logged in; only the hash of its token is kept."""

    token_hash: Named[str] = Column(primary_key=True)
    account_id: Named[int | None] = Column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Named[datetime] = Column(Moment)
    seen_at: Named[datetime] = Column(Moment)
    expires_at: Named[datetime] = Column(Moment, index=True)


class EditorColumns(TypedColumns):
    """Who edits a project, until when."""

    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    holder: Named[str]
    name: Named[str]
    since: Named[datetime] = Column(Moment)
    until: Named[datetime] = Column(Moment)


class ChatEntryColumns(TypedColumns):
    """A turn of the conversation about a project, as it was shown."""

    id: Named[int] = Column(primary_key=True)
    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"))
    turn_key: Named[str] = Column(index=True)
    at: Named[datetime] = Column(Moment)
    actor: Named[str]
    said: Named[str | None]
    reply: Named[bytes] = Column(Json)


class AuditEntryColumns(TypedColumns):
    """Who did what; it refers to nothing, so that it outlives what it is about."""

    id: Named[int] = Column(primary_key=True)
    at: Named[datetime] = Column(Moment, index=True)
    actor: Named[str]
    action: Named[str]
    project_id: Named[int | None]
    unit_id: Named[int | None]
    detail: Named[bytes] = Column(Json)


class OfficialTextColumns(TypedColumns):
    """An official text that an operator has loaded, split into its parts."""

    pack_id: Named[str] = Column(primary_key=True)
    sha256: Named[str] = Column(primary_key=True)
    title: Named[str]
    version_label: Named[str]
    imported_at: Named[datetime] = Column(Moment)
    parts: Named[bytes] = Column(Json)


class ContactColumns(TypedColumns):
    """A chat in which somebody can be reached, who they are, and when they want to be left alone."""

    channel: Named[str] = Column(primary_key=True)
    user: Named[str] = Column(primary_key=True)
    name: Named[str]
    person: Named[str] = Column(index=True)
    owner: Named[str] = Column(index=True)
    account_id: Named[int | None] = Column(ForeignKey("account.id", ondelete="CASCADE"))
    keyboard: Named[str | None]
    quiet_from: Named[int | None]
    quiet_to: Named[int | None]
    is_muted: Named[bool]
    blocked_at: Named[datetime | None] = Column(Moment)
    digest_at: Named[datetime | None] = Column(Moment, index=True)
    created_at: Named[datetime] = Column(Moment)
    seen_at: Named[datetime] = Column(Moment)


class AccessCodeColumns(TypedColumns):
    """A code that links two chats of one person, or lets a colleague into a project; only its hash is kept."""

    code_hash: Named[str] = Column(primary_key=True)
    kind: Named[str]
    person: Named[str]
    owner: Named[str]
    account_id: Named[int | None] = Column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Named[str]
    project_id: Named[int | None] = Column(ForeignKey("project.id", ondelete="CASCADE"))
    created_at: Named[datetime] = Column(Moment)
    expires_at: Named[datetime] = Column(Moment)
    used_at: Named[datetime | None] = Column(Moment)


class ProjectMemberColumns(TypedColumns):
    """Somebody who works on a project of another owner."""

    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    person: Named[str] = Column(primary_key=True, index=True)
    name: Named[str]
    invited_by: Named[str]
    joined_at: Named[datetime] = Column(Moment)


class DeadlineColumns(TypedColumns):
    """A due date of a project, and the moment at which it is reminded of next."""

    id: Named[int] = Column(primary_key=True)
    project_id: Named[int] = Column(ForeignKey("project.id", ondelete="CASCADE"))
    key: Named[str]
    deadline_id: Named[str]
    due: Named[str]
    next_at: Named[datetime | None] = Column(Moment, index=True)
    done_at: Named[datetime | None] = Column(Moment)
    done_by: Named[str] = Column(server_default="")


class ReminderChoiceColumns(TypedColumns):
    """What somebody wants of the reminders of one deadline: none, or one more at a moment."""

    deadline_id: Named[int] = Column(ForeignKey("deadline.id", ondelete="CASCADE"), primary_key=True)
    channel: Named[str] = Column(primary_key=True)
    user: Named[str] = Column(primary_key=True)
    is_muted: Named[bool]
    later_at: Named[datetime | None] = Column(Moment, index=True)


class PaceColumns(TypedColumns):
    """When a bot, or a chat, may be sent to again."""

    key: Named[str] = Column(primary_key=True)
    next_free: Named[datetime] = Column(Moment, index=True)


_ROLES = "role IN ('member', 'officer', 'operator')"


def _of_project() -> Index:
    """Return an index by which a project that is deleted finds what refers to it."""
    is_of_one = text("project_id IS NOT NULL")
    return Index(None, "project_id", sqlite_where=is_of_one, postgresql_where=is_of_one)


pack_edition = Table("pack_edition", metadata, PackEditionColumns)

project = Table(
    "project",
    metadata,
    ProjectColumns,
    CheckConstraint("status IN ('open', 'archived')", name="status"),
    Index(None, "owner", "updated_at"),
    # SQLite gives the highest number again after a delete; an old link would then open a stranger's project.
    sqlite_autoincrement=True,
)

answer_event = Table("answer_event", metadata, AnswerEventColumns)

inbox = Table("inbox", metadata, InboxColumns, _of_project())

outbox = Table(
    "outbox",
    metadata,
    OutboxColumns,
    CheckConstraint("status IN ('pending', 'sent', 'dead')", name="status"),
    # The claim reads nothing but this index, in the order of the chats.
    Index("ix_outbox_claim", "channel", "status", "chat", "id", "due_at", "lease_until"),
    # A monitor counts them again and again, among all that was sent in months.
    Index(
        "ix_outbox_ambiguous",
        "channel",
        sqlite_where=text("ambiguous > 0"),
        postgresql_where=text("ambiguous > 0"),
    ),
)

session = Table("session", metadata, SessionColumns, _of_project())

attachment = Table(
    "attachment",
    metadata,
    AttachmentColumns,
    UniqueConstraint("project_id", "document_id", "version"),
)

content = Table("content", metadata, ContentColumns)

unit = Table("unit", metadata, UnitColumns)

account = Table("account", metadata, AccountColumns, CheckConstraint(_ROLES, name="role"))

invitation = Table("invitation", metadata, InvitationColumns, CheckConstraint(_ROLES, name="role"))

web_session = Table("web_session", metadata, WebSessionColumns)

editor = Table("editor", metadata, EditorColumns)

chat_entry = Table(
    "chat_entry",
    metadata,
    ChatEntryColumns,
    Index(None, "project_id", "id"),
    # A page asks for what came after the number it has seen; a number given again would be missed.
    sqlite_autoincrement=True,
)

audit_entry = Table("audit_entry", metadata, AuditEntryColumns)

official_text = Table("official_text", metadata, OfficialTextColumns)

contact = Table("contact", metadata, ContactColumns)

access_code = Table(
    "access_code",
    metadata,
    AccessCodeColumns,
    _of_project(),
    CheckConstraint("kind IN ('link', 'project')", name="kind"),
)

project_member = Table("project_member", metadata, ProjectMemberColumns)

deadline = Table(
    "deadline",
    metadata,
    DeadlineColumns,
    UniqueConstraint("project_id", "key"),
    # Users name a deadline by its number; given again it would mean another one in an old message.
    sqlite_autoincrement=True,
)

reminder_choice = Table("reminder_choice", metadata, ReminderChoiceColumns)

pace = Table("pace", metadata, PaceColumns)
