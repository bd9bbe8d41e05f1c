"""Totals and lines, from the ledger alone: subtotal after the discounts on items, discounts positive.

Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/Total and the discount extension's examples.
"""

from collections.abc import Iterable, Sequence

from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Component
from checkout_kit.money import Money

from checkout_kit_acp.faults import Json


def totals_json(components: Iterable[Component], currency: str, *, has_delivery: bool) -> list[Json]:
    """The rows of `totals`: base less items' discount is the subtotal; less the order's discount, plus the
    rest, is the total. What was given back stands after it and changes no other row.
    """
    entries = tuple(components)
    charged = [one for one in entries if not one.is_included and one.kind != "refund"]
    base, on_items = _sum(charged, "goods"), -_sum(charged, "line_discount")
    rows = [total_row("items_base_amount", base)]
    if on_items:
        rows.append(total_row("items_discount", on_items))
    rows.append(total_row("subtotal", base - on_items))
    on_order = -_sum(charged, "order_discount")
    if on_order:
        rows.append(total_row("discount", on_order))
    if has_delivery:
        rows.append(total_row("fulfillment", _sum(charged, "shipping", "shipping_discount")))
    for kind in ("tax", "fee"):
        amount = _sum(charged, kind)
        if amount:
            rows.append(total_row(kind, amount))
    total = total_row("total", sum(one.amount for one in charged))
    included = sum(one.amount for one in entries if one.is_included)
    if included:
        total["description"] = f"Includes tax of {Money(included, currency)}"
    rows.append(total)
    refunded = -_sum(entries, "refund")
    if refunded:
        rows.append(total_row("amount_refunded", refunded))
    return rows


_TEXTS = {
    "items_base_amount": "Items",
    "items_discount": "Discount on items",
    "subtotal": "Subtotal",
    "discount": "Discount",
    "fulfillment": "Shipping",
    "tax": "Tax",
    "fee": "Fee",
    "total": "Total",
    "amount_refunded": "Refunded",
}


def total_row(kind: str, amount: int, text: str = "") -> Json:
    """One row; amounts in minor units."""
    return {"type": kind, "display_text": text or _TEXTS[kind], "amount": amount}


def _sum(entries: Sequence[Component], *kinds: str) -> int:
    return sum(one.amount for one in entries if one.kind in kinds)


def lines_json(cart: Cart, components: Sequence[Component]) -> list[Json]:
    """Every line of a cart, with the tax the ledger lays to it."""
    added: dict[str, int] = {}
    for one in components:
        if one.kind == "tax" and one.line_id and not one.is_included:
            added[one.line_id] = added.get(one.line_id, 0) + one.amount
    return [_line_json(line, added.get(line.id, 0)) for line in cart.lines]


def _line_json(line: LineItem, tax: int) -> Json:
    title = line.title or line.sku
    item: Json = {"id": line.sku, "name": title, "unit_amount": line.unit_price}
    return {
        "id": line.id,
        "item": item,
        "quantity": line.quantity,
        "name": title,
        "unit_amount": line.unit_price,
        "sku": line.sku,
        "totals": line_totals(line, tax),
    }


def line_totals(line: LineItem, tax: int) -> list[Json]:
    """The rows of one line."""
    rows = [total_row("items_base_amount", line.quantity * line.unit_price)]
    if line.discount:
        rows.append(total_row("items_discount", line.discount))
    rows.append(total_row("subtotal", line.total))
    if tax:
        rows.append(total_row("tax", tax))
    return [*rows, total_row("total", line.total + tax)]
