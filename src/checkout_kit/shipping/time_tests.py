"""Which time windows a rate asks about."""

from collections.abc import Iterator

from checkout_kit.shipping.conditions import Condition, TimeTest
from checkout_kit.shipping.connectives import AllOf, AnyOf, Not
from checkout_kit.shipping.rate import Rate


def time_tests(rate: Rate) -> Iterator[TimeTest]:
    """Every time window within the conditions of a rate, some perhaps twice."""
    conditions = [guard.condition for guard in rate.guards]
    conditions += [fee.when for fee in rate.surcharges if fee.when is not None]
    conditions += [cut.when for cut in rate.promotions if cut.when is not None]
    conditions += [rate.free.when] if rate.free is not None and rate.free.when is not None else []
    conditions += [when for when in getattr(rate.base, "whens", None) or () if when is not None]
    for condition in conditions:
        yield from _within(condition)


def _within(condition: Condition) -> Iterator[TimeTest]:
    if isinstance(condition, TimeTest):
        yield condition
    elif isinstance(condition, Not):
        yield from _within(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _within(part)
