"""The pace of the moment: how fast the youngest orders move, measured against what was expected of them."""

import math
from collections.abc import Iterable
from statistics import fmean

from attrs import frozen

from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.lifetable import LifeTable
from checkout_kit.promise.calibration.orders import OrderBook, RememberedOrder

_FEWEST = 20
_HANDLING_DAYS = 7
_TRANSIT_DAYS = 10
_TAIL_SHARE = 0.05
_USUAL_TAIL = math.log(2.0)
_SMALLEST_RATIO = 0.02


@frozen(kw_only=True)
class Pace:
    """Log of the median ratio of actual to expected time, over the whole lead and over each stage.

    0 means as expected, also where nothing is known; `lead` comes from orders bought in the days the settings
    name, `handling` from those of the last 7, `transit` from parcels handed over in the last 10. `tail` is
    the ratio that one order in twenty exceeds, as the last 10 days alone show it, usually 2. The usual
    figures are the means of those orders' outlooks: what one order shows is read against them, so that a
    change of level passes through to every promise in full.
    """

    lead: float = 0.0
    handling: float = 0.0
    transit: float = 0.0
    tail: float = _USUAL_TAIL
    usual_log_lead: float = 0.0
    usual_handling_spread: float = 0.0
    usual_transit_spread: float = 0.0


def median_pace(ratios: Iterable[tuple[float, bool]]) -> float | None:
    """The log of the median ratio of waiting time to expected time, None for fewer than 20 orders.

    Each pair is the ratio so far and whether it has ended; those still waiting are censored, not left out
    (Kaplan and Meier's estimate): parcels of this week that have already arrived are the fast ones. A median
    not yet reached counts as the longest wait so far.

    >>> median_pace([(0.5, True)] * 20 + [(1.0, True)] * 20 + [(0.1, False)] * 40)
    -0.6931471805599453
    """
    ordered = sorted(ratios)
    at_risk = len(ordered)
    if at_risk < _FEWEST:
        return None
    median = ordered[-1][0]
    waiting = 1.0
    for ratio, has_ended in ordered:
        if has_ended:
            waiting *= 1.0 - 1.0 / at_risk
            if waiting <= 0.5 + 1e-9:
                median = ratio
                break
        at_risk -= 1
    return math.log(max(median, _SMALLEST_RATIO))


def pace_on(
    today: int, *, lead_days: int, clock: DeliveryClock, book: OrderBook, table: LifeTable
) -> Pace | None:
    """The pace on the morning of `today`, None while there are too few young orders.

    `table` is the life table of the last ten days.
    """
    now = clock.reading(today)

    def lead(order: RememberedOrder) -> tuple[float, bool]:
        until = now if order.delivered is None else clock.reading(int(order.delivered))
        return max(until - order.purchased_reading, 0.0) / math.exp(order.outlook.log_lead), (
            order.delivered is not None
        )

    def handling(order: RememberedOrder) -> tuple[float, bool]:
        ended = order.handed_over if order.handed_over is not None else order.delivered
        until = now if ended is None else clock.reading(ended)
        return (until - order.purchased_reading) / math.exp(order.outlook.log_handling), ended is not None

    def transit(order: RememberedOrder) -> tuple[float, bool]:
        until = now if order.delivered is None else clock.reading(order.delivered)
        shipped = clock.reading(order.purchased if order.handed_over is None else order.handed_over)
        return (until - shipped) / math.exp(order.outlook.log_transit), order.delivered is not None

    young = book.bought(range(today - lead_days, today))
    of_lead = median_pace(map(lead, young))
    if of_lead is None:
        return None
    of_handling = median_pace(map(handling, book.bought(range(today - _HANDLING_DAYS, today))))
    of_transit = median_pace(map(transit, book.handed_over(range(today - _TRANSIT_DAYS, today))))
    of_tail = table.log_ratio_exceeded_by(_TAIL_SHARE)
    return Pace(
        lead=of_lead,
        handling=of_handling or 0.0,
        transit=of_transit or 0.0,
        tail=of_lead + _USUAL_TAIL if of_tail is None else of_tail,
        usual_log_lead=fmean(order.outlook.log_lead for order in young),
        usual_handling_spread=fmean(order.outlook.handling_spread for order in young),
        usual_transit_spread=fmean(order.outlook.transit_spread for order in young),
    )
