"""What holds of every order that is split into packages, whatever the policy and the cart."""

from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.shipping.packages import by_shipping_class, by_weight, plan_packages, quote_packages
from checkout_kit.shipping.packages.combine import CHEAPEST_MIX, FASTEST_MIX
from tests.strategies.policies import random_loaded, random_request

randoms = st.integers(0, 2**48).map(Random)
quick = settings(max_examples=120, deadline=None)
LIMITS_G = (400, 1500, 10_000)


def split(rng):
    """A policy, a request and a plan of as many packages as the cart gives."""
    policy, request = random_loaded(rng), random_request(rng)
    request = evolve(request, whole_cart=None, origin="")
    splitters = [by_shipping_class, by_weight(rng.choice(LIMITS_G), default_weight_g=300)]
    return policy, request, plan_packages(request.cart, splitters=splitters)


def single(rng):
    """The same without splitting."""
    policy, request, _ = split(rng)
    return policy, request, plan_packages(request.cart)


@quick
@given(randoms)
def test_an_orders_price_is_the_sum_of_its_packages(rng):
    """Components of all packages add up to the price, and each is that of a quoted option."""
    policy, request, plan = split(rng)
    order = quote_packages(policy.quote, request, plan)
    quotes = dict(order.package_quotes)
    for option in order.options:
        assert [package_id for package_id, _ in option.choices] == [package.id for package in plan.packages]
        assert sum(c.amount_minor for _, c in option.components) == option.price.amount
        for package_id, chosen in option.choices:
            assert quotes[package_id].option(chosen.id) == chosen


@quick
@given(randoms)
def test_every_method_is_offered_or_withheld_for_the_order(rng):
    """No method vanishes between the packages and the order."""
    policy, request, plan = split(rng)
    order = quote_packages(policy.quote, request, plan)
    offered = {option.id for option in order.options} - {CHEAPEST_MIX, FASTEST_MIX}
    withheld = {one.method_id for one in order.withheld}
    assert offered.isdisjoint(withheld)
    assert offered | withheld == (set(policy.method_ids) if plan.packages else set())


@quick
@given(randoms)
def test_an_orders_promise_is_the_latest_of_every_field(rng):
    """Each field of the order's promise is the largest of the packages'."""
    policy, request, plan = split(rng)
    for option in quote_packages(policy.quote, request, plan).options:
        promises = [chosen.promise for _, chosen in option.choices]
        if None in promises:
            assert option.promise is None
            continue
        for field in ("earliest", "latest", "ships_earliest", "ships_on"):
            assert getattr(option.promise, field) == max(getattr(promise, field) for promise in promises)


@quick
@given(randoms)
def test_one_package_is_quoted_as_the_cart_itself(rng):
    """An order that is not split costs and arrives as its quote says."""
    policy, request, plan = single(rng)
    if not plan.packages or plan.unshipped:
        return
    whole = policy.quote(request)
    order = quote_packages(policy.quote, request, plan)
    assert [(o.id, o.price.amount, o.promise) for o in order.options] == [
        (o.id, o.price_minor, o.promise) for o in whole.options
    ]
    assert {w.method_id: w.reason for w in order.withheld} == {w.method_id: w.reason for w in whole.withheld}
