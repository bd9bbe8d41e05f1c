"""Until when an answer holds: cut-offs, windows of dates and hours, and the turn of the day."""

import datetime as dt
from contextlib import suppress

from checkout_kit.calendars import LocalDays, NoUsableDay
from checkout_kit.calendars.zones import EPOCH, TICK
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.lean import LeanPlan

_DAY = dt.timedelta(days=1)
_MEMO_DAYS = 512


def holds_until(facts: Facts, plan: LeanPlan) -> dt.datetime:
    """The last instant at which nothing the clock decides has changed yet, in UTC.

    That is the nearest of: the cut-off each promise depends on (an order exactly at it is in time), the end
    of the day where goods leave and where they arrive, and the edge of each time window asked about. Where
    the clock decides nothing it is a day later.
    """
    since = facts.request.placed_at - EPOCH
    if facts.release_on is not None:
        return EPOCH + min(_end_of_span(facts, plan, since), since + _DAY)
    for last in plan.spans.get(since.days) or _learn(facts, plan, since.days):
        if since <= last:
            latest = since + _DAY
            return EPOCH + (last if last < latest else latest)
    raise AssertionError("the spans of a UTC day cover it")


def _learn(facts: Facts, plan: LeanPlan, utc_day: int) -> tuple[dt.timedelta, ...]:
    """The last instants of the spans of one answer that a UTC day (days since the epoch) falls into."""
    since, stop = dt.timedelta(days=utc_day), dt.timedelta(days=utc_day + 1)
    found: list[dt.timedelta] = []
    while since < stop:
        found.append(_end_of_span(facts, plan, since))
        since = found[-1] + TICK
    if len(plan.spans) >= _MEMO_DAYS:
        plan.spans.clear()
    known = plan.spans[utc_day] = tuple(found)
    return known


def _end_of_span(facts: Facts, plan: LeanPlan, since: dt.timedelta) -> dt.timedelta:
    released = 0 if facts.release_on is None else facts.release_on.toordinal()
    nearest = dt.timedelta(days=since.days + 2)
    for ship_from in plan.ship_froms:
        with suppress(NoUsableDay):
            start = ship_from.starts.at(since)
            if start.order_by is not None and start.day >= released:
                nearest = min(nearest, start.order_by - EPOCH)
        nearest = min(nearest, _end_of_day(ship_from.starts.local, since))
    for destination in plan.destinations:
        nearest = min(nearest, _end_of_day(destination.local, since))
    local = (EPOCH + since).astimezone(facts.settings.zone)
    for test in plan.time_tests:
        change = test.next_change(local)
        if change is not None:
            nearest = min(nearest, change - EPOCH - TICK)
    return nearest


def _end_of_day(local: LocalDays, since: dt.timedelta) -> dt.timedelta:
    """The last instant of the local day, looked for in this UTC day and the next."""
    today: int | None = None
    last = since
    for utc_day in (since.days, since.days + 1):
        for end, day in local.of_day(utc_day):
            if today is None and since < end:
                today = day
            if today is not None and day == today:
                last = end
            elif today is not None:
                return last - TICK
    return last - TICK
