"""The arithmetic of the totals, for any cart."""

from attrs import evolve
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Component
from checkout_kit.checkout.ledger import ledger, totals
from checkout_kit.testing.checkouts import empty_checkout
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit_acp.discounts import applied_discounts
from checkout_kit_acp.totals import lines_json, totals_json


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    """Carts with discounts on lines and order, taxed or not."""
    lines = []
    for i in range(draw(st.integers(1, 5))):
        price, quantity = draw(st.integers(0, 100_000)), draw(st.integers(1, 50))
        discount = draw(st.integers(0, price * quantity))
        tax = draw(st.sampled_from([None, 0, 700, 2300]))
        lines.append(
            LineItem(
                id=f"l{i}",
                sku=f"S{i}",
                quantity=quantity,
                unit_price=price,
                discount=discount,
                tax_rate_bp=tax,
            )
        )
    goods = sum(line.total for line in lines)
    return Cart(
        currency="USD",
        lines=tuple(lines),
        order_discount=draw(st.integers(0, goods)),
        prices_include_tax=draw(st.booleans()),
    )


@given(carts(), st.integers(0, 5000), st.integers(0, 5000))
def test_rows_add_up_to_the_ledgers_total(cart: Cart, shipping: int, refund: int) -> None:
    """Base - items' discount = subtotal; less discount, plus fulfillment and tax, is the total."""
    entries = (
        *ledger(evolve(empty_checkout(), cart=cart)),
        Component(kind="shipping", label="", amount=shipping, delivery_id="d"),
        Component(kind="refund", label="", amount=-refund),
    )
    shown = {row["type"]: row["amount"] for row in totals_json(entries, "USD", has_delivery=True)}
    assert all(amount >= 0 for amount in shown.values())
    assert shown["subtotal"] == shown["items_base_amount"] - shown.get("items_discount", 0)
    total = shown["subtotal"] - shown.get("discount", 0) + shown["fulfillment"] + shown.get("tax", 0)
    assert shown["total"] == total == totals(entries).total + refund
    assert shown.get("amount_refunded", 0) == refund


@given(carts())
def test_lines_add_up_to_the_subtotal(cart: Cart) -> None:
    """The lines' subtotals are the cart's, and each line's total is its subtotal with its tax."""
    entries = ledger(evolve(empty_checkout(), cart=cart))
    lines = [{row["type"]: row["amount"] for row in line["totals"]} for line in lines_json(cart, entries)]
    assert sum(line["subtotal"] for line in lines) == cart.goods_total
    assert all(line["total"] == line["subtotal"] + line.get("tax", 0) for line in lines)


@given(carts())
def test_applied_discounts_are_all_that_is_taken_off(cart: Cart) -> None:
    """Whatever the shop tells of its discounts, those shown add up to what the cart takes off."""
    taken = cart.order_discount + sum(line.discount for line in cart.lines)
    assert sum(one.amount for one in applied_discounts(cart, lambda _: ())) == taken
