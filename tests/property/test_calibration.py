"""Calibration holds for any invented shop: kept as asked, floored by the rules, blind to the future."""

from datetime import date, timedelta
from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.promise.calibration import (
    CalibrationSettings,
    OrderFacts,
    PromiseBasis,
    PromiseCalibrator,
    backtest,
    dumped,
    loaded,
)
from checkout_kit.promise.calibration.clock import DeliveryClock, moment_of
from checkout_kit.promise.calibration.pace import median_pace
from tests.oracles.invented_shop import OPENED, invented_orders

LEARNED = PromiseCalibrator.learn(
    invented_orders(days=100),
    as_of=(OPENED + timedelta(days=100)).date(),
    settings=CalibrationSettings(confidences=(0.8, 0.95)),
)
FACTS = st.builds(
    OrderFacts,
    order_id=st.just("new"),
    purchased_at=st.datetimes(OPENED + timedelta(days=100), OPENED + timedelta(days=130)),
    origin=st.sampled_from([(), ("HOME",), ("ELSEWHERE", "TOWN")]),
    destination=st.lists(st.sampled_from(["NEAR", "FAR", "FAR-1", "", "MOON"]), max_size=5).map(tuple),
    seller=st.sampled_from(["seller-0", "seller-5", "", "new"]),
    category=st.sampled_from(["", "shoes"]),
    numbers=st.just(()) | st.floats().map(lambda figure: (("weight_g", figure),)),
    own_estimate=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)


@given(FACTS, st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from([0.8, 0.95]))
def test_any_facts_get_a_date_not_before_purchase_or_the_rules(facts, minimum, confidence):
    """Unknown places, sellers and senseless figures still give a date, and the rules' minimum is a floor."""
    found = LEARNED.promise(facts, confidence=confidence, rules_minimum=minimum)
    assert found.promised_date is not None
    assert found.promised_date >= facts.purchased_at.date() or found.promised_date == minimum
    assert found.promised_date <= max(facts.purchased_at.date() + timedelta(days=250), minimum or date.min)
    if minimum is not None:
        assert found.promised_date >= minimum
        is_floored = LEARNED.promise(facts, confidence=confidence).promised_date < minimum
        assert (found.basis is PromiseBasis.RULES_MINIMUM) == is_floored


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.8, 0.9, 0.95]),
    st.sampled_from([(None, 1.0), (60, 1.4), (60, 0.6), (95, 1.3)]),
)
def test_promises_are_kept_as_often_as_asked_also_after_a_shift(seed, confidence, shift):
    """Over three months, with a slower or faster world along the way, the share kept stays near."""
    slower_from, slower_by = shift
    orders = invented_orders(days=190, seed=seed, slower_from=slower_from, slower_by=slower_by)
    since = (OPENED + timedelta(days=100)).date()
    steps = backtest(orders, since=since, settings=CalibrationSettings(confidences=(confidence,)))
    found = [each.delivered_on <= each.promised_on for step in steps for each in step.predictions]
    assert len(found) == 90 * 20
    assert confidence - 0.06 <= sum(found) / len(found) <= confidence + 0.09


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(75, 95), st.integers(0, 10_000))
def test_no_promise_knows_what_happens_after_its_order(seed, cut_day, change_seed):
    """Whatever is done to events stamped at or after an instant, promises made before it do not change."""
    orders = invented_orders(days=100, seed=seed)
    random = Random(change_seed)
    cut = OPENED + timedelta(days=cut_day, hours=random.randrange(24))

    def later(at):
        """A later time for what happens after the cut, or never."""
        if at < cut:
            return at
        return random.choice(
            (None, at + timedelta(days=random.uniform(0, 60)), max(cut, at - timedelta(days=3)))
        )

    changed = tuple(
        evolve(order, handed_over_at=later(order.handed_over_at), delivered_at=later(order.delivered_at))
        for order in orders
    )
    since = (cut - timedelta(days=10)).date()
    chosen = CalibrationSettings(confidences=(0.9,))
    before = [
        [
            (each.order_id, each.promised_on)
            for order, step in zip(told, backtest(told, since=since, settings=chosen), strict=True)
            for each in step.predictions
            if order.facts.purchased_at < cut
        ]
        for told in (orders, changed)
    ]
    assert len(before[0]) >= 190
    assert before[0] == before[1]


@given(st.lists(st.floats(0, 100), min_size=7, max_size=7).filter(lambda shares: sum(shares) > 1), st.data())
def test_the_clock_never_runs_backward_and_returns_its_day(shares, data):
    """Later instants read later, and a reading leads back to the day it was taken on."""
    clock = DeliveryClock(shares)
    first, second = sorted(data.draw(st.lists(st.datetimes(OPENED), min_size=2, max_size=2)))
    assert clock.reading(moment_of(first)) <= clock.reading(moment_of(second))
    noon = first.replace(hour=12)
    assert clock.day_at(clock.reading(moment_of(noon))) == noon.toordinal()


@given(st.lists(st.tuples(st.floats(0.05, 5), st.booleans()), min_size=20, max_size=60))
def test_more_waiting_never_means_a_faster_pace(ratios):
    """Turning an arrival into a parcel still under way can only slow the estimate."""
    pace = median_pace(ratios)
    for position, (ratio, has_ended) in enumerate(ratios):
        if has_ended:
            waiting = [*ratios[:position], (ratio, False), *ratios[position + 1 :]]
            assert median_pace(waiting) >= pace - 1e-9


def test_a_stored_calibrator_is_the_same_text_again():
    """Storing, loading and storing once more changes nothing."""
    assert dumped(loaded(dumped(LEARNED))) == dumped(LEARNED)
