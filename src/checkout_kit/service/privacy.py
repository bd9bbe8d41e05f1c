"""What the law asks of a shop: show what it holds, forget a person, keep nothing longer than needed."""

import datetime as dt
from typing import Any

from attrs import frozen

from checkout_kit.checkout import phase
from checkout_kit.errors import Conflict, Refused
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
    """How long what is kept: checkouts without an order, the person in an order, idempotency keys."""

    checkouts: dt.timedelta = dt.timedelta(days=90)
    orders: dt.timedelta = dt.timedelta(days=3650)
    keys: dt.timedelta = dt.timedelta(days=30)


@frozen(kw_only=True)
class Retained:
    """What a retention run removed."""

    checkouts_deleted: int
    orders_anonymised: int
    keys_deleted: int


def export_person(data: PersonalData, person: str) -> dict[str, Any]:
    """Everything held about a customer id or an email address, as JSON-ready data; no tokens, no secrets."""
    profile = data.profile(person)
    return {
        "person": person,
        "profile": None
        if profile is None
        else {
            "contact": contact_answer(profile.contact),
            "addresses": [
                {"id": saved.id, "label": saved.label, "address": address_answer(saved.address)}
                for saved in profile.book.saved
            ],
        },
        "checkouts": [
            {
                "id": checkout.id,
                "created_at": checkout.created_at.isoformat(),
                "updated_at": checkout.updated_at.isoformat(),
                "contact": contact_answer(checkout.contact),
                "addresses": [address_answer(d.address) for d in checkout.deliveries if d.address],
                "billing": address_answer(checkout.billing.address if checkout.billing else None),
                "lines": lines_answer(checkout.cart),
                "note": checkout.note,
            }
            for checkout in data.checkouts(person)
        ],
        "orders": [order_answer(order) for order in data.orders(person)],
    }


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
    done = [data.overwrite_order(anonymise_order(order)) for order in orders]
    done += [data.overwrite_checkout(anonymise_checkout(checkout)) for checkout in checkouts]
    if not all(done):
        raise Conflict("a record changed while it was being erased; run it again")
    return Erased(checkouts=len(checkouts), orders=len(orders), profiles=int(data.forget_profile(person)))


def retain(data: PersonalData, rules: Retention, now: dt.datetime) -> Retained:
    """Delete or anonymise what is older than the rules say; run it daily."""
    deleted = anonymised = 0
    for checkout in data.checkouts():
        is_over = phase(checkout, now) in ("canceled", "expired")
        if is_over and checkout.updated_at < now - rules.checkouts:
            deleted += data.delete_checkout(checkout)
    for order in data.orders():
        if order.placed_at < now - rules.orders and order.contact is not None:
            anonymised += data.overwrite_order(anonymise_order(order))
    keys = data.forget_records(now - rules.keys)
    return Retained(checkouts_deleted=deleted, orders_anonymised=anonymised, keys_deleted=keys)
