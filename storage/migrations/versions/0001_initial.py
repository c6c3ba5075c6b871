"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "pack_edition",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pack_edition"),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("edition_id", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.ForeignKeyConstraint(["edition_id"], ["pack_edition.id"], name="fk_project_edition_id"),
        sa.CheckConstraint("status IN ('open', 'archived')", name=op.f("ck_project_status")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_project_owner_updated_at", "project", ["owner", "updated_at"])
    op.create_table(
        "answer_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("turn_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_event"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_answer_event_project_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_answer_event_project_id", "answer_event", ["project_id"])
    op.create_table(
        "inbox",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("received_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("channel", "update_id", name="pk_inbox"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_inbox_project_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
        sa.CheckConstraint("status IN ('pending', 'sent', 'dead')", name=op.f("ck_outbox_status")),
    )
    op.create_index("ix_outbox_status_chat_id", "outbox", ["status", "chat", "id"])
    op.create_table(
        "session",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "user", name="pk_session"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_session_project_id", ondelete="SET NULL"
        ),
    )


def downgrade() -> None:
    """Drop every table, those that refer to others first."""
    op.drop_table("session")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("answer_event")
    op.drop_table("project")
    op.drop_table("pack_edition")
