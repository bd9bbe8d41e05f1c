"""Bounds for a destination that is not fully known yet: a country, or a postal code cut short by a wallet."""

import datetime as dt
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from checkout_kit.address import Address, postal_key
from checkout_kit.money import Money
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.quote import ShippingOption
from checkout_kit.shipping.values import DESTINATION_KINDS, QuoteRequest

if TYPE_CHECKING:
    from checkout_kit.shipping.engine import Engine

_BOX = "PO Box 1"


@frozen(kw_only=True)
class OptionBounds:
    """What one method will cost and when it will arrive, whatever the rest of the address turns out to be.

    `is_certain` says that it will be offered in any case; the dates are None where the method has none.
    """

    method_id: str
    title: str
    price_min: Money
    price_max: Money
    earliest: dt.date | None
    latest: dt.date | None
    is_certain: bool


@frozen(kw_only=True)
class QuoteBounds:
    """Bounds of every method that may be offered, in policy order, over `places` kinds of place."""

    currency: str
    options: tuple[OptionBounds, ...]
    places: int

    def option(self, method_id: str) -> OptionBounds | None:
        """The bounds of a method, or None where it will not be offered."""
        return next((option for option in self.options if option.method_id == method_id), None)


def bounds_of(engine: "Engine", request: QuoteRequest) -> QuoteBounds:
    """The bounds over every kind of place that the destination may still turn out to be.

    A fact that is given is taken as final. A distance that is not given is taken from every listed
    postal code area the destination may lie in.
    """
    found: dict[str, list[ShippingOption]] = {}
    tried = 0
    for place, variant in product(
        engine.zones.reachable(request.destination), list(_variants(engine, request))
    ):
        priced = PricedRequest(variant, engine.cell(place), engine)
        tried += 1
        for option in priced.quick_options() or priced.full_options():
            found.setdefault(option.method_id, []).append(option)
    bounds = tuple(
        _bounds(found[face.method_id], is_certain=len(found[face.method_id]) == tried)
        for face in engine.faces
        if face.method_id in found
    )
    return QuoteBounds(currency=request.cart.currency, options=bounds, places=tried)


def _variants(engine: "Engine", request: QuoteRequest) -> Iterator[QuoteRequest]:
    asked = engine.settings.asked
    kinds: tuple[str, ...] = (request.destination_kind,)
    if "destination_kinds" in asked and not request.destination_kind:
        kinds = ("", *DESTINATION_KINDS)
    locations = [request.location]
    if "distance" in asked and request.distance_m is None and request.location is None:
        locations += _centroids(engine, request)
    for kind, location in product(kinds, locations):
        yield evolve(request, destination_kind=kind, location=location)
    if len(kinds) > 1:
        to = evolve(request.destination, line1=_BOX)
        for place, location in product(_military(to), locations):
            yield evolve(request, destination=place, location=location)


def _military(to: Address) -> tuple[Address, ...]:
    """The same box in the country's military mail, which is two kinds at once; none where it cannot be."""
    if to.country == "US" and to.region in ("", "AA", "AE", "AP"):
        return (evolve(to, region="AE"),)
    can_be = to.country == "GB" and "BFPO".startswith(to.postal_code.strip().upper()[:4])
    return (evolve(to, postal_code="BFPO 1"),) if can_be else ()


def _centroids(engine: "Engine", request: QuoteRequest) -> list[tuple[float, float]]:
    to = request.destination
    key = postal_key(to.country, to.postal_code) if to.postal_code else ""
    known = engine.settings.centroids.get(to.country, {})
    return [point for prefix, point in known.items() if prefix.startswith(key) or key.startswith(prefix)]


def _bounds(options: list[ShippingOption], *, is_certain: bool) -> OptionBounds:
    prices = [option.price for option in options]
    promises = [option.promise for option in options if option.promise is not None]
    return OptionBounds(
        method_id=options[0].method_id,
        title=options[0].title,
        price_min=min(prices),
        price_max=max(prices),
        earliest=min((promise.earliest for promise in promises), default=None),
        latest=max((promise.latest for promise in promises), default=None),
        is_certain=is_certain,
    )
