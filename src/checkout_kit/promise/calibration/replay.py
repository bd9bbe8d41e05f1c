"""History told in the order in which it happened, so that no promise knows the future."""

import heapq
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Protocol

from checkout_kit.promise.calibration.clock import moment_of
from checkout_kit.promise.calibration.facts import OrderFacts, PastOrder

_DELIVERY = 1
_HAND_OVER = 0

_Event = tuple[float, int, int, str, datetime]


class Listener(Protocol):
    """What history is told to: a calibrator."""

    def advance_to(self, day: date) -> None:
        """A morning has come."""

    def order_placed(self, facts: OrderFacts) -> None:
        """An order was bought."""

    def handed_over(self, order_id: str, at: datetime) -> None:
        """It was given to the carrier."""

    def delivered(self, order_id: str, at: datetime) -> None:
        """It arrived."""


def replayed(
    listener: Listener, orders: Iterable[PastOrder], *, until: date | None = None
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
        _tell(listener, pending, purchased)
        listener.advance_to(order.facts.purchased_at.date())
        yield order
        listener.order_placed(order.facts)
        for at, kind in ((order.handed_over_at, _HAND_OVER), (order.delivered_at, _DELIVERY)):
            if at is not None:
                heapq.heappush(pending, (moment_of(at), kind, position, order.facts.order_id, at))
    if until is not None:
        _tell(listener, pending, end)


def _purchased(order: PastOrder) -> float:
    return moment_of(order.facts.purchased_at)


def _tell(listener: Listener, pending: list[_Event], before: float) -> None:
    while pending and pending[0][0] < before:
        _, kind, _, order_id, at = heapq.heappop(pending)
        if kind == _DELIVERY:
            listener.delivered(order_id, at)
        else:
            listener.handed_over(order_id, at)
