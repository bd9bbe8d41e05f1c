"""Orders as the calibrator remembers them until each has taught what it can."""

import math
from collections.abc import Iterable
from itertools import islice
from typing import Final

from attrs import define, field

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.lead import LeadKeys, Outlook

_MOST_OVERDUE = 10.0
_OLDEST_LOOKED_AT = 50
_HANDED_OVER_KEPT_DAYS = 30
DELIVERED_KEPT_DAYS: Final = 10


@define(kw_only=True)
class RememberedOrder:
    """One order from purchase until it is delivered, judged and mature; moments and days as in `moment_of`.

    `promised` holds one day per level of confidence, empty while there was too little history to promise.
    `purchased_reading` is what the delivery clock in use shows at the purchase.
    """

    order_id: str
    purchased: float
    purchased_reading: float
    keys: LeadKeys
    outlook: Outlook
    row: tuple[float, ...] | None
    promised: tuple[int, ...] = ()
    handed_over: float | None = None
    delivered: float | None = None
    is_mature: bool = False

    def is_spent(self, today: int) -> bool:
        """Nothing more will be asked of this order."""
        is_past = self.delivered is not None and self.delivered < today - DELIVERED_KEPT_DAYS
        return self.is_mature and is_past and all(day < today for day in self.promised)


@define
class OrderBook:
    """Remembered orders: by id, day of purchase, day of hand-over, promised day, and seller yet to ship."""

    by_id: dict[str, RememberedOrder] = field(factory=dict)
    bought_on: dict[int, list[str]] = field(factory=dict)
    handed_over_on: dict[int, list[str]] = field(factory=dict)
    due_on: dict[int, list[tuple[int, str]]] = field(factory=dict)
    to_ship: dict[str, dict[str, RememberedOrder]] = field(factory=dict)

    def add(self, order: RememberedOrder, *, today: int) -> None:
        """Remember an order; each promise falls due the day after its date, unless that day is past."""
        self.by_id[order.order_id] = order
        self.bought_on.setdefault(int(order.purchased), []).append(order.order_id)
        if order.handed_over is not None:
            self.handed_over_on.setdefault(int(order.handed_over), []).append(order.order_id)
        elif order.delivered is None:
            self.to_ship.setdefault(order.keys.seller, {})[order.order_id] = order
        for level, day in enumerate(order.promised):
            if day >= today:
                self.due_on.setdefault(day + 1, []).append((level, order.order_id))

    def read_by(self, clock: DeliveryClock) -> None:
        """Read every purchase by another clock."""
        for order in self.by_id.values():
            order.purchased_reading = clock.reading(order.purchased)

    def hand_over(self, order: RememberedOrder, moment: float) -> None:
        """Note the hand-over of a remembered order."""
        order.handed_over = moment
        self.handed_over_on.setdefault(int(moment), []).append(order.order_id)
        self._no_longer_to_ship(order)

    def deliver(self, order: RememberedOrder, moment: float) -> None:
        """Note the delivery of a remembered order."""
        order.delivered = moment
        self._no_longer_to_ship(order)

    def bought(self, days: Iterable[int]) -> list[RememberedOrder]:
        """The orders bought on these days that are still remembered."""
        return self._remembered(key for day in days for key in self.bought_on.get(day, ()))

    def handed_over(self, days: Iterable[int]) -> list[RememberedOrder]:
        """The orders handed over on these days that are still remembered."""
        return self._remembered(key for day in days for key in self.handed_over_on.get(day, ()))

    def under_way_since(self, day: int) -> list[RememberedOrder]:
        """The remembered orders that had not been delivered when this day began."""
        orders = self.by_id.values()
        return [order for order in orders if order.delivered is None or order.delivered >= day]

    def overdue(self, seller: str, moment: float, clock: DeliveryClock) -> float:
        """How many times its expected handling the seller's most overdue parcel waits, as log of 1 + that."""
        now = clock.reading(moment)
        worst = 0.0
        for order in islice(self.to_ship.get(seller, {}).values(), _OLDEST_LOOKED_AT):
            waited = now - order.purchased_reading
            worst = max(worst, waited / math.exp(order.outlook.log_handling))
        return math.log1p(min(worst, _MOST_OVERDUE))

    def forget_spent(self, day: int, today: int, *, at_any_rate: bool = False) -> None:
        """Forget the orders bought on `day` of which nothing more will be asked."""
        kept = []
        for key in self.bought_on.pop(day, ()):
            order = self.by_id.get(key)
            if order is None:
                continue
            if at_any_rate or order.is_spent(today):
                del self.by_id[key]
                self._no_longer_to_ship(order)
            else:
                kept.append(key)
        if kept:
            self.bought_on[day] = kept
        self.handed_over_on.pop(today - _HANDED_OVER_KEPT_DAYS, None)

    def _remembered(self, keys: Iterable[str]) -> list[RememberedOrder]:
        return [self.by_id[key] for key in keys if key in self.by_id]

    def _no_longer_to_ship(self, order: RememberedOrder) -> None:
        waiting = self.to_ship.get(order.keys.seller)
        if waiting is not None:
            waiting.pop(order.order_id, None)
            if not waiting:
                del self.to_ship[order.keys.seller]
