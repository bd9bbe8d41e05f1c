"""Rules and history in one promise."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.errors import InputError
from checkout_kit.promise import Destination, PromiseRule, ShipFrom, Transit, promise
from checkout_kit.promise.calibrated import CalibratedRule, calibrated
from checkout_kit.promise.calibration import CalibratedPromise, PreparedPromise, PromiseBasis
from checkout_kit.promise.calibration.clock import DeliveryClock

RULE = PromiseRule(
    ship_from=ShipFrom(tz="America/New_York", cutoff="14:00"),
    transit=Transit(days=(2, 5)),
    destination=Destination(tz="America/New_York"),
)
# Tue 2 March 2027, 10:00: ships Tue, arrives Thu 4 to Tue 9.
PLACED = dt.datetime(2027, 3, 2, 15, tzinfo=dt.UTC)
RULES = promise(RULE, PLACED)
WORKDAYS = DeliveryClock((1, 1, 1, 1, 1, 0.2, 0.05))


@pytest.mark.parametrize(
    ("learned", "latest"),
    [
        ("2027-03-05", "2027-03-05"),
        ("2027-03-11", "2027-03-11"),
        ("2027-03-06", "2027-03-08"),
        ("2027-03-01", "2027-03-04"),
    ],
)
def test_the_learned_day_is_the_promise(learned, latest):
    """Sooner or later than the rules' last day, on a delivery day, never before the rules' first."""
    day = dt.date.fromisoformat(learned)
    found = calibrated(
        RULES, CalibratedPromise(promised_date=day, confidence=0.95, basis=PromiseBasis.LEARNED), RULE
    )
    assert (str(found.latest), found.confidence) == (latest, 0.95)
    assert (found.earliest, found.ships_on, found.order_by) == (
        RULES.earliest,
        RULES.ships_on,
        RULES.order_by,
    )


def test_without_history_the_rules_stand():
    """Too little history is no confidence."""
    nothing = CalibratedPromise(promised_date=None, confidence=0.95, basis=PromiseBasis.TOO_LITTLE_HISTORY)
    assert calibrated(RULES, nothing, RULE) is RULES


@given(
    st.datetimes(dt.datetime(2026, 10, 25), dt.datetime(2026, 11, 8), timezones=st.just(dt.UTC)),
    st.floats(0.1, 9.0),
)
def test_a_calibrated_rule_answers_like_its_two_halves(placed_at, lead):
    """Looked up or worked out, the promise is the same, also in the night the clocks change."""
    learned = PreparedPromise(lead_clock_days=lead, clock=WORKDAYS)
    rules = promise(RULE, placed_at)
    day = learned.date_for(placed_at.astimezone(RULE.ship_from.starts.local.zone))
    basis = CalibratedPromise(promised_date=day, confidence=0.9, basis=PromiseBasis.LEARNED)
    found = CalibratedRule(rule=RULE, learned=learned, confidence=0.9).promise(placed_at)
    assert found == calibrated(rules, basis, RULE)


def test_a_calibrated_rule_refuses_what_rules_refuse():
    """A naive time is a fault here too."""
    learned = PreparedPromise(lead_clock_days=3.0, clock=WORKDAYS)
    with pytest.raises(InputError, match="placed_at"):
        CalibratedRule(rule=RULE, learned=learned, confidence=0.9).promise(dt.datetime(2027, 3, 2))
