"""The quick walk through the methods of one place, for what most rates are made of.

A lean entry prices a flat or banded rate with fees, free shipping and one guard from integers alone; any
other rate is priced by the full walk in `rate`, and both give the same cents. Each test is a range on one
number of a short list: sums of the cart, then the plan's own conditions as 0 or 1.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise, Destination, PromiseRule, ShipFrom
from checkout_kit.shipping.bases import Flat, Tiers
from checkout_kit.shipping.conditions import UNBOUNDED, AllOf, Condition, lean_test
from checkout_kit.shipping.facts import HOUSE_BASIS, Facts
from checkout_kit.shipping.quote import ShippingOption
from checkout_kit.shipping.rate import FreeTerms, Rate, Surcharge

if TYPE_CHECKING:
    from checkout_kit.shipping.pricing import PricedRequest

ZERO, WEIGHT, GOODS, QUANTITY, PACKAGE_GOODS, SENT_WEIGHT, SENT_QUANTITY = range(7)
_FIRST_SLOT = 7
_TESTED = {"weight": SENT_WEIGHT, "goods": GOODS, "quantity": SENT_QUANTITY}
_BANDED = {"weight": WEIGHT, "goods": PACKAGE_GOODS, "quantity": QUANTITY}
_ALWAYS, _NEVER = (ZERO, 0, 0), (ZERO, 1, 1)
_MEMO_SIZE = 512

Test = tuple[int, int, int]
"""Holds when `low <= numbers[index] <= high`."""

Fee = tuple[int, int, int, int, int, int, int]
"""A test, a fixed amount, and a share as (2n, d, 2d), so that `(base * 2n + d) // 2d` rounds half-up."""

Slot = Callable[[Facts], int]
Promises = tuple[DeliveryPromise | None, ...]


@frozen(eq=False)
class Entry:
    """One rate's lean form; `bounds` empty means that only the full walk can price it."""

    rate: Rate
    at: int
    guard: Test = _ALWAYS
    band: int = ZERO
    bounds: tuple[int, ...] = ()
    free: Test = _NEVER
    fees: tuple[Fee, ...] = ()


_Flat = tuple[Rate, int, int, int, int, tuple[int, ...], int, int, int, int, int, tuple[Fee, ...]]


@frozen(eq=False)
class LeanPlan:
    """The entries of all places where the same rates hold; only the numbers differ between those."""

    entries: tuple[Entry, ...]
    flat: tuple[_Flat, ...]
    slots: tuple[Slot, ...]
    offsets: tuple[int, ...]
    ship_froms: tuple[ShipFrom, ...]
    destinations: tuple[Destination, ...]
    lanes: tuple[tuple[PromiseRule, int, int] | None, ...]
    _memo: dict[tuple[int, ...], Promises | None] = field(init=False, factory=dict)

    def promises(self, placed_at: dt.datetime, release_on: dt.date | None) -> Promises | None:
        """One promise per entry, or None where some lane has no usable day."""
        try:
            starts = [ship_from.start_at(placed_at, release_on) for ship_from in self.ship_froms]
            floors = [destination.day_at(placed_at) for destination in self.destinations]
        except InputError:
            return None
        key = (*[start.key for start in starts], *floors)
        memo = self._memo
        if key not in memo:
            if len(memo) >= _MEMO_SIZE:
                memo.clear()
            try:
                memo[key] = tuple(
                    None if lane is None else lane[0].answer(starts[lane[1]], floors[lane[2]])
                    for lane in self.lanes
                )
            except InputError:
                memo[key] = None
        return memo[key]

    def quote(self, facts: "PricedRequest") -> list[ShippingOption] | None:
        """The options in policy order, or None where the full walk has to decide."""
        if not facts.is_plain:
            return None
        promises = self.promises(facts.request.placed_at, facts.release_on)
        if promises is None:
            return None
        numbers = [
            0,
            facts.weight_g,
            facts.goods,
            facts.quantity,
            facts.package_goods,
            facts.sent_weight_g,
            facts.sent_quantity,
        ]
        for slot in self.slots:
            numbers.append(slot(facts))
        row = facts.cell.row
        options: list[ShippingOption] = []
        add = options.append
        for entry, promise in zip(self.flat, promises, strict=True):
            rate, guard, low, high, band, bounds, last, at, free, free_from, free_to, fees = entry
            if not low <= numbers[guard] <= high:
                continue
            tier = bisect_left(bounds, numbers[band])
            if tier > last:
                option = facts.full_option(rate, promise)
                if option is not None:
                    add(option)
                continue
            if free_from <= numbers[free] <= free_to:
                add(ShippingOption(rate.face, 0, promise, facts))
                continue
            price = base = row[at + tier]
            for test, fee_from, fee_to, amount, twice, whole, twice_whole in fees:
                if fee_from <= numbers[test] <= fee_to:
                    price += (base * twice + whole) // twice_whole if twice else amount
            add(ShippingOption(rate.face, price, promise, facts))
        return options


def lean_plan(rates: Sequence[Rate | None], offsets: Sequence[int]) -> LeanPlan:
    """The plan for some rates, each with its numbers at an offset of the row."""
    slots: dict[object, tuple[int, Slot]] = {}
    entries = [_entry(rate, at, slots) for rate, at in zip(rates, offsets, strict=True) if rate is not None]
    ship_froms = {id(lane.ship_from): lane.ship_from for e in entries if (lane := e.rate.lane)}
    destinations = {id(lane.destination): lane.destination for e in entries if (lane := e.rate.lane)}
    lanes = tuple(
        None
        if (lane := entry.rate.lane) is None
        else (
            lane,
            list(ship_froms).index(id(lane.ship_from)),
            list(destinations).index(id(lane.destination)),
        )
        for entry in entries
    )
    return LeanPlan(
        tuple(entries),
        tuple(_flattened(entry) for entry in entries),
        tuple(slot for _, slot in slots.values()),
        tuple(offsets),
        tuple(ship_froms.values()),
        tuple(destinations.values()),
        lanes,
    )


def _flattened(entry: Entry) -> _Flat:
    last = len(entry.bounds) - 1
    return (
        entry.rate,
        *entry.guard,
        entry.band,
        entry.bounds,
        last,
        entry.at,
        *entry.free,
        entry.fees,
    )


def _entry(rate: Rate, at: int, slots: dict[object, tuple[int, Slot]]) -> Entry:
    base = rate.base
    bounds: tuple[int, ...]
    full_only = Entry(rate, at)
    if rate.floor is not None or rate.ceiling is not None or rate.tax is not None or rate.promotions:
        return full_only
    if isinstance(base, Flat):
        band, bounds = ZERO, (UNBOUNDED,)
    elif isinstance(base, Tiers) and base.low == 0 and base.whens is None and base.by != "distance":
        bounds = base.bounds
        band = _BANDED.get(base.by) or _slot(("billable", base.divisor), _billable(base.divisor), slots)
    else:
        return full_only
    fees = [_fee(surcharge, slots) for surcharge in rate.surcharges]
    if any(fee is None for fee in fees) or (rate.free is not None and rate.free.keeps_surcharges):
        return full_only
    conditions = tuple(guard.condition for guard in rate.guards)
    return Entry(
        rate,
        at,
        _test(conditions, slots),
        band,
        bounds,
        _free(rate.free, slots),
        tuple(fee for fee in fees if fee is not None),
    )


def _billable(divisor: int) -> Slot:
    return lambda facts: facts.billable_weight_g(divisor)


def _slot(key: object, work_out: Slot, slots: dict[object, tuple[int, Slot]]) -> int:
    if key not in slots:
        slots[key] = (_FIRST_SLOT + len(slots), work_out)
    return slots[key][0]


def _test(conditions: tuple[Condition, ...], slots: dict[object, tuple[int, Slot]]) -> Test:
    if not conditions:
        return _ALWAYS
    if len(conditions) == 1 and (simple := lean_test(conditions[0])) is not None:
        return _TESTED[simple[0]], simple[1], simple[2]
    whole = conditions[0] if len(conditions) == 1 else AllOf(conditions)
    return _slot(whole, whole.holds, slots), 1, 1


def _fee(surcharge: Surcharge, slots: dict[object, tuple[int, Slot]]) -> Fee | None:
    if surcharge.floor is not None or surcharge.ceiling is not None:
        return None
    test = _test(() if surcharge.when is None else (surcharge.when,), slots)
    if surcharge.share is None:
        return (*test, surcharge.amount or 0, 0, 1, 1) if surcharge.per == "order" else None
    if surcharge.of != "base":
        return None
    top, bottom = surcharge.share.numerator, surcharge.share.denominator
    return (*test, 0, 2 * top, bottom, 2 * bottom)


def _free(free: FreeTerms | None, slots: dict[object, tuple[int, Slot]]) -> Test:
    if free is None:
        return _NEVER
    if (
        free.needs == "amount"
        and free.when is None
        and free.basis == HOUSE_BASIS
        and free.threshold is not None
    ):
        return GOODS, free.threshold, UNBOUNDED
    return _slot(free, free.reached, slots), 1, 1
