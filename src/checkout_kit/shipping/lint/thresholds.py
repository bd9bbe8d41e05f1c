"""Free shipping and promotions that are always, never or wrongly reached."""

from collections.abc import Iterator, Sequence

from checkout_kit.shipping.document.conditions import ConditionDocument
from checkout_kit.shipping.document.policy import FreeDocument, PolicyDocument
from checkout_kit.shipping.lint.bounds import Interval, possible, top_of, unit_of
from checkout_kit.shipping.lint.finding import Finding, warn
from checkout_kit.shipping.lint.walk import Priced, priced


def check_thresholds(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful free-shipping rule and promotion."""
    ruled: dict[str, list[Priced]] = {}
    for one in priced(document):
        if one.free is not None:
            ruled.setdefault(one.free_path, []).append(one)
    for at, prices in ruled.items():
        free = prices[0].free
        if free is not None:
            yield from _free(at, free, prices, document)
    yield from _promotions(document)


def _free(
    at: str, free: FreeDocument, prices: Sequence[Priced], document: PolicyDocument
) -> Iterator[Finding]:
    """A rule may serve several prices of a method; it is doubtful only where it is so for all of them."""
    served = [zone for one in prices for zone in one.zones or ()]
    if free.zones is not None and all(one.zones for one in prices) and not set(free.zones) & set(served):
        why = "free in no zone the method delivers to"
        yield warn("free_never", f"{at}.zones", why, mend="use zones of the method")
    if free.amount is None or free.needs in ("code", "either"):
        return
    threshold = unit_of("goods", free.amount, document.currency)
    if threshold is None:
        return
    if threshold == 0:
        yield warn(
            "free_always", at, "every order reaches it", found="'0'", mend="price the method '0' instead"
        )
        return
    reaches = [_goods_reach(one, free, document) for one in prices]
    if all(reach.low is not None and reach.low >= threshold for reach in reaches):
        mend = "raise the amount, or price the method '0'"
        yield warn("free_always", at, "every order that gets this method reaches it", mend=mend)
    elif all(reach.high is not None and reach.high < threshold for reach in reaches):
        mend = "lower the amount, or lift the limit"
        yield warn("free_never", at, "no order that gets this method reaches it", mend=mend)


def _goods_reach(one: Priced, free: FreeDocument, document: PolicyDocument) -> Interval:
    """Which goods totals get the method at all: its condition, its minimum order, its last goods tier."""
    if free.goods != "after discounts" or free.tax != "as shown" or free.counts is not None:
        return Interval()
    conditions: list[ConditionDocument] = [c for c in (one.method.when, free.when) if c is not None]
    reach = possible("goods", conditions, document.currency)
    if one.method.minimum_order is not None:
        reach = reach.meet(Interval(unit_of("goods", one.method.minimum_order, document.currency), None))
    price = one.price
    if getattr(price, "by", "") == "goods" and getattr(price, "above", None) is None:
        tops = [
            top for tier in getattr(price, "tiers", ()) if (top := top_of(tier, "goods", document.currency))
        ]
        reach = reach.meet(Interval(None, max(tops, default=None)))
    return reach


def _promotions(document: PolicyDocument) -> Iterator[Finding]:
    zones_of = {method.id: _zones(method.zones, method.rates) for method in document.methods}
    for i, promotion in enumerate(document.promotions):
        at = f"promotions[{i}]"
        if promotion.percent is not None:
            percent = float(promotion.percent)
            if percent == 0:
                yield warn(
                    "does_nothing", f"{at}.percent", "takes nothing off", found="'0'", mend="remove it"
                )
            elif percent < 1:
                why = "takes off less than one percent"
                yield warn(
                    "fraction", f"{at}.percent", why, found=repr(promotion.percent), mend="10 means 10 %"
                )
        if promotion.amount is not None and unit_of("goods", promotion.amount, document.currency) == 0:
            yield warn("does_nothing", f"{at}.amount", "takes nothing off", found="'0'", mend="remove it")
        if promotion.zones is not None:
            named = promotion.methods if promotion.methods is not None else tuple(zones_of)
            reached = [zones_of[name] for name in named if name in zones_of]
            if reached and all(z is not None and not set(z) & set(promotion.zones) for z in reached):
                why = "none of its methods delivers to its zones"
                yield warn("never_applies", f"{at}.zones", why, mend="use zones of its methods")
        yield from _repeated_codes(promotion.codes, at)
    for i, one in enumerate(document.methods):
        if one.free_from is not None:
            yield from _repeated_codes(one.free_from.codes, f"methods[{i}].free_from")


def _zones(own: tuple[str, ...] | None, rates: object) -> tuple[str, ...] | None:
    """Every zone a method names, or None when it names none and so delivers everywhere."""
    if not isinstance(rates, tuple):
        return own
    found: list[str] = []
    for rate in rates:
        if rate.zones is None and own is None:
            return None
        found += rate.zones if rate.zones is not None else own or ()
    return tuple(found)


def _repeated_codes(codes: tuple[str, ...] | None, at: str) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for i, code in enumerate(codes or ()):
        first = seen.setdefault(code.casefold().strip(), code)
        if first is not code:
            why = f"the same code as {first!r} but for case or spaces"
            yield warn("repeated", f"{at}.codes[{i}]", why, found=repr(code), mend="keep one spelling")
