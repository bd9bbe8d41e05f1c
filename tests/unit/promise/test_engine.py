"""The rule engine's own promises: what it shares, what it refuses, how it combines."""

import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from checkout_kit.errors import InputError
from checkout_kit.promise import (
    DeliveryPromise,
    Destination,
    Pickup,
    PromiseRule,
    ShipFrom,
    Transit,
    combine,
    promise,
    promise_document,
)

NEW_YORK = ShipFrom(tz="America/New_York", cutoff="14:00")
CHICAGO = Destination(tz="America/Chicago")
RULE = PromiseRule(
    ship_from=NEW_YORK, handling_days=(0, 1), transit=Transit(days=(2, 3)), destination=CHICAGO
)
TUESDAY = dt.datetime(2027, 3, 2, 9, tzinfo=ZoneInfo("America/New_York"))
DAY = dt.date(2027, 3, 2)


def _promise(**days):
    return DeliveryPromise(**{"earliest": DAY, "latest": DAY, "ships_earliest": DAY, "ships_on": DAY, **days})


def test_the_hot_loop_gives_the_same_promise():
    """A shared start and a shared day at the destination lead to what `promise` answers."""
    start, floor = NEW_YORK.start_at(TUESDAY), CHICAGO.day_at(TUESDAY)
    assert RULE.answer(start, floor) == promise(RULE, TUESDAY)


def test_orders_of_one_start_day_share_one_value():
    """A promise already reckoned is handed out again, not built again."""
    later = TUESDAY + dt.timedelta(hours=2)
    assert promise(RULE, TUESDAY) is promise(RULE, later)


def test_order_by_has_a_fixed_offset():
    """The cut-off's offset is that of the instant, so differences to it are true durations."""
    before_the_change = dt.datetime(2027, 3, 12, 15, tzinfo=ZoneInfo("America/New_York"))
    order_by = promise(RULE, before_the_change).order_by
    assert order_by.utcoffset() == dt.timedelta(hours=-4)
    assert order_by.tzinfo == dt.timezone(dt.timedelta(hours=-4))
    assert order_by - before_the_change == dt.timedelta(days=2, hours=22)


def test_rules_are_values_that_travel():
    """Equal rules are equal and hashable, and a pickled one answers alike."""
    promise(RULE, TUESDAY)
    copy = pickle.loads(pickle.dumps(RULE))
    assert copy == RULE
    assert hash(copy) == hash(RULE)
    assert promise(copy, TUESDAY) == promise(RULE, TUESDAY)


def test_naive_times_are_refused():
    """An order without an offset has no day."""
    with pytest.raises(InputError, match="placed_at: a time without a zone"):
        promise(RULE, dt.datetime(2027, 3, 2, 9))


@pytest.mark.parametrize("year", [1, 9999])
def test_the_edges_of_the_calendar_era_are_refused(year):
    """An instant whose local day cannot be told is a fault, not an overflow."""
    instant = dt.datetime(year, 1, 1, tzinfo=dt.UTC) if year == 1 else dt.datetime.max.replace(tzinfo=dt.UTC)
    with pytest.raises(InputError, match="placed_at: outside the calendar era"):
        promise(RULE, instant)


def test_all_faults_of_an_origin_are_reported_together():
    """Zones, wall times and weekdays at once."""
    with pytest.raises(InputError) as caught:
        ShipFrom(tz="X/Y", cutoff="26:00", working_weekdays=[], cutoff_tz="Z", cutoff_by_weekday={9: "12:00"})
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["tz", "cutoff_tz", "cutoff_by_weekday.9", "cutoff", "working_weekdays"]


@pytest.mark.parametrize(
    ("build", "path"),
    [
        (lambda: Transit(days=(2, 1)), ""),
        (lambda: Transit(days=(-1, 1)), "min"),
        (lambda: Transit(days=(1, 1), kind="weeks"), "kind"),
        (lambda: Transit(days=(1, 1), weekdays=[]), "weekdays"),
        (lambda: Pickup(weekdays=[]), "weekdays"),
        (lambda: Destination(tz="UTC", delivery_weekdays=[]), "delivery_weekdays"),
        (lambda: evolve(RULE, handling_days=(1, 0)), "handling"),
        (lambda: evolve(RULE, handling_days=(0, 1.5)), "handling.max"),
        (lambda: evolve(RULE, pickup=Pickup(weekdays=[7])), "pickup.weekdays"),
    ],
)
def test_unusable_parts_name_their_field(build, path):
    """Negative and reversed ranges, unknown kinds and empty weeks are refused where they are given."""
    with pytest.raises(InputError) as caught:
        build()
    assert [fault.path for fault in caught.value.faults] == [path]


def test_a_transit_over_no_weekday_is_fine_where_none_is_needed():
    """Calendar days and zero business days count no weekdays."""
    for transit in (Transit(days=(1, 1), kind="calendar", weekdays=[]), Transit(days=(0, 0), weekdays=[])):
        assert promise(evolve(RULE, transit=transit), TUESDAY).latest >= DAY


def test_all_takes_the_latest_of_every_field():
    """Each field is the maximum of the packages', the cut-off included; a missing one does not count."""
    early = _promise(order_by=dt.datetime(2027, 3, 2, 14, tzinfo=dt.UTC))
    late = _promise(latest=DAY + dt.timedelta(days=3), ships_on=DAY + dt.timedelta(days=1))
    assert combine("all", [early, late]) == evolve(late, order_by=early.order_by)


def test_best_takes_the_smallest_latest_then_earliest():
    """One package answers for all: the one that is surely there first, the first of equals."""
    slow = _promise(earliest=DAY, latest=DAY + dt.timedelta(days=2))
    fast = _promise(earliest=DAY + dt.timedelta(days=1), latest=DAY + dt.timedelta(days=1))
    assert combine("best", [slow, fast]) is fast
    twin = evolve(fast)
    assert combine("best", [twin, fast]) is twin


def test_confidence_of_all_is_a_lower_bound():
    """All packages are on time at least with what is left after every one's chance to miss."""
    both = combine("all", [_promise(confidence=0.95), _promise(confidence=0.9)])
    assert both.confidence == pytest.approx(0.85)
    assert combine("all", [_promise(confidence=0.95), _promise()]).confidence is None


@pytest.mark.parametrize(("how", "promises"), [("all", ()), ("some", (_promise(),))])
def test_combining_nothing_or_in_an_unknown_way_is_refused(how, promises):
    """There is no promise for no package, and no third way."""
    with pytest.raises(InputError):
        combine(how, promises)


def test_a_promise_is_written_as_plain_values():
    """Dates and the cut-off in ISO 8601; what a promise does not have is left out."""
    assert promise_document(_promise(confidence=0.9)) == {
        "ships_earliest": "2027-03-02",
        "ships_on": "2027-03-02",
        "earliest": "2027-03-02",
        "latest": "2027-03-02",
        "confidence": 0.9,
    }
    assert promise_document(promise(RULE, TUESDAY))["order_by"] == "2027-03-02T14:00:00-05:00"
