"""The row of features one order shows to the model."""

import math
from collections.abc import Sequence

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.facts import OrderFacts
from checkout_kit.promise.calibration.lead import Outlook
from checkout_kit.promise.calibration.pace import Pace

OWN_ESTIMATE = "own_estimate"
_KEPT_DIGITS = 4


class RunningMean:
    """The mean of one figure so far, which stands in where the figure is unknown."""

    __slots__ = ("count", "mean")

    def __init__(self, count: float = 0.0, mean: float = 0.0) -> None:
        self.count = count
        self.mean = mean

    def add(self, value: float) -> None:
        """Count one figure."""
        self.count += 1.0
        self.mean += (value - self.mean) / self.count


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
    outlook: Outlook,
    *,
    overdue: float,
    pace: Pace,
    figures: dict[str, float],
    averages: dict[str, RunningMean],
) -> tuple[float, ...]:
    """Constant 1, what the stages say, the pace, each figure; an unknown one counts as average."""
    row = (
        1.0,
        outlook.log_lead - pace.usual_log_lead,
        outlook.handling_spread - pace.usual_handling_spread,
        outlook.transit_spread - pace.usual_transit_spread,
        outlook.seller_drift,
        outlook.seller_rarity,
        overdue,
        pace.lead,
        pace.handling,
        pace.transit,
        pace.tail,
        *(figures.get(name, average.mean) for name, average in averages.items()),
    )
    return tuple(round(value, _KEPT_DIGITS) for value in row)
