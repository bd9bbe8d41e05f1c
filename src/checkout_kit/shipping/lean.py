"""The quick walk through the methods of one place, for what most rates are made of.

A lean entry prices a rate with its bounds, fees, free shipping, added tax and one guard from integers alone;
what it cannot is priced by the full walk in `rate`, and both give the same cents. The integers are a short
list of numbers: sums of the cart, then the plan's own (conditions as 0 or 1, distances, fees by the item, and
bases that are neither flat nor plain bands). Each test is a range on one of them.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from checkout_kit.calendars import NoUsableDay
from checkout_kit.calendars.zones import EPOCH
from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise, Destination, PromiseRule, ShipFrom, Start
from checkout_kit.shipping.conditions import UNBOUNDED, TimeTest
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.quote import MethodFace, ShippingOption
from checkout_kit.shipping.rate import Face, Rate

if TYPE_CHECKING:
    from checkout_kit.shipping.pricing import PricedRequest

ZERO, WEIGHT, GOODS, QUANTITY, PACKAGE_GOODS, SENT_WEIGHT, SENT_QUANTITY = range(7)
FIRST_SLOT = 7
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


class Shape(NamedTuple):
    """What is unusual about a price.

    `base` is the number to start from (ZERO: the band's price in the row); it may be `least` and `most` so
    much. `fees` are numbers to add; the tax added at the end is a share as (2n, d, 2d), or zeros.
    """

    base: int = ZERO
    least: int = 0
    most: int = UNBOUNDED
    fees: tuple[int, ...] = ()
    tax_twice: int = 0
    tax_whole: int = 0
    tax_twice_whole: int = 1


Special = tuple[int, int, Shape | None]
"""The tests of a guard and of what makes a method free, and its shape; most entries have none of them."""

Entry = tuple[Face, int, int, int, int, int]
"""Face, special, bands, offset in the row, goods total from which it is free, fees."""

Offer = tuple[Face, int, int, int, int, int, DeliveryPromise | None]
"""An entry with its promise."""

Walk = tuple[list[int], list[bool], list[int], list[Sum]]
"""Numbers, tests that hold, each band's tier (-1: only the full walk prices it), and sums of fees."""


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

    def offers(self, facts: "PricedRequest") -> tuple[Offer, ...] | None:
        """The entries with their promises, or None where some lane has no usable day."""
        placed_at, release_on = facts.request.placed_at, facts.release_on
        try:
            if release_on is None and len(self.ship_froms) == 1 and len(self.destinations) == 1:
                since = placed_at - EPOCH
                start = self.ship_froms[0].starts.at(since)
                floor = self.destinations[0].local.day_at(since)
                facts.days = (start.key, floor)
                found = self._offers.get(facts.days)
                return self._promised([start], [floor]) if found is None else found
            starts = [ship_from.start_at(placed_at, release_on) for ship_from in self.ship_froms]
            floors = [destination.day_at(placed_at) for destination in self.destinations]
            facts.days = (*[start.key for start in starts], *floors)
            found = self._offers.get(facts.days)
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
        facts.walked = numbers, tests, tiers, sums = self._walk(facts)
        facts.seen = facts.cell.token, facts.days, tuple(numbers)
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
                    base = numbers[shape.base] if shape.base else row[at + tier]
                    add(ShippingOption(face, shaped(shape, base, sums[fees], numbers), promise, facts))
                    continue
            if tier < 0:
                facts.seen = None
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
        numbers, _, tiers, sums = getattr(facts, "walked", None) or self._walk(facts)
        row = facts.cell.row
        found: dict[MethodFace, int] = {}
        for face, special, band, at, _, fees in self.entries:
            tier = tiers[band]
            shape = self.specials[special][2] if special else None
            if tier >= 0 and shape is not None:
                base = numbers[shape.base] if shape.base else row[at + tier]
                found[face] = shaped(shape, base, sums[fees], numbers)
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
        sums = self._sums.get(key := tuple(tests)) or self._learn_sums(key)
        return numbers, tests, tiers, sums

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


def shaped(shape: Shape, base: int, fees: Sum, numbers: Sequence[int]) -> int:
    """A price whose base is brought within bounds, with its fees and then the added tax."""
    base = min(max(base, shape.least), shape.most)
    price, twice, whole, twice_whole, more = fees
    price += base + (base * twice + whole) // twice_whole
    for twice, whole, twice_whole in more:
        price += (base * twice + whole) // twice_whole
    for index in shape.fees:
        price += numbers[index]
    return price + (price * shape.tax_twice + shape.tax_whole) // shape.tax_twice_whole
