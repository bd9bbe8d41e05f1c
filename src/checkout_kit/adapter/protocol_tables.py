"""The two tables of `ProtocolStore` and its statements, compiled once."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

METADATA = MetaData()
DOCUMENTS = Table(
    "protocol_documents",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
)
ANSWERS = Table(
    "protocol_answers",
    METADATA,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("lease_until", BigInteger, nullable=False),
)

GET = select(DOCUMENTS.c.text, DOCUMENTS.c.version).where(
    DOCUMENTS.c.kind == bindparam("kind"), DOCUMENTS.c.id == bindparam("id")
)
INSERT = insert(DOCUMENTS)
UPDATE = (
    update(DOCUMENTS)
    .where(
        DOCUMENTS.c.kind == bindparam("the_kind"),
        DOCUMENTS.c.id == bindparam("the_id"),
        DOCUMENTS.c.version == bindparam("expected"),
    )
    .values(version=bindparam("new_version"), text=bindparam("new_text"))
)
_THE_ANSWER = (ANSWERS.c.scope == bindparam("the_scope"), ANSWERS.c.key == bindparam("the_key"))
CLAIM = insert(ANSWERS)
KEPT = select(ANSWERS).where(ANSWERS.c.scope == bindparam("scope"), ANSWERS.c.key == bindparam("key"))
TAKE_OVER = (
    update(ANSWERS)
    .where(*_THE_ANSWER, ANSWERS.c.lease_until == bindparam("seen"))
    .values(lease_until=bindparam("until"))
)
KEEP = (
    update(ANSWERS)
    .where(*_THE_ANSWER)
    .values(status=bindparam("new_status"), headers=bindparam("new_headers"), body=bindparam("new_body"))
)
RELEASE = delete(ANSWERS).where(*_THE_ANSWER)
PURGE = delete(ANSWERS).where(ANSWERS.c.created_at < bindparam("before"))


def is_duplicate(error: Exception) -> bool:
    """Whether the database refused a row because its key is taken."""
    return isinstance(error, IntegrityError)
