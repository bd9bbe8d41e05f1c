"""How long orders wait, as the last days alone show it, and which lanes and sellers are slower than most."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import field, frozen

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.lead import LeadKeys
from checkout_kit.promise.calibration.orders import DELIVERED_KEPT_DAYS, OrderBook

_FEWEST = 20
_FEWEST_AT_RISK = 5
_SMALLEST_RATIO = 0.02
_LANE_PULL = 20.0
_SELLER_PULL = 10.0
_NEXT_TO_NOTHING = 0.005
_KEPT_DIGITS = 4

Span = tuple[float, float, bool]


class LifeTable:
    """Among orders still waiting at each ratio of waiting time to expected time, how many arrive there.

    A span is the ratio when the period began (0 for a later order), the ratio at its end or on arrival, and
    whether the parcel arrived. Every order counts only for the ratios it passed through within the period,
    old ones and new ones alike, as in a life table of one calendar year: a cohort would have to be complete
    before it could say as much.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        known = list(spans)
        entered = sorted(began for began, _, _ in known)
        left = sorted(ended for _, ended, _ in known)
        arrived = Counter(ended for _, ended, has_arrived in known if has_arrived)
        self.arrivals = arrived.total()
        self._ratios = sorted(arrived)
        self._waiting = [1.0]
        self._hazard = [0.0]
        for ratio in self._ratios:
            at_risk = bisect_right(entered, ratio) - bisect_left(left, ratio)
            share = arrived[ratio] / max(at_risk, arrived[ratio], _FEWEST_AT_RISK)
            self._waiting.append(self._waiting[-1] * (1.0 - share))
            self._hazard.append(self._hazard[-1] + share)

    def log_ratio_exceeded_by(self, share: float) -> float | None:
        """The log of the ratio which this share of orders exceeds, None for fewer than 20 arrivals.

        >>> LifeTable([(0.0, 1.0, True)] * 90 + [(1.5, 3.0, True)] * 10).log_ratio_exceeded_by(0.05)
        0.0
        """
        if self.arrivals < _FEWEST:
            return None
        waiting = zip(self._ratios, self._waiting[1:], strict=True)
        ratio = next((ratio for ratio, left in waiting if left <= share), self._ratios[-1])
        return math.log(max(ratio, _SMALLEST_RATIO))

    def arrivals_expected(self, span: Span) -> float:
        """How many arrivals a parcel is due that passes through these ratios as all the others do."""
        began, ended, _ = span
        return (
            self._hazard[bisect_right(self._ratios, ended)] - self._hazard[bisect_right(self._ratios, began)]
        )


@frozen(kw_only=True)
class Slowness:
    """Log of arrivals expected over arrivals seen, by zone, lane and seller: above 0 is slower than most.

    All lanes share one life table, so a turn that hits the whole shop leaves this at 0.
    """

    zones: dict[str, float] = field(factory=dict)
    lanes: dict[str, float] = field(factory=dict)
    sellers: dict[str, float] = field(factory=dict)

    def of(self, keys: LeadKeys) -> tuple[float, float]:
        """The slowness of an order's lane (of its zone where the lane is empty) and of its seller."""
        lane = self.lanes.get(keys.widest_lane)
        return (
            self.zones.get(keys.zone, 0.0) if lane is None else lane,
            self.sellers.get(keys.seller, 0.0),
        )


def spans_on(today: int, *, clock: DeliveryClock, book: OrderBook) -> list[tuple[LeadKeys, Span]]:
    """What every order under way in the last ten days went through in them."""
    now = clock.reading(today)
    began = clock.reading(today - DELIVERED_KEPT_DAYS)
    spans = []
    for order in book.under_way_since(today - DELIVERED_KEPT_DAYS):
        until = now if order.delivered is None else clock.reading(order.delivered)
        purchased, expected = order.purchased_reading, math.exp(order.outlook.log_lead)
        span = (
            max(began - purchased, 0.0) / expected,
            (until - purchased) / expected,
            order.delivered is not None,
        )
        spans.append((order.keys, span))
    return spans


def slowness_from(table: LifeTable, spans: Sequence[tuple[LeadKeys, Span]]) -> Slowness:
    """Each lane against all of them, drawn toward its zone and that toward 0 by as much as 20 arrivals."""
    if table.arrivals < _FEWEST:
        return Slowness()
    zones: dict[str, list[float]] = {}
    lanes: dict[tuple[str, str], list[float]] = {}
    sellers: dict[str, list[float]] = {}
    for keys, span in spans:
        expected = table.arrivals_expected(span)
        lane = (keys.zone, keys.widest_lane)
        for tally in (lanes.setdefault(lane, [0.0, 0.0]), sellers.setdefault(keys.seller, [0.0, 0.0])):
            tally[0] += span[2]
            tally[1] += expected
    for (zone, _), (arrived, expected) in lanes.items():
        tally = zones.setdefault(zone, [0.0, 0.0])
        tally[0] += arrived
        tally[1] += expected
    zone_pace = {zone: _pace(tally, _LANE_PULL) for zone, tally in zones.items()}
    lane_pace = {lane: _pace(tally, _LANE_PULL, zone_pace[zone]) for (zone, lane), tally in lanes.items()}
    seller_pace = {seller: _pace(tally, _SELLER_PULL) for seller, tally in sellers.items()}
    return Slowness(
        zones={zone: _slower(pace) for zone, pace in zone_pace.items()},
        lanes={lane: _slower(pace) for lane, pace in lane_pace.items()},
        sellers={
            seller: _slower(pace)
            for seller, pace in seller_pace.items()
            if abs(math.log(pace)) > _NEXT_TO_NOTHING
        },
    )


def _pace(tally: Sequence[float], pull: float, toward: float = 1.0) -> float:
    arrived, expected = tally
    return (arrived + pull * toward) / (expected + pull)


def _slower(pace: float) -> float:
    return round(-math.log(pace), _KEPT_DIGITS)
