"""Tier tables that hardly mean what they say: prices that fall, jump or vanish, bands nobody reaches."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pydantic import BaseModel

from checkout_kit.shipping.document.policy import PolicyDocument
from checkout_kit.shipping.lint.bounds import Interval, possible, top_of, unit_of
from checkout_kit.shipping.lint.finding import Finding, warn
from checkout_kit.shipping.lint.walk import Priced, priced

_FACTS = {
    "weight": "weight",
    "billable weight": "weight",
    "goods": "goods",
    "quantity": "quantity",
    "distance": "distance",
}
_PRICE_JUMP = 8
_SMALL_STEP = 4
_BOUND_JUMP = 100


def check_tiers(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful tier of every price."""
    for one in priced(document):
        by = getattr(one.price, "by", "")
        if by in _FACTS:
            tiers: Sequence[BaseModel] = getattr(one.price, "tiers", ())
            prices = [_minor(getattr(tier, "price", None), document) for tier in tiers]
            if all(getattr(tier, "when", None) is None for tier in tiers):
                yield from _sequence(by, f"{one.path}.tiers[{{}}].price", prices)
                yield from _bounds(one, tiers, by, prices, document)
            yield from _above(one, prices, document)
        elif by in ("weight card", "billable weight card"):
            for zone, row in getattr(one.price, "zones", {}).items():
                cells = [_minor({"": str(cell)}, document) for cell in row]
                yield from _sequence("weight", f"{one.path}.zones.{zone}[{{}}]", cells)


def _minor(amount: object, document: PolicyDocument) -> int | None:
    return None if amount is None else unit_of("goods", amount, document.currency)


def _sequence(by: str, at: str, prices: Sequence[int | None]) -> Iterator[Finding]:
    known = [(i, price) for i, price in enumerate(prices) if price is not None]
    fell = False
    for (_, before), (i, price) in pairwise(known):
        if by == "goods":
            if price > before and fell:
                why = "shipping gets dearer again when the order grows: the buyer regrets the last item"
                yield warn("threshold_regret", at.format(i), why, mend="let prices fall or rise, not both")
            fell = fell or price < before
        elif 0 < price < before:
            why = f"a larger {by} costs less than the tier before"
            yield warn("price_falls", at.format(i), why, mend="check the order and the decimal point")
    for i, price in known:
        is_last = i == len(prices) - 1
        if price == 0 and any(other for _, other in known) and not (by == "goods" and is_last):
            yield warn(
                "free_by_accident", at.format(i), "one tier is free", found="'0'", mend="use free_from"
            )


def _bounds(
    one: Priced, tiers: Sequence[BaseModel], by: str, prices: Sequence[int | None], document: PolicyDocument
) -> Iterator[Finding]:
    fact = _FACTS[by]
    tops = [top_of(tier, fact, document.currency) for tier in tiers]
    conditions = () if one.method.when is None else (one.method.when,)
    reach = possible(fact, conditions, document.currency) if by != "billable weight" else Interval()
    if fact == "goods" and one.method.minimum_order is not None:
        reach = reach.meet(Interval(_minor(one.method.minimum_order, document), None))
    low = 0
    for i, top in enumerate(tops):
        if top is None:
            continue
        before = tops[i - 1] if i else None
        if before and top >= before * _BOUND_JUMP:
            mend = "check its unit"
            yield warn("tier_jump", f"{one.path}.tiers[{i}]", "the band is 100 times as wide", mend=mend)
        if before and _jumps(prices, i) and top <= before * _SMALL_STEP:
            why = f"{_PRICE_JUMP} times the price of the tier before for little more"
            yield warn("price_jumps", f"{one.path}.tiers[{i}].price", why, mend="check the decimal point")
        if (reach.low is not None and top < reach.low) or (reach.high is not None and low > reach.high):
            why = f"the method's own condition lets no such {by} through"
            yield warn(
                "unreachable_tier", f"{one.path}.tiers[{i}]", why, mend="remove the tier or the condition"
            )
        low = top + 1


def _jumps(prices: Sequence[int | None], i: int) -> bool:
    before, price = prices[i - 1], prices[i]
    return bool(before) and price is not None and before is not None and price >= before * _PRICE_JUMP


def _above(one: Priced, prices: Sequence[int | None], document: PolicyDocument) -> Iterator[Finding]:
    above = getattr(one.price, "above", None)
    if above is None:
        return
    price = _minor(getattr(above, "price", None), document)
    last = prices[-1] if prices else None
    if getattr(one.price, "by", "") != "goods" and price is not None and last is not None and price < last:
        why = "an order above the last tier costs less than one in it"
        yield warn(
            "price_falls", f"{one.path}.above.price", why, mend="check the order and the decimal point"
        )
    for name in ("per_kg", "per_item", "per_km"):
        written = getattr(above, name, None)
        if written is not None and _minor(written, document) == 0:
            why = "whatever lies above the last tier is carried for nothing"
            yield warn("free_by_accident", f"{one.path}.above.{name}", why, found="'0'", mend="state a price")
