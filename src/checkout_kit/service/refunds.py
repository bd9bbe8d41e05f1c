"""Give money back: our own record says how much of it is left, before the provider is asked."""

from checkout_kit.errors import Refused
from checkout_kit.orders import Order, ask_refund, record_refund, withdraw_refund
from checkout_kit.service.steps import Steps
from checkout_kit.service.unit import Parts, rewrite_order


def refund_order(parts: Parts, order_id: str, amount: int, key: str) -> Steps[Order]:
    """Give money back; after a crash in between, the same key finds the refund made and notes it."""
    order = yield from rewrite_order(parts, order_id, lambda order: ask_refund(order, key, amount))
    try:
        result = yield from parts.payments.refund(
            order.payment.payment_id, amount, key=f"{order.id}:refund:{key}"
        )
    except Refused:
        yield from rewrite_order(parts, order_id, lambda order: withdraw_refund(order, key))
        raise
    given = result.refunded

    def noted(order: Order) -> Order:
        return record_refund(order, max(given, order.payment.refunded))

    return (yield from rewrite_order(parts, order_id, noted))
