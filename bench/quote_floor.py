"""The floor of the quote workload: the fastest plain Python written by hand for exactly that answer.

It knows the workload's shape (one origin, rate cards, a threshold, a percentage and a weight surcharge),
takes its own tuples, and answers tuples of option id, price in cents, and the first and last day of arrival.
"""

import datetime as dt
from array import array
from bisect import bisect_left
from collections.abc import Callable
from zoneinfo import ZoneInfo

from checkout_kit.calendars import holidays_for
from checkout_kit.shipping import QuoteRequest

Answer = list[tuple[str, int, dt.date, dt.date]]
FloorRequest = tuple[tuple[tuple[int, int, int], ...], str, str, str, dt.datetime]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def floor_request(request: QuoteRequest) -> FloorRequest:
    """The request as plain tuples: lines of (quantity, unit price, grams), country, region, code, instant."""
    lines = tuple((line.quantity, line.unit_price, line.weight_g or 0) for line in request.cart.lines)
    to = request.destination
    return lines, to.country, to.region, to.postal_code, request.placed_at


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def compile_floor(policy: dict) -> Callable[[FloorRequest], Answer]:
    """The quote as one function over dicts, integer arrays and days."""
    entries, rows, countries, regions, prefixes = rate_tables(policy)
    cuts, _, arrivals = calendar(policy)
    return _quote(entries, rows, countries, regions, prefixes, cuts, arrivals)


def rate_tables(policy: dict) -> tuple[list, list[array], dict, dict, dict]:
    """The options, one integer array per zone, and the zone's number by country, region and prefix."""
    numbers = {name: i for i, name in enumerate(policy["zones"])}
    countries, regions, prefixes = {}, {}, {}
    for name, zone in policy["zones"].items():
        where = zone["where"][0]
        country = where["country"]
        if "postal_codes" in where:
            own = prefixes.setdefault(country, {})
            number = numbers[name]
            for text in where["postal_codes"]:
                own[text[:-1]] = number
        elif "regions" in where:
            regions[country, where["regions"][0]] = numbers[name]
        else:
            countries[country] = numbers[name]
    memo: dict[str, int] = {}
    rows = []
    cards = [method["price"]["zones"] for method in policy["methods"]]
    for name in numbers:
        row = array("i")
        for card in cards:
            for text in card[name]:
                cents = memo.get(text)
                if cents is None:
                    cents = memo[text] = _cents(text)
                row.append(cents)
        rows.append(row)
    entries = []
    for i, method in enumerate(policy["methods"]):
        bounds = tuple(int(text[:-2]) for text in method["price"]["up_to"])
        fees = method.get("surcharges", [])
        free = int(method["free_from"]) * 100 if "free_from" in method else 1 << 60
        entries.append((method["id"], bounds, 8 * i, free, "fuel" in fees, "heavy" in fees))
    return entries, rows, countries, regions, prefixes


def calendar(
    policy: dict,
) -> tuple[list[float], list[tuple[dt.date, dt.date]], list[list[tuple[dt.date, dt.date]]]]:
    """Per start day: its cut-off as a timestamp, when goods leave, and when each option arrives."""
    zone = ZoneInfo("America/New_York")
    holidays = set(holidays_for("US", years=range(2026, 2028)))

    def works(day: dt.date) -> bool:
        return day.isoweekday() < 6 and day not in holidays

    def after(day: dt.date, count: int, is_open: Callable[[dt.date], bool]) -> dt.date:
        while count or not is_open(day):
            day += dt.timedelta(days=1)
            if is_open(day):
                count = max(0, count - 1)
        return day

    def weekday(day: dt.date) -> bool:
        return day.isoweekday() < 6

    cuts, leaving, arrivals = [], [], []
    day = dt.date(2026, 10, 25)
    while day < dt.date(2026, 12, 20):
        day += dt.timedelta(days=1)
        if not works(day):
            continue
        cuts.append(dt.datetime.combine(day, dt.time(14), zone).timestamp())
        leaving.append((after(day, 0, works), after(day, 1, works)))
        found = []
        for method in policy["methods"]:
            words = policy["services"][method["service"]]["transit"].split()
            least, _, most = words[0].partition("-")
            ends = []
            for leaves, transit in zip(leaving[-1], (int(least), int(most or least)), strict=True):
                if words[1] == "calendar":
                    ends.append(after(leaves + dt.timedelta(days=transit), 0, weekday))
                else:
                    ends.append(after(leaves, transit, weekday))
            found.append((ends[0], ends[1]))
        arrivals.append(found)
    return cuts, leaving, arrivals


def _quote(entries, rows, countries, regions, prefixes, cuts, arrivals):
    def quote(request: FloorRequest) -> Answer:
        lines, country, region, code, placed_at = request
        goods = weight = 0
        for quantity, price, grams in lines:
            goods += quantity * price
            weight += quantity * grams
        zone = None
        own = prefixes.get(country)
        if own is not None and code:
            zone = own.get(code[:5])
            if zone is None:
                zone = own.get(code[:4])
                if zone is None:
                    zone = own.get(code[:3])
        if zone is None:
            zone = regions.get((country, region))
            if zone is None:
                zone = countries.get(country)
                if zone is None:
                    return []
        row = rows[zone]
        is_heavy = weight > 10_000
        answer = []
        dates = arrivals[bisect_left(cuts, placed_at.timestamp())]
        for (option, bounds, at, free, has_fuel, has_heavy), (earliest, latest) in zip(
            entries, dates, strict=True
        ):
            tier = bisect_left(bounds, weight)
            if tier > 7:
                continue
            if goods >= free:
                answer.append((option, 0, earliest, latest))
                continue
            price = row[at + tier]
            if has_fuel:
                price += (price * 250 + 1000) // 2000
            if has_heavy and is_heavy:
                price += 750
            answer.append((option, price, earliest, latest))
        return answer

    return quote
