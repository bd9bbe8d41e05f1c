"""Refunds are decided by the order's own record, whatever the provider would give."""

from collections.abc import Callable, Iterator

import pytest

from checkout_kit.checkout import totals
from checkout_kit.errors import Refused, Unavailable
from checkout_kit.orders import Order
from checkout_kit.payments import PaymentResult, Steps, TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.storage import open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in


class Bank(TestPayments):
    """Notes what it was asked to give back, and does something first where a test wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, int]] = []
        self.first: Callable[[], None] | None = None

    def refund(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        self.asked.append((key.rpartition(":")[2], amount))
        first, self.first = self.first, None
        if first is not None:
            first()
        return super().refund(payment_id, amount, key=key)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def service(store: SqlStore, bank: Bank) -> CheckoutService:
    return CheckoutService(store=store, policy=POLICY, payments=bank, clock=lambda: NOON)


@pytest.fixture
def order(service: CheckoutService) -> Order:
    """Paid with 1590."""
    opened = service.create(NewCheckout(currency="USD", update=filled_in())).view.checkout
    order = service.complete(opened.id, idempotency_key="k").order
    assert order is not None
    return order


def test_two_refunds_at_once_give_no_more_than_was_taken(
    service: CheckoutService, bank: Bank, order: Order
) -> None:
    """While the first is at the provider, a second that is too much is refused here and never asked for."""

    def second() -> None:
        with pytest.raises(Refused, match="590 are left"):
            service.refund_order(order.id, 1000, idempotency_key="second")

    bank.first = second
    assert service.refund_order(order.id, 1000, idempotency_key="first").payment.refunded == 1000
    assert bank.asked == [("first", 1000)]
    rest = service.refund_order(order.id, 590, idempotency_key="third")
    assert (rest.payment.state, totals(rest.components).total) == ("refunded", 0)


def test_what_the_provider_refuses_is_left_to_be_given(
    service: CheckoutService, bank: Bank, order: Order
) -> None:
    """Its refusal takes the note back, so that the same key may ask again, and others too."""

    def refuse() -> None:
        raise Refused("the account is short of money")

    bank.first = refuse
    with pytest.raises(Refused, match="short of money"):
        service.refund_order(order.id, 1590, idempotency_key="r")
    assert service.get_order(order.id).payment.asked == ()
    assert service.refund_order(order.id, 590, idempotency_key="other").payment.refunded == 590
    assert service.refund_order(order.id, 1000, idempotency_key="r").payment.refunded == 1590


def test_a_refund_without_an_answer_is_kept_for_its_key(
    service: CheckoutService, bank: Bank, order: Order
) -> None:
    """It may have been made: nobody else gets that money, and the same key finds out."""

    def vanish() -> None:
        raise Unavailable("no answer")

    bank.first = vanish
    with pytest.raises(Unavailable):
        service.refund_order(order.id, 1000, idempotency_key="r")
    with pytest.raises(Refused, match="590 are left"):
        service.refund_order(order.id, 1000, idempotency_key="other")
    with pytest.raises(Refused, match="used before to refund 1000"):
        service.refund_order(order.id, 500, idempotency_key="r")
    assert service.refund_order(order.id, 1000, idempotency_key="r").payment.refunded == 1000
    assert bank.asked == [("r", 1000), ("r", 1000)]
