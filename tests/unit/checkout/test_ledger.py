"""Totals are sums of the ledger and of nothing else."""

import pytest
from attrs import evolve

from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import ledger, totals
from checkout_kit.testing.checkouts import empty_checkout, ready_checkout


def _with(cart: Cart) -> tuple[int, int, int]:
    sums = totals(ledger(evolve(empty_checkout(), cart=cart)))
    return sums.tax, sums.tax_included, sums.total


def test_goods_discounts_and_shipping_are_separate_entries() -> None:
    """Each kind has its own entry, discounts negative."""
    checkout = ready_checkout()
    line = evolve(checkout.cart.lines[0], discount=100)
    cart = evolve(checkout.cart, lines=(line,), order_discount=50)
    kinds = {c.kind: c.amount for c in ledger(evolve(checkout, cart=cart))}
    assert kinds == {"goods": 1200, "line_discount": -100, "order_discount": -50, "shipping": 390}


@pytest.mark.parametrize(("includes", "expected"), [(False, (276, 0, 1476)), (True, (0, 224, 1200))])
def test_tax_is_added_or_contained(includes: bool, expected: tuple[int, int, int]) -> None:
    """23 % on 12.00: 2.76 on top, or 2.24 inside and the total unchanged."""
    line = LineItem(id="l1", sku="MUG", quantity=1, unit_price=1200, tax_rate_bp=2300)
    assert _with(Cart(currency="USD", lines=(line,), prices_include_tax=includes)) == expected


def test_tax_is_rounded_half_up_once_per_line_after_the_order_discount() -> None:
    """The discount of 1.01 is shared 51/50 over two equal lines; each line's 5 % is rounded by itself."""
    lines = tuple(LineItem(id=i, sku=i, quantity=1, unit_price=1000, tax_rate_bp=500) for i in "ab")
    tax, _, total = _with(Cart(currency="USD", lines=lines, order_discount=101))
    assert (tax, total) == (47 + 48, 2000 - 101 + 95)
