"""How well promised dates were kept: on-time rates, days promised, pinball loss."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from attrs import frozen

from checkout_kit.promise.calibration.backtest import Prediction

ENOUGH_FOR_A_ZONE = 100
ENOUGH_FOR_A_WEEK = 300


@frozen(kw_only=True)
class GroupRate:
    """The on-time rate of one zone or week."""

    group: str
    orders: int
    on_time_rate: float
    mean_promised_days: float


@frozen(kw_only=True)
class BacktestScore:
    """The figures of one confidence over all delivered orders; days are calendar days from purchase.

    `shorter_by` compares the mean promised days with the shop's own estimate (0.25 = a quarter shorter). The
    worst groups are those of at least 100 orders (zone) or 300 (week); None where there is nothing to say.
    """

    confidence: float
    orders: int
    delivered: int
    on_time_rate: float
    mean_promised_days: float
    shorter_by: float | None
    pinball_days: float
    worst_zone: GroupRate | None
    worst_week: GroupRate | None
    bases: tuple[tuple[str, int], ...]


def pinball_days(delivered_days: int, promised_days: int, confidence: float) -> float:
    """The loss of one promise: each day late costs `confidence`, each day to spare the rest.

    >>> pinball_days(10, 8, 0.75), pinball_days(8, 10, 0.75)
    (1.5, 0.5)
    """
    late_by = delivered_days - promised_days
    return max(confidence * late_by, (confidence - 1.0) * late_by)


def monday_of(day: date) -> str:
    """The Monday of a day's week, in ISO 8601."""
    return (day - timedelta(days=day.weekday())).isoformat()


def rates_by(
    predictions: Iterable[Prediction], group_of: Callable[[Prediction], str]
) -> tuple[GroupRate, ...]:
    """On-time rate and mean promised days of each group of delivered orders, sorted by group."""
    groups: dict[str, list[Prediction]] = {}
    for each in predictions:
        if each.delivered_on is not None:
            groups.setdefault(group_of(each), []).append(each)
    return tuple(
        GroupRate(
            group=group,
            orders=len(members),
            on_time_rate=sum(map(is_on_time, members)) / len(members),
            mean_promised_days=sum(each.promised_days for each in members) / len(members),
        )
        for group, members in sorted(groups.items())
    )


def is_on_time(prediction: Prediction) -> bool:
    """Delivered on or before the promised date."""
    return prediction.delivered_on is not None and prediction.delivered_on <= prediction.promised_on


def score_of(predictions: Sequence[Prediction]) -> BacktestScore | None:
    """The score of the predictions of one confidence, None when none of the orders has been delivered."""
    judged = [each for each in predictions if each.delivered_on is not None]
    if not judged:
        return None
    confidence = judged[0].confidence
    losses = [
        pinball_days((each.delivered_on - each.purchased_on).days, each.promised_days, confidence)
        for each in judged
        if each.delivered_on is not None
    ]
    compared = [
        (each.promised_days, (each.own_estimate - each.purchased_on).days)
        for each in judged
        if each.own_estimate
    ]
    own_days = sum(own for _, own in compared)
    return BacktestScore(
        confidence=confidence,
        orders=len(predictions),
        delivered=len(judged),
        on_time_rate=sum(map(is_on_time, judged)) / len(judged),
        mean_promised_days=sum(each.promised_days for each in judged) / len(judged),
        shorter_by=1.0 - sum(ours for ours, _ in compared) / own_days if own_days else None,
        pinball_days=sum(losses) / len(losses),
        worst_zone=_worst(rates_by(judged, lambda each: each.zone), ENOUGH_FOR_A_ZONE),
        worst_week=_worst(rates_by(judged, lambda each: monday_of(each.purchased_on)), ENOUGH_FOR_A_WEEK),
        bases=tuple(sorted(Counter(each.basis for each in predictions).items())),
    )


def _worst(rates: Iterable[GroupRate], enough: int) -> GroupRate | None:
    large = [rate for rate in rates if rate.orders >= enough]
    return min(large, key=lambda rate: rate.on_time_rate, default=None)
