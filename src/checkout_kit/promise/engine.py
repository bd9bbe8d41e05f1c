"""The rule engine: from an order's instant to its dates, worked out once per start day and then looked up."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from checkout_kit.calendars import NoUsableDay, WorkCalendar
from checkout_kit.calendars.zones import EPOCH, TICK
from checkout_kit.errors import Fault, InputError
from checkout_kit.promise.rule import Destination, Pickup, ShipFrom, Transit, no_usable_day, range_faults
from checkout_kit.promise.start import Start
from checkout_kit.promise.value import DeliveryPromise

_MEMO_DAYS = 1024

_Spans = tuple[tuple[dt.timedelta, DeliveryPromise | None], ...]


@frozen(kw_only=True)
class PromiseRule:
    """Everything one lane's dates depend on; `handling_days` is a (minimum, maximum) of working days.

    Raises:
        InputError: a negative or reversed range, or pickup weekdays on which nobody works.
    """

    ship_from: ShipFrom
    handling_days: tuple[int, int] = (0, 0)
    pickup: Pickup = field(factory=Pickup)
    transit: Transit
    destination: Destination
    handover: WorkCalendar = field(init=False, eq=False, repr=False)
    transit_calendar: WorkCalendar | None = field(init=False, eq=False, repr=False)
    _answers: dict[int, tuple[int, DeliveryPromise]] = field(init=False, eq=False, repr=False, factory=dict)
    _days: dict[int, _Spans] = field(init=False, eq=False, repr=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        faults = range_faults(self.handling_days, "handling")
        if not set(self.ship_from.working_weekdays) & set(self.pickup.weekdays):
            remedy = "name a weekday on which goods are packed and collected"
            found = repr(self.pickup.weekdays)
            faults.append(Fault("pickup.weekdays", "no working weekday of ship_from", found, remedy))
        if faults:
            raise InputError(faults)
        pickup = WorkCalendar(weekdays=self.pickup.weekdays, holidays=self.pickup.holidays)
        object.__setattr__(self, "handover", pickup.intersection(self.ship_from.calendar))
        object.__setattr__(self, "transit_calendar", _transit_calendar(self.transit, self.destination))

    def answer(self, start: Start, floor: int) -> DeliveryPromise:
        """The promise for an order with that start, not before `floor`, the destination's date at ordering.

        Raises:
            InputError: a step finds no usable day within 366 days; the field is named.
        """
        known = self._answers.get(start.key)
        if known is not None and floor <= known[0]:
            return known[1]
        return self._reckon(start, floor)

    def _reckon(self, start: Start, floor: int) -> DeliveryPromise:
        fewest, most = self.handling_days
        soonest = self._handover_day(start.day, fewest)
        ship_by = soonest if most == fewest else self._handover_day(start.day, most)
        first = self._arrival_day(soonest, self.transit.days[0])
        last = self._arrival_day(ship_by, self.transit.days[1])
        earliest = self._delivery_day(max(first, floor))
        promise = DeliveryPromise(
            earliest=dt.date.fromordinal(earliest),
            latest=dt.date.fromordinal(self._delivery_day(max(last, floor))),
            ships_earliest=dt.date.fromordinal(soonest),
            ships_on=dt.date.fromordinal(ship_by),
            order_by=start.order_by,
        )
        if floor <= first:
            if len(self._answers) >= _MEMO_DAYS:
                self._answers.clear()
            self._answers[start.key] = (earliest, promise)
        return promise

    def _learn_day(self, utc_day: int) -> _Spans:
        """The promises of one UTC day, each with the last instant it holds for; None where there is none."""
        spans: list[tuple[dt.timedelta, DeliveryPromise | None]] = []
        floors = iter(self.destination.local.of_day(utc_day))
        midnight, floor = next(floors)
        for last, start in self.ship_from.starts.of_day(utc_day):
            while midnight <= last:
                spans.append((midnight - TICK, self._answer_or_none(start, floor)))
                midnight, floor = next(floors, (dt.timedelta.max, floor))
            spans.append((last, self._answer_or_none(start, floor)))
        if len(self._days) >= _MEMO_DAYS:
            self._days.clear()
        known = self._days[utc_day] = tuple(spans)
        return known

    def _answer_or_none(self, start: Start | None, floor: int) -> DeliveryPromise | None:
        try:
            return None if start is None else self.answer(start, floor)
        except InputError:
            return None

    def _handover_day(self, start_day: int, handling_days: int) -> int:
        try:
            ready = self.ship_from.calendar.after(start_day, handling_days)
        except NoUsableDay as error:
            raise no_usable_day("ship_from.holidays", "working day", error) from error
        try:
            return self.handover.on_or_after(ready)
        except NoUsableDay as error:
            raise no_usable_day("pickup.holidays", "pickup on a working day", error) from error

    def _arrival_day(self, handover_day: int, transit_days: int) -> int:
        if self.transit_calendar is None:
            return handover_day + transit_days
        try:
            return self.transit_calendar.after(handover_day, transit_days)
        except NoUsableDay as error:
            own = self.transit.weekdays is not None or self.transit.holidays is not None
            path = "transit.holidays" if own else "destination.holidays"
            raise no_usable_day(path, "transit day", error) from error

    def _delivery_day(self, arrival: int) -> int:
        try:
            return self.destination.calendar.on_or_after(arrival)
        except NoUsableDay as error:
            raise no_usable_day("destination.holidays", "delivery day", error) from error


def _transit_calendar(transit: Transit, destination: Destination) -> WorkCalendar | None:
    if transit.kind == "calendar" or transit.weekdays == ():
        return None
    if transit.weekdays is not None:
        return WorkCalendar(weekdays=transit.weekdays, holidays=transit.holidays or ())
    if transit.holidays is not None:
        return WorkCalendar(weekdays=destination.delivery_weekdays, holidays=transit.holidays)
    return destination.calendar


def promise(rule: PromiseRule, placed_at: dt.datetime, release_on: dt.date | None = None) -> DeliveryPromise:
    """When an order placed at that instant arrives; `release_on` is the day before which goods are not there.

    Raises:
        InputError: `placed_at` is naive, or a step finds no usable day within 366 days; the field is named.
    """
    if release_on is None:
        try:
            since = placed_at - EPOCH
            for last, answer in rule._days.get(since.days) or rule._learn_day(since.days):
                if since <= last:
                    if answer is not None:
                        return answer
                    break
        except (TypeError, OverflowError):
            pass
    start = rule.ship_from.start_at(placed_at, release_on)
    return rule.answer(start, rule.destination.day_at(placed_at))


def combine(how: Literal["all", "best"], promises: Sequence[DeliveryPromise]) -> DeliveryPromise:
    """One promise for several packages: `all` arrive (the latest of every field) or the `best` one does.

    The best is the one with the smallest (latest, earliest), the first of equals.

    Raises:
        InputError: no promise, or another word for `how`.
    """
    if not promises:
        raise InputError.of("shipments", "no shipment to combine", remedy="give at least one")
    if how == "best":
        return min(promises, key=lambda each: (each.latest, each.earliest))
    if how != "all":
        raise InputError.of("combine", "not a way to combine", found=how, remedy="use 'all' or 'best'")
    cutoffs = [each.order_by for each in promises if each.order_by is not None]
    misses = [1 - each.confidence for each in promises if each.confidence is not None]
    return DeliveryPromise(
        earliest=max(each.earliest for each in promises),
        latest=max(each.latest for each in promises),
        ships_earliest=max(each.ships_earliest for each in promises),
        ships_on=max(each.ships_on for each in promises),
        order_by=max(cutoffs, default=None),
        confidence=max(0.0, 1 - sum(misses)) if len(misses) == len(promises) else None,
    )
