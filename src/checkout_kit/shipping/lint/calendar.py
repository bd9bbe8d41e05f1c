"""Cut-offs, working days and transit times that load but hardly mean what they say."""

import datetime as dt
from collections.abc import Iterator, Mapping

from checkout_kit.shipping.document.places import OriginDocument
from checkout_kit.shipping.document.policy import PolicyDocument
from checkout_kit.shipping.lint.finding import Finding, warn
from checkout_kit.shipping.notation import WEEKDAYS, parse_handling, parse_transit, parse_weekdays

_EARLY = "05:00"
_LONG_TRANSIT_DAYS = 60
_LONG_HANDLING_DAYS = 30
# What a service's name promises, in days; merchants copy a service and forget to change its transit.
_NAMED = {
    "same-day": 0,
    "sameday": 0,
    "next-day": 1,
    "nextday": 1,
    "overnight": 1,
    "one-day": 1,
    "1-day": 1,
    "two-day": 2,
    "2-day": 2,
}


def check_calendar(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful origin, service and transit time."""
    for name, origin in document.origins.items():
        at = f"origins.{name}"
        working = parse_weekdays(origin.works)
        yield from _country(at, origin, document.calendars)
        days_off = {day for day in _listed(origin.holidays) if isinstance(day, dt.date)}
        yield from _cutoffs(origin.cutoff, f"{at}.cutoff", working, days_off)
        if parse_handling(origin.handling)[1] > _LONG_HANDLING_DAYS:
            why = f"over {_LONG_HANDLING_DAYS} working days of handling"
            yield warn(
                "long_time", f"{at}.handling", why, found=repr(origin.handling), mend="check the number"
            )
    for name, service in document.services.items():
        at = f"services.{name}"
        working = tuple(sorted({d for o in document.origins.values() for d in parse_weekdays(o.works)}))
        yield from _cutoffs(service.cutoff or {}, f"{at}.cutoff", working, set())
        yield from _transit(service.transit, f"{at}.transit", name)
    for name, schedule in document.slots.items():
        for i, window in enumerate(schedule.windows):
            if window.capacity == 0:
                at = f"slots.{name}.windows[{i}].capacity"
                yield warn(
                    "no_room", at, "is full from the start", found="0", mend="state how many orders fit"
                )
    for i, method in enumerate(document.methods):
        if method.transit is not None:
            yield from _transit(method.transit, f"methods[{i}].transit", method.service or method.id)


def _country(at: str, origin: OriginDocument, own: Mapping[str, object]) -> Iterator[Finding]:
    """A time zone or a public calendar of another country than the origin's: copied and not edited."""
    from babel.core import get_global

    if origin.address is None:
        return
    country = origin.address.country
    alias = get_global("zone_aliases").get(origin.timezone, origin.timezone)
    there = get_global("zone_territories").get(alias)
    if there not in (None, "001", country):
        why = f"a time zone of {there}, where the address is in {country}"
        yield warn(
            "other_country", f"{at}.timezone", why, found=repr(origin.timezone), mend="use the origin's own"
        )
    named = [name for name in _listed(origin.holidays) if isinstance(name, str) and name not in own]
    calendars = [name for name in named if name[:2].isalpha() and not name[:1].isdigit()]
    if calendars and all(name.partition("-")[0] != country for name in calendars):
        why = f"none is a calendar of {country}, where the address is"
        yield warn(
            "other_country", f"{at}.holidays", why, found=repr(calendars[0]), mend="use the origin's own"
        )


def _listed(holidays: object) -> tuple[object, ...]:
    return tuple(holidays) if isinstance(holidays, tuple | list) else (holidays,)


def _cutoffs(
    cutoff: Mapping[str, str], at: str, working: tuple[int, ...], days_off: set[dt.date]
) -> Iterator[Finding]:
    for rule, clock in cutoff.items():
        here = f"{at}.{rule}" if len(cutoff) > 1 or rule != "default" else at
        if clock == "00:00":
            why = "is the midnight that begins the day, so every order is late"
            yield warn(
                "early_cutoff", here, why, found=repr(clock), mend="write '24:00' for the end of the day"
            )
        elif clock < _EARLY:
            why = "lies in the night before the working day"
            yield warn("early_cutoff", here, why, found=repr(clock), mend="write afternoon hours as '14:00'")
        weekday = _weekday(rule)
        if weekday is not None and weekday not in working:
            why = "a cut-off on a day nobody works"
            yield warn("idle_cutoff", here, why, found=repr(rule), mend="remove it, or work on that day")
        elif rule[:1].isdigit() and dt.date.fromisoformat(rule) in days_off:
            yield warn(
                "idle_cutoff", here, "a cut-off on a holiday", found=repr(rule), mend="remove one of the two"
            )


def _weekday(rule: str) -> int | None:
    if rule in WEEKDAYS:
        return WEEKDAYS.index(rule) + 1
    return dt.date.fromisoformat(rule).isoweekday() if rule[:1].isdigit() else None


def _transit(text: str, at: str, name: str) -> Iterator[Finding]:
    least, most, _ = parse_transit(text)
    if most > _LONG_TRANSIT_DAYS:
        yield warn(
            "long_time", at, f"over {_LONG_TRANSIT_DAYS} days", found=repr(text), mend="check the number"
        )
    plain = name.casefold().replace("_", "-").replace(" ", "-")
    for word, days in _NAMED.items():
        if word in plain and least > days:
            why = f"the name says {word}"
            yield warn("name_and_transit", at, why, found=repr(text), mend="change the name or the days")
            return
