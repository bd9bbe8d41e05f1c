"""Orders as documents, with what has happened to them since: events of fulfillment and adjustments."""

from attrs import evolve
from checkout_kit.adapter.protocol_options import describe
from checkout_kit.adapter.protocol_orders import Activity, Adjustment, FulfillmentEvent
from checkout_kit.cart import LineItem
from checkout_kit.orders import Order

from checkout_kit_ucp.faults import Json
from checkout_kit_ucp.postal import from_address
from checkout_kit_ucp.session import Session
from checkout_kit_ucp.totals import item_json, line_totals, totals_json
from checkout_kit_ucp.versions import Version


def order_json(
    order: Order,
    session: Session,
    activity: Activity,
    *,
    version: Version,
    capabilities: Json,
    permalink: str,
) -> Json:
    """The whole order as it stands: every line it ever had, expectations, events and adjustments."""
    document: Json = {
        "ucp": {"version": version, "status": "success", "capabilities": capabilities},
        "id": order.id,
        "checkout_id": order.checkout_id,
        "permalink_url": permalink,
        "line_items": [_line_json(line, activity) for line in order.cart.lines],
        "fulfillment": {
            "expectations": _expectations(order),
            "events": [_event_json(event) for event in activity.events],
        },
        "currency": order.cart.currency,
        "totals": totals_json(
            order.components, has_delivery=any(one.choice is not None for one in order.deliveries)
        ),
    }
    if activity.adjustments:
        document["adjustments"] = [_adjustment_json(one) for one in activity.adjustments]
    if session.attribution:
        document["attribution"] = dict(session.attribution)
    return document


def _line_json(line: LineItem, activity: Activity) -> Json:
    removed = sum(min(0, one.quantities.get(line.id, 0)) for one in activity.adjustments)
    total = max(0, line.quantity + removed)
    by_type = {
        kind: sum(one.quantities.get(line.id, 0) for one in activity.events if one.type == kind)
        for kind in ("shipped", "delivered")
    }
    done = min(total, max(by_type.values()))
    status = (
        "removed" if total == 0 else "fulfilled" if done == total else "partial" if done else "processing"
    )
    return {
        "id": line.id,
        "item": item_json(line),
        "quantity": {"original": line.quantity, "total": total, "fulfilled": done},
        "totals": line_totals(line),
        "status": status,
    }


def _expectations(order: Order) -> list[Json]:
    quantity = {line.id: line.quantity for line in order.cart.lines}
    found: list[Json] = []
    for delivery in order.deliveries:
        lines = [{"id": one, "quantity": quantity[one]} for one in delivery.line_ids]
        if not lines or delivery.address is None:
            continue
        one: Json = {
            "id": f"exp_{delivery.id}",
            "line_items": lines,
            "method_type": "shipping",
            "destination": from_address(delivery.address),
        }
        choice = delivery.choice
        if choice is not None:
            told = describe(choice.title, choice.promise and evolve(choice.promise, order_by=None))
            one["description"] = told
            if choice.promise is not None:
                one["fulfillable_on"] = choice.promise.ships_on.isoformat()
        found.append(one)
    digital = [line for line in order.cart.lines if not line.requires_shipping]
    if digital:
        found.append(
            {
                "id": "exp_digital",
                "line_items": [{"id": line.id, "quantity": line.quantity} for line in digital],
                "method_type": "digital",
                "destination": {},
                "fulfillable_on": "now",
            }
        )
    return found


def _event_json(event: FulfillmentEvent) -> Json:
    document: Json = {
        "id": event.id,
        "occurred_at": event.occurred_at.isoformat(),
        "type": event.type,
        "line_items": [{"id": line, "quantity": units} for line, units in event.quantities.items()],
    }
    optional = ("tracking_number", "tracking_url", "carrier", "description")
    return document | {name: text for name in optional if (text := getattr(event, name))}


def _adjustment_json(one: Adjustment) -> Json:
    document: Json = {
        "id": one.id,
        "type": one.type,
        "occurred_at": one.occurred_at.isoformat(),
        "status": one.status,
    }
    if one.quantities:
        document["line_items"] = [{"id": line, "quantity": units} for line, units in one.quantities.items()]
    if one.amount:
        document["totals"] = [{"type": "total", "amount": one.amount}]
    return document | ({"description": one.description} if one.description else {})
