"""History told to a calibrator in the order in which it happened, so that no promise knows the future."""

import heapq
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from checkout_kit.promise.calibration.calibrator import PromiseCalibrator
from checkout_kit.promise.calibration.clock import moment_of
from checkout_kit.promise.calibration.facts import PastOrder

_DELIVERY = 1
_HAND_OVER = 0

_Event = tuple[float, int, int, str, datetime]


def replayed(
    calibrator: PromiseCalibrator, orders: Iterable[PastOrder], *, until: date | None = None
) -> Iterator[PastOrder]:
    """Walk through history, stopping at each purchase before `until` with all told that happened before it.

    The order itself is told after the stop; what is stamped at the moment of a purchase is not known yet.
    """
    pending: list[_Event] = []
    end = math.inf if until is None else float(until.toordinal())
    for position, order in enumerate(sorted(orders, key=_purchased)):
        purchased = _purchased(order)
        if purchased >= end:
            break
        _tell(calibrator, pending, purchased)
        calibrator.advance_to(order.facts.purchased_at.date())
        yield order
        calibrator.order_placed(order.facts)
        for at, kind in ((order.handed_over_at, _HAND_OVER), (order.delivered_at, _DELIVERY)):
            if at is not None:
                heapq.heappush(pending, (moment_of(at), kind, position, order.facts.order_id, at))
    if until is not None:
        _tell(calibrator, pending, end)


def _purchased(order: PastOrder) -> float:
    return moment_of(order.facts.purchased_at)


def _tell(calibrator: PromiseCalibrator, pending: list[_Event], before: float) -> None:
    while pending and pending[0][0] < before:
        _, kind, _, order_id, at = heapq.heappop(pending)
        if kind == _DELIVERY:
            calibrator.delivered(order_id, at)
        else:
            calibrator.handed_over(order_id, at)
