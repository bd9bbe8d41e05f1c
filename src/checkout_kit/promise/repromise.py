"""A new promise from what the parcel has been through, and the cause of the change."""

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from attrs import frozen

from checkout_kit.calendars import NoUsableDay, WorkCalendar
from checkout_kit.promise.engine import PromiseRule
from checkout_kit.promise.rule import no_usable_day
from checkout_kit.promise.tracking import Cause, Tracking, TrackingEvent
from checkout_kit.promise.value import DeliveryPromise

_DAY = dt.timedelta(days=1)


@frozen(kw_only=True)
class RePromise:
    """The promise as it stands now; `promise` is None when the parcel goes back to the sender.

    `cause` says why the dates are not those first promised, and is None while they are.
    """

    before: DeliveryPromise
    promise: DeliveryPromise | None
    cause: Cause | None

    @property
    def days_later(self) -> int:
        """By how many days `latest` has moved, negative when the parcel comes sooner; 0 on its way back."""
        return (self.promise.latest - self.before.latest).days if self.promise else 0


def re_promise(
    before: DeliveryPromise, events: Iterable[TrackingEvent], now: dt.datetime, *, rule: PromiseRule
) -> RePromise:
    """What can be promised `now` of an order promised `before` under `rule`.

    Events may come in any order, late or doubled. A day held by customs or by a delay, if only in part, is
    no transit day; a missed attempt is made again on the next delivery day; what is overdue is promised no
    sooner than today.

    Raises:
        InputError: `now` is naive, or a step finds no usable day within 366 days.
    """
    tracking = Tracking.of(event for event in events if event.at <= now)
    today = dt.date.fromordinal(rule.destination.day_at(now))
    try:
        dates, cause = _dates(before, tracking, rule, now, today)
    except NoUsableDay as error:
        raise no_usable_day("destination.holidays", "delivery day", error) from error
    if dates is None:
        return RePromise(before=before, promise=None, cause=cause)
    same = (dates.earliest, dates.latest) == (before.earliest, before.latest)
    is_news = cause == "delivered" or not same
    return RePromise(before=before, promise=dates, cause=cause if is_news else None)


def _dates(
    before: DeliveryPromise, tracking: Tracking, rule: PromiseRule, now: dt.datetime, today: dt.date
) -> tuple[DeliveryPromise | None, Cause]:
    here, there = rule.ship_from.starts.local.zone, rule.destination.local.zone
    first, last = tracking.handed_over, tracking.last
    if last is None:
        return _not_handed_over(before, rule, now, today)
    assert first is not None
    shipped = _day(first.at, here)
    if last.status == "delivered":
        day = _day(last.at, there)
        return _promise(shipped, day, day), "delivered"
    if last.status == "returned":
        return None, "returned"
    if last.status == "delivery_attempted":
        day = _delivery_day(rule, max(_day(last.at, there) + _DAY, today))
        return _promise(shipped, day, day), "missed_delivery"
    if last.status == "out_for_delivery":
        day = _delivery_day(rule, max(_day(last.at, there), today))
        return _promise(shipped, day, day), "out_for_delivery" if day <= before.latest else "overdue"
    return _under_way(before, rule, tracking, shipped, now)


def _not_handed_over(
    before: DeliveryPromise, rule: PromiseRule, now: dt.datetime, today: dt.date
) -> tuple[DeliveryPromise, Cause]:
    day = _day(now, rule.ship_from.starts.local.zone)
    if day <= before.ships_on and today <= before.latest:
        return before, "late_handover"
    shipped = dt.date.fromordinal(rule.handover.on_or_after(max(day, before.ships_on).toordinal()))
    return _travelled(rule, shipped, (), today), "late_handover"


def _under_way(
    before: DeliveryPromise, rule: PromiseRule, tracking: Tracking, shipped: dt.date, now: dt.datetime
) -> tuple[DeliveryPromise, Cause]:
    zone = rule.destination.local.zone
    today = _day(now, zone)
    held: list[dt.date] = []
    cause: Cause = "late_handover" if shipped > before.ships_on else "early_handover"
    for stop, ended in tracking.holds(now):
        cause = "customs_hold" if stop.status == "customs_hold" else "carrier_delay"
        day = _day(stop.at, zone)
        while day <= _day(ended, zone):
            held.append(day)
            day += _DAY
    promise = _travelled(rule, shipped, held, today)
    if not held and promise.latest != _travelled(rule, shipped, held, shipped).latest:
        cause = "overdue"
    return promise, cause


def _travelled(
    rule: PromiseRule, shipped: dt.date, held: Sequence[dt.date], today: dt.date
) -> DeliveryPromise:
    """The dates of a parcel handed over on `shipped` that stood still on the `held` days."""
    moving = rule.transit_calendar or WorkCalendar(weekdays=range(1, 8))
    if held:
        moving = WorkCalendar(weekdays=moving.weekdays, holidays=(*moving.holidays, *held))
    start = shipped.toordinal()
    earliest, latest = (
        _delivery_day(rule, max(dt.date.fromordinal(moving.after(start, days)), today))
        for days in rule.transit.days
    )
    return _promise(shipped, earliest, latest)


def _delivery_day(rule: PromiseRule, day: dt.date) -> dt.date:
    return dt.date.fromordinal(rule.destination.calendar.on_or_after(day.toordinal()))


def _day(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    return instant.astimezone(zone).date()


def _promise(shipped: dt.date, earliest: dt.date, latest: dt.date) -> DeliveryPromise:
    return DeliveryPromise(earliest=earliest, latest=latest, ships_earliest=shipped, ships_on=shipped)
