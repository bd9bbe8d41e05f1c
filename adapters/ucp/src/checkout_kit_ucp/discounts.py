"""Discounts as the protocol tells them: each with its amount, and the lines it takes it from."""

from collections.abc import Callable, Sequence

from attrs import frozen
from checkout_kit.cart import Cart

from checkout_kit_ucp.faults import Json


@frozen(kw_only=True)
class AppliedDiscount:
    """One discount in force, in minor units; `allocations` are (line id, amount) where it is on lines.

    A discount without a code is automatic; one with a `claim` rests on an eligibility claim of the buyer.
    """

    title: str
    amount: int
    code: str = ""
    claim: str = ""
    priority: int | None = None
    allocations: tuple[tuple[str, int], ...] = ()


DescribeDiscounts = Callable[[Cart], Sequence[AppliedDiscount]]
"""What a cart's discounts are made of; called with the priced cart."""


def applied_discounts(cart: Cart, describe: DescribeDiscounts | None) -> tuple[AppliedDiscount, ...]:
    """The shop's description where it adds up to what the cart takes off, else what the cart shows."""
    if describe is not None:
        told = tuple(discount for discount in describe(cart) if discount.amount > 0)
        if _adds_up(told, cart):
            return told
    return _as_shown(cart)


def _adds_up(told: Sequence[AppliedDiscount], cart: Cart) -> bool:
    by_line: dict[str, int] = {}
    on_order = 0
    for discount in told:
        if not discount.allocations:
            on_order += discount.amount
        elif sum(amount for _, amount in discount.allocations) != discount.amount:
            return False
        for line_id, amount in discount.allocations:
            by_line[line_id] = by_line.get(line_id, 0) + amount
    shown = {line.id: line.discount for line in cart.lines if line.discount}
    return on_order == cart.order_discount and {k: v for k, v in by_line.items() if v} == shown


def _as_shown(cart: Cart) -> tuple[AppliedDiscount, ...]:
    found = []
    on_lines = tuple((line.id, line.discount) for line in cart.lines if line.discount)
    if on_lines:
        amount = sum(amount for _, amount in on_lines)
        found.append(AppliedDiscount(title="Discount on items", amount=amount, allocations=on_lines))
    if cart.order_discount:
        code = cart.discount_codes[0] if len(cart.discount_codes) == 1 else ""
        found.append(AppliedDiscount(title="Discount", amount=cart.order_discount, code=code))
    return tuple(found)


def discount_json(discount: AppliedDiscount, cart: Cart, *, is_provisional: bool) -> Json:
    """An entry of `discounts.applied`; amounts there are positive."""
    place = {line.id: f"$.line_items[{i}]" for i, line in enumerate(cart.lines)}
    document: Json = {"title": discount.title, "amount": discount.amount}
    if discount.code:
        document["code"] = discount.code
    else:
        document["automatic"] = True
    if discount.claim:
        document |= {"eligibility": discount.claim, "provisional": is_provisional}
    if discount.priority is not None:
        document["priority"] = discount.priority
    if discount.allocations:
        document["allocations"] = [
            {"path": place[line_id], "amount": amount} for line_id, amount in discount.allocations
        ]
    return document
