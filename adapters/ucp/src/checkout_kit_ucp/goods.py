"""Which of the goods asked for can be had: unknown and sold-out ones are left out and told."""

from collections.abc import Callable, Sequence

from attrs import frozen
from checkout_kit.checkout import Item
from checkout_kit.service import Catalog

from checkout_kit_ucp.faults import BusinessError, Json, error
from checkout_kit_ucp.reading import AskedLine


@frozen(kw_only=True)
class Available:
    """The lines that can be sold, and (code, sku) of what could not."""

    items: tuple[Item, ...]
    missed: tuple[tuple[str, str], ...] = ()


def available(
    lines: Sequence[AskedLine], catalog: Catalog | None, stock: Callable[[str], int | None]
) -> Available:
    """Keep what can be sold, in order; two lines of one sku share its stock.

    Raises:
        BusinessError: nothing is left although something was asked for.
    """
    items: list[Item] = []
    missed: list[tuple[str, str]] = []
    taken: dict[str, int] = {}
    for line in lines:
        if catalog is None or catalog(line.sku) is None:
            missed.append(("item_unavailable", line.sku))
            continue
        held = stock(line.sku)
        left = line.quantity if held is None else min(line.quantity, held - taken.get(line.sku, 0))
        if left <= 0:
            missed.append(("out_of_stock", line.sku))
            continue
        if left < line.quantity:
            missed.append(("quantity_adjusted", line.sku))
        taken[line.sku] = taken.get(line.sku, 0) + left
        items.append(Item(sku=line.sku, quantity=left, id=line.id))
    if lines and not items:
        raise BusinessError(_nothing_left(missed))
    return Available(items=tuple(items), missed=tuple(missed))


def _nothing_left(missed: Sequence[tuple[str, str]]) -> list[Json]:
    said = {"out_of_stock": "{sku} is out of stock.", "item_unavailable": "{sku} is not sold here."}
    return [
        error(code, said[code].format(sku=sku), path=f"$.line_items[{i}]", severity="unrecoverable")
        for i, (code, sku) in enumerate(missed)
    ]
