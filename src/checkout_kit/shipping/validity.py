"""Until when an answer holds: cut-offs, windows of dates and hours, and the turn of the day."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from checkout_kit.shipping.conditions import AllOf, AnyOf, Condition, Not, TimeTest
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.rate import Rate

_TICK = dt.timedelta(microseconds=1)


def holds_until(facts: Facts) -> dt.datetime:
    """The last instant at which nothing the clock decides has changed yet, in UTC.

    That is the nearest of: the cut-off each promise depends on (an order exactly at it is in time), the end
    of the day at the policy's zone and at each destination, and the edge of each time window asked about.
    """
    placed_at = facts.request.placed_at
    zones = {facts.settings.zone}
    edges: list[dt.datetime] = []
    for rate in facts.cell.rates:
        if rate is None:
            continue
        if rate.lane is not None:
            zones |= {rate.lane.destination.local.zone, rate.lane.ship_from.starts.local.zone}
            by = rate.lane.ship_from.start_at(placed_at, facts.release_on).order_by
            edges += [] if by is None else [by]
        for test in _time_tests(rate):
            change = test.next_change(facts.local_time())
            edges += [] if change is None else [change - _TICK]
    edges += [_midnight_after(placed_at, zone) - _TICK for zone in zones]
    return min(edge.astimezone(dt.UTC) for edge in edges if edge >= placed_at)


def _midnight_after(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    tomorrow = instant.astimezone(zone).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), zone).astimezone(dt.UTC)


def _time_tests(rate: Rate) -> Iterator[TimeTest]:
    conditions = [guard.condition for guard in rate.guards]
    conditions += [fee.when for fee in rate.surcharges if fee.when is not None]
    conditions += [cut.when for cut in rate.promotions if cut.when is not None]
    conditions += [rate.free.when] if rate.free is not None and rate.free.when is not None else []
    conditions += [when for when in getattr(rate.base, "whens", None) or () if when is not None]
    for condition in conditions:
        yield from _within(condition)


def _within(condition: Condition) -> Iterator[TimeTest]:
    if isinstance(condition, TimeTest):
        yield condition
    elif isinstance(condition, Not):
        yield from _within(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _within(part)
