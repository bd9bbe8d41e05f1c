"""The cart as rules see it: lines, discounts and the facts about the customer; no platform's shape."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Self

from attrs import field, fields, frozen

from checkout_kit.errors import Fault, InputError
from checkout_kit.money import is_currency
from checkout_kit.units import Dimensions

_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


def _frozen_map(value: Mapping[str, str]) -> Mapping[str, str]:
    return value if isinstance(value, MappingProxyType) else MappingProxyType(dict(value))


@frozen(kw_only=True)
class LineItem:
    """One line of a cart; a line id is not a product id, two lines may hold the same sku.

    Amounts are integer minor units of the cart's currency, as the shop displays its prices (tax included or
    not: `Cart.prices_include_tax`). `discount` is what line-level discounts take off the whole line.
    `tax_rate_bp` is the goods tax in basis points (2300 = 23 %), None where the shop has not said.
    `weight_g` None means unknown: the policy's default weight stands in, or the method is withheld.
    """

    id: str
    sku: str
    quantity: int
    unit_price: int
    title: str = ""
    discount: int = 0
    tax_rate_bp: int | None = None
    weight_g: int | None = None
    dimensions: Dimensions | None = None
    shipping_class: str = ""
    requires_shipping: bool = True
    ships_free: bool = False
    is_gift_card: bool = False
    origin: str = ""
    release_on: str = ""
    attributes: Mapping[str, str] = field(default=_NO_ATTRIBUTES, converter=_frozen_map, hash=False)

    @property
    def total(self) -> int:
        """The line before order discounts: quantity times unit price, less the line's own discount."""
        return self.quantity * self.unit_price - self.discount

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:
        """Pickled and copied by its fields, for the read-only view of the attributes is neither."""
        given = {each.name: getattr(self, each.name) for each in fields(type(self))}
        return partial(type(self), **{**given, "attributes": dict(self.attributes)}), ()


@frozen(kw_only=True)
class Customer:
    """What rules may ask about the buyer; never a name or an address."""

    id: str = ""
    groups: tuple[str, ...] = ()


def _lines(value: Iterable[LineItem]) -> tuple[LineItem, ...]:
    return tuple(value)


def _codes(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(value)


@frozen(kw_only=True, cache_hash=True)
class Cart:
    """Lines in one currency, with the order-level discount and the codes the buyer has entered.

    Raises:
        InputError: every unusable line and field together.
    """

    currency: str
    lines: tuple[LineItem, ...] = field(converter=_lines)
    order_discount: int = 0
    prices_include_tax: bool = False
    discount_codes: tuple[str, ...] = field(default=(), converter=_codes)

    def __attrs_post_init__(self) -> None:
        if not _is_sound(self):
            raise InputError(_cart_faults(self))

    @property
    def goods_total(self) -> int:
        """All lines after line discounts and before the order discount, in minor units."""
        return sum(line.total for line in self.lines)

    @property
    def quantity(self) -> int:
        """How many units are in the cart."""
        return sum(line.quantity for line in self.lines)

    @property
    def needs_shipping(self) -> bool:
        """Whether any line has to be shipped."""
        return any(line.requires_shipping for line in self.lines)


def _is_sound(cart: Cart) -> bool:
    """Whether `_cart_faults` finds nothing; carts come by the thousand a second and are mostly right."""
    ids = set()
    for line in cart.lines:
        ids.add(line.id)
        if (
            line.quantity < 1
            or line.unit_price < 0
            or (line.discount and not 0 < line.discount <= line.quantity * line.unit_price)
            or (line.weight_g is not None and line.weight_g < 0)
            or (line.tax_rate_bp is not None and line.tax_rate_bp < 0)
        ):
            return False
    if len(ids) != len(cart.lines) or not is_currency(cart.currency):
        return False
    return not cart.order_discount or 0 < cart.order_discount <= cart.goods_total


def _cart_faults(cart: Cart) -> list[Fault]:
    faults: list[Fault] = []
    if not is_currency(cart.currency):
        faults.append(
            Fault("currency", "not an ISO 4217 currency", repr(cart.currency), "use a code such as 'USD'")
        )
    seen: set[str] = set()
    for i, line in enumerate(cart.lines):
        if line.id in seen:
            message = "used by an earlier line"
            faults.append(Fault(f"lines[{i}].id", message, repr(line.id), "give each line its own"))
        seen.add(line.id)
        faults += _line_faults(line, f"lines[{i}]")
    if not 0 <= cart.order_discount <= max(0, cart.goods_total):
        faults.append(
            Fault("order_discount", "must lie between 0 and the goods total", repr(cart.order_discount))
        )
    return faults


def _line_faults(line: LineItem, at: str) -> list[Fault]:
    faults: list[Fault] = []
    if line.quantity < 1:
        faults.append(Fault(f"{at}.quantity", "must be 1 or more", repr(line.quantity)))
    if line.unit_price < 0:
        faults.append(Fault(f"{at}.unit_price", "must not be negative", repr(line.unit_price)))
    if not 0 <= line.discount <= max(0, line.quantity * line.unit_price):
        faults.append(Fault(f"{at}.discount", "must lie between 0 and the line's price", repr(line.discount)))
    if line.weight_g is not None and line.weight_g < 0:
        faults.append(Fault(f"{at}.weight_g", "must not be negative", repr(line.weight_g)))
    if line.tax_rate_bp is not None and line.tax_rate_bp < 0:
        faults.append(Fault(f"{at}.tax_rate_bp", "must not be negative", repr(line.tax_rate_bp)))
    return faults
