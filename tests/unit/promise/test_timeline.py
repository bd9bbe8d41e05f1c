"""The timeline before and after the order, with and without tracking."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest

from checkout_kit.promise import DeliveryPromise, TrackingEvent, step_text, timeline, timeline_document

HERE, THERE = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago")
PROMISE = DeliveryPromise(
    ships_earliest=dt.date(2027, 3, 8),
    ships_on=dt.date(2027, 3, 9),
    earliest=dt.date(2027, 3, 10),
    latest=dt.date(2027, 3, 12),
    order_by=dt.datetime(2027, 3, 8, 19, tzinfo=dt.UTC),
)
PLACED = dt.datetime(2027, 3, 8, 15, tzinfo=dt.UTC)


def _at(day, hour=18):
    return dt.datetime(2027, 3, day, hour, tzinfo=dt.UTC)


def _states(now, **facts):
    steps = timeline(PROMISE, now, ship_from_tz=HERE, destination_tz=THERE, **facts)
    return " ".join(f"{step.kind}:{step.state}" for step in steps)


def _event(status, day, hour=16):
    return TrackingEvent(status=status, at=_at(day, hour))


def test_on_the_checkout_page_all_is_ahead():
    """Before the order, ordering is the current step and the rest is to come."""
    states = "ordered:current cutoff:upcoming ships:upcoming in_transit:upcoming delivered:upcoming"
    assert _states(PLACED) == states


def test_a_cutoff_gone_by_is_done():
    """Once it has passed, the cut-off is no longer ahead."""
    assert "cutoff:done" in _states(_at(8, 20))


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (_at(8), "ships:current in_transit:upcoming delivered:upcoming"),
        (_at(9), "ships:current in_transit:upcoming delivered:upcoming"),
        (_at(10), "ships:done in_transit:current delivered:current"),
        (_at(20), "ships:done in_transit:current delivered:current"),
    ],
)
def test_without_tracking_the_plan_is_taken_for_true(now, states):
    """A shop without tracking shows the plan, but never says delivered."""
    assert _states(now, placed_at=PLACED) == f"ordered:done cutoff:done {states}"


@pytest.mark.parametrize(
    ("now", "events", "states"),
    [
        (_at(9), [], "ships:current in_transit:upcoming delivered:upcoming"),
        (_at(10), [], "ships:late in_transit:upcoming delivered:upcoming"),
        (_at(9), [("handed_over", 9)], "ships:done in_transit:current delivered:upcoming"),
        (_at(11), [("in_transit", 10)], "ships:done in_transit:current delivered:upcoming"),
        (
            _at(11, 17),
            [("in_transit", 9), ("out_for_delivery", 11)],
            "ships:done in_transit:done delivered:current",
        ),
        (_at(13), [("in_transit", 9)], "ships:done in_transit:current delivered:late"),
        (_at(13), [("delivered", 11), ("in_transit", 12)], "ships:done in_transit:done delivered:done"),
        (_at(9), [("delivered", 11)], "ships:current in_transit:upcoming delivered:upcoming"),
    ],
)
def test_with_tracking_what_should_be_done_and_is_not_is_late(now, events, states):
    """Scans up to now decide; a delivery is never undone, a scan of tomorrow is not known yet."""
    found = _states(now, placed_at=PLACED, events=[_event(*event) for event in events])
    assert found == f"ordered:done cutoff:done {states}"


def test_a_delivered_parcel_shows_its_day():
    """The step carries the day it happened on, in the destination's calendar, and the instant."""
    events = [TrackingEvent(status="delivered", at=dt.datetime(2027, 3, 12, 4, tzinfo=dt.UTC))]
    step = timeline(
        PROMISE, _at(13), ship_from_tz=HERE, destination_tz=THERE, placed_at=PLACED, events=events
    )[-1]
    assert step.first_day == step.last_day == dt.date(2027, 3, 11)


def test_without_a_cutoff_there_is_no_such_step():
    """A pre-order's timeline has four steps."""
    from attrs import evolve

    steps = timeline(evolve(PROMISE, order_by=None), PLACED, ship_from_tz=HERE, destination_tz=THERE)
    assert [step.kind for step in steps] == ["ordered", "ships", "in_transit", "delivered"]


def test_steps_are_plain_json():
    """A page, a message and a help desk read the same values."""
    steps = timeline(PROMISE, PLACED, ship_from_tz=HERE, destination_tz=THERE, placed_at=PLACED)
    document = json.loads(json.dumps(timeline_document(steps)))
    assert document[1] == {
        "kind": "cutoff",
        "state": "done",
        "first_day": "2027-03-08",
        "last_day": "2027-03-08",
        "at": "2027-03-08T19:00:00+00:00",
    }


def test_steps_in_words():
    """A title and the days, the hour where an instant is known."""
    steps = timeline(PROMISE, PLACED, ship_from_tz=HERE, destination_tz=THERE)
    assert step_text(steps[1], PLACED, HERE, "de") == ("Bestellen bis", "heute, 14:00")
    assert step_text(steps[2], PLACED, HERE) == ("Leaves us", "Mon, 8 Mar – Tue, 9 Mar")
