"""The engine agrees with a plain pricing that was written from the documentation alone."""

from random import Random

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.packages import package_requests, quote_packages
from tests.oracles.plain_prices import Prices, plain_order, plain_prices
from tests.strategies.odd_shops import Shop


@pytest.mark.parametrize("seed", range(6))
def test_prices_are_what_the_documentation_says(seed: int) -> None:
    """Hundreds of odd shops and carts on edges: each method at one price and tax, or withheld by both."""
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
            found: Prices = dict.fromkeys(m["id"] for m in shop.document["methods"])
            found |= {o.id: (o.price_minor, o.tax.amount) for o in policy.quote(request).options}
            assert found == plain_prices(shop.document, request)
            compared += len(found)
            offered += sum(price is not None for price in found.values())
    assert offered > compared / 5


@pytest.mark.parametrize("seed", range(3))
def test_packages_cost_what_the_documentation_says(seed: int) -> None:
    """Orders from two origins, split by weight and class, cost the sum of their packages."""
    rng = Random(seed)
    several = offered = 0
    while several < 60:
        shop = Shop(rng)
        try:
            policy = ShippingPolicy.from_dict(shop.document)
        except PolicyError:
            continue
        request = shop.request()
        plan = shop.plan(request.cart)
        if not 1 < len(plan.packages) < 40:
            continue
        packages = [asked for _, asked in package_requests(request, plan)]
        if plan.is_complete and not plan.unshipped:
            lines = [line for asked in packages for line in asked.cart.lines]
            assert sum(line.total for line in lines) == sum(line.total for line in request.cart.lines)
            assert sum(asked.cart.order_discount for asked in packages) == request.cart.order_discount
        order = quote_packages(policy.quote, request, plan)
        found: Prices = dict.fromkeys(m["id"] for m in shop.document["methods"])
        mixes = {o.id: o.price.amount for o in order.options if o.id not in found}
        for option in order.options:
            if option.id in found:
                found[option.id] = (option.price.amount, sum(part.tax.amount for _, part in option.choices))
        assert (found, mixes.get("cheapest-mix")) == plain_order(shop.document, packages)
        several += 1
        offered += sum(price is not None for price in found.values())
    assert offered > several / 5
