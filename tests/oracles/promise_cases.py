"""Random scenario inputs that crowd the edges: DST nights, cut-offs to the microsecond, blocked years."""

import datetime as dt
import functools
from zoneinfo import ZoneInfo

from tests.oracles.promise_walk import cutoff_instant

ZONES = (
    "America/New_York Europe/Berlin Europe/London Asia/Tokyo Asia/Kolkata Australia/Lord_Howe Pacific/Apia "
    "Pacific/Kiritimati Pacific/Pago_Pago Pacific/Kwajalein America/St_Johns Atlantic/Azores America/Havana "
    "America/Santiago America/Asuncion America/Sao_Paulo Africa/Casablanca Africa/Cairo Asia/Beirut "
    "Asia/Kathmandu Pacific/Chatham Antarctica/Troll Pacific/Auckland America/Los_Angeles UTC Etc/GMT+12"
).split()
YEARS = {
    "Pacific/Apia": (2010, 2011, 2012),
    "Pacific/Kwajalein": (1993,),
    "America/St_Johns": (2006, 2027),
    "America/Sao_Paulo": (2017, 2018, 2027),
    "America/Asuncion": (2023, 2024, 2027),
}
WEEKS = (
    *3 * [[1, 2, 3, 4, 5]],
    *3 * [[1, 2, 3, 4, 5, 6]],
    *2 * [[1, 2, 3, 4, 5, 6, 7]],
    [2, 4],
    [7],
    [1, 3, 5, 7],
)
TIMES = "00:00 00:30 01:30 02:00 02:15 02:30 03:00 09:00 12:00 14:00 17:30 23:00 23:30 23:59 24:00".split()
TICK = dt.timedelta(microseconds=1)


@functools.cache
def transitions(zone_name):
    """The instants, to the second, at which the zone's offset changes in the years tried for it."""
    zone = ZoneInfo(zone_name)
    found = []
    for year in YEARS.get(zone_name, (2026, 2027)):
        low = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        while low.year == year:
            high = low + dt.timedelta(days=1)
            if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
                left, right = low, high
                while right - left > dt.timedelta(seconds=1):
                    middle = left + (right - left) // 2
                    same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                    left, right = (middle, right) if same else (left, middle)
                found.append(right.replace(microsecond=0))
            low = high
    return tuple(found)


def anchor(rng, zone_name):
    """An instant around which the case plays: mostly a night on which the clocks change."""
    changes = transitions(zone_name)
    if changes and rng.random() < 0.6:
        return rng.choice(changes)
    year = rng.choice(YEARS.get(zone_name, (2026, 2027)))
    return dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=rng.randrange(365 * 1440))


def random_holidays(rng, near):
    """Mostly a few days around; now and then a block that leaves no usable day, or only just."""
    day = near.date()
    roll = rng.random()
    if roll < 0.006:
        length = rng.choice((350, 364, 365, 366, 367, 368, 369, 372, 400))
        start = day + dt.timedelta(days=rng.randrange(-3, 12))
        return [(start + dt.timedelta(days=i)).isoformat() for i in range(length)]
    return [
        (day + dt.timedelta(days=rng.randrange(-2, 15))).isoformat()
        for _ in range(rng.choice((0, 0, 1, 3, 6)))
    ]


def random_shipment(rng, near, zone_name):
    """One package."""
    origin = {
        "tz": zone_name,
        "cutoff": rng.choice(TIMES),
        "working_weekdays": rng.choice(WEEKS),
        "holidays": random_holidays(rng, near),
    }
    if rng.random() < 0.3:
        origin["cutoff_tz"] = rng.choice(ZONES)
    if rng.random() < 0.3:
        days = rng.sample("1234567", rng.randrange(1, 4))
        origin["cutoff_by_weekday"] = {day: rng.choice(TIMES) for day in days}
    if rng.random() < 0.3:
        days = [(near.date() + dt.timedelta(days=rng.randrange(-1, 4))).isoformat() for _ in range(3)]
        origin["cutoff_by_date"] = {day: rng.choice(TIMES) for day in days}
    least = rng.choice((0, 0, 0, 1, 2, 5))
    handling = {"min": least, "max": least + rng.choice((0, 0, 1, 2, 30))}
    pickup = {"weekdays": rng.choice(WEEKS)}
    if rng.random() < 0.5:
        pickup["holidays"] = random_holidays(rng, near)
    least = rng.choice((0, 0, 1, 2, 4))
    transit = {
        "min": least,
        "max": least + rng.choice((0, 1, 3, 20)),
        "kind": rng.choice(("business", "calendar")),
    }
    if rng.random() < 0.4:
        transit["weekdays"] = rng.choice((*WEEKS, []))
    if rng.random() < 0.4:
        transit["holidays"] = random_holidays(rng, near)
    destination = {
        "tz": rng.choice(ZONES),
        "delivery_weekdays": rng.choice(WEEKS),
        "holidays": random_holidays(rng, near),
    }
    shipment = {
        "ship_from": origin,
        "handling": handling,
        "pickup": pickup,
        "transit": transit,
        "destination": destination,
    }
    if rng.random() < 0.2:
        shipment["release_on"] = (near.date() + dt.timedelta(days=rng.randrange(-3, 20))).isoformat()
    return shipment


def random_instant(rng, near, shipment):
    """When the order is placed: at or next to a cut-off, a change of clocks or a midnight, or anywhere."""
    roll = rng.random()
    if roll < 0.4:
        day = near.date() + dt.timedelta(days=rng.randrange(-2, 4))
        base = cutoff_instant(day, shipment["ship_from"])
    elif roll < 0.6:
        base = near
    elif roll < 0.8:
        zone = ZoneInfo(shipment[rng.choice(("ship_from", "destination"))]["tz"])
        day = near.date() + dt.timedelta(days=rng.randrange(-1, 3))
        base = dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)
    else:
        base = near + dt.timedelta(minutes=rng.randrange(-3000, 3000))
    base += rng.choice((-TICK, 0 * TICK, TICK, dt.timedelta(minutes=rng.randrange(-90, 90))))
    shown_in = rng.choice((dt.UTC, dt.timezone(dt.timedelta(hours=rng.randrange(-11, 14)))))
    return base.astimezone(shown_in).isoformat()


def random_given(rng):
    """The `given` of one scenario."""
    zone_name = rng.choice(ZONES)
    near = anchor(rng, zone_name)
    shipment = random_shipment(rng, near, zone_name)
    placed_at = random_instant(rng, near, shipment)
    if rng.random() < 0.1:
        more = [random_shipment(rng, near, rng.choice(ZONES)) for _ in range(rng.randrange(0, 3))]
        return {
            "placed_at": placed_at,
            "combine": rng.choice(("all", "best")),
            "shipments": [shipment, *more],
        }
    given = {"placed_at": placed_at, **shipment}
    return spoilt(rng, given) if rng.random() < 0.03 else given


def spoilt(rng, given):
    """The same with one fault of rule 13."""
    origin, goal = dict(given["ship_from"]), dict(given["destination"])
    kind = rng.randrange(8)
    if kind == 0:
        return {**given, "placed_at": given["placed_at"][:19]}
    if kind == 1:
        return {**given, "ship_from": {**origin, "tz": "Mars/Olympus"}}
    if kind == 2:
        return {**given, "destination": {**goal, "delivery_weekdays": []}}
    if kind == 3:
        return {**given, "handling": {"min": 3, "max": 2}}
    if kind == 4:
        return {**given, "transit": {**given["transit"], "min": -1}}
    if kind == 5:
        return {**given, "pickup": {"weekdays": [8]}}
    if kind == 6:
        return {**given, "ship_from": {**origin, "cutoff_tz": "EST5EDTX"}}
    return {**given, "ship_from": {**origin, "cutoff": "24:01"}}
