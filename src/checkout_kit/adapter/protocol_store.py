"""What agent protocols and platforms need remembered: documents, and answers to repeated requests."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from checkout_kit.errors import Conflict, MissingExtra, VersionConflict

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

LEASE_S = 60
"""How long a claimed key is left to whoever claimed it before another request may take it over."""


class HasEngine(Protocol):
    """A store over SQL, such as the one `open_store` gives."""

    @property
    def engine(self) -> "Engine":
        """Its SQLAlchemy engine, in autocommit."""

    @property
    def is_remote(self) -> bool:
        """Whether a call may wait for a network."""


@frozen(kw_only=True)
class Document:
    """A stored JSON text; `version` is the one to name when it is written again."""

    text: str = field(repr=False)
    version: int


@frozen(kw_only=True)
class KeptAnswer:
    """What a key was used for: the digest of the request, and its answer once there is one.

    `status` 0 means that the first request is still being answered.
    """

    digest: str
    status: int
    headers: str = field(repr=False)
    body: bytes = field(repr=False)


class ProtocolStore:
    """Documents and kept answers in two tables of the schema, in the database of an opened store.

    Every method blocks and may raise Unavailable; call it in a thread where `is_remote`.
    """

    def __init__(self, store: HasEngine) -> None:
        try:
            from checkout_kit.adapter import protocol_tables as tables
        except ImportError as error:
            raise MissingExtra("storage", needed_for="an agent protocol") from error
        self.is_remote = store.is_remote
        self._engine = store.engine
        self._tables = tables
        self._held = threading.local()

    def get(self, kind: str, document_id: str) -> Document | None:
        """One document."""
        with self._connection() as connection:
            row = connection.execute(self._tables.GET, {"kind": kind, "id": document_id}).first()
        return None if row is None else Document(text=row[0], version=row[1])

    def put(self, kind: str, document_id: str, text: str, *, expected_version: int = 0) -> int:
        """Write a document over the version that was read (0: it is new); gives its new version.

        Raises:
            Conflict: a new document's id is taken already.
            VersionConflict: another write came first.
        """
        values: dict[str, Any] = {"kind": kind, "id": document_id, "text": text}
        with self._connection() as connection:
            if expected_version == 0:
                connection.execute(self._tables.INSERT, {**values, "version": 1})
                return 1
            done = connection.execute(
                self._tables.UPDATE,
                {
                    "the_kind": kind,
                    "the_id": document_id,
                    "expected": expected_version,
                    "new_version": expected_version + 1,
                    "new_text": text,
                },
            )
        if done.rowcount != 1:
            current = self.get(kind, document_id)
            raise VersionConflict(
                sent=expected_version, current_version=0 if current is None else current.version
            )
        return expected_version + 1

    def claim(self, scope: str, key: str, digest: str, *, now: dt.datetime) -> KeptAnswer | None:
        """Take a key for a request; None means it is yours to answer, otherwise it was used before."""
        until = now + dt.timedelta(seconds=LEASE_S)
        row = {"scope": scope, "key": key, "digest": digest, "status": 0, "headers": "", "body": b""}
        with self._connection() as connection:
            try:
                connection.execute(
                    self._tables.CLAIM, {**row, "created_at": _ms(now), "lease_until": _ms(until)}
                )
            except Exception as error:
                if not self._tables.is_duplicate(error):
                    raise
            else:
                return None
            found = connection.execute(self._tables.KEPT, {"scope": scope, "key": key}).first()
            if found is None:
                raise Conflict("this key was just given up; send the request again")
            if found.status == 0 and found.digest == digest and found.lease_until <= _ms(now):
                taken = connection.execute(
                    self._tables.TAKE_OVER,
                    {"the_scope": scope, "the_key": key, "seen": found.lease_until, "until": _ms(until)},
                )
                if taken.rowcount == 1:
                    return None
        return KeptAnswer(
            digest=found.digest, status=found.status, headers=found.headers, body=bytes(found.body)
        )

    def keep(self, scope: str, key: str, *, status: int, headers: str, body: bytes) -> None:
        """Store the answer of a claimed key."""
        values = {"the_scope": scope, "the_key": key, "new_status": status, "new_headers": headers}
        with self._connection() as connection:
            connection.execute(self._tables.KEEP, {**values, "new_body": body})

    def release(self, scope: str, key: str) -> None:
        """Give a claimed key back, so that the same request may be tried again."""
        with self._connection() as connection:
            connection.execute(self._tables.RELEASE, {"the_scope": scope, "the_key": key})

    def purge(self, *, before: dt.datetime, scope: str | None = None) -> int:
        """Forget answers kept since before an instant, those of one scope or all; gives how many."""
        with self._connection() as connection:
            if scope is None:
                return connection.execute(self._tables.PURGE, {"before": _ms(before)}).rowcount
            values = {"before": _ms(before), "the_scope": scope}
            return connection.execute(self._tables.PURGE_SCOPE, values).rowcount

    @contextmanager
    def _connection(self) -> Iterator["Connection"]:
        from checkout_kit.storage.faults import our_errors

        with our_errors():
            if self.is_remote:
                with self._engine.connect() as connection:
                    yield connection
            else:
                yield self._own()

    def _own(self) -> "Connection":
        """This thread's connection to an embedded database, where opening one costs more than a statement."""
        held: Connection | None = getattr(self._held, "connection", None)
        if held is None or held.closed:
            held = self._held.connection = self._engine.connect()
        return held


def _ms(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)
