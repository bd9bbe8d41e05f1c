"""Orders are snapshots; what follows is added, never rewritten."""

import pytest
from attrs import evolve

from checkout_kit.checkout import PlaceOrder, ledger, totals
from checkout_kit.errors import Refused
from checkout_kit.orders import (
    Order,
    ask_refund,
    place_order,
    record_capture,
    record_payment,
    record_refund,
    withdraw_refund,
)
from checkout_kit.orders.privacy import anonymise_order
from checkout_kit.storage.codec import decode_order, encode_order
from checkout_kit.testing.checkouts import HOME, NOON, ready_checkout


def placed(*, is_captured: bool = True, payment_id: str = "p1") -> Order:
    effect = PlaceOrder(order_id="or_1", payment_id=payment_id, is_captured=is_captured)
    return place_order(ready_checkout(), effect, NOON, provider="test")


def test_an_order_copies_what_was_agreed() -> None:
    """Ledger, option, promise and addresses are those of the checkout."""
    checkout, order = ready_checkout(), placed()
    assert order.components == ledger(checkout)
    assert order.deliveries[0].choice == checkout.deliveries[0].choice
    assert order.deliveries[0].line_ids == ("l1",)
    assert order.billing_address == HOME
    assert order.payment.amount == totals(order.components).total == 1590


@pytest.mark.parametrize(
    ("is_captured", "payment_id", "state"),
    [(False, "p1", "authorised"), (True, "p1", "captured"), (True, "", "free")],
)
def test_the_payment_starts_as_it_was_left(is_captured: bool, payment_id: str, state: str) -> None:
    """Held, taken, or nothing to pay."""
    assert placed(is_captured=is_captured, payment_id=payment_id).payment.state == state


def test_a_capture_is_noted_once() -> None:
    """The same news again changes nothing, not even the version."""
    paid = record_capture(placed(is_captured=False), 1590)
    assert (paid.version, paid.payment.captured) == (2, 1590)
    assert record_capture(paid, 1590) is paid


def test_refunds_add_up_in_the_ledger() -> None:
    """What was sold stays in the ledger; what was given back is entered beside it."""
    part = record_refund(placed(), 590, label="Broken mug")
    assert [c.amount for c in part.components if c.kind == "refund"] == [-590]
    whole = record_refund(part, 1590)
    assert (whole.payment.state, totals(whole.components).total) == ("refunded", 0)
    assert record_refund(whole, 1590) is whole
    with pytest.raises(Refused, match="cannot refund 1591"):
        record_refund(whole, 1591)
    with pytest.raises(Refused):
        record_refund(whole, 100)


def test_anonymising_keeps_the_books() -> None:
    """Amounts, goods, region and promise stay; the person is gone from every field and the repr."""
    order = evolve(placed(), note="ring twice")
    bare = anonymise_order(order)
    assert (bare.components, bare.cart, bare.payment) == (order.components, order.cart, order.payment)
    assert bare.contact is None
    assert bare.note == ""
    assert [d.address and (d.address.region, d.address.line1) for d in bare.deliveries] == [("TX", "")]
    assert bare.version == order.version + 1


def test_looks_at_a_payment_count_in_any_order() -> None:
    """A late look that saw less takes nothing back, and everything of one look is one version."""
    held = placed(is_captured=False)
    both = record_payment(held, captured=1590, refunded=590)
    assert (both.version, both.payment.captured, both.payment.refunded) == (held.version + 1, 1590, 590)
    assert record_payment(both, captured=1590, refunded=0) is both
    assert record_payment(both, captured=0, refunded=0) is both


def test_refunds_that_were_asked_for_are_read_back() -> None:
    """They are part of the stored document, as pairs of key and amount."""
    asked = ask_refund(ask_refund(placed(), "a", 500), "b", 90)
    assert asked.payment.asked == (("a", 500), ("b", 90))
    assert decode_order(encode_order(asked)) == asked
    assert withdraw_refund(asked, "a").payment.asked == (("b", 90),)
    assert withdraw_refund(asked, "c") is asked
