"""The facts rules look at, summed from the cart once per quote; rarer ones are worked out when asked for."""

import datetime as dt
from collections.abc import Callable, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from checkout_kit.address import destination_kinds
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.shipping.goods_basis import HOUSE_BASIS, Basis
from checkout_kit.shipping.live import LiveRate
from checkout_kit.shipping.settings import Settings
from checkout_kit.shipping.values import QuoteRequest

_EARTH_RADIUS_M = 6_371_008.8  # Source: IUGG mean radius.


class Place(Protocol):
    """Where a request goes, as far as facts look at it."""

    @property
    def zone_names(self) -> frozenset[str]:
        """The zones that hold the place."""

    def numbers(self, index: int) -> Sequence[int]:
        """The numbers of the rate that a method has there."""


class Terms(Protocol):
    """The policy a request is priced by, as far as facts look at it."""

    @property
    def settings(self) -> Settings:
        """What the policy says once for all methods."""


class Facts:
    """What is known about one request. Sums look at `cart`; `goods` looks at the whole order.

    `weight_g` and `quantity` are of the lines that are charged; `sent_weight_g` and `sent_quantity` are of
    everything sent, lines that ship free included. An unknown weight counts the policy's default, else it
    clears `weight_is_known` and, where the line is charged, `charged_weight_is_known`. `is_plain` says that
    sums alone decide: something is charged, all weights are known and no discount code could matter.
    """

    __slots__ = (
        "_memo",
        "cell",
        "charged_weight_is_known",
        "engine",
        "goods",
        "is_plain",
        "package_goods",
        "quantity",
        "release_on",
        "request",
        "sent_quantity",
        "sent_weight_g",
        "settings",
        "weight_g",
        "weight_is_known",
    )

    def __init__(self, request: QuoteRequest, cell: Place, engine: Terms) -> None:
        self.request = request
        self.cell: Place = cell
        self.engine: Terms = engine
        settings = engine.settings
        self.settings = settings
        cart = request.cart
        default_weight_g = settings.default_item_weight_g
        goods = sent_weight = sent_quantity = free_weight = free_quantity = 0
        known, charged_known, gifts, release = True, True, False, ""
        for line in cart.lines:
            quantity = line.quantity
            goods += quantity * line.unit_price - line.discount
            if line.is_gift_card:
                gifts = True
            if line.requires_shipping:
                weight = line.weight_g
                if weight is None:
                    weight = default_weight_g
                    if weight is None:
                        known, weight = False, 0
                        charged_known = charged_known and line.ships_free
                sent_quantity += quantity
                sent_weight += quantity * weight
                if line.ships_free:
                    free_quantity += quantity
                    free_weight += quantity * weight
                if line.release_on:
                    release = max(release, line.release_on)
        self.package_goods = self.goods = HOUSE_BASIS.of(cart) if gifts else goods - cart.order_discount
        if request.whole_cart is not None:
            self.goods = HOUSE_BASIS.of(request.whole_cart)
        self.sent_quantity = sent_quantity
        self.sent_weight_g = sent_weight
        self.quantity = sent_quantity - free_quantity
        self.weight_g = sent_weight - free_weight
        self.weight_is_known = known
        self.charged_weight_is_known = charged_known
        self.release_on = request.release_on
        if release:
            self.release_on = _later(request.release_on, release)
        self.is_plain = known and self.quantity > 0 and not (settings.has_codes and cart.discount_codes)
        self._memo: dict[object, int | None] | None = None

    def number(self, fact: str, basis: Basis = HOUSE_BASIS, origin: str = "") -> int | None:
        """A numeric fact by its name in conditions, in its smallest unit; None where it is unknown.

        `basis` is for the goods total, `origin` for the distance.
        """
        if fact == "goods":
            return self.goods_total(basis)
        if fact == "weight":
            return self.sent_weight_g if self.weight_is_known else None
        if fact == "quantity":
            return self.sent_quantity
        if fact == "distance":
            return self.distance_m(origin)
        memo = self._remembered()
        if fact not in memo:
            memo[fact] = _LINE_FACTS[fact](self)
        return memo[fact]

    def goods_total(self, basis: Basis) -> int:
        """The order's goods total on a basis, in minor units."""
        if basis is HOUSE_BASIS or basis == HOUSE_BASIS:
            return self.goods
        memo = self._remembered()
        if basis not in memo:
            memo[basis] = basis.of(self.order)
        return memo[basis] or 0

    @property
    def order(self) -> Cart:
        """The whole order, of which the cart may be one package."""
        return self.request.whole_cart or self.request.cart

    def members(self, fact: str, attribute: str = "") -> frozenset[str]:
        """The values that occur of a fact with many, such as the shipping classes of what is sent."""
        request = self.request
        if fact == "zones":
            return self.cell.zone_names
        if fact == "codes":
            return frozenset(request.cart.discount_codes)
        if fact == "customer_groups":
            return frozenset(request.customer.groups)
        if fact == "channels":
            return frozenset((request.channel,)) if request.channel else frozenset()
        if fact == "destination_kinds":
            told = request.destination_kind
            return frozenset((told,) if told else destination_kinds(request.destination))
        sent = self.sent_lines()
        if fact == "classes":
            return frozenset(line.shipping_class for line in sent)
        if fact == "skus":
            return frozenset(line.sku for line in sent)
        return frozenset(line.attributes[attribute] for line in sent if attribute in line.attributes)

    def sent_lines(self) -> tuple[LineItem, ...]:
        """The lines that need shipping."""
        return tuple(line for line in self.request.cart.lines if line.requires_shipping)

    def charged_lines(self) -> tuple[LineItem, ...]:
        """The lines that need shipping and do not ship free."""
        return tuple(line for line in self.sent_lines() if not line.ships_free)

    def item_weight_g(self, line: LineItem) -> int | None:
        """The weight of one unit: its own, else the policy's default."""
        return self.settings.default_item_weight_g if line.weight_g is None else line.weight_g

    def billable_weight_g(self, divisor: int) -> int:
        """The greater of actual and dimensional weight; grams are cubic millimetres by the divisor (cm3/kg).

        Lines without dimensions have no dimensional weight; the quotient is rounded up to a whole gram.
        """
        volume = sum(
            line.quantity * line.dimensions.volume_mm3
            for line in self.charged_lines()
            if line.dimensions is not None
        )
        return max(self.weight_g, -(-volume // divisor))

    def distance_m(self, origin: str = "") -> int | None:
        """Metres as measured by the caller, else along the great circle, else None.

        They count from where the request says that goods leave, else from the method's `origin`, else from
        the policy's first.
        """
        if self.request.distance_m is not None:
            return self.request.distance_m
        memo = self._remembered()
        key = ("distance", origin)
        if key not in memo:
            ends = (self.settings.origin_location(self.request.origin or origin), self.location())
            memo[key] = None if ends[0] is None or ends[1] is None else great_circle_m(ends[0], ends[1])
        return memo[key]

    def location(self) -> tuple[float, float] | None:
        """Where the destination is: as told, else the middle of its postal code's area, else None."""
        return self.request.location or self.settings.centroid(self.request.destination)

    def local_time(self) -> dt.datetime:
        """The instant of ordering on the clocks of the policy's time zone."""
        return self.request.placed_at.astimezone(self.settings.zone)

    def live_rate(self, method_id: str) -> LiveRate | None:
        """What a live source answered for the method in the cart's currency."""
        for rate in self.request.live_rates:
            if rate.method_id == method_id and rate.currency == self.request.cart.currency:
                return rate
        return None

    def _remembered(self) -> dict[object, int | None]:
        if self._memo is None:
            self._memo = {}
        return self._memo


def great_circle_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Whole metres between two points given as latitude and longitude in degrees.

    >>> round(great_circle_m((52.52, 13.405), (48.8566, 2.3522)) / 1000)
    877
    """
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * _EARTH_RADIUS_M * asin(sqrt(min(1.0, half))))


def _later(asked: dt.date | None, written: str) -> dt.date:
    try:
        latest = dt.date.fromisoformat(written)
    except ValueError:
        remedy = "write YYYY-MM-DD"
        raise InputError.of("cart.lines.release_on", "not a date", found=written, remedy=remedy) from None
    return latest if asked is None else max(asked, latest)


def _heaviest(facts: Facts) -> int | None:
    weights = [facts.item_weight_g(line) for line in facts.sent_lines()]
    return None if None in weights else max((w for w in weights if w is not None), default=0)


def _sides(facts: Facts) -> list[tuple[int, int, int]]:
    boxes = (line.dimensions for line in facts.sent_lines() if line.dimensions is not None)
    return [(box.length_mm, box.width_mm, box.height_mm) for box in boxes]


def _girth_and_length(sides: tuple[int, int, int]) -> int:
    return max(sides) + 2 * (sum(sides) - max(sides))


_LINE_FACTS: dict[str, Callable[[Facts], int | None]] = {
    "lines": lambda facts: len(facts.sent_lines()),
    "heaviest_item": _heaviest,
    "longest_side": lambda facts: max(map(max, _sides(facts)), default=None),
    "girth": lambda facts: max(map(_girth_and_length, _sides(facts)), default=None),
}
