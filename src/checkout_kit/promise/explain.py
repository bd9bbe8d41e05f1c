"""How a promise came about: every day on the way, counted or skipped, with the reason."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Literal

from attrs import frozen

from checkout_kit.calendars import WorkCalendar
from checkout_kit.calendars.zones import EPOCH
from checkout_kit.promise.document import named_day
from checkout_kit.promise.engine import PromiseRule, promise

Stage = Literal["order", "start", "handling", "handover", "transit", "delivery"]
Reason = Literal[
    "",
    "not_a_working_day",
    "working_holiday",
    "cutoff_passed",
    "not_released",
    "not_a_pickup_day",
    "pickup_holiday",
    "not_a_transit_day",
    "transit_holiday",
    "not_a_delivery_day",
    "delivery_holiday",
    "before_today_there",
]

_SENTENCES: dict[str, str] = {
    "not_a_working_day": "nobody works at the ship-from place",
    "working_holiday": "holiday at the ship-from place",
    "cutoff_passed": "the cut-off was at {cutoff}",
    "not_released": "the goods are not there before {release}",
    "not_a_pickup_day": "the carrier does not collect",
    "pickup_holiday": "the carrier does not collect on this holiday",
    "not_a_transit_day": "no transit day",
    "transit_holiday": "holiday on the way",
    "not_a_delivery_day": "no delivery at the destination",
    "delivery_holiday": "holiday at the destination",
    "before_today_there": "this day is over at the destination already",
}
_COUNTED: dict[Stage, str] = {
    "order": "ordered",
    "start": "counts as the day of the order",
    "handling": "packing day {number} of {total}",
    "handover": "handed over to the carrier",
    "transit": "transit day {number} of {total}",
    "delivery": "delivered",
}


@frozen(kw_only=True)
class DayStep:
    """One day of one stage; `reason` says why it was skipped and is empty where it counted.

    `number` of `total` tells the days of handling and of transit apart, 0 elsewhere.
    """

    stage: Stage
    day: dt.date
    reason: Reason = ""
    number: int = 0
    total: int = 0
    sentence: str


def explain_promise(
    rule: PromiseRule,
    placed_at: dt.datetime,
    release_on: dt.date | None = None,
    *,
    bound: Literal["earliest", "latest"] = "latest",
) -> tuple[DayStep, ...]:
    """The days that lead from the order to the promise's `latest` (or `earliest`), in order.

    The last step is that very day; a day may take part in several stages.

    Raises:
        InputError: as `promise` does.
    """
    promise(rule, placed_at, release_on)
    return tuple(_steps(rule, placed_at, release_on, 0 if bound == "earliest" else 1))


def _steps(
    rule: PromiseRule, placed_at: dt.datetime, release_on: dt.date | None, bound: int
) -> Iterator[DayStep]:
    origin, goal = rule.ship_from, rule.destination
    cutoffs, zone = origin.starts.cutoffs, origin.starts.cutoffs.zone
    order_day = placed_at.astimezone(origin.starts.local.zone).date()
    start = origin.start_at(placed_at, release_on)
    release = release_on if start.order_by is None else None

    def cutoff_of(day: int) -> str:
        return f"{(EPOCH + cutoffs.instant(day)).astimezone(zone):%H:%M}"

    def off(day: int) -> Reason:
        return _off(origin.calendar, day, "not_a_working_day", "working_holiday")

    def not_started(day: int) -> Reason:
        if release is not None and day < release.toordinal():
            return "not_released"
        return off(day) or ("" if release is not None else "cutoff_passed")

    def not_handed_over(day: int) -> Reason:
        if off(day):
            return off(day)
        if day in rule.handover:
            return ""
        is_holiday = dt.date.fromordinal(day).isoweekday() in rule.pickup.weekdays
        return "pickup_holiday" if is_holiday else "not_a_pickup_day"

    def not_moving(day: int) -> Reason:
        if rule.transit_calendar is None:
            return ""
        return _off(rule.transit_calendar, day, "not_a_transit_day", "transit_holiday")

    floor = goal.day_at(placed_at)

    def not_delivered(day: int) -> Reason:
        if day < floor:
            return "before_today_there"
        return _off(goal.calendar, day, "not_a_delivery_day", "delivery_holiday")

    yield _counted("order", order_day.toordinal())
    for day in range(order_day.toordinal(), start.day):
        reason = not_started(day)
        cutoff = cutoff_of(day) if reason == "cutoff_passed" else ""
        yield _skipped("start", day, reason, cutoff=cutoff, release=str(release))
    yield _counted("start", start.day)
    ready = start.day
    for step in _counting("handling", ready, rule.handling_days[bound], off):
        ready = step.day.toordinal()
        yield step
    handed_over = rule.handover.on_or_after(ready)
    yield from (_skipped("handover", day, not_handed_over(day)) for day in range(ready, handed_over))
    yield _counted("handover", handed_over)
    arrival = handed_over
    for step in _counting("transit", arrival, rule.transit.days[bound], not_moving):
        arrival = step.day.toordinal()
        yield step
    delivered = goal.calendar.on_or_after(max(arrival, floor))
    yield from (_skipped("delivery", day, not_delivered(day)) for day in range(arrival, delivered))
    yield _counted("delivery", delivered)


def _counting(stage: Stage, day: int, total: int, why_not: Callable[[int], Reason]) -> Iterator[DayStep]:
    number = 0
    while number < total:
        day += 1
        reason = why_not(day)
        if reason:
            yield _skipped(stage, day, reason)
        else:
            number += 1
            yield _counted(stage, day, number, total)


def _off(calendar: WorkCalendar, day: int, weekday: Reason, holiday: Reason) -> Reason:
    if day in calendar:
        return ""
    return holiday if dt.date.fromordinal(day).isoweekday() in calendar.weekdays else weekday


def _counted(stage: Stage, day: int, number: int = 0, total: int = 0) -> DayStep:
    date = dt.date.fromordinal(day)
    sentence = f"{named_day(date)}: " + _COUNTED[stage].format(number=number, total=total)
    return DayStep(stage=stage, day=date, number=number, total=total, sentence=sentence)


def _skipped(stage: Stage, day: int, reason: Reason, *, cutoff: str = "", release: str = "") -> DayStep:
    date = dt.date.fromordinal(day)
    sentence = f"{named_day(date)}: skipped, " + _SENTENCES[reason].format(cutoff=cutoff, release=release)
    return DayStep(stage=stage, day=date, reason=reason, sentence=sentence)
