"""Orders, promises and shipments in the shop's own database."""

import datetime as dt
from typing import Any, Final

from checkout_kit.adapter import (
    PlatformLine,
    PlatformOrder,
    PlatformPromise,
    ShipmentNotice,
    ShipmentReceipt,
    from_major,
)
from checkout_kit.errors import NotFound, Refused
from django.db import transaction
from oscar.core.loading import get_class, get_model

from checkout_kit_oscar.models import OrderPromise, OrderShipment

SHIPPED: Final = "Shipped"
CANCELED: Final = frozenset({"cancelled", "canceled"})


def get_order(number: str) -> PlatformOrder:
    """One order by number; raises NotFound."""
    return _platform_order(_order(number))


def list_orders(since: dt.datetime) -> tuple[PlatformOrder, ...]:
    """Orders placed since, oldest first."""
    orders = get_model("order", "Order").objects.filter(date_placed__gte=since).order_by("date_placed", "pk")
    return tuple(_platform_order(order) for order in _with_lines(orders))


def write_promise(promise: PlatformPromise) -> None:
    """Create or replace the promise of an order."""
    dates = promise.promise
    OrderPromise.objects.update_or_create(
        order=_order(promise.order_id),
        defaults={
            "option_id": promise.option_id,
            "title": promise.title[:128],
            "earliest": dates.earliest,
            "latest": dates.latest,
            "ships_on": dates.ships_on,
            "order_by": dates.order_by,
        },
    )


def write_shipment(notice: ShipmentNotice) -> ShipmentReceipt:
    """A shipping event for the lines, or for all that is not shipped; the same reference only once.

    Raises:
        NotFound: no such order or line.
        Refused: nothing is left to ship, or django-oscar's rules for shipping events forbid it.
    """
    from oscar.apps.order.exceptions import InvalidShippingEvent

    handler = get_class("order.processing", "EventHandler")()
    with transaction.atomic():
        # The lock makes a second writer of the same notice wait, and then find the first one's row.
        order = _order(notice.order_id, lock=True)
        before = OrderShipment.objects.filter(order=order, reference=notice.reference).first()
        if before is not None:
            return ShipmentReceipt(id=str(before.event_id), is_repeat=True)
        shipped, _ = get_model("order", "ShippingEventType").objects.get_or_create(name=SHIPPED)
        quantities = _quantities(order, shipped, notice)
        if not quantities:
            raise Refused(f"order {notice.order_id}: nothing is left to ship")
        try:
            event = handler.handle_shipping_event(
                order, shipped, list(quantities), list(quantities.values()), reference=_notes(notice)
            )
        except InvalidShippingEvent as error:
            raise Refused(f"order {notice.order_id}: the shop refuses this shipment: {error}") from error
        OrderShipment.objects.create(
            order=order,
            event=event,
            reference=notice.reference,
            carrier=notice.carrier,
            tracking_number=notice.tracking_number,
            tracking_url=notice.tracking_url,
        )
    return ShipmentReceipt(id=str(event.pk))


def _order(number: str, *, lock: bool = False) -> Any:
    orders = get_model("order", "Order").objects
    found = (orders.select_for_update() if lock else _with_lines(orders)).filter(number=number).first()
    if found is None:
        raise NotFound(f"the shop has no order {number[:60]!r}")
    return found


def _with_lines(orders: Any) -> Any:
    return orders.select_related("checkout_kit_promise").prefetch_related("lines")


def _platform_order(order: Any) -> PlatformOrder:
    promise = getattr(order, "checkout_kit_promise", None)
    return PlatformOrder(
        id=order.number,
        number=order.number,
        currency=order.currency,
        total=from_major(order.total_incl_tax, order.currency),
        option_id=order.shipping_code,
        promised_on=promise.latest if promise else None,
        is_canceled=order.status.lower() in CANCELED,
        lines=tuple(
            PlatformLine(line_id=str(line.pk), sku=line.partner_sku or "", quantity=line.quantity)
            for line in order.lines.all()
        ),
    )


def _quantities(order: Any, shipped: Any, notice: ShipmentNotice) -> dict[Any, int]:
    lines = {str(line.pk): line for line in order.lines.all()}
    if not notice.lines:
        left = {line: line.quantity - line.shipping_event_quantity(shipped) for line in lines.values()}
        return {line: quantity for line, quantity in left.items() if quantity > 0}
    unknown = [line.line_id for line in notice.lines if line.line_id not in lines]
    if unknown:
        raise NotFound(f"order {notice.order_id} has no line {unknown[0][:40]!r}")
    return {lines[line.line_id]: line.quantity for line in notice.lines}


def _notes(notice: ShipmentNotice) -> str:
    return " ".join(part for part in (notice.carrier, notice.tracking_number, notice.tracking_url) if part)
