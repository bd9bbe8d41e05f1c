"""Compile origins and services: calendars, cut-offs, transit."""

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from checkout_kit.calendars import holidays_for, load_zone
from checkout_kit.errors import InputError
from checkout_kit.promise import Pickup, ShipFrom, Transit
from checkout_kit.promise.faults import gathered
from checkout_kit.shipping.cells import Speed, ZoneCalendar
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.document.places import OriginDocument, ServiceDocument
from checkout_kit.shipping.notation import WEEKDAYS, parse_handling, parse_transit, parse_weekdays

HOLIDAY_YEARS = range(2015, 2046)
"""The years whose public holidays a compiled policy knows."""


@frozen(kw_only=True, eq=False)
class Places:
    """Calendars by name and ship-from places by origin and cut-off; equal ones are made once."""

    context: Context
    _holidays: dict[str, tuple[dt.date, ...]] = field(factory=dict)
    _ship_froms: dict[object, ShipFrom | None] = field(factory=dict)

    def holidays(self, names: tuple[str, ...], path: str) -> tuple[dt.date, ...]:
        """The dates in a list of calendar names and dates."""
        days: set[dt.date] = set()
        for name in names:
            try:
                days.add(dt.date.fromisoformat(name))
            except ValueError:
                days.update(self._calendar(name, path))
        return tuple(sorted(days))

    def _calendar(self, name: str, path: str) -> tuple[dt.date, ...]:
        own = self.context.document.calendars
        if name in own:
            return own[name]
        if name not in self._holidays:
            self._holidays[name] = ()
            try:
                self._holidays[name] = holidays_for(name, years=HOLIDAY_YEARS)
            except InputError:
                remedy = "write a country such as 'US' or 'US-NY', a date, or one of the policy's calendars"
                self.context.fault(path, "not a known holiday calendar", name, remedy)
        return self._holidays[name]

    def check_origins(self) -> None:
        """Note every fault of the origins, used or not."""
        for name, origin in self.context.document.origins.items():
            self._ship_from(name, origin, origin.cutoff, f"origins.{name}")
            self._pickup(origin, None, f"origins.{name}")

    def speed(
        self, origin_name: str, service: ServiceDocument | None, transit: str, path: str
    ) -> Speed | None:
        """The way from an origin with a service; None where the origin or service is faulty."""
        origin = self.context.document.origins.get(origin_name)
        if origin is None:
            return None
        cutoff = origin.cutoff if service is None or service.cutoff is None else service.cutoff
        ship_from = self._ship_from(origin_name, origin, cutoff, path)
        pickup = self._pickup(origin, service, path)
        handling = origin.handling if service is None or service.handling is None else service.handling
        least, most, kind = parse_transit(transit)
        handling_days = parse_handling(handling)
        days = (
            None if service is None or service.transit_days is None else parse_weekdays(service.transit_days)
        )
        delivers = None if service is None or service.delivers is None else parse_weekdays(service.delivers)
        if ship_from is None or pickup is None:
            return None
        is_business = kind == "business"
        return Speed(
            ship_from=ship_from,
            handling_days=handling_days,
            pickup=pickup,
            transit=Transit(
                days=(least, most),
                kind="business" if is_business else "calendar",
                weekdays=days if is_business else None,
            ),
            delivers=delivers,
            same_day=most == 0 and kind == "calendar",
        )

    def _ship_from(
        self, name: str, origin: OriginDocument, cutoff: Mapping[str, str], path: str
    ) -> ShipFrom | None:
        key = (name, tuple(cutoff.items()))
        if key not in self._ship_froms:
            self._ship_froms[key] = None
            with gathered(self.context.faults, path):
                self._ship_froms[key] = self._made(origin, cutoff, path)
        return self._ship_froms[key]

    def _made(self, origin: OriginDocument, cutoff: Mapping[str, str], path: str) -> ShipFrom:
        holidays = self.holidays(origin.holidays, f"{path}.holidays")
        load_zone(origin.timezone, path="timezone")
        if origin.cutoff_timezone:
            load_zone(origin.cutoff_timezone, path="cutoff_timezone")
        default = cutoff.get("default")
        works = parse_weekdays(origin.works)
        if default is None and not all(WEEKDAYS[day - 1] in cutoff for day in works):
            remedy = "write default, or one for every working weekday"
            raise InputError.of(
                "cutoff", "leaves working days without a cut-off", found=dict(cutoff), remedy=remedy
            )
        by_weekday = {WEEKDAYS.index(key) + 1: text for key, text in cutoff.items() if key in WEEKDAYS}
        by_date = {dt.date.fromisoformat(key): text for key, text in cutoff.items() if key[:1].isdigit()}
        return ShipFrom(
            tz=origin.timezone,
            cutoff=default or "00:00",
            working_weekdays=works,
            holidays=holidays,
            cutoff_tz=origin.cutoff_timezone,
            cutoff_by_weekday=by_weekday,
            cutoff_by_date=by_date,
        )

    def _pickup(self, origin: OriginDocument, service: ServiceDocument | None, path: str) -> Pickup | None:
        stated = origin.pickups if service is None or service.pickups is None else service.pickups
        days = parse_weekdays(stated or origin.works)
        if not set(days) & set(parse_weekdays(origin.works)):
            self.context.fault(f"{path}.pickups", "no pickup day is a working day", stated)
            return None
        return Pickup(
            weekdays=days, holidays=self.holidays(origin.pickup_holidays, f"{path}.pickup_holidays")
        )

    def zone_calendars(self) -> tuple[ZoneCalendar, ...]:
        """What each zone states about its own days, in policy order."""
        found = []
        for name, zone in self.context.document.zones.items():
            path = f"zones.{name}"
            if zone.timezone:
                with gathered(self.context.faults, path):
                    load_zone(zone.timezone, path="timezone")
            days = () if zone.delivers is None else parse_weekdays(zone.delivers)
            holidays = self.holidays(zone.holidays, f"{path}.holidays")
            found.append(ZoneCalendar(tz=zone.timezone, delivers=days, holidays=holidays))
        return tuple(found)
