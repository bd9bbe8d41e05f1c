"""All rates that hold in one place, with their numbers in one compact array; built once per place."""

import datetime as dt
from array import array
from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from checkout_kit.promise import Destination, Pickup, PromiseRule, ShipFrom, Transit
from checkout_kit.shipping.lean import LeanPlan
from checkout_kit.shipping.lean_draft import lean_plan
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.rate import Face, Guard, Rate, TaxTerms, Zones
from checkout_kit.shipping.same_day import SameDayTest


@frozen(kw_only=True)
class Speed:
    """A method's way through the calendar, but for the destination; `transit` may state its own days."""

    ship_from: ShipFrom
    handling_days: tuple[int, int]
    pickup: Pickup
    transit: Transit
    delivers: tuple[int, ...] | None = None
    same_day: bool = False


@frozen(kw_only=True, eq=False)
class RateTerms:
    """One price table of a method: `width` numbers per row, and a row per zone (`rows` None: one for all).

    `speeds` are the ways from the policy's other origins, where the method may ship from them.
    """

    rate: Rate
    values: "array[int]"
    width: int
    rows: "array[int] | None" = None
    speed: Speed | None = None
    speeds: Mapping[str, Speed | None] | None = None
    has_zone_terms: bool = False
    resolved: dict[object, Rate] = field(factory=dict)

    def from_origin(self, origin: str) -> "RateTerms":
        """The same prices with the way from another origin."""
        speed = self.speed if self.speeds is None else self.speeds.get(origin, self.speed)
        return evolve(self, speed=speed, resolved={})

    def numbers(self, zone: int) -> "array[int]":
        """The prices for a zone."""
        if self.rows is None:
            return self.values
        start = self.rows[zone] * self.width
        return self.values[start : start + self.width]


@frozen(kw_only=True, eq=False)
class MethodTerms:
    """One method: which of its rates holds in which zone; `anywhere` holds in every zone not listed.

    `origin` is the only one it ships from, empty where the policy names none.
    """

    face: Face
    rates: tuple[RateTerms, ...]
    by_zone: "array[int]"
    anywhere: int = -1
    origin: str = ""

    def ships_from(self, origin: str) -> bool:
        """Whether the method may ship from there."""
        return self.origin in ("", origin)

    def from_origin(self, origin: str) -> "MethodTerms":
        """The same method from another origin; without any rate where it does not ship from there."""
        if self.origin == origin:
            return self
        if self.origin:
            return evolve(self, rates=(), by_zone=array("i", [-1]) * len(self.by_zone), anywhere=-1)
        return evolve(self, rates=tuple(rate.from_origin(origin) for rate in self.rates))

    def find(self, zones: Sequence[int]) -> tuple[RateTerms, int] | None:
        """The rate for a place, by its most specific zone that the method names."""
        by_zone = self.by_zone
        for zone in zones:
            if by_zone[zone] >= 0:
                return self.rates[by_zone[zone]], zone
        return (self.rates[self.anywhere], zones[0]) if self.anywhere >= 0 and zones else None


@frozen(eq=False)
class Cell:
    """What holds in one place: zones (most specific first), a rate per method, and all their numbers."""

    zones: tuple[str, ...]
    zone_names: frozenset[str]
    chosen: tuple[str, ...]
    rates: tuple[Rate | None, ...]
    offsets: tuple[int, ...]
    row: "array[int]"
    plan: LeanPlan
    token: object = field(init=False, factory=object)
    """Stands for the cell where only its identity is kept."""

    def numbers(self, index: int) -> Sequence[int]:
        """The numbers of the rate of a method."""
        rate = self.rates[index]
        start = self.offsets[index]
        return self.row[start : start + (0 if rate is None else rate.base.size)]


@frozen(eq=False, kw_only=True)
class CellBuilder:
    """Makes cells; equal rates, lanes and plans are shared between them."""

    zone_names: tuple[str, ...]
    methods: tuple[MethodTerms, ...]
    calendars: tuple["ZoneCalendar", ...]
    _lanes: dict[object, PromiseRule] = field(init=False, factory=dict)
    _destinations: dict[object, Destination] = field(init=False, factory=dict)
    _plans: dict[tuple[int, ...], LeanPlan] = field(init=False, factory=dict)

    def build(self, zones: tuple[int, ...]) -> Cell:
        """The cell of a place given by its zones, most specific first."""
        names = tuple(self.zone_names[zone] for zone in zones)
        name_set = frozenset(names)
        calendar = self._calendar(zones)
        row: array[int] = array("q")
        rates: list[Rate | None] = []
        offsets: list[int] = []
        chosen: list[str] = []
        for method in self.methods:
            found = method.find(zones)
            offsets.append(len(row))
            if found is None:
                rates.append(None)
                chosen.append("")
                continue
            terms, zone = found
            numbers = terms.numbers(zone)
            row.extend(numbers if numbers.typecode == "q" else array("q", numbers))
            key = (calendar, names) if terms.has_zone_terms else calendar
            rate = terms.resolved.get(key)
            if rate is None:
                rate = terms.resolved[key] = self._resolve(terms, names, name_set, calendar)
            rates.append(rate)
            chosen.append(self.zone_names[zone])
        row = compact(row)
        plan_key = tuple(map(id, rates))
        plan = self._plans.get(plan_key)
        if plan is None:
            plan = self._plans[plan_key] = lean_plan(rates, offsets)
        return Cell(names, name_set, tuple(chosen), tuple(rates), plan.offsets, row, plan)

    def _calendar(self, zones: tuple[int, ...]) -> "ZoneCalendar":
        stated = [self.calendars[zone] for zone in zones]
        return ZoneCalendar(
            tz=next((each.tz for each in stated if each.tz), ""),
            delivers=next((each.delivers for each in stated if each.delivers), ()),
            holidays=next((each.holidays for each in stated if each.holidays), ()),
        )

    def _resolve(
        self, terms: RateTerms, names: tuple[str, ...], name_set: frozenset[str], calendar: "ZoneCalendar"
    ) -> Rate:
        rate = terms.rate
        if terms.has_zone_terms:
            rate = _in_zones(rate, names, name_set)
        speed = terms.speed
        if speed is None:
            return evolve(rate)
        lane = self._lane(speed, calendar)
        guards = rate.guards
        if speed.same_day:
            guards = (*guards, Guard("cutoff_passed", SameDayTest(lane.ship_from)))
        return evolve(rate, lane=lane, guards=guards)

    def _lane(self, speed: Speed, calendar: "ZoneCalendar") -> PromiseRule:
        tz = calendar.tz or speed.ship_from.tz
        days = calendar.delivers or speed.delivers or (1, 2, 3, 4, 5)
        place = (tz, days, calendar.holidays)
        destination = self._destinations.get(place)
        if destination is None:
            destination = Destination(tz=tz, delivery_weekdays=days, holidays=calendar.holidays)
            self._destinations[place] = destination
        key = (id(speed.ship_from), speed.handling_days, speed.pickup, speed.transit, place)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = PromiseRule(
                ship_from=speed.ship_from,
                handling_days=speed.handling_days,
                pickup=speed.pickup,
                transit=speed.transit,
                destination=destination,
            )
        return lane


@frozen(kw_only=True)
class ZoneCalendar:
    """What a zone states about its own days; empty where it states nothing."""

    tz: str = ""
    delivers: tuple[int, ...] = ()
    holidays: tuple[dt.date, ...] = ()


def compact(values: "array[int]") -> "array[int]":
    """The same numbers in 32 bits each where they fit."""
    try:
        return array("i", values)
    except OverflowError:
        return values


def _in_zones(rate: Rate, names: tuple[str, ...], name_set: frozenset[str]) -> Rate:
    """The rate with every zone condition decided."""

    def here(zones: Zones) -> bool:
        return zones is None or not zones.isdisjoint(name_set)

    free = rate.free if rate.free is not None and here(rate.free.zones) else None
    return evolve(
        rate,
        surcharges=tuple(evolve(fee, zones=None) for fee in rate.surcharges if here(fee.zones)),
        promotions=tuple(evolve(cut, zones=None) for cut in rate.promotions if here(cut.zones)),
        free=None if free is None else evolve(free, zones=None),
        tax=None if rate.tax is None else _tax_in(rate.tax, names),
    )


def _tax_in(tax: TaxTerms, names: tuple[str, ...]) -> TaxTerms | None:
    found: Mapping[str, Ratio] = tax.by_zone
    share = next((found[name] for name in names if name in found), tax.share)
    return None if share is None and not tax.is_proportional else evolve(tax, share=share, by_zone={})
