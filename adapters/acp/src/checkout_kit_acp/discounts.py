"""Discounts in the protocol's words: positive amounts, a coupon each, and the lines they are taken from."""

from collections.abc import Callable, Sequence

from attrs import frozen
from checkout_kit.cart import Cart

from checkout_kit_acp.faults import Json


@frozen(kw_only=True)
class AppliedDiscount:
    """One discount in force, in minor units; `allocations` are (line id, amount) where it is on lines.

    One without a code is automatic. `percent_off` is for display.
    """

    id: str
    name: str
    amount: int
    code: str = ""
    percent_off: float | None = None
    allocations: tuple[tuple[str, int], ...] = ()


DescribeDiscounts = Callable[[Cart], Sequence[AppliedDiscount]]
"""What a cart's discounts are made of; called with the priced cart."""


def applied_discounts(cart: Cart, describe: DescribeDiscounts | None) -> tuple[AppliedDiscount, ...]:
    """The shop's own description where it adds up to what the cart takes off, else what the cart shows."""
    if describe is not None:
        told = tuple(one for one in describe(cart) if one.amount > 0)
        if _sums(told) == _shown(cart):
            return told
    return _as_shown(cart)


def _shown(cart: Cart) -> dict[str, int]:
    found = {line.id: line.discount for line in cart.lines if line.discount}
    return found | ({"": cart.order_discount} if cart.order_discount else {})


def _sums(told: Sequence[AppliedDiscount]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in told:
        parts = one.allocations or (("", one.amount),)
        if sum(amount for _, amount in parts) != one.amount:
            return {"": -1}
        for line_id, amount in parts:
            found[line_id] = found.get(line_id, 0) + amount
    return {line_id: amount for line_id, amount in found.items() if amount}


def _as_shown(cart: Cart) -> tuple[AppliedDiscount, ...]:
    code = cart.discount_codes[0] if len(cart.discount_codes) == 1 else ""
    on_lines = tuple((line.id, line.discount) for line in cart.lines if line.discount)
    found = []
    if on_lines:
        amount = sum(amount for _, amount in on_lines)
        own = "" if cart.order_discount else code
        found.append(
            AppliedDiscount(id="items", name=own or "Items", amount=amount, code=own, allocations=on_lines)
        )
    if cart.order_discount:
        found.append(
            AppliedDiscount(id="order", name=code or "Discount", amount=cart.order_discount, code=code)
        )
    return tuple(found)


def discount_json(discount: AppliedDiscount, cart: Cart) -> Json:
    """An entry of `discounts.applied`."""
    coupon: Json = {"id": discount.code or discount.id, "name": discount.name}
    if discount.percent_off is not None:
        coupon["percent_off"] = discount.percent_off
    document: Json = {"id": discount.id, "coupon": coupon, "amount": discount.amount}
    if discount.code:
        document["code"] = discount.code
    else:
        document["automatic"] = True
    if discount.allocations:
        place = {line.id: f"$.line_items[{i}]" for i, line in enumerate(cart.lines)}
        document["method"] = "each"
        document["allocations"] = [
            {"path": place[line_id], "amount": amount} for line_id, amount in discount.allocations
        ]
    return document
