"""Goods in a JSON file, for a server that sells through agents without a shop system behind it."""

from pathlib import Path
from typing import Final

from checkout_kit.adapter.tree import Tree
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import Fault, InputError
from checkout_kit.service import Catalog

MOST_GOODS: Final = 100_000


def load_catalog(path: Path) -> Catalog:
    """The goods of a file, by sku.

    The file is an array of objects: `sku` and `unit_price` (minor units), and where they matter `title`,
    `weight_g`, `tax_rate_bp`, `requires_shipping`, `shipping_class`, `origin`, `ships_free`, `is_gift_card`.

    Raises:
        InputError: the file cannot be read, or goods in it cannot be sold; names the place.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError.of(
            "catalog", f"cannot be read ({error.strerror or error})", found=str(path)
        ) from error
    tree = Tree.loads(raw)
    if not isinstance(tree.value, list) or not 0 < len(tree.value) <= MOST_GOODS:
        raise InputError.of("catalog", f"must be an array of 1 to {MOST_GOODS} goods", found=str(path))
    goods: dict[str, LineItem] = {}
    faults: list[Fault] = []
    for one in tree.each():
        try:
            line = _line(one)
        except InputError as error:
            faults += error.faults
            continue
        if line.sku in goods:
            faults.append(Fault(f"{one.path}.sku", "is there twice", repr(line.sku)))
        goods[line.sku] = line
    if faults:
        raise InputError(faults, source=str(path))
    return goods.get


def _line(tree: Tree) -> LineItem:
    sku, weight, tax = tree["sku"].text(), tree["weight_g"], tree["tax_rate_bp"]
    line = LineItem(
        id=sku,
        sku=sku,
        quantity=1,
        unit_price=tree["unit_price"].whole(),
        title=tree["title"].text(sku),
        weight_g=None if weight.is_absent else weight.whole(),
        tax_rate_bp=None if tax.is_absent else tax.whole(),
        requires_shipping=tree["requires_shipping"].flag(True),
        shipping_class=tree["shipping_class"].text(""),
        origin=tree["origin"].text(""),
        ships_free=tree["ships_free"].flag(False),
        is_gift_card=tree["is_gift_card"].flag(False),
    )
    try:
        Cart(currency="USD", lines=(line,))
    except InputError as error:
        raise InputError(
            Fault(fault.path.replace("lines[0]", tree.path), fault.message, fault.found)
            for fault in error.faults
        ) from None
    return line
