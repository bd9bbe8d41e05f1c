"""The engine and a plain reading of the policy agree to the cent."""

from random import Random

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.shipping import ShippingPolicy
from tests.oracles.price_walk import Walk
from tests.strategies.policies import random_policy, random_request


@pytest.mark.parametrize("seed", range(10))
def test_prices_are_those_of_a_plain_reading(seed: int) -> None:
    """Hundreds of random policies and carts per seed: the same methods offered, at the same cents."""
    rng = Random(seed)
    compared = 0
    while compared < 150:
        document = random_policy(rng)
        try:
            policy = ShippingPolicy.from_dict(document)
        except PolicyError:
            continue
        for _ in range(4):
            request = random_request(rng)
            ours = {option.id: option.price_minor for option in policy.quote(request).options}
            assert ours == Walk(document, request).prices()
            compared += 1
