"""Until when an answer holds: cut-offs, windows of dates and hours, and the turn of the day."""

import datetime as dt

from checkout_kit.calendars import LocalDays
from checkout_kit.calendars.zones import EPOCH, TICK
from checkout_kit.errors import InputError
from checkout_kit.shipping.facts import Facts

_DAY = dt.timedelta(days=1)


def holds_until(facts: Facts) -> dt.datetime:
    """The last instant at which nothing the clock decides has changed yet, in UTC.

    That is the nearest of: the cut-off each promise depends on (an order exactly at it is in time), the end
    of the day where goods leave and where they arrive, and the edge of each time window asked about. Where
    the clock decides nothing it is a day later.
    """
    plan = facts.cell.plan
    since = facts.request.placed_at - EPOCH
    nearest = since + _DAY
    for ship_from in plan.ship_froms:
        try:
            by = ship_from.start_at(facts.request.placed_at, facts.release_on).order_by
        except InputError:
            by = None
        if by is not None:
            nearest = min(nearest, by - EPOCH)
        nearest = min(nearest, _end_of_day(ship_from.starts.local, since))
    for destination in plan.destinations:
        nearest = min(nearest, _end_of_day(destination.local, since))
    for test in plan.time_tests:
        change = test.next_change(facts.local_time())
        if change is not None:
            nearest = min(nearest, change - EPOCH - TICK)
    return EPOCH + nearest


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
