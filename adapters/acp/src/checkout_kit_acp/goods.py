"""Which of the goods asked for can be had: an unknown item is refused, a sold-out one left out and told."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen
from checkout_kit.cart import Cart
from checkout_kit.checkout import Item
from checkout_kit.errors import InputError
from checkout_kit.service import Catalog

from checkout_kit_acp.faults import AcpFault

if TYPE_CHECKING:
    from checkout_kit_acp import wire

MOST_UNITS = 1_000_000


@frozen(kw_only=True)
class Wanted:
    """How many of a sku; `place` is where it stands in the request, `unit_amount` the price the agent saw."""

    sku: str
    quantity: int
    place: int
    unit_amount: int | None = None


def wanted(items: "Sequence[wire.Item]") -> tuple[Wanted, ...]:
    """The items by id, in order; an id that stands there twice is wanted twice.

    Raises:
        InputError: more units of one item than a cart holds.
    """
    found: dict[str, Wanted] = {}
    for i, item in enumerate(items):
        before = found.get(item.id)
        units = item.quantity + (before.quantity if before is not None else 0)
        if units > MOST_UNITS:
            raise InputError.of(f"line_items[{i}].id", f"is wanted more than {MOST_UNITS} times")
        place = i if before is None else before.place
        found[item.id] = Wanted(sku=item.id, quantity=units, place=place, unit_amount=item.unit_amount)
    return tuple(found.values())


@frozen(kw_only=True)
class Available:
    """The lines that can be sold, and (code, sku) of what could not."""

    items: tuple[Item, ...]
    missed: tuple[tuple[str, str], ...] = ()


def available(
    asked: Sequence[Wanted], cart: Cart | None, catalog: Catalog | None, stock: Callable[[str], int | None]
) -> Available:
    """Keep what can be sold, on the lines a cart has for it already.

    Raises:
        AcpFault: the shop has no such item (400), or nothing of what was asked for is left (422).
    """
    line_ids: dict[str, str] = {}
    for line in cart.lines if cart is not None else ():
        line_ids.setdefault(line.sku, line.id)
    items: list[Item] = []
    missed: list[tuple[str, str]] = []
    for one in asked:
        if catalog is None or catalog(one.sku) is None:
            param = f"$.line_items[{one.place}].id"
            raise AcpFault(400, "invalid_item_id", "this shop has no such item", param=param)
        held = stock(one.sku)
        units = one.quantity if held is None else min(one.quantity, held)
        if units <= 0:
            missed.append(("out_of_stock", one.sku))
            continue
        if units < one.quantity:
            missed.append(("quantity_exceeded", one.sku))
        items.append(Item(sku=one.sku, quantity=units, id=line_ids.get(one.sku, "")))
    if asked and not items:
        raise AcpFault(422, "out_of_stock", "nothing of what was asked for can be had", param="$.line_items")
    return Available(items=tuple(items), missed=tuple(missed))
