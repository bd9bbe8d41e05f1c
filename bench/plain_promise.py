"""The plain arithmetic that calibration has to beat: trailing averages plus one quantile of what they missed.

A seller's trailing handling plus an area's trailing transit, then the quantile of the residual over orders
bought 35 to 63 days ago, those still under way counted as late. No fit, no margin, nothing per order.
"""

import heapq
import math
from collections.abc import Sequence
from datetime import date, timedelta

from checkout_kit.promise.calibration import PastOrder
from checkout_kit.promise.calibration.clock import moment_of

HALF_LIFE_DAYS = 60.0
PULL = 8.0
YOUNGEST_DAYS, OLDEST_DAYS = 35, 63
FEWEST = 200


class Trailing:
    """Fading means by key, each drawn toward the wider one given."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[float, float, float]] = {}

    def read(self, key: str, moment: float, toward: float) -> float:
        """The mean at a moment."""
        weight, total, since = self.kept.get(key, (0.0, 0.0, moment))
        fade = 0.5 ** ((moment - since) / HALF_LIFE_DAYS)
        return (total * fade + PULL * toward) / (weight * fade + PULL)

    def add(self, key: str, moment: float, value: float) -> None:
        """Count one value."""
        weight, total, since = self.kept.get(key, (0.0, 0.0, moment))
        fade = 0.5 ** ((moment - since) / HALF_LIFE_DAYS)
        self.kept[key] = (weight * fade + 1.0, total * fade + value, moment)


def plain_promises(orders: Sequence[PastOrder], confidence: float) -> dict[str, date]:
    """The plain date of every order for which 200 orders of the right age were known."""
    handling, transit = Trailing(), Trailing()
    pending: list[tuple[float, int, bool]] = []
    known: list[tuple[int, float, float]] = []
    promised: dict[str, date] = {}
    offset_on, offset = 0, math.nan
    ordered = sorted(orders, key=lambda order: order.facts.purchased_at)
    for position, order in enumerate(ordered):
        facts, moment = order.facts, moment_of(order.facts.purchased_at)
        while pending and pending[0][0] < moment:
            at, earlier, is_delivery = heapq.heappop(pending)
            _count(ordered[earlier], at, is_delivery, handling, transit)
        area = _area(order)
        overall = transit.read("", moment, 9.0)
        expected = handling.read(facts.seller, moment, handling.read("", moment, 3.0)) + transit.read(
            area[1], moment, transit.read(area[0], moment, overall)
        )
        today = int(moment)
        if today != offset_on:
            offset_on = today
            mature = [
                (arrived - bought if arrived < today else math.inf) - guess
                for bought, guess, arrived in known
                if YOUNGEST_DAYS < today - bought <= OLDEST_DAYS
            ]
            known = [each for each in known if today - each[0] <= OLDEST_DAYS]
            offset = (
                sorted(mature)[math.ceil(confidence * len(mature)) - 1] if len(mature) >= FEWEST else math.nan
            )
        if math.isfinite(offset):
            promised[facts.order_id] = facts.purchased_at.date() + timedelta(
                days=math.floor(expected + offset)
            )
        arrived = math.inf if order.delivered_at is None else float(int(moment_of(order.delivered_at)))
        known.append((today, expected, arrived))
        for at, is_delivery in ((order.handed_over_at, False), (order.delivered_at, True)):
            if at is not None:
                heapq.heappush(pending, (moment_of(at), position, is_delivery))
    return promised


def _area(order: PastOrder) -> tuple[str, str]:
    start, places = order.facts.origin[0], order.facts.destination
    return f"{start} {places[0]}", f"{start} {places[-2] if len(places) > 2 else places[0]}"


def _count(order: PastOrder, at: float, is_delivery: bool, handling: Trailing, transit: Trailing) -> None:
    if not is_delivery:
        waited = at - moment_of(order.facts.purchased_at)
        handling.add("", at, waited)
        handling.add(order.facts.seller, at, waited)
    elif order.handed_over_at is not None:
        travelled = at - moment_of(order.handed_over_at)
        for key in ("", *_area(order)):
            transit.add(key, at, travelled)
