"""The adaptive margin: promises grow when more of them are broken than allowed, else shrink back."""

import math

_AIMED_SHARE_OF_ALLOWED = 0.9
_STEP_PER_DAY = 0.04
_RETURN_PER_DAY = 0.015
_FEWEST_ORDERS_A_DAY = 10.0
_BOUNDS = (-0.3, 0.4)
_ZONE_STEP = 0.0026
_ZONE_RETURN = 0.006
_ZONE_BOUND = 0.3
_LARGE_ZONE_ORDERS_A_DAY = 3.0
_RARE_ZONE_SHARE = 0.08
_RARE_ZONE_ALLOWANCE = 0.15


class AdaptiveMargin:
    """A factor on the promised lead, one for all and one for each zone, for one level of confidence.

    Every promise is judged the morning after its date, whether or not the parcel has arrived: that is the
    first moment at which it is known to be broken; waiting for the parcel would hear of the fast ones first.
    It aims at nine tenths of the broken promises allowed: aimed at all of them, half the time there are more.
    A zone's own margin only ever lengthens, and returns to nothing by itself; steps are scaled so that a
    large zone moves no faster than a small one, and chance moves it as far at every level of confidence.
    """

    __slots__ = ("allowed", "by_zone", "overall", "zone_step")

    def __init__(
        self, confidence: float, *, overall: float = 0.0, by_zone: dict[str, float] | None = None
    ) -> None:
        self.allowed = _AIMED_SHARE_OF_ALLOWED * (1.0 - confidence)
        self.zone_step = _ZONE_STEP / math.sqrt(confidence * (1.0 - confidence))
        self.overall = overall
        self.by_zone = by_zone or {}

    def judge(self, zone: str, *, is_late: bool, orders_a_day: float, zone_orders_a_day: float) -> None:
        """Count one promise whose date has passed."""
        surprise = is_late - self.allowed
        low, high = _BOUNDS
        part_of_day = 1.0 / max(orders_a_day, _FEWEST_ORDERS_A_DAY)
        change = _STEP_PER_DAY * surprise - _RETURN_PER_DAY * self.overall
        self.overall = min(max(self.overall + change * part_of_day, low), high)
        share = min(1.0, _LARGE_ZONE_ORDERS_A_DAY / max(zone_orders_a_day, 0.01))
        own = self.by_zone.get(zone, 0.0) * (1.0 - _ZONE_RETURN * share) + self.zone_step * share * surprise
        self.by_zone[zone] = min(max(own, 0.0), _ZONE_BOUND)

    def factor(self, zone: str, *, zone_share: float = 1.0) -> float:
        """By how much to stretch a lead into this zone, which receives this share of all orders.

        A rare zone gets an allowance, because its broken promises are too few to be noticed soon.
        """
        allowance = _RARE_ZONE_ALLOWANCE * max(0.0, 1.0 - zone_share / _RARE_ZONE_SHARE)
        return math.exp(self.overall + self.by_zone.get(zone, 0.0) + allowance)
