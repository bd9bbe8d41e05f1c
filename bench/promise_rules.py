"""Promise speed beside a hand-written floor: one promise, one feed, one year's calendar.

The floor is the fastest plain Python for exactly this lane: one subtraction, one table row per UTC day, one
comparison. It is checked to give the same dates before anything is timed.
"""

import datetime as dt
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from attrs import evolve

from checkout_kit.calendars import WorkCalendar, holidays_for
from checkout_kit.promise import Destination, Pickup, PromiseRule, ShipFrom, Transit, promise
from checkout_kit.promise.calibrated import CalibratedRule
from checkout_kit.promise.calibration import PreparedPromise
from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.columns import promise_columns

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
YEAR = 2027
ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=-5)), ZoneInfo("America/New_York"))

Dates = tuple[dt.date, dt.date, dt.date, dt.date]


def lane(holidays: Sequence[dt.date]) -> PromiseRule:
    """New York to Chicago, handling 0-1, transit 2-3 business days, Saturday delivery."""
    return PromiseRule(
        ship_from=ShipFrom(tz="America/New_York", cutoff="14:00", holidays=holidays),
        handling_days=(0, 1),
        pickup=Pickup(),
        transit=Transit(days=(2, 3)),
        destination=Destination(
            tz="America/Chicago", delivery_weekdays=(1, 2, 3, 4, 5, 6), holidays=holidays
        ),
    )


def floor_table(holidays: Sequence[dt.date]) -> dict[int, tuple[dt.timedelta, Dates, Dates]]:
    """By UTC day: the cut-off in it, the dates of an order up to it, and those of one after it."""
    one, closed = dt.timedelta(days=1), set(holidays)

    def further(day: dt.date, count: int, weekdays: range) -> dt.date:
        while count:
            day += one
            count -= day.isoweekday() in weekdays and day not in closed
        return day

    def dates(day: dt.date) -> Dates:
        start = further(day - one, 1, range(1, 6))
        ship_by = further(start, 1, range(1, 6))
        return (start, ship_by, further(start, 2, range(1, 7)), further(ship_by, 3, range(1, 7)))

    table = {}
    day = dt.date(YEAR, 1, 1)
    while day.year == YEAR:
        cutoff = dt.datetime(day.year, day.month, day.day, 14, tzinfo=ZoneInfo("America/New_York")) - EPOCH
        table[cutoff.days] = (cutoff, dates(day), dates(day + one))
        day += one
    return table


def interleaved(
    one: Callable[[dt.datetime], object],
    other: Callable[[dt.datetime], object],
    orders: Sequence[dt.datetime],
) -> tuple[float, float]:
    """The best seconds per call of both, timed in turns so that a busy machine slows both alike."""
    best = [float("inf"), float("inf")]
    for _ in range(60):
        for i, function in enumerate((one, other)):
            began = time.perf_counter()
            for order in orders:
                function(order)
            best[i] = min(best[i], time.perf_counter() - began)
    return best[0] / len(orders), best[1] / len(orders)


def single() -> float:
    """One promise against the floor, per way of writing the instant; returns the worst ratio."""
    holidays = holidays_for("US-NY", years=(YEAR, YEAR + 1))
    rule, table = lane(holidays), floor_table(holidays)

    def floor(placed_at: dt.datetime) -> Dates:
        since = placed_at - EPOCH
        row = table[since.days]
        return row[1] if since <= row[0] else row[2]

    rng, worst = random.Random(7), 0.0
    for zone in ZONES:
        start = dt.datetime(YEAR, 1, 4, tzinfo=dt.UTC)
        orders = [
            (start + dt.timedelta(seconds=rng.randrange(358 * 86400))).astimezone(zone) for _ in range(2000)
        ]
        for order in orders:
            found = promise(rule, order)
            dates = (found.ships_earliest, found.ships_on, found.earliest, found.latest)
            if dates != floor(order):
                sys.exit(f"the floor answers {floor(order)}, the engine {dates} for {order}")
        ours, floors = interleaved(partial(promise, rule), floor, orders)
        worst = max(worst, ours / floors)
        print(f"one promise, {zone}: {ours * 1e6:.2f} us, floor {floors * 1e6:.2f} us, {ours / floors:.2f}x")
    return worst


def single_calibrated() -> float:
    """One calibrated promise against the rules' floor, many instants of one day; returns the worst ratio."""
    holidays = holidays_for("US-NY", years=(YEAR, YEAR + 1))
    table = floor_table(holidays)
    learned = PreparedPromise(lead_clock_days=3.4, clock=DeliveryClock((1, 1, 1, 1, 1, 0.3, 0.1)))
    rule = CalibratedRule(rule=lane(holidays), learned=learned, confidence=0.95)

    def floor(placed_at: dt.datetime) -> Dates:
        since = placed_at - EPOCH
        row = table[since.days]
        return row[1] if since <= row[0] else row[2]

    worst = 0.0
    for zone in ZONES:
        start = dt.datetime(YEAR, 3, 2, tzinfo=dt.UTC)
        orders = [(start + dt.timedelta(seconds=41 * i)).astimezone(zone) for i in range(2000)]
        ours, floors = interleaved(rule.promise, floor, orders)
        worst = max(worst, ours / floors)
        print(f"calibrated, {zone}: {ours * 1e6:.2f} us, floor {floors * 1e6:.2f} us, {ours / floors:.2f}x")
    return worst


def year_calendar() -> float:
    """Milliseconds to compile a year's calendar and to walk all its working days once."""
    days = holidays_for("US-NY", years=(YEAR,))
    best = float("inf")
    for _ in range(50):
        began = time.perf_counter()
        calendar = WorkCalendar(holidays=days)
        day = dt.date(YEAR, 1, 1).toordinal()
        while day <= dt.date(YEAR, 12, 31).toordinal():
            day = calendar.after(day, 1)
        best = min(best, time.perf_counter() - began)
    return best * 1e3


def lookup() -> float:
    """Milliseconds to look up a year of public holidays and compile them, the import left out."""
    best = float("inf")
    for year in range(YEAR, YEAR + 20):
        began = time.perf_counter()
        WorkCalendar(holidays=holidays_for("US-NY", years=(year,)))
        best = min(best, time.perf_counter() - began)
    return best * 1e3


def feed() -> float:
    """Millions of promises a second for 2 million rows of 2,000 lanes at one instant, all five columns."""
    holidays = holidays_for("US-NY", years=(YEAR, YEAR + 1))
    usual = lane(holidays)
    rules = [evolve(usual, transit=Transit(days=(i % 7, i % 7 + i % 5))) for i in range(2000)]
    index = np.random.default_rng(7).integers(0, len(rules), 2_000_000)
    best = float("inf")
    for _ in range(7):
        began = time.perf_counter()
        found = promise_columns(rules, index, dt.datetime(YEAR, 3, 2, 15, 30, tzinfo=dt.UTC))
        best = min(best, time.perf_counter() - began)
    for row in range(0, len(index), 9973):
        scalar = promise(rules[index[row]], dt.datetime(YEAR, 3, 2, 15, 30, tzinfo=dt.UTC))
        if found.latest[row].astype(object) != scalar.latest:
            sys.exit(f"row {row}: the column says {found.latest[row]}, the scalar {scalar.latest}")
    return len(index) / best / 1e6


def main() -> None:
    """Print every figure, the last line holding all."""
    ratio, calibrated = single(), single_calibrated()
    compiled, looked_up = year_calendar(), lookup()
    print(f"a year's calendar: {compiled:.2f} ms compiled and walked, {looked_up:.2f} ms with its holidays")
    rate = feed()
    print(f"feed at one instant: {rate:.0f} million promises/s on one core")
    print(
        f"promise rules: {ratio:.2f}x floor (goal 2), calibrated {calibrated:.2f}x (goal 5), "
        f"feed {rate:.0f} M/s (goal 10), calendar {compiled:.2f} ms (goal 1)"
    )


if __name__ == "__main__":
    main()
