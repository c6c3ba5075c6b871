"""What a server needs: contents of attachments in a table, keys in the order of characters, a few indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REFERRING = ("inbox", "session", "access_code")
"""What a project that is deleted is looked for in."""


def upgrade() -> None:
    """Add the table and indexes; SQLite compares characters anyway."""
    op.create_table(
        "content",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_content"),
    )
    few = sa.text("ambiguous > 0")
    op.create_index("ix_outbox_ambiguous", "outbox", ["channel"], sqlite_where=few, postgresql_where=few)
    is_of_one = sa.text("project_id IS NOT NULL")
    for table in _REFERRING:
        name = f"ix_{table}_project_id"
        op.create_index(name, table, ["project_id"], sqlite_where=is_of_one, postgresql_where=is_of_one)
    _collate_keys("C")


def downgrade() -> None:
    """Drop the table."""
    _collate_keys("default")
    for table in _REFERRING:
        op.drop_index(f"ix_{table}_project_id", table_name=table)
    op.drop_index("ix_outbox_ambiguous", table_name="outbox")
    op.drop_table("content")


def _collate_keys(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE outbox ALTER COLUMN dedupe_key TYPE VARCHAR COLLATE "{collation}"')
