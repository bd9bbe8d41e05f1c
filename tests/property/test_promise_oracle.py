"""The engine and the day-by-day walk agree; `bench/promise_oracle.py` is the long run."""

import datetime as dt

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.errors import InputError
from checkout_kit.promise import promise
from checkout_kit.promise.given import rule_given
from tests.oracles.promise_answers import reckoned, walked
from tests.oracles.promise_cases import anchor, random_given, random_instant, random_shipment


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_engine_agrees_with_the_walk(rng):
    """Any scenario, faults of rule 13 included, gets the walk's answer from the engine."""
    scenario = random_given(rng)
    assert reckoned(scenario) == walked(scenario)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_what_a_rule_remembers_never_changes_an_answer(rng):
    """A rule that has answered many orders answers each like a rule that has answered none."""
    near = anchor(rng, "America/New_York")
    shipment = random_shipment(rng, near, "America/New_York")
    shipment.pop("release_on", None)
    try:
        warm = rule_given(shipment)
    except InputError:
        return
    for _ in range(12):
        placed_at = dt.datetime.fromisoformat(random_instant(rng, near, shipment))
        release_on = rng.choice((None, near.date() + dt.timedelta(days=rng.randrange(-2, 9))))
        cold = evolve(warm, ship_from=evolve(warm.ship_from), destination=evolve(warm.destination))
        assert _answer(warm, placed_at, release_on) == _answer(cold, placed_at, release_on)


def _answer(rule, placed_at, release_on):
    try:
        return promise(rule, placed_at, release_on)
    except InputError as error:
        return str(error)
