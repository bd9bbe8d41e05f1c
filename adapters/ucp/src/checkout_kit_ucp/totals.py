"""Totals and lines, from the ledger alone: subtotal before discounts, discounts negative, no row of zero."""

from collections.abc import Iterable, Sequence

from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Component

from checkout_kit_ucp.faults import Json


def totals_json(components: Iterable[Component], *, has_delivery: bool) -> list[Json]:
    """The rows of `totals`; their sum without the last is the last.

    Tax that prices contain already is not a row: it would be added again.
    """
    entries = [one for one in components if not one.is_included and one.kind != "refund"]
    goods = [one for one in entries if one.kind == "goods"]
    rows: list[Json] = [_row("subtotal", goods) | {"lines": [_sub_line(one) for one in goods]}]
    if not goods:
        rows[0].pop("lines")
    for kind, kinds in _ROWS:
        of_kind = [one for one in entries if one.kind in kinds]
        row = _row(kind, of_kind)
        if row["amount"] or (kind == "fulfillment" and has_delivery):
            rows.append(row)
    rows.append({"type": "total", "amount": sum(one.amount for one in entries)})
    return rows


_ROWS = (
    ("items_discount", ("line_discount",)),
    ("discount", ("order_discount",)),
    ("fulfillment", ("shipping", "shipping_discount")),
    ("tax", ("tax",)),
    ("fee", ("fee",)),
)


def _row(kind: str, entries: Sequence[Component]) -> Json:
    return {"type": kind, "amount": sum(one.amount for one in entries)}


def _sub_line(component: Component) -> Json:
    return {"display_text": component.label, "amount": component.amount}


def line_json(line: LineItem) -> Json:
    """A line item of a checkout or cart."""
    return {"id": line.id, "item": item_json(line), "quantity": line.quantity, "totals": line_totals(line)}


def item_json(line: LineItem) -> Json:
    """The item of a line: what it is and what one costs."""
    return {"id": line.sku, "title": line.title or line.sku, "price": line.unit_price}


def line_totals(line: LineItem) -> list[Json]:
    """The rows of one line."""
    rows: list[Json] = [{"type": "subtotal", "amount": line.quantity * line.unit_price}]
    if line.discount:
        rows.append({"type": "items_discount", "amount": -line.discount})
    rows.append({"type": "total", "amount": line.total})
    return rows


def lines_json(cart: Cart) -> list[Json]:
    """Every line of a cart."""
    return [line_json(line) for line in cart.lines]
