"""The chain of days behind a promise, each skipped day with its reason."""

import datetime as dt

import pytest

from checkout_kit.errors import InputError
from checkout_kit.promise import Destination, Pickup, PromiseRule, ShipFrom, Transit, explain_promise

HOLIDAY = dt.date(2026, 11, 26)


def _rule(**parts):
    given = {
        "ship_from": ShipFrom(tz="America/New_York", cutoff="14:00", holidays=[HOLIDAY]),
        "handling_days": (0, 1),
        "transit": Transit(days=(1, 2)),
        "destination": Destination(tz="America/Chicago", holidays=[HOLIDAY]),
    }
    return PromiseRule(**{**given, **parts})


def _chain(rule, placed_at, **options):
    steps = explain_promise(rule, dt.datetime.fromisoformat(placed_at), **options)
    return [f"{step.stage} {step.day.day} {step.reason}".strip() for step in steps]


def test_every_day_has_its_reason():
    """Wed late before Thanksgiving: cut-off, holiday, weekend, and the days that count."""
    assert _chain(_rule(), "2026-11-25T15:00:00-05:00") == [
        "order 25",
        "start 25 cutoff_passed",
        "start 26 working_holiday",
        "start 27",
        "handling 28 not_a_working_day",
        "handling 29 not_a_working_day",
        "handling 30",
        "handover 30",
        "transit 1",
        "transit 2",
        "delivery 2",
    ]


def test_the_earliest_bound_has_its_own_chain():
    """Minimum handling and transit, the same start."""
    chain = _chain(_rule(), "2026-11-25T10:00:00-05:00", bound="earliest")
    assert chain == [
        "order 25",
        "start 25",
        "handover 25",
        "transit 26 transit_holiday",
        "transit 27",
        "delivery 27",
    ]


def test_release_pickup_and_delivery_days():
    """Waiting for the goods, for the carrier and for a delivery day."""
    rule = _rule(
        handling_days=(0, 0),
        pickup=Pickup(weekdays=[4], holidays=[dt.date(2026, 12, 3)]),
        transit=Transit(days=(1, 1), kind="calendar"),
        destination=Destination(
            tz="America/Chicago", delivery_weekdays=[1, 2], holidays=[dt.date(2026, 12, 14)]
        ),
    )
    placed_at, release_on = "2026-11-30T10:00:00-05:00", dt.date(2026, 12, 2)
    assert _chain(rule, placed_at, release_on=release_on) == [
        "order 30",
        "start 30 not_released",
        "start 1 not_released",
        "start 2",
        "handover 2 not_a_pickup_day",
        "handover 3 pickup_holiday",
        "handover 4 not_a_pickup_day",
        "handover 5 not_a_working_day",
        "handover 6 not_a_working_day",
        "handover 7 not_a_pickup_day",
        "handover 8 not_a_pickup_day",
        "handover 9 not_a_pickup_day",
        "handover 10",
        "transit 11",
        "delivery 11 not_a_delivery_day",
        "delivery 12 not_a_delivery_day",
        "delivery 13 not_a_delivery_day",
        "delivery 14 delivery_holiday",
        "delivery 15",
    ]


def test_a_day_already_over_at_the_destination():
    """By label it would arrive on a date that is gone there."""
    rule = _rule(
        ship_from=ShipFrom(tz="Pacific/Honolulu", cutoff="20:00"),
        handling_days=(0, 0),
        transit=Transit(days=(0, 0), kind="calendar"),
        destination=Destination(tz="Asia/Tokyo"),
    )
    chain = _chain(rule, "2027-03-08T18:00:00-10:00")
    assert chain[-2:] == ["delivery 8 before_today_there", "delivery 9"]


def test_steps_read_aloud():
    """Each step is a sentence with its date, numbered where it is one of several days."""
    steps = explain_promise(_rule(), dt.datetime.fromisoformat("2026-11-25T15:00:00-05:00"))
    sentences = [step.sentence for step in steps]
    assert sentences[1] == "Wed 2026-11-25: skipped, the cut-off was at 14:00"
    assert sentences[-2] == "Wed 2026-12-02: transit day 2 of 2"


def test_what_has_no_promise_has_no_chain():
    """The error of the promise itself."""
    with pytest.raises(InputError, match="placed_at"):
        explain_promise(_rule(), dt.datetime(2026, 11, 25))
