"""Which methods go to which pickup point: a quote narrowed to what reaches the place that was chosen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from checkout_kit.cart import Cart
from checkout_kit.shipping.quote import MethodFace, Quote, ShippingOption
from checkout_kit.shipping.slots.points import PickupPoint
from checkout_kit.shipping.values import FreeShipping, Notice, PriceComponent, Withheld

if TYPE_CHECKING:
    from checkout_kit.shipping.trace import Trace


_Why = tuple[str, str, str]


@frozen(kw_only=True, eq=False)
class PickupRules:
    """The pickup points of a policy, and the methods that go to them and nowhere else.

    `methods` maps a method's id to the ids of its points; a method that is not in it goes to addresses only.
    `order` are all method ids in policy order.
    """

    points: Mapping[str, PickupPoint] = MappingProxyType({})
    methods: Mapping[str, frozenset[str]] = MappingProxyType({})
    order: tuple[str, ...] = ()
    default_item_weight_g: int | None = None

    def serves(self, method_id: str, point_id: str) -> bool:
        """Whether a method goes to a point, or to an address where `point_id` is empty."""
        points = self.methods.get(method_id)
        return points is None if not point_id else points is not None and point_id in points

    def open_to(self, cart: Cart) -> tuple[PickupPoint, ...]:
        """The points some method goes to and that take this cart, in policy order."""
        reached = frozenset().union(*self.methods.values())
        return tuple(
            point
            for point in self.points.values()
            if point.id in reached and not self.refusals(point.id, cart)
        )

    def refusals(self, point_id: str, cart: Cart) -> tuple[str, ...]:
        """Why the cart cannot be collected at a point, one sentence each."""
        return self.points[point_id].refuses(cart, default_weight_g=self.default_item_weight_g)

    def narrow(self, quote: Quote, point_id: str, cart: Cart, *, last_option_id: str = "") -> Quote:
        """The quote without the methods that do not go there; they are withheld with that as the reason."""
        if not self.methods and not point_id:
            return quote
        refusals = self.refusals(point_id, cart) if point_id else ()
        refused = (
            "pickup_point_refuses",
            f"Cannot be collected here: {'; '.join(refusals)}.",
            "Choose another pickup point, or an address.",
        )
        options, more = [], []
        for option in quote.options:
            why = refused if refusals else self._why_not(option.method_id, point_id)
            if why is None:
                options.append(option)
            else:
                more.append(_withheld(option.method_id, option.title, why))
        pricing = _Narrowed(quote, self, point_id, tuple(more))
        return Quote(tuple(options), quote.placed_at, last_option_id, pricing)

    def _why_not(self, method_id: str, point_id: str) -> _Why | None:
        if self.serves(method_id, point_id):
            return None
        if not point_id:
            return "pickup_only", "Only to pickup points.", "Choose a pickup point."
        if method_id in self.methods:
            return "not_at_this_pickup_point", "Not to this pickup point.", "Choose another pickup point."
        return "address_only", "Not to pickup points.", "Give an address instead of a pickup point."

    def withheld(self, quote: Quote, point_id: str) -> tuple[Withheld, ...]:
        """What a quote withholds anyway; what would offer a method elsewhere is no help at this place."""
        whys = ((each, self._why_not(each.method_id, point_id)) for each in quote.withheld)
        return tuple(
            each if why is None else _withheld(each.method_id, each.title, why) for each, why in whys
        )


def _withheld(method_id: str, title: str, why: _Why) -> Withheld:
    reason, message, hint = why
    return Withheld(method_id=method_id, title=title, reason=reason, message=message, hint=hint)


NO_PICKUP: Final = PickupRules()


@frozen(eq=False)
class _Narrowed:
    """The pricing of a narrowed quote: what the whole one says, with more methods withheld."""

    _whole: Quote
    _rules: PickupRules
    _point_id: str
    _more: tuple[Withheld, ...]

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self._whole.currency

    def components(self, face: MethodFace) -> tuple[PriceComponent, ...]:
        """The summands of the method's price."""
        return next(o.components for o in self._whole.options if o.method_id == face.method_id)

    def regular_minor(self, face: MethodFace, price_minor: int) -> int:
        """The price before reductions, in minor units."""
        return next(o.regular_price_minor for o in self._whole.options if o.method_id == face.method_id)

    def tax_minor(self, face: MethodFace) -> int:
        """The tax contained in the price, in minor units."""
        return next(o.tax.amount for o in self._whole.options if o.method_id == face.method_id)

    def carbon_g(self, face: MethodFace) -> int | None:
        """Grams of CO2e."""
        return next(o.carbon_g for o in self._whole.options if o.method_id == face.method_id)

    def withheld(self, options: Sequence[ShippingOption] = ()) -> tuple[Withheld, ...]:
        """Every method that is not offered there, in policy order."""
        place = {method_id: i for i, method_id in enumerate(self._rules.order)}
        everything = (*self._rules.withheld(self._whole, self._point_id), *self._more)
        return tuple(sorted(everything, key=lambda each: place.get(each.method_id, len(place))))

    def free_shipping(self, options: Sequence[ShippingOption] = ()) -> tuple[FreeShipping, ...]:
        """The distance to free shipping of the methods that go there."""
        lost = {each.method_id for each in self._more}
        return tuple(goal for goal in self._whole.free_shipping if goal.method_id not in lost)

    def notices(self) -> tuple[Notice, ...]:
        """What the buyer should be told."""
        return self._whole.notices

    def valid_until(self) -> dt.datetime:
        """The first instant at which the answer may differ."""
        return self._whole.valid_until

    def seen(self) -> None:
        """Not worth keeping an answer by."""

    def trace(self) -> "Trace":
        """Why the policy offers every method or not, whatever place was chosen."""
        return self._whole.explain()
