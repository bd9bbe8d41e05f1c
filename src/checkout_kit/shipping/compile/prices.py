"""Compile price tables: a basis, and the numbers it takes from the row of its place."""

from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise

from attrs import frozen

from checkout_kit.shipping.bases import (
    Above,
    Base,
    Charge,
    Flat,
    Formula,
    Live,
    PerClass,
    PerItem,
    Tiers,
)
from checkout_kit.shipping.cells import compact
from checkout_kit.shipping.compile.conditions import compile_condition
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.document.fields import Amount
from checkout_kit.shipping.document.prices import (
    ClassCharge,
    ClassPrice,
    DistanceAbove,
    DistanceTier,
    DistanceTiers,
    FlatPrice,
    FormulaPrice,
    GoodsAbove,
    GoodsTier,
    GoodsTiers,
    ItemPrice,
    LivePrice,
    PercentPrice,
    Price,
    QuantityAbove,
    QuantityTier,
    QuantityTiers,
    RateCard,
    WeightAbove,
    WeightTier,
    WeightTiers,
)
from checkout_kit.shipping.notation import Ratio, parse_distance_m
from checkout_kit.units import parse_weight_g

_Tier = WeightTier | GoodsTier | QuantityTier | DistanceTier
_TierTable = WeightTiers | GoodsTiers | QuantityTiers | DistanceTiers
_AboveTable = WeightAbove | GoodsAbove | QuantityAbove | DistanceAbove


@frozen(eq=False)
class PriceTable:
    """A basis with its numbers: one set for all zones, or one row per zone listed in `rows` (-1: none)."""

    base: Base
    values: "array[int]"
    rows: "array[int] | None" = None
    floor: int | None = None
    ceiling: int | None = None


def compile_price(context: Context, price: Price, path: str, *, method_id: str, divisor: int) -> PriceTable:
    """The compiled form of a price table.

    Raises:
        NotPricedError: some amount of it is not stated in the currency being compiled.
    """
    floor = _optional(context, price.floor, f"{path}.floor")
    ceiling = _optional(context, price.ceiling, f"{path}.ceiling")
    if floor is not None and ceiling is not None and floor > ceiling:
        context.fault(f"{path}.floor", "is above the ceiling", price.floor, "swap them")
    if ceiling == 0:
        remedy = "write price = '0' if that is meant, else leave the ceiling out"
        context.fault(f"{path}.ceiling", "makes every order free", price.ceiling, remedy)
    if isinstance(price, RateCard):
        return _card(context, price, path, divisor, (floor, ceiling))
    if isinstance(price, LivePrice):
        stored = None
        if price.otherwise is not None:
            inner = f"{path}.otherwise"
            stored = compile_price(context, price.otherwise, inner, method_id=method_id, divisor=divisor)
            if stored.floor is not None or stored.ceiling is not None:
                context.fault(inner, "cannot have a floor or ceiling here", remedy=f"write it on {path}")
        base: Base = Live(method_id=method_id, otherwise=None if stored is None else stored.base, path=path)
        rows = None if stored is None else stored.rows
        return PriceTable(base, array("q") if stored is None else stored.values, rows, floor, ceiling)
    if price.by == "distance" or (isinstance(price, FormulaPrice) and price.per_km is not None):
        context.asked.add("distance")
    base, numbers = _plain(context, price, path, divisor)
    return PriceTable(base, array("q", numbers), None, floor, ceiling)


def _optional(context: Context, amount: Amount | None, path: str, *, stepped: bool = True) -> int | None:
    return None if amount is None else context.amounts.minor(amount, path, stepped=stepped)


def _plain(context: Context, price: Price, path: str, divisor: int) -> tuple[Base, Sequence[int]]:
    if isinstance(price, FlatPrice):
        # A bare amount is written where its table would be.
        return Flat(path), [context.amounts.minor(price.price, path)]
    if isinstance(price, ItemPrice):
        each = context.amounts.minor(price.each, f"{path}.each")
        first = _optional(context, price.first, f"{path}.first")
        return PerItem(first=each if first is None else first, each=each, path=path), ()
    if isinstance(price, PercentPrice):
        return Formula(path=path, share=Ratio.of_percent(price.percent)), ()
    if isinstance(price, FormulaPrice):
        return _formula(context, price, path, divisor), ()
    if isinstance(price, ClassPrice):
        return _classes(context, price, path), ()
    assert isinstance(price, WeightTiers | GoodsTiers | QuantityTiers | DistanceTiers)
    return _tiers(context, price, path, divisor)


def _formula(context: Context, price: FormulaPrice, path: str, divisor: int) -> Formula:
    if all(term is None for term in (price.base, price.per_item, price.per_kg, price.per_km, price.percent)):
        context.fault(path, "has no term", {}, "write base, per_item, per_kg, per_km or percent")
    if price.billable and not divisor:
        context.fault(f"{path}.billable", "needs the service's dimensional_divisor")
    return Formula(
        path=path,
        base=_optional(context, price.base, f"{path}.base"),
        per_item=_optional(context, price.per_item, f"{path}.per_item"),
        per_kg=_optional(context, price.per_kg, f"{path}.per_kg", stepped=False),
        per_km=_optional(context, price.per_km, f"{path}.per_km", stepped=False),
        share=None if price.percent is None else Ratio.of_percent(price.percent),
        divisor=divisor if price.billable else 0,
        origin=context.origin,
    )


def _classes(context: Context, price: ClassPrice, path: str) -> PerClass:
    if not price.classes and price.other is None:
        context.fault(path, "prices no class", {}, "write classes, other or both")
    charges = [
        (name, _charge(context, each, f"{path}.classes.{name}")) for name, each in price.classes.items()
    ]
    return PerClass(
        charges=tuple(charges),
        other=None if price.other is None else _charge(context, price.other, f"{path}.other"),
        base=_optional(context, price.base, f"{path}.base"),
        combine=price.combine,
        path=path,
    )


def _charge(context: Context, charge: ClassCharge, path: str) -> Charge:
    if charge.price is None and charge.each is None and charge.percent is None:
        context.fault(path, "states no price", {}, "write price, each or percent")
    return Charge(
        price=_optional(context, charge.price, f"{path}.price"),
        each=_optional(context, charge.each, f"{path}.each"),
        share=None if charge.percent is None else Ratio.of_percent(charge.percent),
    )


def _reader(context: Context, price: _TierTable | RateCard) -> Callable[[object, str], int]:
    if isinstance(price, GoodsTiers):
        return context.amounts.minor  # type: ignore[return-value]
    if isinstance(price, QuantityTiers):
        return lambda value, _: int(str(value))
    if isinstance(price, DistanceTiers):
        return lambda value, _: parse_distance_m(str(value))
    return lambda value, _: parse_weight_g(str(value))


def _tiers(context: Context, price: _TierTable, path: str, divisor: int) -> tuple[Base, Sequence[int]]:
    read = _reader(context, price)
    tiers: Sequence[_Tier] = price.tiers
    bounds: list[int] = []
    edge: int | None = None
    low = 0
    for i, tier in enumerate(tiers):
        at = f"{path}.tiers[{i}]"
        start = None if tier.from_ is None else read(tier.from_, f"{at}.from")
        stated = tier.up_to if tier.up_to is not None else tier.below
        if (tier.up_to is None) is (tier.below is None):
            context.fault(
                at, "needs exactly one of up_to and below", remedy="write up_to for an inclusive bound"
            )
            continue
        word = "up_to" if tier.up_to is not None else "below"
        bound = read(stated, f"{at}.{word}")
        inclusive = bound if tier.up_to is not None else bound - 1
        if i == 0 and start is not None:
            low = start
        elif start is not None and edge is not None and start != edge:
            what = "leaves a gap after" if start > edge else "overlaps"
            remedy = "start where that one ends"
            context.fault(f"{at}.from", f"{what} the tier before", tier.from_, remedy)
        if inclusive < low or (bounds and inclusive < bounds[-1]):
            context.fault(f"{at}.{word}", "is below the tier before it", stated, "list tiers upwards")
        elif bounds and inclusive == bounds[-1] and tiers[i - 1].when is None:
            context.fault(f"{at}.{word}", "can never be reached: the tier before it ends there too", stated)
        bounds.append(inclusive)
        edge = bound
    whens = [
        None if tier.when is None else compile_condition(context, tier.when, f"{path}.tiers[{i}].when")
        for i, tier in enumerate(tiers)
    ]
    _check_divisor(context, price.by, divisor, path)
    is_inclusive = tiers[-1].up_to is not None
    # "below 2 units" covers one unit, while 6 kg is exactly one kg more than "below 5 kg".
    counted = bounds[-1] if isinstance(price, QuantityTiers) and bounds else edge
    base = Tiers(
        by=price.by,
        bounds=tuple(bounds),
        path=f"{path}.tiers",
        low=low,
        above=_above(context, price.above, path, is_inclusive=is_inclusive, start=counted or 0),
        whens=tuple(whens) if any(when is not None for when in whens) else None,
        divisor=divisor,
        origin=context.origin,
    )
    return base, [
        context.amounts.minor(tier.price, f"{path}.tiers[{i}].price") for i, tier in enumerate(tiers)
    ]


def _check_divisor(context: Context, by: str, divisor: int, path: str) -> None:
    if by.startswith("billable") and not divisor:
        remedy = "write dimensional_divisor = 5000 (cm3 per kg) on the method's service"
        context.fault(f"{path}.by", "needs the service's dimensional_divisor", by, remedy)


def _above(
    context: Context, above: _AboveTable | None, path: str, *, is_inclusive: bool, start: int
) -> Above | None:
    if above is None:
        return None
    at = f"{path}.above"
    price = _optional(context, above.price, f"{at}.price")
    per_unit, unit, started = 0, 1, 0
    if isinstance(above, WeightAbove):
        per_unit, unit = _optional(context, above.per_kg, f"{at}.per_kg", stepped=False) or 0, 1000
        started = 0 if above.each_started is None else parse_weight_g(above.each_started)
    elif isinstance(above, DistanceAbove):
        per_unit, unit = _optional(context, above.per_km, f"{at}.per_km", stepped=False) or 0, 1000
        started = 0 if above.each_started is None else parse_distance_m(above.each_started)
    elif isinstance(above, QuantityAbove):
        per_unit = _optional(context, above.per_item, f"{at}.per_item") or 0
    if above.repeat and (price is not None or per_unit):
        context.fault(at, "repeats the last tier and states a price too", remedy="keep one of them")
    if above.repeat and not is_inclusive:
        context.fault(f"{at}.repeat", "needs a last tier with up_to", remedy="write up_to instead of below")
    if not above.repeat and price is None and not per_unit:
        context.fault(at, "states no price", {}, "write price, a price per unit, or repeat = true")
    return Above(
        price=price, per_unit=per_unit, unit=unit, each_started=started, repeat=above.repeat, start=start
    )


def _card(
    context: Context, price: RateCard, path: str, divisor: int, limits: tuple[int | None, int | None]
) -> PriceTable:
    bounds = tuple(parse_weight_g(text) for text in price.up_to)
    for i, (lower, upper) in enumerate(pairwise(bounds)):
        if upper <= lower:
            place = f"{path}.up_to[{i + 1}]"
            context.fault(place, "is not above the band before it", price.up_to[i + 1], "list bands upwards")
    by = price.by.removesuffix(" card")
    _check_divisor(context, by, divisor, path)
    above = _above(context, price.above, path, is_inclusive=True, start=bounds[-1])
    rows = array("i", [-1]) * max(1, len(context.zones))
    values = array("q")
    cells, read, zones = context.amounts.cards, context.amounts.card, context.zones
    for i, (name, texts) in enumerate(price.zones.items()):
        if len(texts) != len(bounds):
            context.fault(f"{path}.zones.{name}", f"needs {len(bounds)} prices, one per band", len(texts))
            continue
        if name in zones or context.known("zones", name, zones, f"{path}.zones.{name}"):
            rows[zones[name]] = i
        try:
            values.extend(map(cells.__getitem__, texts))
        except KeyError:
            del values[i * len(bounds) :]
            values.extend(read(text, f"{path}.zones.{name}[{j}]") for j, text in enumerate(texts))
    base = Tiers(by=by, bounds=bounds, path=f"{path}.up_to", above=above, divisor=divisor)
    return PriceTable(base, compact(values), rows, *limits)
