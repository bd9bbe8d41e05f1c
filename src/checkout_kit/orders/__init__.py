"""Orders: the snapshot of what was agreed, and the facts that follow it."""

from checkout_kit.orders.value import (
    Order,
    OrderDelivery,
    OrderPayment,
    place_order,
    record_capture,
    record_payment,
    record_refund,
)

__all__ = [
    "Order",
    "OrderDelivery",
    "OrderPayment",
    "place_order",
    "record_capture",
    "record_payment",
    "record_refund",
]
