"""What BigCommerce reports: little more than the id of what has changed."""

import datetime as dt
from typing import Final

from checkout_kit.adapter import Tree, WebhookEvent
from checkout_kit.errors import InputError

_KINDS: Final = {
    "store/order/created": "order_placed",
    "store/order/updated": "order_updated",
    "store/order/statusUpdated": "order_updated",
    "store/order/refund/created": "order_updated",
    "store/order/archived": "order_canceled",
    "store/app/uninstalled": "uninstalled",
}


def event_of(body: Tree) -> WebhookEvent:
    """The event; a delivery repeated has the same hash."""
    scope, name = body["scope"].text(), body["hash"].text()
    if not scope or not name:
        raise InputError.of("hash", "the scope or the hash is empty")
    kind = _KINDS.get(scope, "other")
    subject = body["data"]["id"]
    if scope.startswith("store/shipment/"):
        kind, subject = "shipment_changed", body["data"]["orderId"]
    elif scope.startswith("store/cart/"):
        kind = "cart_changed"
    made = body["created_at"].whole(0)
    return WebhookEvent(
        id=name,
        kind=kind,
        subject_id=subject.text(""),
        shop=body["store_id"].text(""),
        occurred_at=dt.datetime.fromtimestamp(made, dt.UTC) if 0 < made < 2**32 else None,
        facts={"scope": scope},
    )
