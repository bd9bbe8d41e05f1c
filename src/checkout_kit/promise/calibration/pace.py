"""The pace of the moment: how fast the youngest orders arrive, measured against what was expected of them."""

import math
from collections.abc import Iterable

_FEWEST = 30


def median_pace(ratios: Iterable[tuple[float, bool]]) -> float | None:
    """The log of the median ratio of waiting time to expected lead, None when it is not known yet.

    Each pair is the ratio so far and whether the parcel has arrived; those under way are censored, not left
    out (Kaplan and Meier's estimate): parcels of this week that have already arrived are the fast ones.

    >>> median_pace([(0.5, True)] * 20 + [(1.0, True)] * 20 + [(0.1, False)] * 40)
    -0.6931471805599453
    """
    ordered = sorted(ratios)
    at_risk = len(ordered)
    if at_risk < _FEWEST:
        return None
    under_way = 1.0
    for ratio, arrived in ordered:
        if arrived:
            under_way *= 1.0 - 1.0 / at_risk
            if under_way <= 0.5 + 1e-9:
                return math.log(max(ratio, 0.02))
        at_risk -= 1
    return None
