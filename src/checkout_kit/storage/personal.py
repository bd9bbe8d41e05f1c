"""What a database holds about a person: found, written over, forgotten; not on the way of any checkout."""

import datetime as dt
import string
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, tuple_, update

from checkout_kit.checkout import Checkout
from checkout_kit.checkout.profile import Profile
from checkout_kit.orders import Order
from checkout_kit.shipping.slots import slot_day
from checkout_kit.storage import codec
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.schema import (
    CHECKOUTS,
    CUSTOMERS,
    ORDERS,
    PROTOCOL_ANSWERS,
    PROTOCOL_DOCUMENTS,
    RECORDS,
    SLOT_HOLDS,
    SLOTS,
)
from checkout_kit.storage.sql import SqlStore
from checkout_kit.storage.transactions import transaction

_PAGE = 500
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class PersonalData:
    """Reads and writes across all rows of one store; a person is a customer id or an email address."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store.engine
        self._codec = codec.CheckoutCodec(remembers=1)

    def checkouts(self, person: str = "") -> Iterator[Checkout]:
        """Every checkout of a person, or of everyone, page by page."""
        for checkout_id, text in self._documents(CHECKOUTS, person):
            yield self._codec.decode(checkout_id, text)

    def orders(self, person: str = "") -> Iterator[Order]:
        """Every order of a person, or of everyone, page by page."""
        for _, text in self._documents(ORDERS, person):
            yield codec.decode_order(text)

    def _documents(self, table: Table, person: str) -> Iterator[tuple[str, str]]:
        after = ""
        while True:
            query = select(table.c.id, table.c.doc).where(table.c.id > after)
            with our_errors(), self._engine.connect() as connection:
                rows = connection.execute(
                    query.where(_of(table.c.customer_id, table.c.doc, person))
                    .order_by(table.c.id)
                    .limit(_PAGE)
                ).all()
            yield from ((document_id, text) for document_id, text in rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def profiles(self, person: str) -> dict[str, Profile]:
        """The profiles of a customer id, or of an email address, by customer id."""
        is_theirs = _of(CUSTOMERS.c.id, CUSTOMERS.c.doc, person)
        with our_errors(), self._engine.connect() as connection:
            rows = connection.execute(select(CUSTOMERS.c.id, CUSTOMERS.c.doc).where(is_theirs)).all()
        return {row[0]: codec.decode_profile(row[1]) for row in rows}

    def forget_profiles(self, person: str) -> int:
        """Delete the profiles of a person; how many there were."""
        is_theirs = _of(CUSTOMERS.c.id, CUSTOMERS.c.doc, person)
        with our_errors(), self._engine.connect() as connection:
            return connection.execute(delete(CUSTOMERS).where(is_theirs)).rowcount

    def documents(self, ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
        """What agent protocols noted about these checkouts and orders: kind, id and JSON text."""
        d = PROTOCOL_DOCUMENTS.c
        for some in _pages(ids):
            with our_errors(), self._engine.connect() as connection:
                rows = connection.execute(select(d.kind, d.id, d.text).where(d.id.in_(some))).all()
            yield from ((kind, document_id, text) for kind, document_id, text in rows)

    def forget_documents(self, ids: Collection[str]) -> None:
        """Delete what agent protocols noted about these checkouts and orders, kept answers included."""
        for some in _pages(ids):
            with our_errors(), self._engine.connect() as connection:
                connection.execute(delete(PROTOCOL_DOCUMENTS).where(PROTOCOL_DOCUMENTS.c.id.in_(some)))
        a, after = PROTOCOL_ANSWERS.c, ("", "")
        named = [one.encode() for one in ids]
        while named:
            query = select(a.scope, a.key, a.body).where(tuple_(a.scope, a.key) > after)
            with our_errors(), self._engine.connect() as connection:
                rows = connection.execute(query.order_by(a.scope, a.key).limit(_PAGE)).all()
                for scope, key, body in rows:
                    if any(one in bytes(body) for one in named):
                        connection.execute(delete(PROTOCOL_ANSWERS).where(a.scope == scope, a.key == key))
            if len(rows) < _PAGE:
                return
            after = (rows[-1][0], rows[-1][1])

    def overwrite_checkout(self, checkout: Checkout) -> bool:
        """Write a checkout one version on, and its customer column; False when it changed meanwhile."""
        return self._overwrite(CHECKOUTS, checkout, self._codec.encode(checkout))

    def overwrite_order(self, order: Order) -> bool:
        """Write an order one version on, and its customer column; False when it changed meanwhile."""
        return self._overwrite(ORDERS, order, codec.encode_order(order))

    def _overwrite(self, table: Table, one: Checkout | Order, text: str) -> bool:
        values = {"version": one.version, "customer_id": one.customer.id, "doc": text}
        is_before = (table.c.id == one.id) & (table.c.version == one.version - 1)
        with our_errors(), self._engine.connect() as connection:
            return connection.execute(update(table).where(is_before).values(values)).rowcount == 1

    def delete_checkout(self, checkout: Checkout) -> bool:
        """Delete a checkout that has no order; False when it changed meanwhile."""
        with our_errors(), self._engine.connect() as connection:
            done = connection.execute(
                delete(CHECKOUTS).where(
                    CHECKOUTS.c.id == checkout.id, CHECKOUTS.c.version == checkout.version
                )
            )
        return done.rowcount == 1

    def forget_records(self, before: dt.datetime) -> int:
        """Delete idempotency records and kept answers made before an instant; how many."""
        return sum(self._delete_older(table, before) for table in (RECORDS, PROTOCOL_ANSWERS))

    def forget_slots(self, before: dt.date) -> int:
        """Delete the slots of days before `before` with all their holds; how many. Other ids stay."""
        after, deleted = "", 0
        while True:
            query = select(SLOTS.c.slot_id).where(SLOTS.c.slot_id > after).order_by(SLOTS.c.slot_id)
            with transaction(self._engine) as connection:
                ids = connection.execute(query.limit(_PAGE)).scalars().all()
                past = [one for one in ids if (slot_day(one) or before) < before]
                connection.execute(delete(SLOT_HOLDS).where(SLOT_HOLDS.c.slot_id.in_(past)))
                deleted += connection.execute(delete(SLOTS).where(SLOTS.c.slot_id.in_(past))).rowcount
            if len(ids) < _PAGE:
                return deleted
            after = ids[-1]

    def _delete_older(self, table: Table, before: dt.datetime) -> int:
        with our_errors(), self._engine.connect() as connection:
            old = table.c.created_at < codec.to_ms(before)
            return connection.execute(delete(table).where(old)).rowcount

    def compact(self) -> None:
        """Rewrite a SQLite file, whose unused pages hold what was written over; servers do so unasked."""
        if self._engine.dialect.name == "sqlite":
            with our_errors(), self._engine.connect() as connection:
                connection.exec_driver_sql("vacuum")
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")


def _of(customer_id: ColumnElement[str], doc: ColumnElement[str], person: str) -> ColumnElement[bool]:
    if not person:
        return doc.is_not(None)
    if "@" not in person:
        return customer_id == person
    # SQLite lowers ASCII letters only, PostgreSQL all of them.
    mails = {codec.json_text(person.translate(_LOWER)), codec.json_text(person.lower())}
    held = (func.lower(doc).contains(f'"email":{mail}', autoescape=True) for mail in mails)
    return or_(customer_id == person, *held)


def _pages(ids: Collection[str]) -> Iterator[list[str]]:
    listed = list(ids)
    return (listed[i : i + _PAGE] for i in range(0, len(listed), _PAGE))
