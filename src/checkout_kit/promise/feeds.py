"""Promises for product pages and merchant feeds: handling, cut-off and transit in plain weekdays.

Those formats know weekdays and one cut-off, no holidays and no pickup days. The terms are therefore taken
from the days just ahead, holidays and all, so that a reader who counts weekdays is never told an earlier last
day than the checkout promises. Prices are handed in as text; this room knows none.
"""

import datetime as dt
from decimal import Decimal

from attrs import frozen

from checkout_kit.calendars import WorkCalendar
from checkout_kit.calendars.zones import TICK, load_zone, wall_instant
from checkout_kit.errors import InputError
from checkout_kit.promise.engine import PromiseRule, promise

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@frozen(kw_only=True)
class DeliveryTerms:
    """What a rule comes to for orders of some days, in weekdays: (minimum, maximum) of handling and transit.

    `cutoff` is the earliest of those days, in seconds since midnight of `cutoff_tz`; `closed` are the
    ship-from holidays among them.
    """

    handling_days: tuple[int, int]
    transit_days: tuple[int, int]
    handling_weekdays: tuple[int, ...]
    transit_weekdays: tuple[int, ...]
    cutoff: int
    cutoff_tz: str
    cutoff_offset: str
    closed: tuple[dt.date, ...]


def delivery_terms(rule: PromiseRule, first_day: dt.date, *, days: int = 14) -> DeliveryTerms:
    """The terms of every order for the `days` ship-from days from `first_day` on.

    Raises:
        InputError: a step finds no usable day within 366 days.
    """
    origin, goal = rule.ship_from, rule.destination
    works = WorkCalendar(weekdays=origin.working_weekdays)
    delivers = WorkCalendar(weekdays=goal.delivery_weekdays)
    start = first_day.toordinal()
    ahead = [day for day in range(start, start + max(days, 7)) if day in works]
    handling: list[int] = []
    transit: list[int] = []
    for day in ahead:
        found = rule.answer(origin.released_on(day), 0)
        for shipped, arrives in (
            (found.ships_earliest, found.earliest),
            (found.ships_on, found.latest),
        ):
            handling.append(works.count(day, shipped.toordinal()))
            transit.append(delivers.count(shipped.toordinal(), arrives.toordinal()))
    cutoffs = origin.starts.cutoffs
    offset = dt.datetime(first_day.year, first_day.month, first_day.day, 12, tzinfo=cutoffs.zone)
    return DeliveryTerms(
        handling_days=(min(handling), max(handling)),
        transit_days=(min(transit), max(transit)),
        handling_weekdays=origin.working_weekdays,
        transit_weekdays=goal.delivery_weekdays,
        cutoff=min(cutoffs.seconds(day) for day in ahead),
        cutoff_tz=cutoffs.zone.key,
        cutoff_offset=offset.isoformat()[19:],
        closed=tuple(day for day in origin.holidays if start <= day.toordinal() < start + days),
    )


def offer_shipping_details(
    terms: DeliveryTerms, *, price: str, currency: str, country: str, regions: tuple[str, ...] = ()
) -> dict[str, object]:
    """A schema.org OfferShippingDetails as JSON-LD; `price` is a decimal text in major units.

    Source: https://schema.org/OfferShippingDetails and ShippingDeliveryTime, version 29.
    """
    destination: dict[str, object] = {"@type": "DefinedRegion", "addressCountry": country}
    if regions:
        destination["addressRegion"] = list(regions)
    return {
        "@context": "https://schema.org",
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": price, "currency": currency},
        "shippingDestination": destination,
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "businessDays": _business_days(terms),
            "cutoffTime": _clock(terms.cutoff) + terms.cutoff_offset,
            "handlingTime": _days(terms.handling_days),
            "transitTime": _days(terms.transit_days),
        },
    }


def merchant_service(
    terms: DeliveryTerms, *, name: str, price: str, currency: str, countries: tuple[str, ...]
) -> dict[str, object]:
    """One service of a merchant's shipping settings, at a flat price given as a decimal text in major units.

    Source: google.shopping.merchant.accounts.v1 Service, as of 2026-11.
    """
    cutoff = min(terms.cutoff, 86399)
    return {
        "serviceName": name,
        "active": True,
        "deliveryCountries": list(countries),
        "currencyCode": currency,
        "shipmentType": "DELIVERY",
        "deliveryTime": {
            "minHandlingDays": terms.handling_days[0],
            "maxHandlingDays": terms.handling_days[1],
            "minTransitDays": terms.transit_days[0],
            "maxTransitDays": terms.transit_days[1],
            "cutoffTime": {
                "hour": cutoff // 3600,
                "minute": cutoff // 60 % 60,
                "timeZone": terms.cutoff_tz,
            },
            "handlingBusinessDayConfig": {"businessDays": _upper(terms.handling_weekdays)},
            "transitBusinessDayConfig": {"businessDays": _upper(terms.transit_weekdays)},
        },
        "rateGroups": [
            {
                "applicableShippingLabels": [],
                "singleValue": {
                    "flatRate": {
                        "amountMicros": str(int(Decimal(price) * 1_000_000)),
                        "currencyCode": currency,
                    }
                },
            }
        ],
    }


def last_order_for(rule: PromiseRule, arrive_by: dt.date, *, days: int = 60) -> dt.datetime | None:
    """Until when an order is promised by that day ("order by ... for Christmas"); None if none is.

    That is a cut-off, or the end of the day at a destination where the day ends sooner. `days` is how far
    back from `arrive_by` to look.
    """
    starts = rule.ship_from.starts
    day_ends = wall_instant(arrive_by.toordinal() + 1, 0, load_zone(rule.destination.tz))
    for day in range(arrive_by.toordinal(), arrive_by.toordinal() - days - 1, -1):
        if day in starts.calendar:
            cutoff = starts.cutoffs.instant(day)
            until = starts.shown(min(cutoff, day_ends))
            try:
                found = promise(rule, until - TICK)
            except InputError:
                continue
            if found.latest <= arrive_by and found.order_by == starts.shown(cutoff):
                return until
    return None


def _business_days(terms: DeliveryTerms) -> list[dict[str, object]]:
    week: dict[str, object] = {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [f"https://schema.org/{_WEEKDAYS[day - 1]}" for day in terms.handling_weekdays],
    }
    closed: list[dict[str, object]] = [
        {
            "@type": "OpeningHoursSpecification",
            "opens": "00:00:00",
            "closes": "00:00:00",
            "validFrom": day.isoformat(),
            "validThrough": day.isoformat(),
        }
        for day in terms.closed
    ]
    return [week, *closed]


def _days(days: tuple[int, int]) -> dict[str, object]:
    return {"@type": "QuantitativeValue", "minValue": days[0], "maxValue": days[1], "unitCode": "DAY"}


def _clock(seconds: int) -> str:
    """A time of day; the midnight that ends it is its last second, for a format that knows no 24:00."""
    seconds = min(seconds, 86399)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _upper(weekdays: tuple[int, ...]) -> list[str]:
    return [_WEEKDAYS[day - 1].upper() for day in weekdays]
