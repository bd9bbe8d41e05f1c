"""Right answers other systems' tests and users' reports give, said in this engine's terms.

The facts are theirs, named by case; the code is not.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from checkout_kit.calendars import WorkCalendar
from checkout_kit.errors import InputError
from checkout_kit.promise import (
    Destination,
    Pickup,
    PromiseRule,
    ShipFrom,
    Tracking,
    TrackingEvent,
    Transit,
    combine,
    promise,
    tracking_url,
)
from checkout_kit.promise.feeds import last_order_for

UK_2017 = [
    dt.date.fromisoformat(f"2017-{day}") for day in "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26".split()
]
LONDON = ZoneInfo("Europe/London")


def _letter(transit_days, transit_weekdays):
    """Taken in every day up to 17:30, printed one working day later, delivered on transit days."""
    return PromiseRule(
        ship_from=ShipFrom(tz="Europe/London", cutoff="17:30", working_weekdays=range(1, 8)),
        handling_days=(1, 1),
        pickup=Pickup(holidays=UK_2017),
        transit=Transit(days=transit_days, weekdays=transit_weekdays, holidays=UK_2017),
        destination=Destination(tz="Europe/London", delivery_weekdays=range(1, 8)),
    )


@pytest.mark.parametrize(
    ("placed_at", "days", "weekdays", "dates"),
    [
        ("2017-07-10T17:29:59", (4, 7), range(1, 6), "2017-07-11 2017-07-17 2017-07-20"),
        ("2017-07-10T17:30:01", (6, 8), range(1, 6), "2017-07-12 2017-07-20 2017-07-24"),
        ("2017-07-13T13:00:00", (1, 1), range(1, 7), "2017-07-14 2017-07-15 2017-07-15"),
        ("2017-07-15T16:59:59", (4, 5), range(1, 6), "2017-07-17 2017-07-21 2017-07-24"),
        ("2017-07-16T17:30:01", (1, 1), range(1, 7), "2017-07-18 2017-07-19 2017-07-19"),
        ("2017-01-02T17:29:59", (6, 8), range(1, 6), "2017-01-03 2017-01-11 2017-01-13"),
        ("2017-01-02T17:30:01", (4, 6), range(1, 6), "2017-01-04 2017-01-10 2017-01-12"),
    ],
)
def test_letters_of_a_public_service(placed_at, days, weekdays, dates):
    """Source: alphagov/notifications-utils, letter timings: print day, first and last delivery day."""
    instant = dt.datetime.fromisoformat(placed_at).replace(tzinfo=LONDON)
    found = promise(_letter(days, weekdays), instant)
    assert f"{found.ships_on} {found.earliest} {found.latest}" == dates


def test_the_local_day_of_an_evening_in_utc():
    """Source: alphagov/notifications-utils: 23:30Z on 6 July 2018 is 7 July in London."""
    instant = dt.datetime(2018, 7, 6, 23, 30, tzinfo=dt.UTC)
    assert Destination(tz="Europe/London").day_at(instant) == dt.date(2018, 7, 7).toordinal()


@pytest.mark.parametrize(
    ("count", "day"), [(1, "2022-12-28"), (-1, "2022-12-24"), (0, "2022-12-26"), (2, "2022-12-29")]
)
def test_working_days_before_and_after_a_double_holiday(count, day):
    """Source: alphagov/notifications-utils: around the bank holidays of 26 and 27 December 2022, Mon-Sat."""
    holidays = [dt.date(2022, 12, 26), dt.date(2022, 12, 27)]
    calendar = WorkCalendar(weekdays=range(1, 7), holidays=holidays)
    assert str(calendar.offset(dt.date(2022, 12, 26), count)) == day


def test_the_next_cutoff():
    """Source: OCA/sale-workflow, cut-off time: after 09:00 in Brussels the next one is tomorrow's, 08:00Z."""
    shop = ShipFrom(tz="Europe/Brussels", cutoff="09:00", working_weekdays=range(1, 8))
    start = shop.start_at(dt.datetime(2020, 3, 25, 18, tzinfo=dt.UTC))
    assert start.order_by == dt.datetime(2020, 3, 26, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(("wall", "arrives"), [("17:59", "2020-06-29"), ("18:01", "2020-06-30")])
def test_each_weekday_has_its_own_cutoff(wall, arrives):
    """Source: myparcelnl/woocommerce issue 349: Mon-Fri 23:00, Sun 18:00, none on Sat; next-day delivery."""
    days = [1, 2, 3, 4, 5, 7]
    rule = PromiseRule(
        ship_from=ShipFrom(
            tz="Europe/Amsterdam", cutoff="23:00", working_weekdays=days, cutoff_by_weekday={7: "18:00"}
        ),
        pickup=Pickup(weekdays=days),
        transit=Transit(days=(1, 1)),
        destination=Destination(tz="Europe/Amsterdam", delivery_weekdays=range(1, 7)),
    )
    placed_at = dt.datetime.fromisoformat(f"2020-06-28T{wall}").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert str(promise(rule, placed_at).latest) == arrives


def _days(least, most):
    return PromiseRule(
        ship_from=ShipFrom(tz="UTC", cutoff="24:00"),
        transit=Transit(days=(least, most)),
        destination=Destination(tz="UTC"),
    )


def test_transit_is_added_to_the_release_never_to_today():
    """Source: shopware/shopware issue 12921: 1-2 days from a release on Mon 16 March 2026."""
    found = promise(_days(1, 2), dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), dt.date(2026, 3, 16))
    assert (str(found.earliest), str(found.latest)) == ("2026-03-17", "2026-03-18")


def test_a_lines_own_delivery_time_stands_beside_the_methods():
    """Source: shopware/shopware, DeliveryBuilder: a line with 4-5 days, others with the method's 2-3: 4-5."""
    monday = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    found = combine("all", [promise(_days(4, 5), monday), promise(_days(2, 3), monday)])
    assert (found.earliest.day, found.latest.day) == (6, 9)


def test_a_late_scan_never_undoes_a_delivery():
    """Source: NEARBuilders/nearmerch.com issue 214: three scans, the older in-transit one received last."""
    scans = [("in_transit", 1, 10), ("delivered", 3, 15), ("in_transit", 2, 9)]
    tracking = Tracking.of(
        TrackingEvent(status=status, at=dt.datetime(2026, 2, day, hour, tzinfo=dt.UTC))
        for status, day, hour in scans
    )
    assert (tracking.status, len(tracking.events)) == ("delivered", 3)


def test_a_number_in_a_tracking_link_is_encoded():
    """Source: solidusio/solidus, shipping methods: a blank becomes %20; no number, no link."""
    template = "https://track.example/{tracking}"
    assert tracking_url(template, "a bcdef") == "https://track.example/a%20bcdef"
    assert tracking_url(template, "1/2?x&y#z") == "https://track.example/1%2F2%3Fx%26y%23z"
    assert tracking_url(template, "") == tracking_url("", "abc") == ""
    with pytest.raises(InputError, match="not the address of a tracking page"):
        tracking_url("javascript:{tracking}", "alert(1)")


def test_the_last_order_before_a_holiday():
    """A shop's usual question in December: next-day delivery by Fri 24 Dec 2027 closes on Thu 23."""
    found = last_order_for(_days(1, 1), dt.date(2027, 12, 24))
    assert found == dt.datetime(2027, 12, 24, tzinfo=dt.UTC)
