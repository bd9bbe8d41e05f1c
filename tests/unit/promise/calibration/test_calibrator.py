"""The calibrator keeps its promises, knows no future, and says when it knows too little."""

from datetime import date, datetime, timedelta

import pytest
from attrs import evolve

from checkout_kit.errors import InputError
from checkout_kit.promise.calibration import (
    CalibrationSettings,
    OrderFacts,
    PromiseBasis,
    PromiseCalibrator,
    backtest,
    dumped,
)
from tests.oracles.invented_shop import OPENED, invented_orders

SETTINGS = CalibrationSettings(confidences=(0.95,), numbers=("weight_g",))


def facts(zone="NEAR", *, at=OPENED + timedelta(days=200), seller="seller-1"):
    """An order of today, as the shop knows it."""
    return OrderFacts(
        order_id="new", purchased_at=at, origin=("HOME",), destination=(zone, f"{zone}-1"), seller=seller
    )


@pytest.fixture(scope="module")
def learned():
    """A calibrator that has seen 200 days of an invented shop."""
    as_of = (OPENED + timedelta(days=200)).date()
    return PromiseCalibrator.learn(invented_orders(days=200), as_of=as_of, settings=SETTINGS)


def predicted(orders, *, since, until=None):
    """Every prediction of a backtest."""
    steps = backtest(orders, since=since, until=until, settings=SETTINGS)
    return [each for step in steps for each in step.predictions]


def on_time(orders, since):
    """Share kept and mean promised days of a backtest."""
    found = predicted(orders, since=since)
    kept = [each.delivered_on <= each.promised_on for each in found]
    return sum(kept) / len(kept), sum(each.promised_days for each in found) / len(found)


def test_a_near_lane_is_promised_sooner_than_a_far_one(learned):
    """Each lane gets the date its own parcels keep."""
    near, far = (learned.promise(facts(zone)).promised_date for zone in ("NEAR", "FAR"))
    assert near < far


def test_a_slow_seller_is_promised_later(learned):
    """Hand-over times are learned per seller."""
    quick, slow = (learned.promise(facts(seller=name)).promised_date for name in ("seller-0", "seller-5"))
    assert quick < slow


def test_a_promise_is_never_before_the_minimum_of_the_rules(learned):
    """The rules' earliest date wins over a quicker history, and the promise says so."""
    earliest = (OPENED + timedelta(days=260)).date()
    promise = learned.promise(facts(), rules_minimum=earliest)
    assert promise.promised_date == earliest
    assert promise.basis is PromiseBasis.RULES_MINIMUM


def test_a_minimum_before_the_learned_date_changes_nothing(learned):
    """The rules' minimum is a floor, not a target."""
    promise = learned.promise(facts(), rules_minimum=OPENED.date())
    assert promise == learned.promise(facts())
    assert promise.basis is PromiseBasis.LEARNED


def test_promising_changes_nothing(learned):
    """Asking any number of times leaves the answer as it was."""
    before = learned.promise(facts())
    for zone in ("FAR", "MIDDLE", "NOWHERE"):
        learned.promise(facts(zone))
    assert learned.promise(facts()) == before


def test_too_little_history_is_said_and_the_rules_stand():
    """Below the needed number of mature orders there is no date, and the reason counts them."""
    calibrator = PromiseCalibrator.learn(
        invented_orders(days=30), as_of=(OPENED + timedelta(days=30)).date(), settings=SETTINGS
    )
    promise = calibrator.promise(facts(), rules_minimum=date(2026, 3, 1))
    assert promise.promised_date is None
    assert promise.basis is PromiseBasis.TOO_LITTLE_HISTORY
    assert "0 mature orders, 400 needed" in promise.reason


def test_preparing_with_too_little_history_is_refused():
    """There is nothing to prepare before anything was learned."""
    with pytest.raises(InputError, match="too little"):
        PromiseCalibrator(SETTINGS).prepare(facts())


def test_a_confidence_not_set_up_is_refused(learned):
    """The message names what can be asked for."""
    with pytest.raises(InputError, match=r"0\.95"):
        learned.promise(facts(), confidence=0.5)


@pytest.mark.parametrize("levels", [(), (0.2,), (0.95, 1.0)])
def test_settings_refuse_senseless_confidences(levels):
    """A confidence below a half or of one is refused."""
    with pytest.raises(InputError, match="confidences"):
        CalibrationSettings(confidences=levels)


def test_a_prepared_promise_gives_the_same_dates(learned):
    """What was prepared for a kind of order answers as the calibrator does at that instant."""
    prepared = learned.prepare(facts())
    at = facts().purchased_at
    assert prepared.date_for(at) == learned.promise(facts()).promised_date
    later = date(2027, 1, 1)
    assert prepared.date_for(at, later) == later


def test_an_unknown_lane_borrows_from_the_wider_one(learned):
    """A town never seen is promised like its zone, not like the whole shop."""
    new_town = evolve(facts("FAR"), destination=("FAR", "FAR-new"))
    near = learned.promise(facts("NEAR")).promised_date
    assert learned.promise(new_town).promised_date > near


def test_events_of_unknown_orders_are_passed_over(learned):
    """A hand-over or delivery of an order never told leaves the promise as it is."""
    as_of = (OPENED + timedelta(days=100)).date()
    told = PromiseCalibrator.learn(invented_orders(days=100), as_of=as_of, settings=SETTINGS)
    at = datetime(2026, 4, 15, 9)
    before = told.promise(facts(at=at))
    told.handed_over("nobody", at)
    told.delivered("nobody", at)
    assert told.promise(facts(at=at)) == before


def test_what_happens_after_an_order_never_changes_its_promise():
    """Deliveries and hand-overs stamped after a purchase may be anything: the promise stays the same."""
    orders = invented_orders(days=120)
    cut = OPENED + timedelta(days=100)
    changed = tuple(
        evolve(
            order,
            handed_over_at=order.handed_over_at if order.handed_over_at < cut else None,
            delivered_at=order.delivered_at
            if order.delivered_at < cut
            else order.delivered_at + timedelta(days=30),
        )
        for order in orders
    )
    assert changed != orders
    since, until = (cut - timedelta(days=20)).date(), (cut - timedelta(days=1)).date()
    dates = [
        [each.promised_on for each in predicted(told, since=since, until=until)] for told in (orders, changed)
    ]
    assert len(dates[0]) == 20 * 20
    assert dates[0] == dates[1]


def test_the_order_of_rows_does_not_matter():
    """A history is replayed by time of purchase, however its rows are sorted."""
    orders = invented_orders(days=90)
    since = (OPENED + timedelta(days=85)).date()
    forward, backward = (
        {each.order_id: each.promised_on for each in predicted(told, since=since)}
        for told in (orders, tuple(reversed(orders)))
    )
    assert forward == backward


def test_a_steady_shop_keeps_as_often_as_asked():
    """In an unchanging world the share kept is the confidence, and that not by promising late."""
    kept, days = on_time(invented_orders(), (OPENED + timedelta(days=120)).date())
    assert 0.94 <= kept <= 0.975
    assert days < 17


def test_a_slower_world_is_noticed():
    """When every transit takes half as long again, promises made a month later are kept as before."""
    orders = invented_orders(days=260, slower_from=150, slower_by=1.5)
    kept, _ = on_time(orders, (OPENED + timedelta(days=180)).date())
    assert kept >= 0.93


def test_a_faster_world_shortens_promises():
    """When transit halves, promises made a month later are shorter by a third or more."""
    opening = (OPENED + timedelta(days=185)).date()
    _, before = on_time(invented_orders(days=230), opening)
    kept, after = on_time(invented_orders(days=230, slower_from=150, slower_by=0.5), opening)
    assert after < before * 2 / 3
    assert kept >= 0.93


def test_a_sparse_zone_is_kept_too():
    """A zone with one order in fifty still keeps its promises, because its margin is judged by itself."""
    orders = invented_orders(days=300, orders_a_day=30, rare_zone_share=0.02)
    since = (OPENED + timedelta(days=120)).date()
    found = [
        p for s in backtest(orders, since=since, settings=SETTINGS) for p in s.predictions if p.zone == "RARE"
    ]
    assert sum(p.delivered_on <= p.promised_on for p in found) / len(found) >= 0.9


def test_an_order_told_twice_counts_once():
    """Telling a known order again changes neither what is remembered nor any promise."""
    as_of = (OPENED + timedelta(days=100)).date()
    once, twice = (
        PromiseCalibrator.learn(invented_orders(days=100), as_of=as_of, settings=SETTINGS) for _ in range(2)
    )
    at = datetime(2026, 4, 15, 9)
    for _ in range(2):
        twice.order_placed(facts(at=at))
    once.order_placed(facts(at=at))
    assert dumped(once) == dumped(twice)


def test_absurd_figures_still_give_a_date(learned):
    """A figure beyond all bounds stretches a promise no further than the longest one."""
    absurd = evolve(facts(), numbers=(("weight_g", 1e308),))
    promise = learned.promise(absurd)
    assert promise.promised_date <= (OPENED + timedelta(days=200 + 250)).date()
