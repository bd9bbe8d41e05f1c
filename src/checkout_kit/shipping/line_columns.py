"""The lines of a table of carts, for prices and conditions that look at items and classes."""

from collections.abc import Collection, Sequence

import numpy as np
from attrs import field, frozen

from checkout_kit.errors import InputError
from checkout_kit.shipping.goods_basis import Counted
from checkout_kit.shipping.place_columns import Bools, Ints


@frozen(kw_only=True, eq=False)
class LineColumns:
    """The lines of all carts as columns of one length; every line is sent, charged and no gift card.

    Attributes:
        cart: the row of the cart each line belongs to.
        quantity, weight_g: units, and the weight of one.
        goods_minor: what the line comes to after its discounts and its part of the order's.
        shipping_class, sku: indices into `classes` and `skus`; a line without a class names "" there.
        size_mm: length, width and height of one unit, a row a line; zeros where unknown.
    """

    cart: Ints
    quantity: Ints
    weight_g: Ints
    goods_minor: Ints
    shipping_class: Ints
    classes: Sequence[str]
    sku: Ints
    skus: Sequence[str]
    size_mm: Ints | None = field(default=None)

    def __attrs_post_init__(self) -> None:
        names = ("cart", "quantity", "weight_g", "goods_minor", "shipping_class", "sku", "size_mm")
        lengths = {name: len(column) for name in names if (column := getattr(self, name)) is not None}
        if len(set(lengths.values())) > 1:
            raise InputError.of("lines", "have columns of different lengths", found=lengths)
        for name, known in (("shipping_class", self.classes), ("sku", self.skus)):
            column = getattr(self, name)
            if len(column) and not 0 <= int(column.min()) <= int(column.max()) < len(known):
                raise InputError.of(f"lines.{name}", f"names nothing, there are {len(known)} names")


@frozen(eq=False)
class LinesOf:
    """The lines of some carts, `cart` numbering these from 0, and what they come to for each of them."""

    lines: LineColumns
    carts: int

    def total(self, values: Ints, among: Bools | None = None) -> Ints:
        """A sum for every cart, of these lines only where they are given."""
        found = np.zeros(self.carts, dtype=np.int64)
        if among is None:
            np.add.at(found, self.lines.cart, values)
        else:
            np.add.at(found, self.lines.cart[among], values[among])
        return found

    def most(self, values: Ints) -> Ints:
        """The greatest value for every cart, zero where it has no line."""
        found = np.zeros(self.carts, dtype=np.int64)
        np.maximum.at(found, self.lines.cart, values)
        return found

    def has(self, among: Bools) -> Bools:
        """Which carts have one of these lines."""
        found = np.zeros(self.carts, dtype=bool)
        found[self.lines.cart[among]] = True
        return found

    def of(self, fact: str, names: Collection[str]) -> Bools:
        """The lines of some `classes` or `skus`."""
        if fact == "classes":
            return np.isin(self.lines.shipping_class, _numbers(names, self.lines.classes))
        return np.isin(self.lines.sku, _numbers(names, self.lines.skus))

    def counted(self, counted: Counted) -> Bools:
        """The lines that count for a fee."""
        found = ~(self.of("classes", counted.except_classes) | self.of("skus", counted.except_skus))
        if counted.classes is not None:
            found &= self.of("classes", counted.classes)
        return found if counted.skus is None else found & self.of("skus", counted.skus)


def _numbers(names: Collection[str], known: Sequence[str]) -> list[int]:
    return [number for number, name in enumerate(known) if name in names]
