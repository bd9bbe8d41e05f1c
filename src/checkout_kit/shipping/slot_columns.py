"""What a plan works out beside the sums of a cart, for columns: distances, fees, bases, conditions."""

import datetime as dt
from collections.abc import Callable

import numpy as np
from attrs import frozen

from checkout_kit.shipping.bases import Charge, Formula, PerClass, PerItem, Tiers
from checkout_kit.shipping.conditions import MembersTest, NumberTest, TimeTest
from checkout_kit.shipping.connectives import AllOf, AnyOf, Not
from checkout_kit.shipping.day_columns import local_days, local_time, starts_of
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.goods_basis import Basis
from checkout_kit.shipping.line_columns import LinesOf
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.place_columns import Bools, Ints
from checkout_kit.shipping.rate import FreeTerms, Rate, Surcharge
from checkout_kit.shipping.same_day import SameDayTest

UNKNOWN = int(np.iinfo(np.int64).max)
"""A distance that nobody knows, and a price that depends on one."""

_OF_THE_PLACE = frozenset(("zones", "destination_kinds", "channels", "customer_groups", "codes"))


class BeyondSums(Exception):
    """More than what is told of the carts decides."""


@frozen(kw_only=True, eq=False)
class Sums:
    """Carts by their sums.

    `tax` says whether goods are summed with tax "included" or "excluded", `zone` is the policy's;
    `at_place` works a number out once for each destination and gives it to the rows.
    """

    weight_g: Ints
    goods_minor: Ints
    quantity: Ints
    tax: str
    placed_us: Ints
    zone: dt.tzinfo
    lines_of: LinesOf | None
    at_place: Callable[[Callable[[Facts], int]], Ints]

    @property
    def lines(self) -> LinesOf:
        """The carts' lines.

        Raises:
            BeyondSums: they are not told.
        """
        if self.lines_of is None:
            raise BeyondSums
        return self.lines_of

    @property
    def sizes(self) -> Ints:
        """Length, width and height of one unit, a row a line."""
        if self.lines.lines.size_mm is None:
            raise BeyondSums
        return self.lines.lines.size_mm

    def billable_g(self, divisor: int) -> Ints:
        """The greater of actual and dimensional weight, of which a fraction of a gram counts whole."""
        volume = self.lines.total(self.lines.lines.quantity * self.sizes.prod(axis=1))
        return np.maximum(self.weight_g, -(-volume // divisor))

    def goods(self, basis: Basis) -> Ints:
        """The goods on a basis that the sum follows."""
        if basis != Basis(tax=basis.tax) or basis.tax not in ("as shown", self.tax):
            raise BeyondSums
        return self.goods_minor

    def distance_m(self, origin: str) -> Ints:
        """Metres from an origin, UNKNOWN where nobody knows."""

        def metres(facts: Facts) -> int:
            found = facts.distance_m(origin)
            return UNKNOWN if found is None else found

        return self.at_place(metres)


def slot_column(key: object, sums: Sums) -> Ints:
    """One number of a plan for every row, by what the plan keeps it under.

    Raises:
        BeyondSums: it depends on what is not told.
    """
    if isinstance(key, Surcharge):
        return _fee(key, sums)
    if isinstance(key, FreeTerms):
        return _reached(key, sums).astype(np.int64)
    if isinstance(key, tuple):
        what, of = key
        if what == "distance":
            return sums.distance_m(of)
        return sums.billable_g(of) if what == "billable" else _base(of, sums)
    return _truth(key, sums)[0].astype(np.int64)


def above_last(base: Tiers, value: Ints, prices: Ints) -> Ints:
    """Prices beyond the last tier; `prices` are those of the tiers, one row for each value."""
    above, bounds = base.above, np.array(base.bounds, dtype=np.int64)
    assert above is not None
    if above.repeat:
        whole, rest = np.divmod(value, bounds[-1])
        tier = np.searchsorted(bounds, rest)
        remainder = np.take_along_axis(prices, tier[:, None], axis=1)[:, 0]
        return prices[:, -1] * whole + remainder * (rest > 0)
    price = prices[:, -1] if above.price is None else np.full(len(value), above.price)
    over = value - above.start
    if above.each_started:
        over = -(-over // above.each_started) * above.each_started
    return price + half_up(above.per_unit * over, above.unit)


def half_up(numbers: Ints, divisor: int) -> Ints:
    """Numbers that are not negative by a divisor, halves going up."""
    return (2 * numbers + divisor) // (2 * divisor)


def _share(numbers: Ints, share: Ratio) -> Ints:
    return half_up(numbers * share.numerator, share.denominator)


def _base(rate: Rate, sums: Sums) -> Ints:
    base = rate.base
    if isinstance(base, PerItem):
        return base.first + base.each * (sums.quantity - 1)
    if isinstance(base, PerClass):
        return _by_class(base, sums)
    if not isinstance(base, Formula):
        raise BeyondSums
    total = np.full(len(sums.quantity), base.base or 0, dtype=np.int64)
    if base.per_item is not None:
        total += base.per_item * sums.quantity
    if base.per_kg is not None:
        weight_g = sums.billable_g(base.divisor) if base.divisor else sums.weight_g
        total += half_up(base.per_kg * weight_g, 1000)
    if base.share is not None:
        total += _share(sums.goods_minor, base.share)
    if base.per_km is not None:
        metres = sums.distance_m(base.origin)
        is_known = metres != UNKNOWN
        total = np.where(is_known, total + half_up(base.per_km * (metres * is_known), 1000), UNKNOWN)
    return total


def _by_class(base: PerClass, sums: Sums) -> Ints:
    lines = sums.lines
    columns = lines.lines
    known = {name for name, _ in base.charges}
    among = [(lines.of("classes", (name,)), charge) for name, charge in base.charges]
    among.append((~lines.of("classes", known), base.other or Charge()))
    charges = []
    for which, charge in among:
        units = lines.total(columns.quantity, which)
        total = (charge.price or 0) * (units if base.combine == "per item" else units > 0)
        total += (charge.each or 0) * units
        if charge.share is not None:
            total += _share(lines.total(columns.goods_minor, which), charge.share)
        charges.append(total)
    found = np.max(charges, axis=0) if base.combine == "dearest" else np.sum(charges, axis=0)
    found = found + (base.base or 0)
    return np.where(lines.has(among[-1][0]), UNKNOWN, found) if base.other is None else found


def _fee(fee: Surcharge, sums: Sums) -> Ints:
    quantity, weight_g, applies = sums.quantity, sums.weight_g, np.ones(len(sums.quantity), dtype=bool)
    if fee.counted is not None:
        lines = sums.lines
        counted, columns = lines.counted(fee.counted), lines.lines
        applies = lines.has(counted)
        quantity = lines.total(columns.quantity, counted)
        weight_g = lines.total(columns.quantity * columns.weight_g, counted)
    if fee.when is not None:
        applies = applies & _truth(fee.when, sums)[0]
    if fee.share is not None:
        total = _share(sums.goods_minor, fee.share)
    else:
        counts = {"item": quantity, "kg": -(-weight_g // 1000)}
        total = (fee.amount or 0) * counts.get(fee.per, np.ones_like(quantity))
    return np.clip(total, fee.floor or 0, UNKNOWN if fee.ceiling is None else fee.ceiling) * applies


def _reached(free: FreeTerms, sums: Sums) -> Bools:
    """Whether shipping is free; no code is entered."""
    if free.threshold is None or free.needs in ("code", "both"):
        return np.zeros(len(sums.quantity), dtype=bool)
    enough = sums.goods(free.basis) >= free.threshold
    return enough if free.when is None else enough & _truth(free.when, sums)[0]


def _truth(condition: object, sums: Sums) -> tuple[Bools, Bools]:
    """Which rows a condition certainly holds for, and which it certainly fails for."""
    if isinstance(condition, AllOf | AnyOf):
        found = [_truth(part, sums) for part in condition.parts]
        holds, fails = [each for each, _ in found], [each for _, each in found]
        if isinstance(condition, AllOf):
            return np.logical_and.reduce(holds), np.logical_or.reduce(fails)
        return np.logical_or.reduce(holds), np.logical_and.reduce(fails)
    if isinstance(condition, Not):
        return _truth(condition.part, sums)[::-1]
    if isinstance(condition, NumberTest):
        value = _number(condition, sums)
        is_known = value != UNKNOWN
        within = is_known & (value >= (condition.low or 0))
        if condition.high is not None:
            within &= value <= condition.high
        return within, is_known & ~within
    if isinstance(condition, MembersTest) and condition.fact in _OF_THE_PLACE:
        holds_there = sums.at_place(condition.holds) != 0
    elif isinstance(condition, MembersTest) and condition.fact in ("classes", "skus"):
        holds_there = _occurs(condition, sums.lines)
    elif isinstance(condition, TimeTest):
        holds_there = _in_time(condition, sums)
    elif isinstance(condition, SameDayTest):
        holds_there = _same_day(condition, sums)
    else:
        raise BeyondSums
    return holds_there, ~holds_there


def _occurs(test: MembersTest, lines: LinesOf) -> Bools:
    found = ~lines.has(lines.of(test.fact, test.none))
    if test.any is not None:
        found &= lines.has(lines.of(test.fact, test.any))
    for name in test.all:
        found &= lines.has(lines.of(test.fact, (name,)))
    return found


def _in_time(test: TimeTest, sums: Sums) -> Bools:
    day, minute = local_time(sums.zone, sums.placed_us)
    within = np.ones(len(day), dtype=bool)
    if test.first is not None:
        within &= day >= test.first.toordinal()
    if test.last is not None:
        within &= day <= test.last.toordinal()
    if test.weekdays is not None:
        within &= np.isin((day - 1) % 7 + 1, list(test.weekdays))
    if test.minutes is not None:
        start, end = test.minutes
        since, until = minute >= start, minute < end
        within &= since & until if start < end else since | until
    return within


def _same_day(test: SameDayTest, sums: Sums) -> Bools:
    starts, which = starts_of(test.ship_from, sums.placed_us)
    days, today = local_days(test.ship_from.starts.local, sums.placed_us)
    begins = np.array([0 if start is None else start.day for start in starts], dtype=np.int64)
    found: Bools = begins[which] == np.array(days, dtype=np.int64)[today]
    return found


def _number(test: NumberTest, sums: Sums) -> Ints:
    if test.fact == "goods":
        return sums.goods(test.basis)
    if test.fact == "distance":
        return sums.distance_m(test.origin)
    if test.fact in ("weight", "quantity"):
        return sums.weight_g if test.fact == "weight" else sums.quantity
    lines = sums.lines
    if test.fact == "lines":
        return lines.total(np.ones_like(lines.lines.cart))
    if test.fact == "heaviest_item":
        return lines.most(lines.lines.weight_g)
    longest = sums.sizes.max(axis=1)
    measured = longest if test.fact == "longest_side" else 2 * sums.sizes.sum(axis=1) - longest
    return np.where(lines.has(longest > 0), lines.most(measured), UNKNOWN)
