"""Orders: the snapshot of what was agreed, and the facts that follow it."""

from checkout_kit.orders.value import (
    Order,
    OrderDelivery,
    OrderPayment,
    ask_refund,
    place_order,
    record_capture,
    record_payment,
    record_refund,
    withdraw_refund,
)

__all__ = [
    "Order",
    "OrderDelivery",
    "OrderPayment",
    "ask_refund",
    "place_order",
    "record_capture",
    "record_payment",
    "record_refund",
    "withdraw_refund",
]
