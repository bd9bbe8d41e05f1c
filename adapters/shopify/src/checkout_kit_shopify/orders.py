"""Orders and fulfilments: Shopify's replies as our values, our shipments as its mutations."""

import datetime as dt
from collections.abc import Mapping, Sequence

from checkout_kit.adapter import PlatformLine, PlatformOrder, ShipmentNotice, Tree, from_major
from checkout_kit.errors import InputError, Refused

OPEN_STATES = frozenset({"OPEN", "IN_PROGRESS"})


def order_of(order: Tree, lines: Sequence[Tree]) -> PlatformOrder:
    """One order node and the nodes of all its lines."""
    currency = order["currencyCode"].text()
    promised = order["promisedOn"]["value"].text("")
    return PlatformOrder(
        id=order["id"].text(),
        number=order["name"].text(""),
        currency=currency,
        total=from_major(order["totalPriceSet"]["shopMoney"]["amount"].decimal(), currency),
        option_id=order["shippingLine"]["code"].text(""),
        promised_on=_day(promised) if promised else None,
        is_canceled=not order["cancelledAt"].is_absent,
        lines=tuple(
            PlatformLine(line_id=n["id"].text(), sku=n["sku"].text(""), quantity=n["quantity"].whole())
            for n in lines
        ),
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError.of("promisedOn.value", "not a date") from None


def written_before(order: Tree, tracking_number: str) -> str:
    """The id of a fulfilment that already carries this tracking number, or an empty string."""
    for fulfilment in order["fulfillments"].each():
        numbers = [info["number"].text("") for info in fulfilment["trackingInfo"].each()]
        if tracking_number in numbers and fulfilment["status"].text("") != "CANCELLED":
            return fulfilment["id"].text()
    return ""


def open_parts(order: Tree) -> tuple[Tree, ...]:
    """The fulfilment orders of which something may be left to ship; raises Refused for too many."""
    parts = order["fulfillmentOrders"]
    if parts["pageInfo"]["hasNextPage"].flag(False):
        raise Refused("the order has more than 20 fulfilment orders; ship it in Shopify")
    return tuple(part for part in parts["nodes"].each() if part["status"].text("") in OPEN_STATES)


def fulfilment_input(
    parts: Sequence[tuple[Tree, Sequence[Tree]]], notice: ShipmentNotice
) -> dict[str, object]:
    """The FulfillmentInput for a notice, from the open fulfilment orders, each with all its lines.

    Raises:
        Refused: nothing is left to ship, more is asked than is left, or the goods lie in several locations
            (Shopify wants one fulfilment for each).
    """
    wanted = {line.line_id: line.quantity for line in notice.lines}
    taken: dict[str, list[dict[str, object]]] = {}
    locations: set[str] = set()
    for part, nodes in parts:
        lines = _taken_lines(nodes, wanted, take_all=not notice.lines)
        if lines:
            taken[part["id"].text()] = lines
            locations.add(part["assignedLocation"]["location"]["id"].text(""))
    left = [line_id for line_id, quantity in wanted.items() if quantity > 0]
    if left or not taken:
        raise Refused(
            f"order {notice.order_id}: not so many units are left to ship of {len(left) or 'any'} line(s)"
        )
    if len(locations) > 1:
        raise Refused(
            f"order {notice.order_id}: the goods lie in {len(locations)} locations; write one shipment each"
        )
    tracking = {"company": notice.carrier, "number": notice.tracking_number, "url": notice.tracking_url}
    return {
        "lineItemsByFulfillmentOrder": [
            {"fulfillmentOrderId": fulfilment_order, "fulfillmentOrderLineItems": lines}
            for fulfilment_order, lines in taken.items()
        ],
        "trackingInfo": {name: value for name, value in tracking.items() if value},
        "notifyCustomer": notice.notify_buyer,
    }


def _taken_lines(nodes: Sequence[Tree], wanted: dict[str, int], *, take_all: bool) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for line in nodes:
        left, line_id = line["remainingQuantity"].whole(), line["lineItem"]["id"].text("")
        quantity = left if take_all else min(left, wanted.get(line_id, 0))
        if quantity > 0:
            lines.append({"id": line["id"].text(), "quantity": quantity})
            wanted[line_id] = wanted.get(line_id, quantity) - quantity
    return lines


def promise_metafields(order_id: str, facts: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """The variables of metafieldsSet for our facts: key to (type, value), namespace checkout_kit."""
    return {
        "metafields": [
            {"ownerId": order_id, "namespace": "checkout_kit", "key": key, "type": kind, "value": value}
            for key, (kind, value) in facts.items()
        ]
    }
