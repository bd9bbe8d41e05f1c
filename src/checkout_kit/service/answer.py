"""The JSON answers: plain dictionaries of what a view or an order holds; never a token, never a secret."""

import datetime as dt
from functools import lru_cache
from typing import Any

from checkout_kit.address import Address, AddressBook, Probable, match
from checkout_kit.cart import Cart
from checkout_kit.checkout import (
    Assignment,
    Business,
    Change,
    Component,
    Contact,
    Delivery,
    PickupPlace,
    Totals,
    pickup_choices,
    totals,
)
from checkout_kit.orders import Order
from checkout_kit.promise import DeliveryPromise
from checkout_kit.service.view import CheckoutView
from checkout_kit.shipping.quote import Quote, ShippingOption
from checkout_kit.shipping.slots import PickupPoint

Json = dict[str, Any]


def checkout_answer(view: CheckoutView) -> Json:
    """The document of `GET /checkouts/{id}`."""
    checkout = view.checkout
    answer: Json = {
        "id": checkout.id,
        "version": checkout.version,
        "status": view.status.name,
        "status_reason": view.status.reason or None,
        "currency": checkout.currency,
        "created_at": checkout.created_at.isoformat(),
        "updated_at": checkout.updated_at.isoformat(),
        "expires_at": checkout.expires_at.isoformat(),
        "lines": lines_answer(checkout.cart),
        "contact": contact_answer(checkout.contact),
        "customer": _customer(view),
        "deliveries": [
            _delivery(delivery, quote, view)
            for delivery, quote in zip(checkout.deliveries, view.quotes, strict=True)
        ],
        "billing": {
            "same_as_delivery": checkout.billing is None,
            "address": address_answer(checkout.billing_address),
            "saved_address_id": (checkout.billing.saved_address_id or None) if checkout.billing else None,
        },
        "payment": checkout.payment and {"method": checkout.payment.method, "label": checkout.payment.label},
        "payment_action": None,
        "discount_codes": list(checkout.cart.discount_codes),
        "business": _business(checkout.business),
        "consent": {"terms": checkout.accepts_terms},
        "note": checkout.note,
        "components": [_component(c) for c in view.components],
        "totals": _totals(view.totals),
        "problems": [
            {"code": p.code, "severity": p.severity, "path": p.path, "message": p.message, "hint": p.hint}
            for p in view.problems
        ],
        "changes": [_change(c) for c in checkout.changes],
        "order_id": checkout.ending.order_id or None if checkout.ending else None,
        "order": None if view.order is None else order_answer(view.order),
    }
    if checkout.attempt is not None and checkout.attempt.state == "authentication":
        answer["payment_action"] = {"kind": "authentication", "url": checkout.attempt.action_url}
    return answer


def order_answer(order: Order) -> Json:
    """The document of `GET /orders/{id}`."""
    return {
        "id": order.id,
        "checkout_id": order.checkout_id,
        "version": order.version,
        "placed_at": order.placed_at.isoformat(),
        "currency": order.cart.currency,
        "lines": lines_answer(order.cart),
        "contact": contact_answer(order.contact),
        "deliveries": [
            {
                "id": d.id,
                "line_ids": list(d.line_ids),
                "address": address_answer(d.address),
                "pickup_point": _point(d.pickup),
                "option_id": d.choice and d.choice.option_id,
                "title": d.choice.title if d.choice else "",
                "service": d.choice.service if d.choice else "",
                "price": d.choice.price if d.choice else 0,
                "regular_price": d.choice.regular_price if d.choice else 0,
                "promise": _promise(d.choice.promise) if d.choice else None,
            }
            for d in order.deliveries
        ],
        "billing": {"address": address_answer(order.billing_address)},
        "business": _business(order.business),
        "components": [_component(c) for c in order.components],
        "totals": _totals(totals(order.components)),
        "payment": {
            "provider": order.payment.provider,
            "status": order.payment.state,
            "amount": order.payment.amount,
            "captured": order.payment.captured,
            "refunded": order.payment.refunded,
        },
        "note": order.note,
        "channel": order.channel,
        "policy_id": order.policy_id,
        "experiment": _assignment(order.assignment),
    }


def lines_answer(cart: Cart) -> list[Json]:
    """The lines of a cart."""
    return [
        {
            "id": line.id,
            "sku": line.sku,
            "title": line.title,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "discount": line.discount,
            "total": line.total,
            "requires_shipping": line.requires_shipping,
        }
        for line in cart.lines
    ]


def contact_answer(contact: Contact | None) -> Json | None:
    """The contact, null where there is none."""
    if contact is None:
        return None
    return {
        "email": contact.email,
        "phone": contact.phone,
        "marketing_consent": contact.accepts_marketing,
        "recovery_consent": contact.accepts_recovery,
    }


def _customer(view: CheckoutView) -> Json | None:
    if not view.checkout.customer.id:
        return None
    return {
        "id": view.checkout.customer.id,
        "saved_addresses": [
            {
                "id": saved.id,
                "label": saved.label,
                "address": address_answer(saved.address),
                "is_default_delivery": saved.is_default_delivery,
                "is_default_billing": saved.is_default_billing,
            }
            for saved in view.book.offer("delivery")
        ],
    }


def address_answer(address: Address | None) -> Json | None:
    """The address, null where there is none."""
    if address is None:
        return None
    return {
        "country": address.country,
        "name": address.name,
        "company": address.company,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "phone": address.phone,
    }


def _point(point: PickupPlace | PickupPoint | None) -> Json | None:
    """A pickup point; its address is null where it is not served."""
    if point is None:
        return None
    return {"id": point.id, "title": point.title, "address": address_answer(point.address)}


def _promise(promise: DeliveryPromise | None) -> Json | None:
    if promise is None:
        return None
    return dict(_dates(promise, promise.order_by.utcoffset() if promise.order_by else None))


@lru_cache(maxsize=1024)
def _dates(promise: DeliveryPromise, _offset: dt.timedelta | None) -> Json:
    """The promise in ISO 8601; equal instants read differently in two zones, hence the second key."""
    return {
        "earliest": promise.earliest.isoformat(),
        "latest": promise.latest.isoformat(),
        "ships_earliest": promise.ships_earliest.isoformat(),
        "ships_on": promise.ships_on.isoformat(),
        "order_by": promise.order_by.isoformat() if promise.order_by else None,
    }


def _delivery(delivery: Delivery, quote: Quote | None, view: CheckoutView) -> Json:
    choice = delivery.choice
    answer: Json = {
        "id": delivery.id,
        "line_ids": list(delivery.line_ids),
        "address": address_answer(delivery.address),
        "saved_address_id": delivery.saved_address_id or None,
        "saved_match": _saved_match(delivery, view.book),
        "pickup_point": _point(delivery.pickup),
        "pickup_points": [_point(p) for p in pickup_choices(view.checkout, delivery, view.pickup)],
        "option_id": choice and choice.option_id,
        "chosen_by": ("buyer" if choice.by_buyer else "default") if choice else None,
        "wanted_option_id": delivery.wanted or None,
        "valid_until": choice and choice.valid_until.isoformat(),
        "options": [],
        "withheld": [],
        "free_shipping": [],
        "quoted_at": None,
    }
    if quote is None:
        return answer
    # Options of one service share one promise object.
    shared = {id(option.promise): option.promise for option in quote.options}
    promises = {key: _promise(promise) for key, promise in shared.items()}
    answer["options"] = [_option(option, promises[id(option.promise)]) for option in quote.options]
    answer["withheld"] = [
        {"method_id": w.method_id, "title": w.title, "reason": w.reason, "message": w.message, "hint": w.hint}
        for w in quote.withheld
    ]
    answer["free_shipping"] = [
        {
            "method_id": f.method_id,
            "title": f.title,
            "missing": f.missing.amount,
            "threshold": f.threshold.amount,
            "reached": f.reached,
        }
        for f in quote.free_shipping
    ]
    answer["quoted_at"] = quote.placed_at.isoformat()
    return answer


def _option(option: ShippingOption, promise: Json | None) -> Json:
    face, price = option.face, option.price_minor
    return {
        "id": face.method_id,
        "method_id": face.method_id,
        "title": face.title,
        "description": face.description,
        "service": face.service,
        "price": price,
        "regular_price": option.regular_price_minor,
        "is_free": price == 0,
        "promise": promise,
    }


def _saved_match(delivery: Delivery, book: AddressBook) -> Json | None:
    """A saved address this one probably is: a question to the buyer, answered by sending its id."""
    if delivery.address is None or delivery.saved_address_id or not book.saved:
        return None
    found = match(book, delivery.address)
    if not isinstance(found, Probable):
        return None
    return {"address_id": found.saved.id, "label": found.saved.label, "differs": list(found.differs)}


def _business(business: Business | None) -> Json | None:
    if business is None:
        return None
    return {
        "company": business.company,
        "tax_id": business.tax_id,
        "purchase_order": business.purchase_order,
    }


def _component(component: Component) -> Json:
    return {
        "kind": component.kind,
        "label": component.label,
        "amount": component.amount,
        "line_id": component.line_id or None,
        "delivery_id": component.delivery_id or None,
        "included": component.is_included,
    }


def _totals(sums: Totals) -> Json:
    return {
        "goods": sums.goods,
        "line_discount": sums.line_discount,
        "order_discount": sums.order_discount,
        "shipping": sums.shipping,
        "shipping_discount": sums.shipping_discount,
        "tax": sums.tax,
        "fee": sums.fee,
        "refund": sums.refund,
        "tax_included": sums.tax_included,
        "total": sums.total,
    }


def _change(change: Change) -> Json:
    return {
        "kind": change.kind,
        "cause": change.cause,
        "delivery_id": change.delivery_id,
        "option_id": change.option_id,
        "title": change.title,
        "old_price": change.old_price,
        "new_price": change.new_price,
        "old_latest": _day(change.old_latest),
        "new_latest": _day(change.new_latest),
        "message": change_message(change),
    }


def change_message(change: Change) -> str:
    """The change as a plain English sentence without amounts, which the caller formats in its locale."""
    because = _CAUSES.get(change.cause, "")
    return f"{_SENTENCES[change.kind].format(title=change.title)}{because}."


_SENTENCES = {
    "price": "The price of {title} has changed",
    "date": "The delivery date of {title} has changed",
    "option_unavailable": "{title} is no longer offered",
    "option_replaced": "The preselected option is no longer offered; {title} is preselected instead",
    "option_restored": "{title} is offered again and selected, as you had chosen",
}
_CAUSES = {
    "cart": " because the cart changed",
    "address": " because the address changed",
    "customer": " because you signed in",
    "discount_codes": " because the discount codes changed",
    "time": " because time has passed",
    "pickup_point": " because the pickup point has moved",
}


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _assignment(assignment: Assignment | None) -> Json | None:
    if assignment is None:
        return None
    return {"experiment": assignment.experiment, "variant": assignment.variant}
