"""The walk's answer and the engine's to one scenario, in one shape."""

from checkout_kit.errors import InputError
from checkout_kit.promise.given import promise_given
from tests.oracles.promise_walk import Impossible, walk_given

FIELDS = ("ships_earliest", "ships_on", "earliest", "latest", "order_by")


def walked(given):
    """The walk's answer, or None where there is none or the scenario is not even well formed."""
    try:
        return walk_given(given)
    except (Impossible, KeyError, TypeError, ValueError):
        return None


def reckoned(given):
    """The engine's answer, or None."""
    try:
        promise = promise_given(given)
    except InputError:
        return None
    return {name: getattr(promise, name) for name in FIELDS}
