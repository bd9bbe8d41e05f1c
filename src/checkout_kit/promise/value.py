"""The promise a shopper is given."""

import datetime as dt

from attrs import frozen


@frozen(kw_only=True)
class DeliveryPromise:
    """When an order arrives, in the destination's local calendar; `latest` is what is promised.

    Attributes:
        ships_earliest: the hand-over day of the minimum handling time, ship-from calendar.
        ships_on: the ship-by day, the hand-over day of the maximum handling time.
        order_by: the cut-off instant this answer depends on; None when it depends on none.
        confidence: the probability with which `latest` is kept, where calibrated; None for rules alone.
    """

    earliest: dt.date
    latest: dt.date
    ships_earliest: dt.date
    ships_on: dt.date
    order_by: dt.datetime | None = None
    confidence: float | None = None
