"""Compile methods: their rates per zone, guards, fees and speed."""

from array import array
from collections.abc import Mapping

from attrs import evolve

from checkout_kit.shipping.cells import MethodTerms, RateTerms
from checkout_kit.shipping.compile.conditions import compile_condition
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.compile.places import Places
from checkout_kit.shipping.compile.prices import compile_price
from checkout_kit.shipping.compile.terms import compile_free, compile_promotion, compile_tax, surcharges_of
from checkout_kit.shipping.conditions import NumberTest
from checkout_kit.shipping.document.places import CarbonDocument
from checkout_kit.shipping.document.policy import MethodDocument, RateDocument
from checkout_kit.shipping.document.prices import LivePrice, Price, RateCard
from checkout_kit.shipping.rate import Carbon, Face, Guard, Rate, Zones


def compile_face(context: Context, index: int, method: MethodDocument) -> Face:
    """What all rates of a method share; checks the names it uses."""
    document, path = context.document, f"methods[{index}]"
    carbon: CarbonDocument | None = method.carbon
    if method.service is not None and context.known(
        "services", method.service, document.services, f"{path}.service"
    ):
        carbon = carbon or document.services[method.service].carbon
    if method.origin is not None:
        context.known("origins", method.origin, document.origins, f"{path}.origin")
    if method.slots is not None:
        context.known("slots", method.slots, document.slots, f"{path}.slots")
    for i, name in enumerate(method.pickup_points or ()):
        context.known("pickup_points", name, document.pickup_points, f"{path}.pickup_points[{i}]")
    zones: list[str] = list(method.zones or ())
    for rate in _rates(method):
        zones += rate.zones or _card_zones(rate.price)
    return Face(
        index=index,
        method_id=method.id,
        title=method.title,
        description=method.description,
        service=method.service or "",
        carbon=None
        if carbon is None
        else Carbon(per_order=carbon.g_per_order, per_kg=carbon.g_per_kg, per_kg_km=carbon.g_per_kg_km),
        origin=method.origin or "",
        zone_names=tuple(dict.fromkeys(zones)),
    )


def _rates(method: MethodDocument) -> tuple[RateDocument, ...]:
    if method.rates is not None:
        return method.rates
    return () if method.price is None else (RateDocument(zones=method.zones, price=method.price),)


def _card_zones(price: Price) -> tuple[str, ...]:
    if isinstance(price, LivePrice) and price.otherwise is not None:
        return _card_zones(price.otherwise)
    return tuple(price.zones) if isinstance(price, RateCard) else ()


def compile_method(context: Context, places: Places, face: Face) -> MethodTerms:
    """All rates of one method.

    Raises:
        NotPricedError: an amount is not stated in the currency being compiled.
    """
    path = face.path
    method = context.document.methods[face.index]
    context = evolve(context, origin=face.origin)
    if (method.price is None) is (method.rates is None):
        context.fault(path, "needs exactly one of price and rates", method.id)
    if method.rates is not None and method.zones is not None:
        context.fault(f"{path}.zones", "is stated by each of its rates already", list(method.zones))
    by_zone = array("i", [-1]) * max(1, len(context.zones))
    anywhere = -1
    rates: list[RateTerms] = []
    for i, rate in enumerate(_rates(method)):
        at = path if method.rates is None else f"{path}.rates[{i}]"
        terms = _rate(context, places, face, rate, at)
        zones = rate.zones or _card_zones(rate.price)
        if not zones:
            if anywhere >= 0:
                context.fault(f"{at}.zones", "only one rate may go without zones")
            anywhere = i
        for j, name in enumerate(zones):
            number = context.zones.get(name, -1)
            has_row = terms.rows is None or number < 0 or terms.rows[number] >= 0
            if number < 0 or not has_row or by_zone[number] >= 0:
                place = f"{at}.zones[{j}]" if rate.zones else f"{at}.price.zones.{name}"
                if not context.known("zones", name, context.zones, place):
                    continue
                if not has_row:
                    context.fault(place, "has no row in the rate card", name, "add its prices")
                if by_zone[number] >= 0:
                    context.fault(place, "has a rate of this method already", name, "keep one of them")
            by_zone[number] = i
        rates.append(terms)
    return MethodTerms(face=face, rates=tuple(rates), by_zone=by_zone, anywhere=anywhere, origin=face.origin)


def _rate(context: Context, places: Places, face: Face, rate: RateDocument, at: str) -> RateTerms:
    document = context.document
    method = document.methods[face.index]
    service = document.services.get(method.service or "")
    divisor = 0 if service is None else service.dimensional_divisor or 0
    table = compile_price(context, rate.price, f"{at}.price", method_id=method.id, divisor=divisor)
    own_fees = rate.surcharges is not None
    fees = surcharges_of(
        context,
        rate.surcharges if rate.surcharges is not None else method.surcharges,
        f"{at if own_fees else face.path}.surcharges",
    )
    free = rate.free_from or method.free_from
    free_at = f"{at if rate.free_from is not None else face.path}.free_from"
    promotions = tuple(
        compile_promotion(context, cut, f"promotions[{i}]")
        for i, cut in enumerate(document.promotions)
        if cut.methods is None or method.id in cut.methods
    )
    compiled = Rate(
        face=face,
        base=table.base,
        path=f"{at}.price",
        guards=_guards(context, method, face.path),
        floor=table.floor,
        ceiling=table.ceiling,
        surcharges=fees,
        free=None if free is None else compile_free(context, free, free_at),
        promotions=promotions,
        tax=compile_tax(context, document.tax, method.tax, f"{face.path}.tax"),
    )
    transit = rate.transit or method.transit or (service.transit if service is not None else None)
    first, *others = document.origins or ("",)
    origin = method.origin or first
    speeds = None
    if others and transit is not None and method.origin is None:
        speeds = {name: places.speed(name, service, transit, at) for name in others}
    return RateTerms(
        rate=compiled,
        values=table.values,
        width=table.base.size,
        rows=table.rows,
        speed=None if transit is None else places.speed(origin, service, transit, at),
        speeds=speeds,
        has_zone_terms=_has_zone_terms(compiled),
    )


def _guards(context: Context, method: MethodDocument, path: str) -> tuple[Guard, ...]:
    guards = []
    if method.minimum_order is not None:
        amount = context.amounts.minor(method.minimum_order, f"{path}.minimum_order")
        guards.append(Guard("below_minimum", NumberTest("goods", amount)))
    if method.when is not None:
        guards.append(Guard("condition_not_met", compile_condition(context, method.when, f"{path}.when")))
    return tuple(guards)


def _has_zone_terms(rate: Rate) -> bool:
    zones: list[Zones] = [fee.zones for fee in rate.surcharges]
    zones += [cut.zones for cut in rate.promotions]
    zones += [] if rate.free is None else [rate.free.zones]
    by_zone: Mapping[str, object] = {} if rate.tax is None else rate.tax.by_zone
    return any(each is not None for each in zones) or bool(by_zone)
