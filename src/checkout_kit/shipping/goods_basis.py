"""Which goods count, and how their total is reckoned: before or after discounts, with tax or without."""

from attrs import frozen

from checkout_kit.cart import Cart, LineItem
from checkout_kit.money import allocate, divide_half_up


@frozen
class Counted:
    """Which lines count, towards a goods total or for a fee."""

    classes: frozenset[str] | None = None
    except_classes: frozenset[str] = frozenset()
    skus: frozenset[str] | None = None
    except_skus: frozenset[str] = frozenset()
    needs_shipping: bool = False

    def __call__(self, line: LineItem) -> bool:
        """Whether the line counts."""
        return not (
            (self.classes is not None and line.shipping_class not in self.classes)
            or line.shipping_class in self.except_classes
            or (self.skus is not None and line.sku not in self.skus)
            or line.sku in self.except_skus
            or (self.needs_shipping and not line.requires_shipping)
        )


@frozen
class Basis:
    """How a goods total is reckoned; the default is the house rule: after all discounts, tax as shown.

    A gift card is never goods, whatever `counted` says.
    """

    discounts: str = "after discounts"
    tax: str = "as shown"
    counted: Counted = Counted()

    def of(self, cart: Cart) -> int:
        """The total in minor units; the order discount is spread over all lines by their value.

        Tax is added or taken out line by line, rounded half-up; a line without a stated rate carries none.
        """
        return sum(self.per_line(cart))

    def per_line(self, cart: Cart) -> list[int]:
        """What each line adds to the total, in the cart's order; zero for one that does not count."""
        lines = cart.lines
        if self.discounts == "before discounts":
            values = [line.quantity * line.unit_price for line in lines]
        else:
            values = [line.total for line in lines]
            if self.discounts == "after discounts" and cart.order_discount:
                shares = allocate(cart.order_discount, values)
                values = [value - share for value, share in zip(values, shares, strict=True)]
        return [
            self._taxed(value, line, included=cart.prices_include_tax)
            if not line.is_gift_card and self.counted(line)
            else 0
            for value, line in zip(values, lines, strict=True)
        ]

    def _taxed(self, value: int, line: LineItem, *, included: bool) -> int:
        rate = line.tax_rate_bp or 0
        if self.tax == "included" and not included:
            return value + divide_half_up(value * rate, 10_000)
        if self.tax == "excluded" and included:
            return divide_half_up(value * 10_000, 10_000 + rate)
        return value


HOUSE_BASIS = Basis()
