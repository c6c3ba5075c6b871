"""What a server with many users needs: units, accounts, conversations, submissions and an audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROLES = "role IN ('member', 'officer', 'operator')"


def upgrade() -> None:
    """Add two columns, then the new tables."""
    # Not in batch mode: SQLite would copy the table and drop the old one, and with it what refers to it.
    op.add_column("project", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("answer_event", sa.Column("actor", sa.String(), server_default="", nullable=False))
    _create_people()
    _create_web_session()
    _create_editor()
    _create_chat_entry()
    _create_audit_entry()


def downgrade() -> None:
    """Drop the tables, those that refer to others first, and the columns."""
    op.drop_table("audit_entry")
    op.drop_table("chat_entry")
    op.drop_table("editor")
    op.drop_table("web_session")
    op.drop_table("invitation")
    op.drop_table("account")
    op.drop_table("unit")
    op.drop_column("answer_event", "actor")
    op.drop_column("project", "submitted_at")


def _create_people() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("name", name="uq_unit_name"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("oidc_subject", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_account_unit_id"),
        sa.UniqueConstraint("login", name="uq_account_login"),
        sa.UniqueConstraint("oidc_subject", name="uq_account_oidc_subject"),
        sa.CheckConstraint(_ROLES, name=op.f("ck_account_role")),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitation"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_invitation_unit_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_invitation_account_id"),
        sa.CheckConstraint(_ROLES, name=op.f("ck_invitation_role")),
    )


def _create_web_session() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_web_session"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_web_session_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])


def _create_editor() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "editor",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_editor"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_editor_project_id", ondelete="CASCADE"
        ),
    )


def _create_chat_entry() -> None:
    op.create_table(
        "chat_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("turn_key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_entry"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_chat_entry_project_id", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chat_entry_project_id_id", "chat_entry", ["project_id", "id"])
    op.create_index("ix_chat_entry_turn_key", "chat_entry", ["turn_key"])


def _create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
