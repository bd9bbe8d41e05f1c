"""The JSON answers as plain data, section by section, and an order's; never a token, never a secret."""

import datetime as dt
from typing import Any

from checkout_kit.address import Address
from checkout_kit.cart import Cart
from checkout_kit.checkout import (
    Assignment,
    Business,
    Change,
    Component,
    Contact,
    PickupPlace,
    SlotPlace,
    Totals,
    totals,
)
from checkout_kit.orders import Order
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.slots import PickupPoint

Json = dict[str, Any]


def order_answer(order: Order) -> Json:
    """The document of `GET /orders/{id}`."""
    return {
        "id": order.id,
        "checkout_id": order.checkout_id,
        "version": order.version,
        "placed_at": _instant(order.placed_at),
        "currency": order.cart.currency,
        "lines": lines_answer(order.cart),
        "contact": contact_answer(order.contact),
        "deliveries": [
            {
                "id": d.id,
                "line_ids": list(d.line_ids),
                "address": address_answer(d.address),
                "pickup_point": point_answer(d.pickup),
                "option_id": d.choice and d.choice.option_id,
                "title": d.choice.title if d.choice else "",
                "service": d.choice.service if d.choice else "",
                "price": d.choice.price if d.choice else 0,
                "regular_price": d.choice.regular_price if d.choice else 0,
                "promise": promise_answer(d.choice.promise) if d.choice else None,
                "slot": slot_answer(d.slot),
            }
            for d in order.deliveries
        ],
        "billing": {"address": address_answer(order.billing_address)},
        "business": business_answer(order.business),
        "components": [component_answer(c) for c in order.components],
        "totals": totals_answer(totals(order.components)),
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


def point_answer(point: PickupPlace | PickupPoint | None) -> Json | None:
    """A pickup point; its address is null where it is not served."""
    if point is None:
        return None
    return {"id": point.id, "title": point.title, "address": address_answer(point.address)}


def slot_answer(slot: SlotPlace | None) -> Json | None:
    """The slot that was picked, null where none was."""
    if slot is None:
        return None
    return {
        "id": slot.id,
        "starts_at": _instant(slot.starts_at),
        "ends_at": _instant(slot.ends_at),
        "order_by": _instant(slot.order_by),
    }


def promise_answer(promise: DeliveryPromise | None) -> Json | None:
    """The promise in ISO 8601, null where there is none."""
    if promise is None:
        return None
    return {
        "earliest": promise.earliest.isoformat(),
        "latest": promise.latest.isoformat(),
        "ships_earliest": promise.ships_earliest.isoformat(),
        "ships_on": promise.ships_on.isoformat(),
        "order_by": _instant(promise.order_by) if promise.order_by else None,
    }


def business_answer(business: Business | None) -> Json | None:
    """What a company adds, null where there is none."""
    if business is None:
        return None
    return {
        "company": business.company,
        "tax_id": business.tax_id,
        "purchase_order": business.purchase_order,
    }


def component_answer(component: Component) -> Json:
    """One entry of the ledger."""
    return {
        "kind": component.kind,
        "label": component.label,
        "amount": component.amount,
        "line_id": component.line_id or None,
        "delivery_id": component.delivery_id or None,
        "included": component.is_included,
    }


def totals_answer(sums: Totals) -> Json:
    """The sums of a ledger."""
    return sums._asdict()


def change_answer(change: Change) -> Json:
    """What the last write altered, with a sentence."""
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
    "slot_unavailable": "The chosen delivery time of {title} is not available any more",
}
_CAUSES = {
    "cart": " because the cart changed",
    "address": " because the address changed",
    "customer": " because you signed in",
    "discount_codes": " because the discount codes changed",
    "time": " because time has passed",
    "pickup_point": " because the pickup point has changed",
}


def _instant(instant: dt.datetime) -> str:
    """ISO 8601 as pydantic writes it in the other answers."""
    return instant.isoformat().replace("+00:00", "Z")


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _assignment(assignment: Assignment | None) -> Json | None:
    if assignment is None:
        return None
    return {"experiment": assignment.experiment, "variant": assignment.variant}
