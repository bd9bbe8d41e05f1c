"""Stock and the holds checkouts have on it; an index for forgetting old idempotency records."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the stock tables and the index that retention walks."""
    op.create_table(
        "stock",
        sa.Column("sku", sa.Text, primary_key=True),
        sa.Column("on_hand", sa.Integer, nullable=False),
    )
    op.create_table(
        "stock_holds",
        sa.Column("checkout_id", sa.Text, primary_key=True),
        sa.Column("sku", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("stock_holds_sku", "stock_holds", ["sku"])
    op.create_index("idempotency_created", "idempotency", ["created_at"])
