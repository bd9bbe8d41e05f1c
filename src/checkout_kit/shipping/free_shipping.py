"""How far a cart is from free shipping with one method."""

from functools import lru_cache

from checkout_kit.money import Money
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.rate import Rate
from checkout_kit.shipping.values import FreeShipping


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
