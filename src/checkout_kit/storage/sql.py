"""The store over SQLAlchemy Core: one implementation for an embedded SQLite file and for PostgreSQL."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import CursorResult

from checkout_kit.checkout.profile import Profile
from checkout_kit.errors import VersionConflict
from checkout_kit.making import maker
from checkout_kit.storage import codec, places
from checkout_kit.storage.faults import our_errors, translated
from checkout_kit.storage.port import (
    CheckoutWrite,
    Loaded,
    LoadedOrder,
    LoadedProfile,
    Record,
    SlotTaken,
    Task,
    Write,
)
from checkout_kit.storage.statements import Parameter, compile_all

_NO_PROFILE = Profile()
_loaded = maker(Loaded)


class SqlStore:
    """Checkouts, orders, address books, idempotency records and the outbox in one SQL database.

    Made by `open_store`. Safe to share between threads; on SQLite each thread keeps one connection.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_remote = engine.dialect.name != "sqlite"
        self._sql = compile_all(engine.dialect)
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._codec = codec.CheckoutCodec()
        self._held = threading.local()
        self._one_at_a_time = threading.Lock() if engine.url.database in (None, "", ":memory:") else None
        self.on_statement: Callable[[str], None] | None = None

    def close(self) -> None:
        """Close every pooled connection, and this thread's own."""
        held = getattr(self._held, "connection", None)
        if held is not None:
            held.close()
            self._held.connection = None
        self.engine.dispose()

    def load(self, checkout_id: str) -> Loaded | None:
        """One checkout by id, with its customer's profile."""
        row = self._first("load", id=checkout_id)
        if row is None:
            return None
        text, secret_hash, profile, profile_version = row
        return _loaded(
            checkout=self._codec.decode(checkout_id, text),
            secret_hash=secret_hash,
            profile=_NO_PROFILE if profile is None else codec.decode_profile(profile),
            profile_version=profile_version or 0,
        )

    def load_order(self, order_id: str) -> LoadedOrder | None:
        """One order by id."""
        row = self._first("load_order", id=order_id)
        return None if row is None else LoadedOrder(order=codec.decode_order(row[0]), secret_hash=row[1])

    def load_profile(self, customer_id: str) -> LoadedProfile:
        """A customer's profile; an empty one of version 0 for an unknown customer."""
        row = self._first("load_profile", id=customer_id)
        if row is None:
            return LoadedProfile(profile=_NO_PROFILE, version=0)
        return LoadedProfile(profile=codec.decode_profile(row[0]), version=row[1])

    def find_record(self, scope: str, key: str) -> Record | None:
        """The record of an idempotency key."""
        row = self._first("find_record", scope=scope, key=key)
        if row is None:
            return None
        return Record(
            scope=scope, key=key, fingerprint=row[0], outcome=row[1], created_at=codec.from_ms(row[2])
        )

    def commit(self, write: Write) -> None:
        """Write everything in one durable transaction; a lone checkout update is a single statement."""
        checkout = write.checkout
        is_single = (
            checkout is not None
            and checkout.expected_version > 0
            and checkout.due_at is None
            and not checkout.changes_customer
            and not (write.order or write.profile or write.record or write.tasks or write.done)
            and not (write.places or write.freed)
        )
        if checkout is not None and is_single:
            _, count = self._lean("update_checkout", self._update_values(checkout))
            if count != 1:
                row = self._first("version", id=checkout.checkout.id)
                raise VersionConflict(
                    sent=checkout.expected_version, current_version=0 if row is None else row[0]
                )
            return
        with self._connection() as connection, self._transaction(connection):
            self._write_checkout(connection, write)
            self._write_order(connection, write)
            self._write_profile(connection, write)
            if write.record is not None:
                record = write.record
                self._run(
                    connection, "insert_record", scope=record.scope, key=record.key,
                    fingerprint=record.fingerprint, outcome=record.outcome,
                    created_at=codec.to_ms(record.created_at),
                )  # fmt: skip
            for task in write.tasks:
                self._run(
                    connection, "insert_task", key=task.key, stream=task.stream, topic=task.topic,
                    payload=task.payload, due_at=codec.to_ms(task.due_at),
                    lease_until=codec.to_ms(task.lease_until), attempts=0, is_parked=0, error="",
                )  # fmt: skip
            for key in write.done:
                self._run(connection, "finish_task", key=key)
            self._write_places(connection, write)

    def _write_places(self, connection: Connection, write: Write) -> None:
        for slot_id, hold_id in write.freed:
            self._tell("free_place")
            places.free(connection, slot_id, hold_id)
        # One order for everyone, so that two checkouts never wait for each other's slots.
        for place in sorted(write.places, key=lambda place: (place.slot_id, place.hold_id)):
            self._tell("keep_place")
            facts = places.facts_of(place.slot_id, place.hold_id, place.now)
            if not places.keep(connection, facts, capacity=place.capacity, until=place.until):
                raise SlotTaken(f"no place is left in {place.slot_id}")

    def _write_checkout(self, connection: Connection, write: Write) -> None:
        if write.checkout is None:
            return
        checkout, expected = write.checkout.checkout, write.checkout.expected_version
        due_at = write.checkout.due_at
        if expected == 0:
            text = self._codec.encode(checkout)
            self._run(
                connection, "insert_checkout", id=checkout.id, version=checkout.version,
                customer_id=checkout.customer.id, secret_hash=write.checkout.secret_hash,
                due_at=None if due_at is None else codec.to_ms(due_at), doc=text,
            )  # fmt: skip
            return
        done = self._run(connection, "update_checkout", **self._update_values(write.checkout))
        if done.rowcount != 1:
            row = self._run(connection, "version", id=checkout.id).first()
            raise VersionConflict(sent=expected, current_version=0 if row is None else row[0])
        if write.checkout.changes_customer:
            self._run(connection, "set_customer", the_id=checkout.id, customer=checkout.customer.id)
        if due_at is not None:
            self._run(connection, "postpone", the_id=checkout.id, at=codec.to_ms(due_at))

    def _update_values(self, write: CheckoutWrite) -> dict[str, Parameter]:
        checkout = write.checkout
        return {
            "new_version": checkout.version,
            "new_doc": self._codec.encode(checkout),
            "the_id": checkout.id,
            "expected": write.expected_version,
        }

    def _write_order(self, connection: Connection, write: Write) -> None:
        if write.order is None:
            return
        order = write.order.order
        text = codec.encode_order(order)
        if order.version == 1:
            self._run(
                connection, "insert_order", id=order.id, checkout_id=order.checkout_id,
                customer_id=order.customer.id, version=1, placed_at=codec.to_ms(order.placed_at), doc=text,
            )  # fmt: skip
            self._run(connection, "keep_holds", the_id=order.checkout_id)
            return
        done = self._run(
            connection, "update_order", new_version=order.version, new_doc=text, the_id=order.id,
            expected=order.version - 1,
        )  # fmt: skip
        if done.rowcount != 1:
            row = self._run(connection, "order_version", id=order.id).first()
            raise VersionConflict(sent=order.version - 1, current_version=0 if row is None else row[0])

    def _write_profile(self, connection: Connection, write: Write) -> None:
        if write.profile is None:
            return
        profile, expected = write.profile, write.profile.expected_version
        text = codec.encode_profile(profile.profile)
        if expected == 0:
            self._run(connection, "insert_profile", id=profile.customer_id, version=1, doc=text)
            return
        done = self._run(
            connection, "update_profile", new_version=expected + 1, new_doc=text, the_id=profile.customer_id,
            expected=expected,
        )  # fmt: skip
        if done.rowcount != 1:
            found: Any = self._run(connection, "load_profile", id=profile.customer_id).first()
            raise VersionConflict(sent=expected, current_version=0 if found is None else found[1])

    def lease_tasks(
        self, now: dt.datetime, *, topics: tuple[str, ...], lease_s: int, limit: int
    ) -> tuple[Task, ...]:
        """Up to `limit` due tasks of each topic, leased to the caller; of each stream only the oldest."""
        found: list[Any] = []
        until = codec.to_ms(now) + lease_s * 1000
        for topic in topics:
            with self._connection() as connection:
                rows = self._run(
                    connection, "lease", now=codec.to_ms(now), until=until, topic=topic, limit=limit
                ).all()
            found += sorted(rows)
        return tuple([_task(row) for row in found])

    def finish_task(self, key: str) -> None:
        """The task is done and leaves the outbox."""
        with self._connection() as connection:
            self._run(connection, "finish_task", key=key)

    def fail_task(self, key: str, *, due_at: dt.datetime, error: str, is_parked: bool) -> None:
        """The task failed: try again at `due_at`, or park it."""
        with self._connection() as connection:
            self._run(
                connection, "fail_task", the_key=key, at=codec.to_ms(due_at), why=error[:500],
                parked=int(is_parked),
            )  # fmt: skip

    def list_parked(self, *, limit: int = 100) -> tuple[Task, ...]:
        """Parked tasks, oldest first."""
        with self._connection() as connection:
            return tuple(_task(row) for row in self._run(connection, "parked", limit=limit).all())

    def unpark(self, key: str, *, due_at: dt.datetime) -> bool:
        """Put a parked task back in line."""
        with self._connection() as connection:
            return self._run(connection, "unpark", the_key=key, at=codec.to_ms(due_at)).rowcount == 1

    def due_checkouts(self, now: dt.datetime, *, limit: int) -> tuple[str, ...]:
        """Ids of checkouts to look at, earliest first."""
        with self._connection() as connection:
            rows: list[Any] = list(
                self._run(connection, "due_checkouts", now=codec.to_ms(now), limit=limit).all()
            )
        return tuple([str(row[0]) for row in rows])

    def postpone(self, checkout_id: str, *, due_at: dt.datetime | None) -> None:
        """Look at the checkout again at `due_at`, or never."""
        with self._connection() as connection:
            at = None if due_at is None else codec.to_ms(due_at)
            self._run(connection, "postpone", the_id=checkout_id, at=at)

    def taken_places(
        self, slot_ids: tuple[str, ...], *, now: dt.datetime, but: tuple[str, ...] = ()
    ) -> Mapping[str, int]:
        """How many places of each slot are held at `now`, without the holds `but`."""
        with self._connection() as connection:
            return places.count_taken(connection, slot_ids, now, but=but)

    def _first(self, name: str, **values: Parameter) -> Any:
        return self._lean(name, values)[0]

    def _lean(self, name: str, values: dict[str, Parameter]) -> tuple[Any, int]:
        """One statement in autocommit: its first row and how many rows it touched."""
        if self.on_statement is not None:
            self.on_statement(name)
        statement = self._sql[name]
        try:
            if self.is_remote:
                with our_errors(), self.engine.connect() as connection:
                    return statement.run_lean(connection, values)
            if self._one_at_a_time is None:
                return statement.run_lean(self._own(), values)
            with self._one_at_a_time:
                return statement.run_lean(self._own(), values)
        except self._driver_error as error:
            raise translated(error, self.engine.url.database) from None

    def _tell(self, name: str) -> None:
        """Let whoever counts statements know that one is about to run."""
        if self.on_statement is not None:
            self.on_statement(name)

    def _run(self, connection: Connection, name: str, **values: Parameter) -> "CursorResult[Any]":
        self._tell(name)
        return self._sql[name].run(connection, values)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection in autocommit: this thread's own on SQLite, one of the pool elsewhere."""
        with our_errors():
            if self.is_remote:
                with self.engine.connect() as connection:
                    yield connection
            elif self._one_at_a_time is not None:
                with self._one_at_a_time:
                    yield self._own()
            else:
                yield self._own()

    def _own(self) -> Connection:
        held: Connection | None = getattr(self._held, "connection", None)
        if held is None or held.closed:
            held = self._held.connection = self.engine.connect()
        return held

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[None]:
        connection.exec_driver_sql("BEGIN" if self.is_remote else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if not connection.invalidated:
                connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _task(row: Any) -> Task:
    return Task(
        key=row.key, stream=row.stream, topic=row.topic, payload=row.payload,
        due_at=codec.from_ms(row.due_at), lease_until=codec.from_ms(row.lease_until), attempts=row.attempts,
        error=row.error,
    )  # fmt: skip
