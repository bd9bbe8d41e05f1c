"""Re-promising: what scans change, why, and what they never change."""

import datetime as dt
import random

import pytest

from checkout_kit.errors import InputError
from checkout_kit.promise import (
    Destination,
    PromiseRule,
    ShipFrom,
    Tracking,
    TrackingEvent,
    Transit,
    promise,
    re_promise,
)

RULE = PromiseRule(
    ship_from=ShipFrom(tz="America/New_York", cutoff="14:00"),
    handling_days=(0, 1),
    transit=Transit(days=(2, 3)),
    destination=Destination(tz="America/New_York"),
)
# Mon 8 March 2027: ships Mon-Tue, arrives Wed 10 to Fri 12.
BEFORE = promise(RULE, dt.datetime(2027, 3, 8, 15, tzinfo=dt.UTC))


def _at(day, hour=16):
    return dt.datetime(2027, 3, day, hour, tzinfo=dt.UTC)


def _scan(status, day, hour=16):
    return TrackingEvent(status=status, at=_at(day, hour))


def _after(now, *events):
    found = re_promise(BEFORE, [_scan(*event) for event in events], now, rule=RULE)
    days = (found.promise.earliest.day, found.promise.latest.day) if found.promise else None
    return days, found.cause


@pytest.mark.parametrize(
    ("now", "events", "days", "cause"),
    [
        (_at(8), [], (10, 12), None),
        (_at(9), [], (10, 12), None),
        (_at(9), [("handed_over", 9)], (11, 12), "early_handover"),
        (_at(8), [("handed_over", 8)], (10, 11), "early_handover"),
        (_at(10), [], (12, 15), "late_handover"),
        (_at(11), [("handed_over", 11)], (15, 16), "late_handover"),
        (_at(12), [("handed_over", 9), ("customs_hold", 9, 20)], (16, 17), "customs_hold"),
        (
            _at(12),
            [("handed_over", 9), ("customs_hold", 9, 20), ("in_transit", 11)],
            (15, 16),
            "customs_hold",
        ),
        (_at(10), [("handed_over", 9), ("delayed", 9, 18)], (12, 15), "carrier_delay"),
        (_at(16), [("handed_over", 9)], (16, 16), "overdue"),
        (_at(11), [("handed_over", 9), ("out_for_delivery", 11)], (11, 11), "out_for_delivery"),
        (_at(12), [("handed_over", 9), ("delivery_attempted", 12)], (15, 15), "missed_delivery"),
        (_at(17), [("handed_over", 9), ("delivery_attempted", 12)], (17, 17), "missed_delivery"),
        (_at(12), [("handed_over", 9), ("delivered", 11)], (11, 11), "delivered"),
        (_at(17), [("handed_over", 9), ("out_for_delivery", 16)], (17, 17), "overdue"),
        (_at(12), [("handed_over", 9), ("returned", 12)], None, "returned"),
    ],
)
def test_scans_move_the_promise(now, events, days, cause):
    """New dates with the cause of the change, None while the first promise stands."""
    assert _after(now, *events) == (days, cause)


def test_a_hold_from_before_the_weekend_counts_no_weekend():
    """Held from Fri to Mon: Fri and Mon are lost, Tue is the third transit day."""
    found = _after(_at(15), ("handed_over", 9), ("customs_hold", 12, 14), ("in_transit", 15, 14))
    assert found == ((15, 16), "customs_hold")


def test_a_late_older_scan_never_undoes_a_delivery():
    """Delivered on the 11th stays so, though a scan of the 10th comes in last and one is stamped later."""
    events = [("in_transit", 9), ("delivered", 11), ("in_transit", 10), ("out_for_delivery", 11, 20)]
    assert _after(_at(12), *events) == ((11, 11), "delivered")


def test_order_and_doubles_do_not_matter():
    """Any order of arrival, and any scan sent twice, adds up to the same."""
    events = [_scan("handed_over", 9), _scan("customs_hold", 9, 20), _scan("in_transit", 11)]
    expected = re_promise(BEFORE, events, _at(12), rule=RULE)
    rng = random.Random(1)
    for _ in range(20):
        shuffled = rng.sample(events * 2, 6)
        assert re_promise(BEFORE, shuffled, _at(12), rule=RULE) == expected


def test_what_has_not_happened_yet_is_not_known():
    """A scan stamped after now changes nothing."""
    assert _after(_at(9), ("delivered", 11)) == ((10, 12), None)


def test_days_later_is_the_move_of_the_promise():
    """Positive when later, negative when sooner, 0 on the way back."""
    moves = [
        re_promise(BEFORE, [_scan(*event)], _at(12), rule=RULE).days_later
        for event in (("handed_over", 11), ("delivered", 11), ("returned", 11))
    ]
    assert moves == [4, -1, 0]


def test_tracking_keeps_the_whole_history():
    """Three scans are three entries, in the order they happened."""
    tracking = Tracking.of([_scan("in_transit", 1), _scan("delivered", 3), _scan("in_transit", 2)])
    assert [event.at.day for event in tracking.events] == [1, 2, 3]
    assert tracking.status == "delivered"
    assert Tracking().status is None


def test_a_scan_needs_a_zone():
    """A naive scan cannot be put in order."""
    with pytest.raises(InputError, match="at: a time without a zone"):
        TrackingEvent(status="delivered", at=dt.datetime(2027, 3, 11))


def test_calendar_transit_is_held_on_every_date():
    """Where dates count, a hold from Thu to Sun costs four."""
    rule = PromiseRule(
        ship_from=RULE.ship_from,
        transit=Transit(days=(4, 4), kind="calendar"),
        destination=Destination(tz="America/New_York", delivery_weekdays=range(1, 8)),
    )
    before = promise(rule, _at(8))
    events = [_scan("handed_over", 8), _scan("customs_hold", 11), _scan("in_transit", 14)]
    found = re_promise(before, events, _at(14, 20), rule=rule)
    assert (before.latest.day, found.promise.latest.day, found.cause) == (12, 16, "customs_hold")
