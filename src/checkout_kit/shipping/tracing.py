"""From a priced request to its trace."""

from checkout_kit.promise import explain_promise
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.rate import Face
from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.trace import MethodTrace, Trace, ZoneTrace
from checkout_kit.shipping.values import Withheld
from checkout_kit.shipping.zones import LEVEL_NAMES


def trace_of(priced: PricedRequest, withheld: tuple[Withheld, ...]) -> Trace:
    """The trace of a priced request."""
    table = priced.engine.zones
    zones = tuple(
        ZoneTrace(zone=table.names[match.zone], by=LEVEL_NAMES[match.level], path=match.path)
        for match in table.explain(priced.request.destination)
    )
    reasons = {each.method_id: each for each in withheld}
    facts = (
        ("goods_minor", priced.goods),
        ("weight_g", priced.weight_g if priced.weight_is_known else None),
        ("quantity", priced.quantity),
        ("placed_at", priced.request.placed_at.isoformat()),
    )
    methods = tuple(_method(priced, face, reasons.get(face.method_id)) for face in priced.engine.faces)
    return Trace(currency=priced.currency, zones=zones, facts=facts, methods=methods)


def _method(priced: PricedRequest, face: Face, withheld: Withheld | None) -> MethodTrace:
    rate = priced.cell.rates[face.index]
    if rate is None or withheld is not None:
        return MethodTrace(
            method_id=face.method_id, title=face.title, currency=priced.currency, withheld=withheld
        )
    found, promise = priced.price(rate), priced.promise(rate)
    assert not isinstance(found, Refusal)
    return MethodTrace(
        method_id=face.method_id,
        title=face.title,
        currency=priced.currency,
        zone=priced.cell.chosen[face.index],
        path=rate.path,
        steps=found.steps,
        price_minor=found.price_minor,
        tax_minor=found.tax_minor,
        promise=None if isinstance(promise, Refusal) else promise,
        days=()
        if rate.lane is None
        else explain_promise(rate.lane, priced.request.placed_at, priced.release_on),
    )
