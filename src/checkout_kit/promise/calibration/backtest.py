"""Backtest: for every order of a window, the date that would have been promised, and how well it was kept."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import frozen

from checkout_kit.promise.calibration.calibrator import PromiseCalibrator
from checkout_kit.promise.calibration.facts import (
    CalibratedPromise,
    CalibrationSettings,
    OrderFacts,
    PastOrder,
)
from checkout_kit.promise.calibration.replay import replayed

OWN_ESTIMATE = "shop's own estimate"
PRIOR = "longest delivery so far"
_SHORTEST_PRIOR_DAYS = 30


@frozen(kw_only=True)
class Prediction:
    """One order with the date promised at its purchase; `basis` says what the date rests on."""

    order_id: str
    zone: str
    lane: str
    purchased_on: date
    confidence: float
    promised_on: date
    basis: str
    own_estimate: date | None
    delivered_on: date | None

    @property
    def promised_days(self) -> int:
        """Days from the day of purchase to the promised date."""
        return (self.promised_on - self.purchased_on).days


@frozen(kw_only=True)
class BacktestStep:
    """One order replayed; `predictions` holds one per confidence, none for an order before the window."""

    predictions: tuple[Prediction, ...]


def backtest(
    orders: Sequence[PastOrder], *, since: date, settings: CalibrationSettings, until: date | None = None
) -> Iterator[BacktestStep]:
    """Replay history and promise every order purchased from `since` to `until` (both included).

    While there is too little history the shop's own estimate stands in; without one, the longest delivery
    that had happened by then, at least 30 days.
    """
    calibrator = PromiseCalibrator(settings)
    stand_in = _StandIn(orders)
    end = None if until is None else until + timedelta(days=1)
    for order in replayed(calibrator, orders, until=end):
        facts = order.facts
        if facts.purchased_at.date() < since:
            yield BacktestStep(predictions=())
            continue
        promises = [calibrator.promise(facts, confidence=level) for level in settings.confidences]
        yield BacktestStep(predictions=tuple(_prediction(order, each, stand_in) for each in promises))


def _prediction(order: PastOrder, promise: CalibratedPromise, stand_in: "_StandIn") -> Prediction:
    facts = order.facts
    promised_on, basis = promise.promised_date, promise.basis.value
    if promised_on is None:
        promised_on, basis = stand_in.promise(facts)
    return Prediction(
        order_id=facts.order_id,
        zone=facts.zone,
        lane=f"{facts.origin[0] if facts.origin else '?'} to {facts.zone or '?'}",
        purchased_on=facts.purchased_at.date(),
        confidence=promise.confidence,
        promised_on=promised_on,
        basis=f"{basis} ({promise.basis.value})" if promise.promised_date is None else basis,
        own_estimate=facts.own_estimate,
        delivered_on=None if order.delivered_at is None else order.delivered_at.date(),
    )


class _StandIn:
    """What to promise before anything is learned."""

    def __init__(self, orders: Sequence[PastOrder]) -> None:
        arrived = [
            (order.delivered_at, (order.delivered_at.date() - order.facts.purchased_at.date()).days)
            for order in orders
            if order.delivered_at is not None
        ]
        self._arrivals = sorted(arrived)
        self._next = 0
        self._longest_days = _SHORTEST_PRIOR_DAYS

    def promise(self, facts: OrderFacts) -> tuple[date, str]:
        if facts.own_estimate is not None:
            return facts.own_estimate, OWN_ESTIMATE
        while self._next < len(self._arrivals) and self._arrivals[self._next][0] < facts.purchased_at:
            self._longest_days = max(self._longest_days, self._arrivals[self._next][1])
            self._next += 1
        return facts.purchased_at.date() + timedelta(days=self._longest_days), PRIOR
