"""Orders as documents: lines, what was promised, what has been sent and given back since."""

import datetime as dt
from collections.abc import Mapping

from checkout_kit.cart import LineItem
from checkout_kit.orders import Order, OrderDelivery

from checkout_kit_acp.faults import Json
from checkout_kit_acp.options import promised_times
from checkout_kit_acp.postal import from_address
from checkout_kit_acp.totals import totals_json


def order_json(
    order: Order, *, permalink: str, zone: dt.tzinfo, support: Mapping[str, str] | None = None
) -> Json:
    """The whole order as it stands.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/Order.
    """
    document: Json = {
        "type": "order",
        "id": order.id,
        "checkout_session_id": order.checkout_id,
        "order_number": order.id,
        "permalink_url": permalink,
        "status": "created",
        "line_items": [_line_json(line) for line in order.cart.lines],
        "fulfillments": _fulfillments(order, zone),
        "adjustments": [],
        "totals": totals_json(
            order.components,
            order.cart.currency,
            has_delivery=any(one.choice is not None for one in order.deliveries),
        ),
        "confirmation": {"confirmation_number": order.id},
    }
    promises = [one.choice.promise for one in order.deliveries if one.choice and one.choice.promise]
    if promises:
        first = min(promised_times(one, zone)[0] for one in promises)
        last = max(promised_times(one, zone)[1] for one in promises)
        document["estimated_delivery"] = {"earliest": first, "latest": last}
    if order.note:
        document["confirmation"] = {"confirmation_number": order.id, "order_notes": order.note}
    if support:
        document["support"] = dict(support)
    return document


def _line_json(line: LineItem) -> Json:
    return {
        "id": line.id,
        "title": line.title or line.sku,
        "product_id": line.sku,
        "quantity": {"ordered": line.quantity, "current": line.quantity, "fulfilled": 0},
        "unit_price": line.unit_price,
        "subtotal": line.total,
        "status": "processing",
    }


def _fulfillments(order: Order, zone: dt.tzinfo) -> list[Json]:
    units = {line.id: line.quantity for line in order.cart.lines}
    found = [_fulfillment(one, units, zone) for one in order.deliveries if one.line_ids]
    digital = [line for line in order.cart.lines if not line.requires_shipping]
    if digital:
        lines = [{"id": line.id, "quantity": line.quantity} for line in digital]
        found.append({"id": "ful_digital", "type": "digital", "status": "processing", "line_items": lines})
    return found


def _fulfillment(delivery: OrderDelivery, units: Mapping[str, int], zone: dt.tzinfo) -> Json:
    document: Json = {
        "id": f"ful_{delivery.id}",
        "type": "shipping",
        "status": "processing",
        "line_items": [{"id": one, "quantity": units[one]} for one in delivery.line_ids],
    }
    if delivery.address is not None:
        document["destination"] = from_address(delivery.address)
    choice = delivery.choice
    if choice is not None:
        document["description"] = choice.title
        if choice.promise is not None:
            first, last = promised_times(choice.promise, zone)
            document["estimated_delivery"] = {"earliest": first, "latest": last}
    return document
