"""What holds for every rule: explanations end where promises do, time never brings an order forward."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checkout_kit.calendars import WorkCalendar
from checkout_kit.errors import InputError
from checkout_kit.promise import TrackingEvent, explain_promise, promise, re_promise
from checkout_kit.promise.feeds import delivery_terms, last_order_for
from checkout_kit.promise.given import rule_given
from tests.oracles.promise_cases import anchor, random_instant, random_shipment

RANDOM = st.randoms(use_true_random=False)


def _rule_and_instant(rng, zone="America/New_York"):
    near = anchor(rng, zone)
    shipment = random_shipment(rng, near, zone)
    release = shipment.pop("release_on", None)
    try:
        rule = rule_given(shipment)
        placed_at = dt.datetime.fromisoformat(random_instant(rng, near, shipment))
        promise(rule, placed_at)
    except InputError:
        assume(False)
    return rule, placed_at, dt.date.fromisoformat(release) if release else None


@settings(max_examples=60, deadline=None)
@given(RANDOM)
def test_an_explanation_ends_where_the_promise_does(rng):
    """The last day of each chain is the promised one, and days never go back."""
    rule, placed_at, release_on = _rule_and_instant(rng)
    try:
        found = promise(rule, placed_at, release_on)
    except InputError:
        return
    for bound in ("earliest", "latest"):
        steps = explain_promise(rule, placed_at, release_on, bound=bound)
        assert steps[-1].day == getattr(found, bound)
        days = [step.day for step in steps]
        assert days == sorted(days)
        assert [step.day for step in steps if step.stage == "handover"][-1] == (
            found.ships_earliest if bound == "earliest" else found.ships_on
        )


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.integers(0, 5 * 86400))
def test_a_later_order_is_never_promised_sooner(rng, seconds):
    """With one usual cut-off, waiting never pays."""
    rule, placed_at, _ = _rule_and_instant(rng, "Europe/Berlin")
    try:
        later = promise(rule, placed_at + dt.timedelta(seconds=seconds))
    except InputError:
        return
    first = promise(rule, placed_at)
    assert (first.earliest, first.latest, first.ships_on) <= (later.earliest, later.latest, later.ships_on)
    assert first.earliest <= first.latest
    assert first.ships_earliest <= first.ships_on


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.integers(0, 13 * 86400))
def test_a_reader_who_counts_weekdays_is_never_told_an_earlier_last_day(rng, seconds):
    """Cut-off, handling and transit of a feed, counted in bare weekdays, never end before the promise."""
    rule, placed_at, _ = _rule_and_instant(rng)
    origin = rule.ship_from
    first_day = placed_at.astimezone(ZoneInfo(origin.tz)).date()
    order = placed_at + dt.timedelta(seconds=seconds)
    try:
        terms = delivery_terms(rule, first_day, days=21)
        found = promise(rule, order)
    except InputError:
        return
    assume(
        origin.cutoff_tz in ("", origin.tz)
        and found.latest > order.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    )
    assume(first_day.isoformat() not in ("2026-11-01", "2027-03-14"))
    local = order.astimezone(ZoneInfo(origin.tz))
    works = WorkCalendar(weekdays=terms.handling_weekdays)
    day = local.date().toordinal()
    is_late = (local.hour * 60 + local.minute) * 60 + local.second > terms.cutoff
    start = works.on_or_after(day + 1 if is_late and day in works else day)
    ships = works.after(start, terms.handling_days[1])
    arrives = WorkCalendar(weekdays=terms.transit_weekdays).after(ships, terms.transit_days[1])
    assert dt.date.fromordinal(arrives) >= found.latest


@settings(max_examples=200, deadline=None)
@given(RANDOM)
def test_the_last_order_for_a_day_is_the_last(rng):
    """Just before that cut-off the order is there in time; after it no order for two weeks is."""
    rule, placed_at, _ = _rule_and_instant(rng, "Europe/Berlin")
    assume(rule.ship_from.cutoff_tz == "")
    wanted = promise(rule, placed_at).latest
    found = last_order_for(rule, wanted)
    if found is None:
        return
    assert promise(rule, found - dt.timedelta(microseconds=1)).latest <= wanted
    for hours in range(1, 14 * 24, 5):
        try:
            later = promise(rule, found + dt.timedelta(hours=hours))
        except InputError:
            continue
        assert later.latest > wanted


STATUSES = ("handed_over", "in_transit", "customs_hold", "delayed", "out_for_delivery", "delivery_attempted")
SCANS = st.lists(st.tuples(st.sampled_from((*STATUSES, "delivered")), st.integers(0, 20 * 24)), max_size=5)


@settings(max_examples=80, deadline=None)
@given(RANDOM, SCANS, st.integers(0, 25 * 24))
def test_what_is_under_way_is_never_promised_for_a_day_gone_by(rng, scans, hours):
    """Until it is delivered the new promise is today at the destination, or later, and a cause is given."""
    rule, placed_at, _ = _rule_and_instant(rng)
    before = promise(rule, placed_at)
    now = placed_at + dt.timedelta(hours=hours)
    events = [TrackingEvent(status=status, at=placed_at + dt.timedelta(hours=at)) for status, at in scans]
    try:
        found = re_promise(before, events, now, rule=rule)
    except InputError:
        return
    known = [event for event in events if event.at <= now]
    if any(event.status == "delivered" for event in known):
        assert found.cause == "delivered"
        return
    assert found.promise.latest.toordinal() >= rule.destination.day_at(now)
    assert found.promise.earliest <= found.promise.latest
    is_moved = (found.promise.earliest, found.promise.latest) != (before.earliest, before.latest)
    assert is_moved == (found.cause is not None)
