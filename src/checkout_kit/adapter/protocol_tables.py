"""The statements of `ProtocolStore`, compiled once."""

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from checkout_kit.storage.schema import PROTOCOL_ANSWERS as ANSWERS
from checkout_kit.storage.schema import PROTOCOL_DOCUMENTS as DOCUMENTS

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
PURGE_SCOPE = PURGE.where(ANSWERS.c.scope == bindparam("the_scope"))


def is_duplicate(error: Exception) -> bool:
    """Whether the database refused a row because its key is taken."""
    return isinstance(error, IntegrityError)
