"""The calibrator's parts: the clock, fading means, the quantile fit, the pace, the margin, the score."""

import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import mul
from random import Random

import pytest
from attrs import evolve

from checkout_kit.promise.calibration.backtest import Prediction
from checkout_kit.promise.calibration.clock import DeliveryClock, moment_of
from checkout_kit.promise.calibration.features import feature_row, usual_coefficients
from checkout_kit.promise.calibration.lead import LeadHistory, LeadKeys
from checkout_kit.promise.calibration.lifetable import LifeTable, Slowness, slowness_from
from checkout_kit.promise.calibration.margin import AdaptiveMargin
from checkout_kit.promise.calibration.metrics import score_of
from checkout_kit.promise.calibration.pace import Pace, median_pace
from checkout_kit.promise.calibration.quantile import fitted_quantiles, solved
from checkout_kit.promise.calibration.sample import FitSample
from checkout_kit.promise.calibration.trailing import TrailingMeans, narrowed


def test_a_clock_runs_a_week_in_seven_and_returns_the_day():
    """Whatever the shares, a week measures 7, and the reading at noon leads back to its day."""
    clock = DeliveryClock((5, 5, 5, 5, 5, 1, 0))
    for offset in range(400):
        moment = moment_of(datetime(2026, 1, 1, 12) + timedelta(days=offset))
        assert clock.reading(moment + 7) - clock.reading(moment) == pytest.approx(7)
        assert clock.day_at(clock.reading(moment)) == int(moment)


def test_a_fading_mean_halves_its_weight():
    """After one half-life an old value counts half as much as a new one."""
    means = TrailingMeans(10.0)
    means.add("a", 0.0, 4.0)
    means.add("a", 10.0, 1.0)
    assert means.mean("a", 10.0, pull=0.0) == pytest.approx((0.5 * 4 + 1) / 1.5)
    assert means.mean("unknown", 10.0, pull=2.0, toward=7.0) == 7.0
    means.forget_faded(100.0)
    assert means.entries == {}


def test_a_narrow_key_borrows_until_it_has_its_own():
    """One value on a lane moves its mean a little; a hundred move it all the way."""
    wide, narrow = TrailingMeans(60.0), TrailingMeans(60.0)
    for _ in range(500):
        wide.add("region", 0.0, 1.0)
    narrow.add("lane", 0.0, 3.0)
    little, _ = narrowed((wide, narrow), ("region", "lane"), 0.0, pull=8.0, spread=0.5)
    for _ in range(100):
        narrow.add("lane", 0.0, 3.0)
    much, spread = narrowed((wide, narrow), ("region", "lane"), 0.0, pull=8.0, spread=0.5)
    assert 1.0 < little < 1.3
    assert 2.8 < much < 3.0
    assert 0.0 < spread < 0.6


def test_solved_undoes_multiplication():
    """The solution times the matrix is the vector."""
    random = Random(3)
    half = [[random.uniform(-1, 1) for _ in range(5)] for _ in range(5)]
    matrix = [[sum(a * b for a, b in zip(x, y, strict=True)) + (x is y) for y in half] for x in half]
    wanted = [random.uniform(-3, 3) for _ in range(5)]
    vector = [sum(a * b for a, b in zip(row, wanted, strict=True)) for row in matrix]
    assert solved(matrix, vector) == pytest.approx(wanted)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
def test_a_fitted_quantile_covers_its_share_and_follows_the_spread(confidence):
    """A share `confidence` of outcomes lies below the fit, also where the spread differs by row."""
    random = Random(5)
    sample = FitSample(10_000)
    for _ in range(4_000):
        wide = random.random()
        sample.add((1.0, wide), random.gauss(0.0, 0.5 + wide), 1.0)
    level, slope = fitted_quantiles(sample, (confidence,))[0]
    covered = [
        outcome <= level + slope * row[1] for row, outcome in zip(sample.rows, sample.outcomes, strict=True)
    ]
    assert sum(covered) / len(covered) == pytest.approx(confidence, abs=0.015)
    normal = {0.5: 0.0, 0.8: 0.842, 0.95: 1.645}[confidence]
    assert slope == pytest.approx(normal, abs=0.2)


def test_a_figure_that_never_varies_changes_nothing():
    """A column that repeats the constant, or is always zero, leaves the fit as it is without them."""
    random = Random(9)
    plain, padded = FitSample(5_000), FitSample(5_000)
    for _ in range(3_000):
        lane, outcome = random.random(), random.gauss(0.0, 0.5)
        plain.add((1.0, lane), outcome, 1.0)
        padded.add((1.0, lane, 0.6931, 0.0), outcome, 1.0)
    level, slope = fitted_quantiles(plain, (0.9,))[0]
    other_level, other_slope, constant, zero = fitted_quantiles(padded, (0.9,))[0]
    assert other_level + 0.6931 * constant == pytest.approx(level, abs=0.01)
    assert other_slope == pytest.approx(slope, abs=0.01)
    assert zero == 0.0


def test_a_full_sample_thins_evenly():
    """Past its limit a sample keeps every other order, old and new alike."""
    sample = FitSample(100)
    for number in range(1, 1001):
        sample.add((float(number),), 0.0, 1.0)
    kept = [row[0] for row in sample.rows]
    assert 50 <= len(kept) <= 100
    assert {b - a for a, b in pairwise(kept)} == {float(sample.stride)}


def test_the_pace_counts_what_is_under_way():
    """The same arrivals mean a slower pace when others of their age are still waiting."""
    arrived = [(0.5 + number / 100, True) for number in range(40)]
    alone = median_pace(arrived)
    with_waiting = median_pace([*arrived, *[(0.95, False)] * 40])
    assert alone == pytest.approx(math.log(0.69), abs=0.02)
    assert with_waiting == pytest.approx(math.log(0.95), abs=0.07)
    assert median_pace(arrived[:10]) is None


def test_the_tail_pace_needs_no_complete_cohort():
    """Observed for ten days only, orders of every age together show how long the slowest of a cohort take."""
    random = Random(11)
    spans = []
    for _ in range(20_000):
        ratio, began = random.expovariate(1.0), random.uniform(-0.5, 6.0)
        if ratio >= began:
            end = max(began, 0.0) + 0.5 * (1.0 if began >= 0.0 else random.random())
            spans.append((max(began, 0.0), min(ratio, end), ratio <= end))
    tail = LifeTable(spans).log_ratio_exceeded_by(0.05)
    assert tail is not None
    assert math.exp(tail) == pytest.approx(-math.log(0.05), rel=0.1)
    assert LifeTable(spans[:10]).log_ratio_exceeded_by(0.05) is None


def test_a_tail_that_clears_late_shows_at_once():
    """When old parcels stop arriving while young ones still do, the tail grows and the median does not."""
    young = [(0.0, 0.3 + number / 100, True) for number in range(90)]
    arriving = [(1.0, 1.2 + number / 100, True) for number in range(30)]
    stuck = [(1.0, 2.0, False)] * 60
    usual = LifeTable([*young, *arriving]).log_ratio_exceeded_by(0.05)
    grown = LifeTable([*young, *arriving, *stuck]).log_ratio_exceeded_by(0.05)
    assert usual is not None
    assert grown is not None
    assert grown > usual


def test_expected_arrivals_add_up_to_those_seen():
    """Over all orders of a period the life table expects the arrivals that happened, but for the last few."""
    random = Random(21)
    began = [random.choice([0.0, random.uniform(0.2, 0.8)]) for _ in range(2_000)]
    spans = [(start, start + random.uniform(0.1, 1.5), random.random() < 0.6) for start in began]
    table = LifeTable(spans)
    assert sum(map(table.arrivals_expected, spans)) == pytest.approx(table.arrivals, abs=5)


def test_a_jammed_lane_shows_while_its_parcels_still_wait():
    """A lane with a tenth of the arrivals of the others is slow, however quick those few were."""
    keys = {
        name: LeadKeys(handling=(), transit=(f"|A|{name}",), zone=name, seller=name)
        for name in ("free", "jammed")
    }
    spans = [(keys["free"], (0.0, 0.5 + number / 100, True)) for number in range(200)]
    spans += [(keys["jammed"], (0.0, 0.6, True))] * 10 + [(keys["jammed"], (0.0, 2.0, False))] * 90
    slowness = slowness_from(LifeTable(span for _, span in spans), spans)
    lane, seller = slowness.of(keys["jammed"])
    assert lane > seller > 1.0
    assert slowness.of(keys["free"])[0] < 0.0
    stranger = LeadKeys(handling=(), transit=("|B|jammed",), zone="jammed", seller="new")
    assert 1.0 < slowness.of(stranger)[0] < lane
    assert slowness.of(stranger)[1] == 0.0
    few = spans[:15]
    assert slowness_from(LifeTable(span for _, span in few), few) == Slowness()


def test_a_coefficient_stays_usual_until_orders_speak():
    """What never varied keeps its usual coefficient; what varied a lot takes the one the orders show."""
    random = Random(33)
    silent, telling = FitSample(10_000), FitSample(10_000)
    for _ in range(3_000):
        swing = random.uniform(-1, 1)
        silent.add((1.0, 0.2), random.gauss(0.2, 0.5), 1.0)
        telling.add((1.0, swing), random.gauss(0.3 * swing, 0.5), 1.0)
    assert fitted_quantiles(silent, (0.9,), usual=(0.0, 1.0))[0][1] == pytest.approx(1.0, abs=0.01)
    assert fitted_quantiles(telling, (0.9,), usual=(0.0, 1.0))[0][1] == pytest.approx(0.3, abs=0.15)


def test_the_usual_coefficient_of_the_pace_stands_where_the_pace_does():
    """A row and its usual coefficients agree on which column is the pace of the whole lead."""
    outlook = LeadHistory().outlook(LeadKeys(handling=(), transit=(), zone="", seller=""), 740_000.0)
    row = feature_row(outlook, overdue=0.0, pace=Pace(lead=0.7), slowness=(0.0, 0.0), figures={}, averages={})
    assert sum(map(mul, row, usual_coefficients(len(row)))) == 0.7


def test_a_faded_sample_weighs_less_and_keeps_its_orders():
    """Fading scales every weight and drops nothing."""
    sample = FitSample(10)
    sample.add((1.0,), 0.5, 2.0)
    sample.fade(0.25)
    sample.add((1.0,), 0.7, 2.0)
    assert sample.weights == [0.5, 2.0]
    assert sample.outcomes == [0.5, 0.7]


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95])
def test_a_margin_rests_where_a_tenth_of_the_allowance_is_left(confidence):
    """Nine tenths of the broken promises allowed leave it where it is, all of them lengthen promises."""
    resting, growing = AdaptiveMargin(confidence), AdaptiveMargin(confidence)
    allowed = 1.0 - confidence
    for number in range(1, 20_001):
        for margin, share in ((resting, 0.9 * allowed), (growing, allowed)):
            is_late = int(number * share) > int((number - 1) * share)
            margin.judge("Z", is_late=is_late, orders_a_day=50.0, zone_orders_a_day=50.0)
    assert resting.overall == pytest.approx(0.0, abs=0.001)
    assert growing.overall > 0.008


def test_a_margin_grows_when_promises_break_and_a_zone_grows_its_own():
    """Ten late parcels in a row lengthen that zone's promises most, everybody's a little."""
    margin = AdaptiveMargin(0.95)
    for _ in range(10):
        margin.judge("FAR", is_late=True, orders_a_day=50.0, zone_orders_a_day=2.0)
    assert 1.0 < margin.factor("NEAR") < margin.factor("FAR")
    for _ in range(3000):
        margin.judge("FAR", is_late=False, orders_a_day=50.0, zone_orders_a_day=2.0)
    assert margin.by_zone["FAR"] == 0.0
    assert margin.factor("FAR") < 1.0


def prediction(number, *, promised, delivered, zone="A", own=20):
    """One order bought on Monday 2 March 2026, with days from purchase."""
    bought = date(2026, 3, 2)
    return Prediction(
        order_id=str(number),
        zone=zone,
        lane=f"HOME to {zone}",
        purchased_on=bought,
        confidence=0.9,
        promised_on=bought + timedelta(days=promised),
        basis="learned",
        own_estimate=bought + timedelta(days=own),
        delivered_on=None if delivered is None else bought + timedelta(days=delivered),
    )


def test_a_score_is_that_of_hand_arithmetic():
    """On time counts the promised date itself; pinball weighs a late day nine times a spare one at 0.9."""
    found = score_of(
        [
            prediction(1, promised=10, delivered=10),
            prediction(2, promised=10, delivered=6),
            prediction(3, promised=10, delivered=12),
            prediction(4, promised=10, delivered=None),
        ]
    )
    assert found is not None
    assert (found.orders, found.delivered) == (4, 3)
    assert found.on_time_rate == pytest.approx(2 / 3)
    assert found.pinball_days == pytest.approx((0 + 0.4 + 1.8) / 3)
    assert found.shorter_by == pytest.approx(0.5)
    assert found.worst_zone is None
    assert found.worst_week is None


def test_the_worst_zone_is_one_of_enough_orders():
    """A zone below 100 orders says nothing; the worst of the others is named with its rate."""
    few = [prediction(n, promised=5, delivered=9, zone="FEW") for n in range(99)]
    some = [prediction(n, promised=5, delivered=5 + (n % 10 == 0), zone="SOME") for n in range(100)]
    many = [prediction(n, promised=5, delivered=5, zone="MANY") for n in range(300)]
    found = score_of([*few, *some, *many])
    assert found is not None
    assert found.worst_zone is not None
    assert (found.worst_zone.group, found.worst_zone.on_time_rate) == ("SOME", 0.9)
    assert found.worst_week is not None
    assert found.worst_week.group == "2026-03-02"


def test_nothing_delivered_gives_no_score():
    """Without a delivery there is nothing to judge."""
    assert score_of([prediction(1, promised=3, delivered=None)]) is None


def test_a_level_far_below_the_tail_needs_no_more_than_a_selection():
    """Fitted on every so-many-th of 40,000 orders, the median is still the median."""
    random = Random(13)
    sample = FitSample(100_000)
    for _ in range(40_000):
        sample.add((1.0, random.random()), random.gauss(1.0, 0.5), 1.0)
    (level, slope), (high, _) = fitted_quantiles(sample, (0.5, 0.95))
    assert level + 0.5 * slope == pytest.approx(1.0, abs=0.03)
    assert high > level + 0.5
    assert sample.every(3).rows == list(reversed(sample.rows[::-1][::3]))


KEYS = LeadKeys(handling=("toys", "HOME", "s1"), transit=("|HOME|A", "||A-1"), zone="A", seller="s1")
OTHERS = LeadKeys(handling=("toys", "HOME", "s2"), transit=("|HOME|B", "||B-1"), zone="B", seller="s2")


def counted(*, hand_over_days=1.0, transit_days=4.0, times=40):
    """A history of two sellers and lanes, of which the first takes these days; the second 1 and 4."""
    history = LeadHistory()
    for number in range(times):
        for keys, waited, carried in ((KEYS, hand_over_days, transit_days), (OTHERS, 1.0, 4.0)):
            moment = number / 4
            outlook = history.outlook(keys, moment)
            history.count_handover(keys, outlook, moment, waited)
            history.count_delivery(
                keys, outlook, moment, transit_clock_days=carried, lead_clock_days=waited + carried
            )
    return history


def test_a_slow_seller_counts_against_that_seller():
    """Its hand-overs are expected later than the other's, and transit is expected as before."""
    history = counted(hand_over_days=6.0)
    slow, usual = history.outlook(KEYS, 11.0), history.outlook(OTHERS, 11.0)
    assert slow.handling_effect > 0.3 > 0.0 > usual.handling_effect
    assert slow.log_transit == pytest.approx(usual.log_transit, abs=0.2)
    assert slow.log_lead > usual.log_lead


def test_a_slow_lane_counts_against_that_lane_and_its_zone():
    """An unseen place of the slow zone is expected later than one of the other zone, too."""
    history = counted(transit_days=20.0)
    slow, usual = history.outlook(KEYS, 11.0), history.outlook(OTHERS, 11.0)
    assert slow.transit_effect > 0.3 > 0.0 > usual.transit_effect
    unseen = {zone: evolve(KEYS, transit=(f"|HOME|new-{zone}",), zone=zone) for zone in "AB"}
    near, far = history.outlook(unseen["B"], 11.0), history.outlook(unseen["A"], 11.0)
    assert far.log_transit > near.log_transit + 0.1


def test_the_spread_of_a_lead_is_shared_out_between_its_stages():
    """Each stage has the part of its own spread that its days have of the lead."""
    outlook = LeadHistory().outlook(KEYS, 0.0)
    handling_days, transit_days = math.exp(outlook.log_handling), math.exp(outlook.log_transit)
    lead_days = handling_days + transit_days
    assert math.exp(outlook.log_lead) == pytest.approx(lead_days, rel=1e-4)
    assert outlook.handling_spread == pytest.approx(math.sqrt(0.5) * handling_days / lead_days, abs=1e-4)
    assert outlook.transit_spread == pytest.approx(math.sqrt(0.4) * transit_days / lead_days, abs=1e-4)


def test_a_sample_is_full_at_its_limit_and_not_before():
    """The limit itself is kept whole; the order after it halves the sample."""
    sample = FitSample(4)
    for number in range(4):
        sample.add((float(number),), 0.0, 1.0)
    assert (len(sample.rows), sample.stride) == (4, 1)
    sample.add((4.0,), 0.0, 1.0)
    assert ([row[0] for row in sample.rows], sample.stride) == ([1.0, 3.0], 2)
