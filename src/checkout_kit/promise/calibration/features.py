"""The row of features one order shows to the model."""

import math
from collections.abc import Sequence

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.facts import OrderFacts
from checkout_kit.promise.calibration.lead import Outlook

OWN_ESTIMATE = "own_estimate"
_FURTHEST = 4.0
_TYPICAL_LOG_LEAD = 2.0


class RunningScale:
    """Mean and standard deviation of one figure so far, to put figures of any unit on one scale."""

    __slots__ = ("count", "mean", "squares")

    def __init__(self, count: float = 0.0, mean: float = 0.0, squares: float = 0.0) -> None:
        self.count = count
        self.mean = mean
        self.squares = squares

    def add(self, value: float) -> None:
        """Count one figure."""
        self.count += 1.0
        distance = value - self.mean
        self.mean += distance / self.count
        self.squares += distance * (value - self.mean)

    def scaled(self, value: float) -> float:
        """Standard deviations above the mean, at most 4 either way; 0 while the figure has not varied."""
        if self.count < 2.0 or self.squares <= 0.0:
            return 0.0
        score = (value - self.mean) / math.sqrt(self.squares / self.count)
        return min(max(score, -_FURTHEST), _FURTHEST)


def logged(value: float) -> float:
    """The logarithm of 1 + |value|, with the sign kept.

    >>> logged(0.0), round(logged(-9.0), 3)
    (0.0, -2.303)
    """
    return math.copysign(math.log1p(abs(value)), value)


def figures_of(
    facts: OrderFacts, names: Sequence[str], clock: DeliveryClock, moment: float
) -> dict[str, float]:
    """The figures known about an order, on a log scale; what is unknown is left out."""
    known = {name: logged(value) for name, value in facts.numbers if name in names and math.isfinite(value)}
    if facts.own_estimate is not None:
        ahead = clock.reading(float(facts.own_estimate.toordinal())) - clock.reading(moment)
        known[OWN_ESTIMATE] = math.log(max(ahead, 1.0))
    return known


def feature_row(
    outlook: Outlook, pace: float, figures: dict[str, float], scales: dict[str, RunningScale]
) -> tuple[float, ...]:
    """Constant 1, what the stages say, the pace, every figure scaled; an unknown figure counts as average."""
    return (
        1.0,
        outlook.log_lead - _TYPICAL_LOG_LEAD,
        outlook.handling_spread,
        outlook.transit_spread,
        outlook.seller_drift,
        outlook.seller_rarity,
        pace,
        *(scale.scaled(figures[name]) if name in figures else 0.0 for name, scale in scales.items()),
    )
