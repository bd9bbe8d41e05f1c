"""Slot holds, and what agent protocols remember; both were made on first use before, so they may be there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables that are missing."""
    op.create_table(
        "slot",
        sa.Column("slot_id", sa.String(200), primary_key=True),
        sa.Column("changes", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "slot_hold",
        sa.Column("slot_id", sa.String(200), primary_key=True),
        sa.Column("hold_id", sa.String(200), primary_key=True),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("expires_at_us", sa.BigInteger),
        if_not_exists=True,
    )
    op.create_table(
        "protocol_documents",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "protocol_answers",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_protocol_answers_created_at", "protocol_answers", ["created_at"], if_not_exists=True)
