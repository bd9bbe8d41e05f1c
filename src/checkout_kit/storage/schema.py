"""The tables; `migrations` is how a database gets from an earlier schema to this one."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

CHECKOUTS = Table(
    "checkouts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("due_at", BigInteger),
    Column("doc", Text, nullable=False),
    Index("checkouts_due", "due_at"),
    Index("checkouts_customer", "customer_id"),
)
ORDERS = Table(
    "orders",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("checkout_id", Text, nullable=False, unique=True),
    Column("customer_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("doc", Text, nullable=False),
    Index("orders_customer", "customer_id", "placed_at"),
)
CUSTOMERS = Table(
    "customers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("doc", Text, nullable=False),
)
RECORDS = Table(
    "idempotency",
    METADATA,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("idempotency_created", "created_at"),
)
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("is_parked", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Index("outbox_due", "is_parked", "due_at"),
    Index("outbox_stream", "stream", "topic", "id"),
)
STOCK = Table(
    "stock",
    METADATA,
    Column("sku", Text, primary_key=True),
    Column("on_hand", Integer, nullable=False),
)
STOCK_HOLDS = Table(
    "stock_holds",
    METADATA,
    Column("checkout_id", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("expires_at", BigInteger),
    Index("stock_holds_sku", "sku"),
)
# A row here is only the lock of a slot: whoever holds places writes it first.
SLOTS = Table(
    "slot",
    METADATA,
    Column("slot_id", String(200), primary_key=True),
    Column("changes", BigInteger, nullable=False),
)
# `expires_at_us` counts microseconds since 1970; null is a confirmed hold.
SLOT_HOLDS = Table(
    "slot_hold",
    METADATA,
    Column("slot_id", String(200), primary_key=True),
    Column("hold_id", String(200), primary_key=True),
    Column("units", Integer, nullable=False),
    Column("expires_at_us", BigInteger),
)
# What agent protocols remember beside the checkouts; see `checkout_kit.adapter.protocol_store`.
PROTOCOL_DOCUMENTS = Table(
    "protocol_documents",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
)
PROTOCOL_ANSWERS = Table(
    "protocol_answers",
    METADATA,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Index("ix_protocol_answers_created_at", "created_at"),
)
