"""The row of features one order shows to the model."""

import math
from collections.abc import Sequence

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.facts import OrderFacts
from checkout_kit.promise.calibration.lead import Outlook
from checkout_kit.promise.calibration.pace import Pace

OWN_ESTIMATE = "own_estimate"
_KEPT_DIGITS = 4
_PACE_OF_LEAD = 7


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


def usual_coefficients(size: int) -> tuple[float, ...]:
    """What the coefficients are taken to be before orders say otherwise.

    1 for the pace of the whole lead: when everything takes a tenth longer, so should promises, also in a shop
    that has never seen such a turn. 0 for all else.
    """
    return tuple(float(column == _PACE_OF_LEAD) for column in range(size))


def feature_row(
    outlook: Outlook,
    *,
    overdue: float,
    pace: Pace,
    slowness: tuple[float, float],
    figures: dict[str, float],
    averages: dict[str, RunningMean],
) -> tuple[float, ...]:
    """Constant 1, stages, pace, slowness of lane and seller, each figure; an unknown one is average."""
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
        *slowness,
        *(figures.get(name, average.mean) for name, average in averages.items()),
    )
    return tuple(round(value, _KEPT_DIGITS) for value in row)
