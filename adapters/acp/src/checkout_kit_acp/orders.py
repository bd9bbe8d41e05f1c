"""Orders as documents: lines, what was promised, what has been sent and given back since."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from checkout_kit.adapter.protocol_options import promised_times
from checkout_kit.adapter.protocol_orders import Activity, Adjustment, FulfillmentEvent
from checkout_kit.cart import LineItem
from checkout_kit.orders import Order, OrderDelivery

from checkout_kit_acp.faults import Json
from checkout_kit_acp.postal import from_address
from checkout_kit_acp.totals import total_row, totals_json

_SENT: Final = ("shipped", "in_transit", "out_for_delivery", "delivered")
_DIGITAL: Final = "ful_digital"


def order_json(
    order: Order,
    activity: Activity,
    *,
    permalink: str,
    zone: dt.tzinfo,
    support: Mapping[str, str] | None = None,
) -> Json:
    """The whole order as it stands.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/Order.
    """
    left, sent = _left(order, activity), _units(activity.events, _SENT)
    arrived = _units(activity.events, ("delivered",))
    document: Json = {
        "type": "order",
        "id": order.id,
        "checkout_session_id": order.checkout_id,
        "order_number": order.id,
        "permalink_url": permalink,
        "status": _status(left, sent, arrived),
        "line_items": [_line_json(line, left[line.id], sent.get(line.id, 0)) for line in order.cart.lines],
        "fulfillments": _fulfillments(order, activity.events, zone),
        "adjustments": [_adjustment_json(one, order.cart.currency) for one in activity.adjustments],
        "totals": _totals(order, activity),
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


def _left(order: Order, activity: Activity) -> dict[str, int]:
    """The units of each line that are still part of the order."""
    removed: dict[str, int] = {}
    for one in activity.adjustments:
        for line_id, units in one.quantities.items():
            removed[line_id] = removed.get(line_id, 0) + min(0, units)
    return {line.id: max(0, line.quantity + removed.get(line.id, 0)) for line in order.cart.lines}


def _units(events: Iterable[FulfillmentEvent], types: tuple[str, ...]) -> dict[str, int]:
    """The units of each line that events of these types speak of; one parcel is told of several times."""
    by_type: dict[tuple[str, str], int] = {}
    for event in events:
        if event.type in types:
            for line_id, units in event.quantities.items():
                by_type[event.type, line_id] = by_type.get((event.type, line_id), 0) + units
    found: dict[str, int] = {}
    for (_, line_id), units in by_type.items():
        found[line_id] = max(found.get(line_id, 0), units)
    return found


def _status(left: Mapping[str, int], sent: Mapping[str, int], arrived: Mapping[str, int]) -> str:
    if not any(left.values()):
        return "canceled"
    if all(arrived.get(line_id, 0) >= units for line_id, units in left.items()):
        return "fulfilled"
    return "shipped" if sent else "created"


def _line_json(line: LineItem, left: int, sent: int) -> Json:
    done = min(left, sent)
    status = "removed" if left == 0 else "fulfilled" if done == left else "partial" if done else "processing"
    return {
        "id": line.id,
        "title": line.title or line.sku,
        "product_id": line.sku,
        "quantity": {"ordered": line.quantity, "current": left, "fulfilled": done},
        "unit_price": line.unit_price,
        "subtotal": line.total,
        "status": status,
    }


def _fulfillments(order: Order, events: Iterable[FulfillmentEvent], zone: dt.tzinfo) -> list[Json]:
    units = {line.id: line.quantity for line in order.cart.lines}
    told = tuple(events)
    found = [_fulfillment(one, units, told, zone) for one in order.deliveries if one.line_ids]
    digital = [line for line in order.cart.lines if not line.requires_shipping]
    if digital:
        lines = [{"id": line.id, "quantity": line.quantity} for line in digital]
        found.append({"id": _DIGITAL, "type": "digital", "status": "processing", "line_items": lines})
    return found


def _fulfillment(
    delivery: OrderDelivery, units: Mapping[str, int], events: tuple[FulfillmentEvent, ...], zone: dt.tzinfo
) -> Json:
    own = [one for one in events if not one.quantities or set(one.quantities) & set(delivery.line_ids)]
    document: Json = {
        "id": f"ful_{delivery.id}",
        "type": "shipping",
        "status": own[-1].type if own else "processing",
        "line_items": [{"id": one, "quantity": units[one]} for one in delivery.line_ids],
        "events": [_event_json(one) for one in own],
    }
    if delivery.address is not None:
        document["destination"] = from_address(delivery.address)
    for member in ("carrier", "tracking_number", "tracking_url"):
        texts = [text for one in own if (text := getattr(one, member))]
        if texts:
            document[member] = texts[-1]
    choice = delivery.choice
    if choice is not None:
        document["description"] = choice.title
        if choice.promise is not None:
            first, last = promised_times(choice.promise, zone)
            document["estimated_delivery"] = {"earliest": first, "latest": last}
    return document


def _event_json(event: FulfillmentEvent) -> Json:
    document: Json = {"id": event.id, "type": event.type, "occurred_at": event.occurred_at.isoformat()}
    return document | ({"description": event.description} if event.description else {})


def _adjustment_json(one: Adjustment, currency: str) -> Json:
    document: Json = {
        "id": one.id,
        "type": one.type,
        "occurred_at": one.occurred_at.isoformat(),
        "status": one.status,
    }
    if one.quantities:
        document["line_items"] = [
            {"id": line, "quantity": abs(units)} for line, units in one.quantities.items()
        ]
    if one.amount:
        document |= {"amount": abs(one.amount), "currency": currency.lower()}
    return document | ({"description": one.description} if one.description else {})


def _totals(order: Order, activity: Activity) -> list[Json]:
    """The ledger's rows; money given back is told by whoever knows of more of it."""
    rows = totals_json(
        order.components,
        order.cart.currency,
        has_delivery=any(one.choice is not None for one in order.deliveries),
    )
    refunds = [one for one in activity.adjustments if one.amount < 0 and one.status == "completed"]
    given_back = -sum(one.amount for one in refunds)
    known = sum(-one.amount for one in order.components if one.kind == "refund")
    if given_back > known:
        rows = [row for row in rows if row["type"] != "amount_refunded"]
        rows.append(total_row("amount_refunded", given_back))
    return rows
