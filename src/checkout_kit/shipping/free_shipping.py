"""How far a cart is from free shipping with one method."""

from functools import lru_cache

from checkout_kit.money import Money
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.rate import Rate
from checkout_kit.shipping.values import FreeShipping


def distances_to_free(rates: tuple[Rate, ...], facts: Facts) -> tuple[FreeShipping, ...]:
    """The distance of every rate that can become free by what is bought."""
    if facts.quantity == 0:
        return ()
    known = _amounts_only(rates, facts.goods, facts.request.cart.currency)
    if known is not None:
        return known
    told = [distance_to_free(rate, facts) for rate in rates]
    return tuple([found for found in told if found is not None])


def distance_to_free(rate: Rate, facts: Facts) -> FreeShipping | None:
    """The missing amount and code, or None where the method never becomes free by what is bought.

    Terms with a condition that does not hold now are left out: no amount of goods would help.
    """
    free = rate.free
    if free is None or facts.quantity == 0 or (free.when is not None and not free.when.holds(facts)):
        return None
    currency = facts.request.cart.currency
    if free.is_plain and free.threshold is not None:
        return _amount_only(rate, max(0, free.threshold - facts.goods), currency)
    reached = free.reached(facts)
    threshold = Money(0, currency) if free.amount is None else free.amount
    missing = 0
    if not reached and free.needs != "code":
        missing = max(0, threshold.amount - facts.goods_total(free.basis))
    wants_code = not reached and free.needs in ("code", "both") and not free.has_code(facts)
    return FreeShipping(
        method_id=rate.face.method_id,
        title=rate.face.title,
        missing=Money(missing, currency),
        threshold=threshold,
        reached=reached,
        needs_code=min(free.codes) if wants_code else "",
    )


@lru_cache(maxsize=512)
def _amounts_only(rates: tuple[Rate, ...], goods: int, currency: str) -> tuple[FreeShipping, ...] | None:
    """The distances where nothing but the usual goods total decides; None where something else does."""
    found = []
    for rate in rates:
        if rate.free is None or not rate.free.is_plain or rate.free.threshold is None:
            return None
        found.append(_amount_only(rate, max(0, rate.free.threshold - goods), currency))
    return tuple(found)


@lru_cache(maxsize=1024)
def _amount_only(rate: Rate, missing: int, currency: str) -> FreeShipping:
    """The distance in goods alone; most carts are past it, and share one answer."""
    free = rate.free
    threshold = Money(0, currency) if free is None or free.amount is None else free.amount
    return FreeShipping(
        method_id=rate.face.method_id,
        title=rate.face.title,
        missing=Money(missing, currency),
        threshold=threshold,
        reached=missing == 0,
    )
