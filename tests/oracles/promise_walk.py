"""A second answer to every scenario: one day at a time, from the written semantics, sharing no code.

Slow on purpose: plain dates, no tables and no arithmetic on days; each rule of the semantics is one loop.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo, available_timezones

ZONES = frozenset(available_timezones())
ONE = dt.timedelta(days=1)


class Impossible(Exception):
    """Rule 13: the input has no answer."""


def walk_given(given):
    """The four dates and `order_by` of a scenario's `given`, or Impossible."""
    placed_at = read_instant(given["placed_at"])
    if "shipments" not in given:
        return walk(placed_at, given)
    answers = [walk(placed_at, each) for each in given["shipments"]]
    if not answers or given["combine"] not in {"all", "best"}:
        raise Impossible("shipments")
    if given["combine"] == "best":
        return sorted(answers, key=lambda each: (each["latest"], each["earliest"]))[0]
    together = {}
    for name in ("ships_earliest", "ships_on", "earliest", "latest", "order_by"):
        values = [each[name] for each in answers if each[name] is not None]
        together[name] = sorted(values)[-1] if values else None
    return together


def walk(placed_at, shipment):
    """One package, walked day by day."""
    origin, goal, transit = shipment["ship_from"], shipment["destination"], shipment["transit"]
    check(shipment)
    zone = ZoneInfo(origin["tz"])
    works = day_test(origin["working_weekdays"], origin.get("holidays") or [])
    collects = day_test(shipment["pickup"]["weekdays"], shipment["pickup"].get("holidays") or [])
    delivers = day_test(goal["delivery_weekdays"], goal.get("holidays") or [])
    travels = delivers
    if transit.get("weekdays") is not None:
        travels = day_test(transit["weekdays"], transit.get("holidays") or [])
    elif transit.get("holidays") is not None:
        travels = day_test(goal["delivery_weekdays"], transit["holidays"])

    order_day = placed_at.astimezone(zone).date()

    def in_time(day):
        return works(day) and placed_at <= cutoff_instant(day, origin)

    start = first(in_time, order_day)
    order_by = cutoff_instant(start, origin)
    release = shipment.get("release_on")
    if release is not None and start < dt.date.fromisoformat(release):
        start = first(works, dt.date.fromisoformat(release))
        order_by = None

    today_there = placed_at.astimezone(ZoneInfo(goal["tz"])).date()
    ships, arrives = {}, {}
    for bound in ("min", "max"):
        ready = start
        for _ in range(shipment["handling"][bound]):
            ready = first(works, ready + ONE, since=ready)
        ships[bound] = first(lambda day: works(day) and collects(day), ready)
        arrival = ships[bound]
        for _ in range(transit[bound]):
            if transit["kind"] == "calendar":
                arrival += ONE
            else:
                arrival = first(travels, arrival + ONE, since=arrival)
        if arrival < today_there:
            arrival = today_there
        arrives[bound] = first(delivers, arrival)
    return {
        "ships_earliest": ships["min"],
        "ships_on": ships["max"],
        "earliest": arrives["min"],
        "latest": arrives["max"],
        "order_by": order_by,
    }


def first(test, day, since=None):
    """The first day from `day` on that passes, at most 366 days after `since`."""
    last = (since or day) + 366 * ONE
    while day <= last:
        if test(day):
            return day
        day += ONE
    raise Impossible(f"no day up to {last}")


def day_test(weekdays, holidays):
    """Whether something is done on a day."""
    closed = {dt.date.fromisoformat(day) for day in holidays}
    return lambda day: day.isoweekday() in weekdays and day not in closed


def cutoff_instant(day, origin):
    """Rule 2, by looking for the UTC instants at which the zone's clocks show the wall time."""
    text = origin["cutoff"]
    text = (origin.get("cutoff_by_weekday") or {}).get(str(day.isoweekday()), text)
    text = (origin.get("cutoff_by_date") or {}).get(day.isoformat(), text)
    hour, minute = (int(part) for part in text.split(":"))
    if hour == 24:
        day, hour = day + ONE, 0
    zone = ZoneInfo(origin.get("cutoff_tz") or origin["tz"])
    wall = dt.datetime(day.year, day.month, day.day, hour, minute)
    as_utc = wall.replace(tzinfo=dt.UTC)
    offsets = {(as_utc + dt.timedelta(hours=h)).astimezone(zone).utcoffset() for h in range(-30, 31)}
    shown = [
        instant
        for instant in (as_utc - offset for offset in offsets)
        if instant.astimezone(zone).replace(tzinfo=None) == wall
    ]
    if shown:
        return min(shown)
    return as_utc - (as_utc - dt.timedelta(hours=30)).astimezone(zone).utcoffset()


def read_instant(text):
    """The order's instant; naive is impossible."""
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise Impossible("placed_at")
    return instant


def check(shipment):
    """The parts of rule 13 that need no calendar."""
    origin, goal, transit = shipment["ship_from"], shipment["destination"], shipment["transit"]
    for name in (origin["tz"], origin.get("cutoff_tz") or origin["tz"], goal["tz"]):
        if name not in ZONES:
            raise Impossible(name)
    texts = [origin["cutoff"], *(origin.get("cutoff_by_weekday") or {}).values()]
    for text in (*texts, *(origin.get("cutoff_by_date") or {}).values()):
        if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text):
            raise Impossible(text)
    if not set(origin.get("cutoff_by_weekday") or {}) <= set("1234567"):
        raise Impossible("cutoff_by_weekday")
    for text in origin.get("cutoff_by_date") or {}:
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            raise Impossible(text) from None
    needed = [origin["working_weekdays"], shipment["pickup"]["weekdays"], goal["delivery_weekdays"]]
    if transit.get("weekdays") is not None and transit["kind"] == "business" and transit["max"] > 0:
        needed.append(transit["weekdays"])
    for weekdays in needed:
        if not weekdays or not set(weekdays) <= {1, 2, 3, 4, 5, 6, 7}:
            raise Impossible("weekdays")
    for part in (shipment["handling"], transit):
        if any(type(part[name]) is not int for name in ("min", "max")):
            raise Impossible("range")
        if not 0 <= part["min"] <= part["max"]:
            raise Impossible("range")
    if transit["kind"] not in {"business", "calendar"}:
        raise Impossible("kind")
