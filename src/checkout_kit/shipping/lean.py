"""The quick walk through the methods of one place, for what most rates are made of.

A lean entry prices a rate with its bounds, fees, free shipping, added tax and one guard from integers alone;
what it cannot is priced by the full walk in `rate`, and both give the same cents. The integers are a short
list of numbers: sums of the cart, then the plan's own (conditions as 0 or 1, distances, fees by the item, and
bases that are neither flat nor plain bands). Each test is a range on one of them.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from attrs import field, frozen

from checkout_kit.calendars import NoUsableDay
from checkout_kit.calendars.zones import EPOCH
from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise, Destination, PromiseRule, ShipFrom, Start
from checkout_kit.shipping.conditions import TimeTest
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.rate import Face, Rate

ZERO, WEIGHT, GOODS, QUANTITY, PACKAGE_GOODS, SENT_WEIGHT, SENT_QUANTITY = range(7)
FIRST_SLOT = 7
_MEMO_SIZE = 512
# Beyond any sum of a cart, so that no total, however absurd, can ever reach what is not stated.
UNBOUNDED = 1 << 200

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

Dated = tuple[tuple[int, ...], tuple[Offer, ...]]
"""The days that decide all promises, and the offers with these promises."""

Walk = tuple[list[int], list[bool], list[int], list[Sum]]
"""Numbers, tests that hold, each band's tier (-1: only the full walk prices it), and sums of fees."""


@frozen(kw_only=True, eq=False)
class LeanPlan:
    """The entries of all places where the same rates hold; only the numbers differ between those.

    Whatever entries share is listed once and worked out once per quote: tests, bands, sums of fees.
    `slot_keys` say what each slot is: a condition, fee or rule of free shipping, or ("distance", origin),
    ("billable", divisor) or ("base", number of the method).
    `spans` keeps until when answers hold, by UTC day; see `validity`.
    """

    entries: tuple[Entry, ...]
    slots: tuple[Slot, ...]
    slot_keys: tuple[object, ...]
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
    _offers: dict[tuple[int, ...], Dated] = field(init=False, factory=dict)
    _sums: dict[tuple[bool, ...], list[Sum]] = field(init=False, factory=dict)

    def offers(self, placed_at: dt.datetime, release_on: dt.date | None) -> Dated | None:
        """The entries with their promises, or None where some lane has no usable day."""
        try:
            if release_on is None and len(self.ship_froms) == 1 and len(self.destinations) == 1:
                since = placed_at - EPOCH
                start = self.ship_froms[0].starts.at(since)
                floor = self.destinations[0].local.day_at(since)
                return self._offers.get((start.key, floor)) or self._promised([start], [floor])
            starts = [ship_from.start_at(placed_at, release_on) for ship_from in self.ship_froms]
            floors = [destination.day_at(placed_at) for destination in self.destinations]
            days = (*[start.key for start in starts], *floors)
            return self._offers.get(days) or self._promised(starts, floors)
        except (InputError, NoUsableDay, OverflowError):
            return None

    def _promised(self, starts: list[Start], floors: list[int]) -> Dated:
        if len(self._offers) >= _MEMO_SIZE:
            self._offers.clear()
        promises = [
            None if lane is None else lane[0].answer(starts[lane[1]], floors[lane[2]]) for lane in self.lanes
        ]
        days = (*[start.key for start in starts], *floors)
        offers = tuple((*entry, promise) for entry, promise in zip(self.entries, promises, strict=True))
        found = self._offers[days] = days, offers
        return found

    def walk(self, facts: Facts) -> Walk:
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
