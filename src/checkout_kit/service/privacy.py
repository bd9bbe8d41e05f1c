"""What the law asks of a shop: show what it holds, forget a person, keep nothing longer than needed."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from attrs import asdict, frozen

from checkout_kit.checkout import Checkout, phase
from checkout_kit.errors import Conflict, Refused
from checkout_kit.orders import Order
from checkout_kit.orders.privacy import anonymise_checkout, anonymise_order
from checkout_kit.service.answer import address_answer, contact_answer, lines_answer, order_answer
from checkout_kit.storage.personal import PersonalData


@frozen(kw_only=True)
class Erased:
    """How many records a person was taken out of."""

    checkouts: int
    orders: int
    profiles: int


@frozen(kw_only=True)
class Retention:
    """How long what is kept: checkouts without an order, the person in an order, keys, past slots."""

    checkouts: dt.timedelta = dt.timedelta(days=90)
    orders: dt.timedelta = dt.timedelta(days=3650)
    keys: dt.timedelta = dt.timedelta(days=30)
    slots: dt.timedelta = dt.timedelta(days=30)


@frozen(kw_only=True)
class Retained:
    """What a retention run removed."""

    checkouts_deleted: int
    orders_anonymised: int
    keys_deleted: int
    slots_deleted: int


def export_person(data: PersonalData, person: str) -> dict[str, Any]:
    """Everything held about a customer id or an email address, as JSON-ready data; no tokens, no secrets."""
    checkouts, orders = list(data.checkouts(person)), list(data.orders(person))
    return {
        "person": person,
        "profiles": [
            {
                "customer_id": customer_id,
                "contact": contact_answer(profile.contact),
                "addresses": [
                    {
                        "id": saved.id,
                        "label": saved.label,
                        "address": address_answer(saved.address),
                        "last_used_at": saved.last_used_at and saved.last_used_at.isoformat(),
                    }
                    for saved in profile.book.saved
                ],
            }
            for customer_id, profile in data.profiles(person).items()
        ],
        "checkouts": [_checkout(checkout) for checkout in checkouts],
        "orders": [order_answer(order) for order in orders],
        "protocols": [
            {"kind": kind, "id": document_id, "document": json.loads(text)}
            for kind, document_id, text in data.documents(_ids(checkouts, orders))
        ],
    }


def _checkout(checkout: Checkout) -> dict[str, Any]:
    business, payment, assignment = checkout.business, checkout.payment, checkout.assignment
    return {
        "id": checkout.id,
        "customer_id": checkout.customer.id,
        "customer_groups": list(checkout.customer.groups),
        "created_at": checkout.created_at.isoformat(),
        "updated_at": checkout.updated_at.isoformat(),
        "channel": checkout.channel,
        "contact": contact_answer(checkout.contact),
        "addresses": [address_answer(d.address) for d in checkout.deliveries if d.address],
        "billing": address_answer(checkout.billing.address if checkout.billing else None),
        "business": None if business is None else asdict(business),
        "payment": payment and {"method": payment.method, "label": payment.label},
        "lines": lines_answer(checkout.cart),
        "discount_codes": list(checkout.cart.discount_codes),
        "accepts_terms": checkout.accepts_terms,
        "approved_by": checkout.approved_by,
        "experiment": assignment and {"name": assignment.experiment, "variant": assignment.variant},
        "reminders": checkout.reminders,
        "ended_because": checkout.ending.reason if checkout.ending else "",
        "note": checkout.note,
    }


def _ids(checkouts: Iterable[Checkout], orders: Iterable[Order]) -> set[str]:
    """Every id under which a person's checkouts and orders are spoken of elsewhere."""
    return {c.id for c in checkouts} | {i for order in orders for i in (order.id, order.checkout_id)}


def erase_person(data: PersonalData, person: str, now: dt.datetime) -> Erased:
    """Take a person out of every record; amounts and goods of orders stay for the books.

    Raises:
        Refused: a payment of theirs is under way; nothing of that checkout is erased yet.
        Conflict: a record changed while it was erased; run it again.
    """
    checkouts = list(data.checkouts(person))
    busy = [c.id for c in checkouts if phase(c, now) in ("authorising", "authentication")]
    if busy:
        raise Refused(f"a payment is under way in {', '.join(busy)}; erase when it is settled")
    orders = list(data.orders(person))
    # First what agent protocols noted: it is found by the ids of what still names the person.
    data.forget_documents(_ids(checkouts, orders))
    done = [data.overwrite_order(anonymise_order(order)) for order in orders]
    done += [data.overwrite_checkout(anonymise_checkout(checkout)) for checkout in checkouts]
    if not all(done):
        raise Conflict("a record changed while it was being erased; run it again")
    return Erased(checkouts=len(checkouts), orders=len(orders), profiles=data.forget_profiles(person))


def retain(data: PersonalData, rules: Retention, now: dt.datetime) -> Retained:
    """Delete or anonymise what is older than the rules say; run it daily."""
    deleted = anonymised = 0
    gone: set[str] = set()
    for checkout in data.checkouts():
        where = phase(checkout, now)
        if where in ("canceled", "expired") and checkout.updated_at < now - rules.checkouts:
            deleted += data.delete_checkout(checkout)
            gone.add(checkout.id)
        elif where == "completed" and checkout.updated_at < now - rules.orders and checkout.contact:
            data.overwrite_checkout(anonymise_checkout(checkout))
            gone.add(checkout.id)
    for order in data.orders():
        if order.placed_at < now - rules.orders and order.contact is not None:
            anonymised += data.overwrite_order(anonymise_order(order))
            gone.add(order.id)
    data.forget_documents(gone)
    # A slot's id names a local day; two days on, it is over in every zone.
    slots = data.forget_slots((now - rules.slots).date() - dt.timedelta(days=2))
    return Retained(
        checkouts_deleted=deleted,
        orders_anonymised=anonymised,
        keys_deleted=data.forget_records(now - rules.keys),
        slots_deleted=slots,
    )
