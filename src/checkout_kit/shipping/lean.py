"""The quick walk through the methods of one place, for what most rates are made of.

A lean entry prices a flat or banded rate with its bounds, fees, free shipping, added tax and one guard from
integers alone; any other rate is priced by the full walk in `rate`, and both give the same cents. Each test
is a range on one number of a short list: sums of the cart, then the plan's own conditions as 0 or 1.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from checkout_kit.calendars import NoUsableDay
from checkout_kit.calendars.zones import EPOCH
from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise, Destination, PromiseRule, ShipFrom, Start
from checkout_kit.shipping.bases import Flat, Tiers
from checkout_kit.shipping.conditions import UNBOUNDED, AllOf, Condition, TimeTest, lean_test
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.quote import MethodFace, ShippingOption
from checkout_kit.shipping.rate import Face, FreeTerms, Rate, Surcharge
from checkout_kit.shipping.time_tests import time_tests

if TYPE_CHECKING:
    from checkout_kit.shipping.pricing import PricedRequest

ZERO, WEIGHT, GOODS, QUANTITY, PACKAGE_GOODS, SENT_WEIGHT, SENT_QUANTITY = range(7)
_FIRST_SLOT = 7
_TESTED = {"weight": SENT_WEIGHT, "goods": GOODS, "quantity": SENT_QUANTITY}
_BANDED = {"weight": WEIGHT, "goods": PACKAGE_GOODS, "quantity": QUANTITY}
_MEMO_SIZE = 512

Slot = Callable[[Facts], int]
Test = tuple[int, int, int]
"""Holds when `low <= numbers[index] <= high`."""

Bands = tuple[int, tuple[int, ...]]
"""Which number is looked up in which inclusive upper bounds; no bounds: only the full walk can price it."""

Fee = tuple[int, int, int, int, int]
"""A test's number, a fixed amount, and a share as (2n, d, 2d): `(base * 2n + d) // 2d` rounds half-up."""

Sum = tuple[int, int, int, int, tuple[tuple[int, int, int], ...]]
"""The fees that apply: a fixed amount, one share as (2n, d, 2d) or zeros, and further shares."""

Shape = tuple[int, int, int, int, int]
"""The least and the most that the base may be, and the tax added at the end as (2n, d, 2d), or zeros."""

Special = tuple[int, int, Shape | None]
"""The tests of a guard and of what makes a method free, and its shape; most entries have none of them."""

Entry = tuple[Face, int, int, int, int, int]
"""Face, special, bands, offset in the row, goods total from which it is free, fees."""

Offer = tuple[Face, int, int, int, int, int, DeliveryPromise | None]
"""An entry with its promise."""

Walk = tuple[list[bool], list[int], list[Sum]]
"""Which tests hold, the tier in each list of bands (-1: only the full walk prices it), and sums of fees."""

_ALWAYS = 0
_FULL_WALK: Bands = (ZERO, ())
_PLAIN: Special = (0, 0, None)
_UNSHAPED: Shape = (0, UNBOUNDED, 0, 0, 1)


@frozen(kw_only=True, eq=False)
class LeanPlan:
    """The entries of all places where the same rates hold; only the numbers differ between those.

    Whatever entries share is listed once and worked out once per quote: tests, bands, sums of fees.
    `spans` keeps until when answers hold, by UTC day; see `validity`.
    """

    entries: tuple[Entry, ...]
    slots: tuple[Slot, ...]
    tests: tuple[Test, ...]
    bands: tuple[Bands, ...]
    fees: tuple[tuple[Fee, ...], ...]
    specials: tuple[Special, ...]
    offsets: tuple[int, ...]
    ship_froms: tuple[ShipFrom, ...]
    destinations: tuple[Destination, ...]
    lanes: tuple[tuple[PromiseRule, int, int] | None, ...]
    rates: tuple[Rate, ...]
    free_rates: tuple[Rate, ...]
    time_tests: tuple[TimeTest, ...]
    spans: dict[int, tuple[dt.timedelta, ...]] = field(init=False, factory=dict)
    _offers: dict[tuple[int, ...], tuple[Offer, ...]] = field(init=False, factory=dict)
    _sums: dict[tuple[bool, ...], list[Sum]] = field(init=False, factory=dict)

    def offers(self, facts: Facts) -> tuple[Offer, ...] | None:
        """The entries with their promises, or None where some lane has no usable day."""
        placed_at, release_on = facts.request.placed_at, facts.release_on
        try:
            if release_on is None and len(self.ship_froms) == 1 and len(self.destinations) == 1:
                since = placed_at - EPOCH
                start = self.ship_froms[0].starts.at(since)
                floor = self.destinations[0].local.day_at(since)
                found = self._offers.get((start.key, floor))
                return self._promised([start], [floor]) if found is None else found
            starts = [ship_from.start_at(placed_at, release_on) for ship_from in self.ship_froms]
            floors = [destination.day_at(placed_at) for destination in self.destinations]
            found = self._offers.get((*[start.key for start in starts], *floors))
            return self._promised(starts, floors) if found is None else found
        except (InputError, NoUsableDay, OverflowError):
            return None

    def _promised(self, starts: list[Start], floors: list[int]) -> tuple[Offer, ...]:
        if len(self._offers) >= _MEMO_SIZE:
            self._offers.clear()
        promises = [
            None if lane is None else lane[0].answer(starts[lane[1]], floors[lane[2]]) for lane in self.lanes
        ]
        found = tuple((*entry, promise) for entry, promise in zip(self.entries, promises, strict=True))
        self._offers[*[start.key for start in starts], *floors] = found
        return found

    def quote(self, facts: "PricedRequest") -> list[ShippingOption] | None:
        """The options in policy order, or None where the full walk has to decide."""
        if not facts.is_plain:
            return None
        offers = self.offers(facts)
        if offers is None:
            return None
        goods, row = facts.goods, facts.cell.row
        facts.walked = tests, tiers, sums = self._walk(facts)
        options: list[ShippingOption] = []
        add = options.append
        for face, special, band, at, free_from, fees, promise in offers:
            tier = tiers[band]
            if special:
                guard, free_if, shape = self.specials[special]
                if not tests[guard]:
                    continue
                if free_if and tests[free_if] and tier >= 0:
                    add(ShippingOption(face, 0, promise, facts))
                    continue
                if shape is not None and tier >= 0 and goods < free_from:
                    add(ShippingOption(face, shaped(shape, row[at + tier], sums[fees]), promise, facts))
                    continue
            if tier < 0:
                option = facts.full_option(face, promise)
                if option is not None:
                    add(option)
            elif goods >= free_from:
                add(ShippingOption(face, 0, promise, facts))
            else:
                base = row[at + tier]
                price, twice, whole, twice_whole, more = sums[fees]
                price += base
                if twice:
                    price += (base * twice + whole) // twice_whole
                    for twice, whole, twice_whole in more:
                        price += (base * twice + whole) // twice_whole
                add(ShippingOption(face, price, promise, facts))
        return options

    def regular(self, facts: "PricedRequest") -> dict[MethodFace, int]:
        """The price before free shipping of every method that a lean entry can price."""
        _, tiers, sums = getattr(facts, "walked", None) or self._walk(facts)
        row = facts.cell.row
        found: dict[MethodFace, int] = {}
        for face, special, band, at, _, fees in self.entries:
            tier = tiers[band]
            shape = self.specials[special][2]
            if tier >= 0 and shape is not None:
                found[face] = shaped(shape, row[at + tier], sums[fees])
            elif tier >= 0:
                price, twice, whole, twice_whole, more = sums[fees]
                base = row[at + tier]
                price += base
                if twice:
                    price += (base * twice + whole) // twice_whole
                    for twice, whole, twice_whole in more:
                        price += (base * twice + whole) // twice_whole
                found[face] = price
        return found

    def _walk(self, facts: Facts) -> Walk:
        """What all entries share in pricing this request."""
        numbers, tests = self.measured(facts)
        tiers = []
        for index, bounds in self.bands:
            tier = bisect_left(bounds, numbers[index])
            tiers.append(tier if tier < len(bounds) else -1)
        return tests, tiers, self._sums.get(key := tuple(tests)) or self._learn_sums(key)

    def measured(self, facts: Facts) -> tuple[list[int], list[bool]]:
        """The numbers that bands and tests look at, and which tests hold."""
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
        return numbers, [low <= numbers[index] <= high for index, low, high in self.tests]

    def _learn_sums(self, tests: tuple[bool, ...]) -> list[Sum]:
        if len(self._sums) >= _MEMO_SIZE:
            self._sums.clear()
        found = self._sums[tests] = [summed(fees, tests) for fees in self.fees]
        return found


def summed(fees: tuple[Fee, ...], tests: Sequence[bool]) -> Sum:
    """The fees whose tests hold."""
    amount = sum(fixed for test, fixed, _, _, _ in fees if tests[test])
    shares = [
        (twice, whole, twice_whole) for test, _, twice, whole, twice_whole in fees if tests[test] and twice
    ]
    first = shares[0] if shares else (0, 0, 1)
    return (amount, *first, tuple(shares[1:]))


def shaped(shape: Shape, base: int, fees: Sum) -> int:
    """A price whose base is brought within bounds, with its fees and then the added tax."""
    least, most, tax_twice, tax_whole, tax_twice_whole = shape
    base = min(max(base, least), most)
    price, twice, whole, twice_whole, more = fees
    price += base + (base * twice + whole) // twice_whole
    for twice, whole, twice_whole in more:
        price += (base * twice + whole) // twice_whole
    return price + (price * tax_twice + tax_whole) // tax_twice_whole


class _Draft:
    """A plan being made: what entries share, each thing with its number."""

    def __init__(self) -> None:
        self.slots: dict[object, tuple[int, Slot]] = {}
        self.tests: dict[Test, int] = {(ZERO, 0, 0): _ALWAYS}
        self.bands: dict[Bands, int] = {_FULL_WALK: 0}
        self.fees: dict[tuple[Fee, ...], int] = {(): 0}
        self.specials: dict[Special, int] = {_PLAIN: 0}

    def entry(self, rate: Rate, at: int) -> Entry:
        """The rate's lean form, or one that leaves it to the full walk."""
        bands = self._bands(rate)
        fees = tuple(self._fee(surcharge) for surcharge in rate.surcharges)
        keeps = rate.free is not None and rate.free.keeps_surcharges
        # A cut for a code is not met while no code is entered.
        is_cut = any(cut.codes is None for cut in rate.promotions)
        shape = _shape(rate)
        if bands is None or None in fees or keeps or is_cut or shape is None:
            return rate.face, 0, 0, at, UNBOUNDED, 0
        guard = self._test(tuple(guard.condition for guard in rate.guards))
        free_from, free_if = self._free(rate.free)
        special = (guard, free_if, None if shape == _UNSHAPED else shape)
        number = self.specials.setdefault(special, len(self.specials))
        known = self.fees.setdefault(tuple(fee for fee in fees if fee is not None), len(self.fees))
        return rate.face, number, self.bands.setdefault(bands, len(self.bands)), at, free_from, known

    def _bands(self, rate: Rate) -> Bands | None:
        base = rate.base
        if isinstance(base, Flat):
            return ZERO, (UNBOUNDED,)
        if not isinstance(base, Tiers) or base.low or base.whens is not None:
            return None
        if base.by == "distance":
            return self._slot("distance", _distance_m), base.bounds
        if base.by == "billable weight":
            divisor = base.divisor
            return self._slot(
                ("billable", divisor), lambda facts: facts.billable_weight_g(divisor)
            ), base.bounds
        return _BANDED[base.by], base.bounds

    def _slot(self, key: object, work_out: Slot) -> int:
        if key not in self.slots:
            self.slots[key] = (_FIRST_SLOT + len(self.slots), work_out)
        return self.slots[key][0]

    def _test(self, conditions: tuple[Condition, ...]) -> int:
        if not conditions:
            return _ALWAYS
        whole = conditions[0] if len(conditions) == 1 else AllOf(conditions)
        simple = lean_test(whole)
        if simple is None:
            test = (self._slot(whole, whole.holds), 1, 1)
        else:
            test = (_TESTED[simple[0]], simple[1], simple[2])
        return self.tests.setdefault(test, len(self.tests))

    def _fee(self, fee: Surcharge) -> Fee | None:
        if fee.floor is not None or fee.ceiling is not None or (fee.share is None and fee.per != "order"):
            return None
        if fee.share is not None and fee.of != "base":
            return None
        test = self._test(() if fee.when is None else (fee.when,))
        if fee.share is None:
            return test, fee.amount or 0, 0, 1, 1
        top, bottom = fee.share.numerator, fee.share.denominator
        return test, 0, 2 * top, bottom, 2 * bottom

    def _free(self, free: FreeTerms | None) -> tuple[int, int]:
        if free is None:
            return UNBOUNDED, 0
        if free.is_plain and free.threshold is not None:
            return free.threshold, 0
        test = (self._slot(free, free.reached), 1, 1)
        return UNBOUNDED, self.tests.setdefault(test, len(self.tests))


def _shape(rate: Rate) -> Shape | None:
    """The rate's bounds and added tax, or None where the tax depends on the goods."""
    least = 0 if rate.floor is None else rate.floor
    most = UNBOUNDED if rate.ceiling is None else rate.ceiling
    # Contained tax leaves the price alone.
    if rate.tax is None or not rate.tax.is_added:
        return least, most, 0, 0, 1
    if rate.tax.share is None:
        return None
    top, bottom = rate.tax.share.numerator, rate.tax.share.denominator
    return least, most, 2 * top, bottom, 2 * bottom


def _distance_m(facts: Facts) -> int:
    """The distance; where nobody knows it, one beyond all bands, so that the full walk says so."""
    distance_m = facts.distance_m()
    return UNBOUNDED if distance_m is None else distance_m


def lean_plan(rates: Sequence[Rate | None], offsets: Sequence[int]) -> LeanPlan:
    """The plan for some rates, each with its numbers at an offset of the row."""
    draft = _Draft()
    held = [(rate, at) for rate, at in zip(rates, offsets, strict=True) if rate is not None]
    lanes = [rate.lane for rate, _ in held]
    entries = tuple(draft.entry(rate, at) for rate, at in held)
    ship_froms = list(dict.fromkeys(lane.ship_from for lane in lanes if lane is not None))
    destinations = list(dict.fromkeys(lane.destination for lane in lanes if lane is not None))
    return LeanPlan(
        entries=entries,
        slots=tuple(slot for _, slot in draft.slots.values()),
        tests=tuple(draft.tests),
        bands=tuple(draft.bands),
        fees=tuple(draft.fees),
        specials=tuple(draft.specials),
        offsets=tuple(offsets),
        rates=tuple(rate for rate, _ in held),
        free_rates=tuple(rate for rate, _ in held if rate.free is not None),
        time_tests=tuple(dict.fromkeys(test for rate, _ in held for test in time_tests(rate))),
        ship_froms=tuple(ship_froms),
        destinations=tuple(destinations),
        lanes=tuple(
            None
            if lane is None
            else (lane, ship_froms.index(lane.ship_from), destinations.index(lane.destination))
            for lane in lanes
        ),
    )
