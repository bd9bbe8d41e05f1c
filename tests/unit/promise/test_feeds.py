"""Terms for product pages and merchant feeds."""

import datetime as dt

from checkout_kit.promise import Destination, Pickup, PromiseRule, ShipFrom, Transit, promise
from checkout_kit.promise.feeds import (
    delivery_terms,
    last_order_for,
    merchant_service,
    offer_shipping_details,
)

QUIET = dt.date(2027, 3, 1)


def _rule(**parts):
    given = {
        "ship_from": ShipFrom(tz="America/New_York", cutoff="14:00"),
        "handling_days": (0, 1),
        "transit": Transit(days=(2, 3)),
        "destination": Destination(tz="America/Chicago"),
    }
    return PromiseRule(**{**given, **parts})


def test_in_quiet_weeks_the_terms_are_the_rules_own():
    """Without holidays and with pickup every day nothing is added."""
    terms = delivery_terms(_rule(), QUIET)
    assert (terms.handling_days, terms.transit_days, terms.cutoff) == ((0, 1), (2, 3), 14 * 3600)


def test_a_holiday_ahead_widens_the_terms():
    """A reader who counts weekdays only must not come out sooner than the checkout."""
    holiday = dt.date(2027, 3, 3)
    rule = _rule(ship_from=ShipFrom(tz="America/New_York", cutoff="14:00", holidays=[holiday]))
    terms = delivery_terms(rule, QUIET)
    assert terms.handling_days == (0, 2)
    assert terms.closed == (holiday,)


def test_waiting_for_the_carrier_is_handling():
    """Collected on Fridays only, a Monday order waits four days."""
    assert delivery_terms(_rule(pickup=Pickup(weekdays=[5])), QUIET).handling_days == (0, 5)


def test_calendar_days_are_told_in_delivery_days():
    """Three dates are one to three delivery weekdays, depending on the day of the week."""
    rule = _rule(transit=Transit(days=(3, 3), kind="calendar"))
    assert delivery_terms(rule, QUIET).transit_days == (1, 3)


def test_the_earliest_cutoff_is_told():
    """One cut-off has to do for all days."""
    rule = _rule(ship_from=ShipFrom(tz="America/New_York", cutoff="14:00", cutoff_by_weekday={5: "11:30"}))
    assert delivery_terms(rule, QUIET).cutoff == 11 * 3600 + 30 * 60


def test_offer_shipping_details():
    """A JSON-LD object with rate, region and delivery time."""
    terms = delivery_terms(_rule(), QUIET)
    details = offer_shipping_details(terms, price="3.90", currency="USD", country="US", regions=("NY", "NJ"))
    assert details["shippingRate"] == {"@type": "MonetaryAmount", "value": "3.90", "currency": "USD"}
    assert details["shippingDestination"] == {
        "@type": "DefinedRegion",
        "addressCountry": "US",
        "addressRegion": ["NY", "NJ"],
    }
    delivery = details["deliveryTime"]
    assert delivery["cutoffTime"] == "14:00:00-05:00"
    assert delivery["handlingTime"] == {
        "@type": "QuantitativeValue",
        "minValue": 0,
        "maxValue": 1,
        "unitCode": "DAY",
    }
    assert delivery["businessDays"][0]["dayOfWeek"][0] == "https://schema.org/Monday"


def test_closed_days_are_told_to_those_who_can_read_them():
    """A holiday is an opening hours specification of no hours."""
    rule = _rule(ship_from=ShipFrom(tz="America/New_York", cutoff="24:00", holidays=[dt.date(2027, 3, 3)]))
    details = offer_shipping_details(delivery_terms(rule, QUIET), price="0", currency="USD", country="US")
    closed = details["deliveryTime"]["businessDays"][1]
    assert (closed["validFrom"], closed["opens"], closed["closes"]) == ("2027-03-03", "00:00:00", "00:00:00")
    assert details["deliveryTime"]["cutoffTime"] == "23:59:59-05:00"


def test_merchant_service():
    """Days, cut-off, weekdays and a flat rate in micros."""
    service = merchant_service(
        delivery_terms(_rule(), QUIET), name="Standard", price="3.90", currency="USD", countries=("US",)
    )
    assert service["deliveryTime"] == {
        "minHandlingDays": 0,
        "maxHandlingDays": 1,
        "minTransitDays": 2,
        "maxTransitDays": 3,
        "cutoffTime": {"hour": 14, "minute": 0, "timeZone": "America/New_York"},
        "handlingBusinessDayConfig": {
            "businessDays": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
        },
        "transitBusinessDayConfig": {
            "businessDays": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
        },
    }
    rate = service["rateGroups"][0]["singleValue"]["flatRate"]
    assert rate == {"amountMicros": "3900000", "currencyCode": "USD"}


def test_the_last_order_for_a_day():
    """Order by Fri 17 Dec, 14:00, for Thu 23: one packing day, then three business days."""
    found = last_order_for(_rule(), dt.date(2027, 12, 23))
    assert found == dt.datetime(2027, 12, 17, 14, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert last_order_for(_rule(), dt.date(2027, 12, 23), days=3) is None


def test_the_last_order_ends_with_the_day_at_a_destination_far_east():
    """When the cut-off strikes in Berlin it is tomorrow already in Auckland, where the day ended first."""
    rule = PromiseRule(
        ship_from=ShipFrom(tz="Europe/Berlin", cutoff="14:00", working_weekdays=range(1, 8)),
        transit=Transit(days=(0, 0), kind="calendar"),
        destination=Destination(tz="Pacific/Auckland"),
    )
    friday = dt.date(2027, 12, 3)
    found = last_order_for(rule, friday)
    assert found == dt.datetime(2027, 12, 3, 11, tzinfo=dt.UTC)
    assert promise(rule, found - dt.timedelta(microseconds=1)).latest == friday
    assert promise(rule, found).latest > friday
