"""Orders as the calibrator remembers them until each has taught what it can."""

from collections.abc import Iterable

from attrs import define, field

from checkout_kit.promise.calibration.lead import LeadKeys, Outlook

NEVER = float("inf")


@define(kw_only=True)
class RememberedOrder:
    """One order from purchase until it is delivered, judged and mature; moments and days as in `moment_of`.

    `promised` holds one day per level of confidence, empty while there was too little history to promise.
    """

    order_id: str
    purchased: float
    keys: LeadKeys
    outlook: Outlook
    row: tuple[float, ...] | None
    promised: tuple[int, ...] = ()
    handed_over: float | None = None
    delivered: float | None = None
    is_mature: bool = False

    def is_spent(self, today: int) -> bool:
        """Nothing more will be asked of this order."""
        return self.is_mature and self.delivered is not None and all(day < today for day in self.promised)


@define
class OrderBook:
    """Remembered orders, by id, by day of purchase and by promised day (per level of confidence)."""

    by_id: dict[str, RememberedOrder] = field(factory=dict)
    bought_on: dict[int, list[str]] = field(factory=dict)
    due_on: dict[int, list[tuple[int, str]]] = field(factory=dict)

    def add(self, order: RememberedOrder, *, today: int) -> None:
        """Remember an order; each promise falls due the day after its date, unless that day is past."""
        self.by_id[order.order_id] = order
        self.bought_on.setdefault(int(order.purchased), []).append(order.order_id)
        for level, day in enumerate(order.promised):
            if day >= today:
                self.due_on.setdefault(day + 1, []).append((level, order.order_id))

    def bought(self, days: Iterable[int]) -> list[RememberedOrder]:
        """The orders of these days that are still remembered."""
        return [self.by_id[key] for day in days for key in self.bought_on.get(day, ()) if key in self.by_id]

    def forget_spent(self, day: int, today: int, *, at_any_rate: bool = False) -> None:
        """Forget the orders bought on `day` of which nothing more will be asked."""
        kept = []
        for key in self.bought_on.pop(day, ()):
            order = self.by_id.get(key)
            if order is None:
                continue
            if at_any_rate or order.is_spent(today):
                del self.by_id[key]
            else:
                kept.append(key)
        if kept:
            self.bought_on[day] = kept
