"""What channels that push need: chats, codes, members, deadlines, reminders, the pace of sending."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns of the outbox, then the new tables."""
    # Not in batch mode: SQLite would copy the table and drop the old one, and with it what refers to it.
    op.add_column("outbox", sa.Column("channel", sa.String(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("part", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("ambiguous", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("error", sa.String(), nullable=True))
    _fill_channel()
    op.drop_index("ix_outbox_status_chat_id", "outbox")
    op.create_index("ix_outbox_claim", "outbox", ["channel", "status", "chat", "id", "due_at", "lease_until"])
    _create_contact()
    _create_access_code()
    _create_project_member()
    _create_deadline()
    op.create_table(
        "pace",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_free", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_pace"),
    )
    op.create_index("ix_pace_next_free", "pace", ["next_free"])


def downgrade() -> None:
    """Drop the tables, those that refer to others first, and the columns."""
    for table in ("pace", "reminder_choice", "deadline", "project_member", "access_code", "contact"):
        op.drop_table(table)
    op.drop_index("ix_outbox_claim", "outbox")
    op.create_index("ix_outbox_status_chat_id", "outbox", ["status", "chat", "id"])
    for column in ("error", "ambiguous", "part", "channel"):
        op.drop_column("outbox", column)


def _fill_channel() -> None:
    """Note the channel of every message there is: what its chat begins with, up to the colon."""
    outbox = sa.table("outbox", sa.column("chat", sa.String()), sa.column("channel", sa.String()))
    connection = op.get_bind()
    chats = connection.execute(sa.select(outbox.c.chat).distinct()).scalars()
    for channel in sorted({chat.partition(":")[0] for chat in chats}):
        begins_so = sa.func.substr(outbox.c.chat, 1, len(channel) + 1) == f"{channel}:"
        connection.execute(sa.update(outbox).where(begins_so).values(channel=channel))


def _create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("keyboard", sa.String(), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.Column("blocked_at", _MOMENT, nullable=True),
        sa.Column("digest_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "user", name="pk_contact"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_contact_account_id", ondelete="CASCADE"
        ),
    )
    for column in ("person", "owner", "digest_at"):
        op.create_index(f"ix_contact_{column}", "contact", [column])


def _create_access_code() -> None:
    op.create_table(
        "access_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('link', 'project')", name=op.f("ck_access_code_kind")),
        sa.PrimaryKeyConstraint("code_hash", name="pk_access_code"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_access_code_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_access_code_project_id", ondelete="CASCADE"
        ),
    )


def _create_project_member() -> None:
    op.create_table(
        "project_member",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "person", name="pk_project_member"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_project_member_project_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_project_member_person", "project_member", ["person"])


def _create_deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("deadline_id", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("done_by", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_deadline_project_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("project_id", "key", name="uq_deadline_project_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deadline_next_at", "deadline", ["next_at"])
    op.create_table(
        "reminder_choice",
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.Column("later_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("deadline_id", "channel", "user", name="pk_reminder_choice"),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name="fk_reminder_choice_deadline_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_reminder_choice_later_at", "reminder_choice", ["later_at"])
