"""Doing what a hint says offers the method."""

from random import Random

from checkout_kit.shipping import QuoteRequest, ShippingPolicy, Withheld
from tests.strategies.changes import applied
from tests.strategies.policies import random_loaded, random_request

CARTS = 1500


def is_offered_after(policy: ShippingPolicy, request: QuoteRequest, withheld: Withheld) -> bool:
    """Whether the method is offered once all its changes are made."""
    return policy.quote(applied(policy, request, withheld.changes)).option(withheld.method_id) is not None


def test_a_hint_applied_offers_the_method() -> None:
    """For at least 99 of 100 methods withheld with a hint, its change is enough; the rest are listed."""
    rng = Random(20261121)
    tried, kept_back = 0, []
    for _ in range(CARTS // 5):
        policy = random_loaded(rng)
        for _ in range(5):
            request = random_request(rng)
            for withheld in policy.quote(request).withheld:
                if any(change.kind == "none" for change in withheld.changes) or not withheld.changes:
                    continue
                tried += 1
                if not is_offered_after(policy, request, withheld):
                    kept_back.append((withheld.reason, withheld.message, withheld.hint))
    assert tried > CARTS / 2
    listed = "\n".join(map(str, kept_back))
    assert len(kept_back) <= tried / 100, f"{len(kept_back)} of {tried} hints do not help:\n{listed}"
