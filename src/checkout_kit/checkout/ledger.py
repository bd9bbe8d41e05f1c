"""The ledger: typed price components, and the totals derived from nothing else."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from checkout_kit.cart import Cart
from checkout_kit.checkout.value import Checkout
from checkout_kit.money import allocate, divide_half_up
from checkout_kit.shipping.values import PriceComponent

ComponentKind = Literal[
    "goods", "line_discount", "order_discount", "shipping", "shipping_discount", "tax", "fee", "refund"
]
KINDS: tuple[ComponentKind, ...] = (
    "goods",
    "line_discount",
    "order_discount",
    "shipping",
    "shipping_discount",
    "tax",
    "fee",
    "refund",
)


class Component(NamedTuple):
    """One entry: `amount` in minor units, discounts and refunds negative.

    `is_included` marks tax that other entries already contain: it is shown, and never added to the total.
    """

    kind: ComponentKind
    label: str
    amount: int
    line_id: str = ""
    delivery_id: str = ""
    is_included: bool = False


class Totals(NamedTuple):
    """Sums of the ledger by kind, in minor units; `total` is the sum of all that is not included."""

    goods: int
    line_discount: int
    order_discount: int
    shipping: int
    shipping_discount: int
    tax: int
    fee: int
    refund: int
    tax_included: int
    total: int


def totals(components: Iterable[Component]) -> Totals:
    """Add a ledger up.

    >>> goods = Component(kind="goods", label="Mug", amount=1000)
    >>> totals((goods, Component(kind="shipping", label="", amount=390))).total
    1390
    """
    sums: dict[str, int] = dict.fromkeys(KINDS, 0)
    included = 0
    for kind, _, amount, _, _, is_included in components:
        if is_included:
            included += amount
        else:
            sums[kind] += amount
    # The fields of Totals begin with the kinds, in their order.
    return Totals._make((*sums.values(), included, sum(sums.values())))


def ledger(checkout: Checkout) -> tuple[Component, ...]:
    """The components of a checkout: its lines, its discounts and the deliveries chosen so far."""
    entries = goods_of(checkout.cart)
    for delivery in checkout.deliveries:
        if delivery.choice is not None:
            entries += tuple([_shipping(part, delivery.id) for part in delivery.choice.components])
    return entries


def _shipping(part: PriceComponent, delivery_id: str) -> Component:
    kind, label, amount = part
    return Component(
        _SHIPPING_KINDS.get(kind, "shipping"), label, amount, "", delivery_id, kind == "tax_included"
    )


_SHIPPING_KINDS: dict[str, ComponentKind] = {
    "shipping": "shipping",
    "surcharge": "shipping",
    "shipping_discount": "shipping_discount",
    "tax": "tax",
    "tax_included": "tax",
    "fee": "fee",
}


@lru_cache(maxsize=512)
def goods_of(cart: Cart) -> tuple[Component, ...]:
    """What the lines come to, with which the ledger begins; most updates leave the cart alone."""
    return tuple(_entries(cart))


def _entries(cart: Cart) -> Iterable[Component]:
    for line in cart.lines:
        yield Component(
            kind="goods",
            label=line.title or line.sku,
            amount=line.quantity * line.unit_price,
            line_id=line.id,
        )
        if line.discount:
            yield Component(kind="line_discount", label="Discount", amount=-line.discount, line_id=line.id)
    if cart.order_discount:
        yield Component(kind="order_discount", label="Discount", amount=-cart.order_discount)
    if any(line.tax_rate_bp for line in cart.lines):
        yield from _goods_tax(cart)


def _goods_tax(cart: Cart) -> Iterable[Component]:
    shares = allocate(cart.order_discount, [line.total for line in cart.lines])
    for line, share in zip(cart.lines, shares, strict=True):
        if not line.tax_rate_bp:
            continue
        base = line.total - share
        divisor = 10_000 + line.tax_rate_bp if cart.prices_include_tax else 10_000
        yield Component(
            kind="tax",
            label="Tax",
            amount=divide_half_up(base * line.tax_rate_bp, divisor),
            line_id=line.id,
            is_included=cart.prices_include_tax,
        )
