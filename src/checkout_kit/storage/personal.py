"""What a database holds about a person: found, written over, forgotten; not on the way of any checkout."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from checkout_kit.checkout import Checkout
from checkout_kit.checkout.profile import Profile
from checkout_kit.orders import Order
from checkout_kit.storage import codec
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.schema import CHECKOUTS, CUSTOMERS, ORDERS, RECORDS
from checkout_kit.storage.sql import SqlStore

_PAGE = 500


class PersonalData:
    """Reads and writes across all rows of one store; a person is a customer id or an email address."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store.engine
        self._codec = codec.CheckoutCodec(remembers=1)

    def checkouts(self, person: str = "") -> Iterator[Checkout]:
        """Every checkout of a person, or of everyone, page by page."""
        after = ""
        while True:
            query = select(CHECKOUTS.c.id, CHECKOUTS.c.doc).where(CHECKOUTS.c.id > after)
            with our_errors(), self._engine.connect() as connection:
                rows = connection.execute(
                    query.where(_of(CHECKOUTS.c.customer_id, CHECKOUTS.c.doc, person))
                    .order_by(CHECKOUTS.c.id)
                    .limit(_PAGE)
                ).all()
            for after, text in rows:
                yield self._codec.decode(after, text)
            if len(rows) < _PAGE:
                return

    def orders(self, person: str = "") -> Iterator[Order]:
        """Every order of a person, or of everyone, page by page."""
        after = ""
        while True:
            query = select(ORDERS.c.id, ORDERS.c.doc).where(ORDERS.c.id > after)
            with our_errors(), self._engine.connect() as connection:
                rows = connection.execute(
                    query.where(_of(ORDERS.c.customer_id, ORDERS.c.doc, person))
                    .order_by(ORDERS.c.id)
                    .limit(_PAGE)
                ).all()
            for after, text in rows:  # noqa: B007 - the last id is where the next page starts
                yield codec.decode_order(text)
            if len(rows) < _PAGE:
                return

    def profile(self, person: str) -> Profile | None:
        """The profile of a customer id."""
        with our_errors(), self._engine.connect() as connection:
            row = connection.execute(select(CUSTOMERS.c.doc).where(CUSTOMERS.c.id == person)).first()
        return None if row is None else codec.decode_profile(row[0])

    def forget_profile(self, person: str) -> bool:
        """Delete a customer's profile; whether there was one."""
        with our_errors(), self._engine.connect() as connection:
            return connection.execute(delete(CUSTOMERS).where(CUSTOMERS.c.id == person)).rowcount == 1

    def overwrite_checkout(self, checkout: Checkout) -> bool:
        """Write a checkout one version on, and its customer column; False when it changed meanwhile."""
        values = {
            "version": checkout.version,
            "customer_id": checkout.customer.id,
            "doc": self._codec.encode(checkout),
        }
        with our_errors(), self._engine.connect() as connection:
            done = connection.execute(
                update(CHECKOUTS)
                .where(CHECKOUTS.c.id == checkout.id, CHECKOUTS.c.version == checkout.version - 1)
                .values(values)
            )
        return done.rowcount == 1

    def overwrite_order(self, order: Order) -> bool:
        """Write an order one version on, and its customer column; False when it changed meanwhile."""
        values = {
            "version": order.version,
            "customer_id": order.customer.id,
            "doc": codec.encode_order(order),
        }
        with our_errors(), self._engine.connect() as connection:
            done = connection.execute(
                update(ORDERS)
                .where(ORDERS.c.id == order.id, ORDERS.c.version == order.version - 1)
                .values(values)
            )
        return done.rowcount == 1

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
        """Delete idempotency records made before an instant; how many."""
        with our_errors(), self._engine.connect() as connection:
            return connection.execute(
                delete(RECORDS).where(RECORDS.c.created_at < codec.to_ms(before))
            ).rowcount


def _of(customer_id: ColumnElement[str], doc: ColumnElement[str], person: str) -> ColumnElement[bool]:
    if not person:
        return doc.is_not(None)
    if "@" not in person:
        return customer_id == person
    mail = codec.json_text(person.lower())
    return or_(customer_id == person, func.lower(doc).contains(f'"email":{mail}', autoescape=True))
