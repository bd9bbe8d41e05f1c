"""The engine agrees with a plain pricing that was written from the documentation alone."""

from random import Random

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.shipping import ShippingPolicy
from tests.oracles.plain_prices import plain_prices
from tests.strategies.odd_shops import Shop


@pytest.mark.parametrize("seed", range(6))
def test_prices_are_what_the_documentation_says(seed: int) -> None:
    """Hundreds of odd shops and carts on their edges: each method at the same price, or withheld by both."""
    rng = Random(seed)
    compared = offered = 0
    while compared < 1500:
        shop = Shop(rng)
        try:
            policy = ShippingPolicy.from_dict(shop.document)
        except PolicyError:
            continue
        for _ in range(4):
            request = shop.request()
            found: dict[str, int | None] = dict.fromkeys(m["id"] for m in shop.document["methods"])
            found |= {option.id: option.price_minor for option in policy.quote(request).options}
            assert found == plain_prices(shop.document, request)
            compared += len(found)
            offered += sum(price is not None for price in found.values())
    assert offered > compared / 5
