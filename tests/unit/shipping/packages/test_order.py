"""Whole orders quoted package by package from a policy with two origins."""

import datetime as dt

import pytest

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.money import Money
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.shipping.packages import (
    Source,
    cheapest,
    fastest,
    plan_packages,
    quote_packages,
    rated_sources,
)

RENO = {"timezone": "America/Los_Angeles", "cutoff": "09:00", "handling": "2 working days"}
POLICY = ShippingPolicy.from_dict(
    {
        "currency": "USD",
        "origins": {
            "brooklyn": {"timezone": "America/New_York", "cutoff": "14:00"},
            "reno": RENO,
        },
        "zones": {"home": {"where": [{"country": "US"}]}},
        "services": {"ground": {"transit": "2-3 business days"}},
        "methods": [
            {
                "id": "ground",
                "title": "Ground",
                "service": "ground",
                "price": {
                    "by": "weight",
                    "tiers": [{"up_to": "1 kg", "price": "5.00"}, {"up_to": "9 kg", "price": "8.00"}],
                },
                "free_from": "100.00",
            },
            {"id": "reno-truck", "title": "Truck", "origin": "reno", "service": "ground", "price": "30.00"},
        ],
        "packages": {"sourcing": "cheapest", "weight_limit": "9 kg"},
    }
)
MONDAY_10_NEW_YORK = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)


def line(sku, quantity=1, unit_price=1000, **facts):
    """A line of 600 g items."""
    facts = {"id": sku, "weight_g": 600, **facts}
    return LineItem(sku=sku, quantity=quantity, unit_price=unit_price, **facts)


def request(*lines):
    """A request to Chicago on a Monday morning."""
    return QuoteRequest(
        cart=Cart(currency="USD", lines=lines),
        destination=Address(country="US", region="IL", postal_code="60601"),
        placed_at=MONDAY_10_NEW_YORK,
    )


def test_each_package_is_promised_from_its_own_origin():
    """Brooklyn hands over today, Reno in two working days; the order waits for Reno."""
    asked = request(line("a", origin="brooklyn"), line("b", origin="reno"))
    order = quote_packages(POLICY.quote, asked, plan_packages(asked.cart))
    ground = order.option("ground")
    promises = {package_id: option.promise for package_id, option in ground.choices}
    assert str(promises["brooklyn-1"].ships_on) == "2026-11-30"
    assert str(promises["reno-1"].ships_on) == "2026-12-02"
    assert ground.promise.latest == promises["reno-1"].latest == dt.date(2026, 12, 7)
    assert ground.price == Money(1000, "USD")


def test_a_method_of_another_origin_is_withheld_with_its_reason():
    """A method that ships from Reno only cannot take a package from Brooklyn, nor therefore the order."""
    asked = request(line("a", origin="brooklyn"), line("b", origin="reno"))
    order = quote_packages(POLICY.quote, asked, plan_packages(asked.cart))
    assert [option.id for option in order.options] == ["ground"]
    assert [(w.method_id, w.reason) for w in order.withheld] == [("reno-truck", "ships_from_elsewhere")]
    alone = request(line("b", origin="reno"))
    order = quote_packages(POLICY.quote, alone, plan_packages(alone.cart))
    assert [option.id for option in order.options] == ["ground", "reno-truck"]


def test_a_threshold_looks_at_the_whole_order():
    """Two packages of 60 dollars each reach a threshold of 100 together."""
    asked = request(line("a", unit_price=6000, origin="brooklyn"), line("b", unit_price=6000, origin="reno"))
    order = quote_packages(POLICY.quote, asked, plan_packages(asked.cart))
    assert order.option("ground").price == Money(0, "USD")


def test_sources_are_rated_by_what_they_would_cost_and_when_they_would_arrive():
    """Cost and day come from quoting the whole cart from each; the strategies then compare them."""
    asked = request(line("a"))
    rated = rated_sources(POLICY.quote, asked, [Source(id="brooklyn"), Source(id="reno")])
    assert [(s.id, s.package_cost_minor, str(s.arrives_on)) for s in rated] == [
        ("brooklyn", 500, "2026-12-03"),
        ("reno", 500, "2026-12-07"),
    ]
    for strategy in (cheapest, fastest):
        plan = plan_packages(asked.cart, rated, strategy=strategy)
        assert [package.origin for package in plan.packages] == ["brooklyn"]


def test_a_source_that_cannot_deliver_is_not_used():
    """Nothing goes to a country no zone holds."""
    abroad = QuoteRequest(
        cart=request(line("a")).cart, destination=Address(country="FR"), placed_at=MONDAY_10_NEW_YORK
    )
    (source,) = rated_sources(POLICY.quote, abroad, [Source(id="reno")])
    assert not source.is_enabled


def test_the_policys_package_rules_are_applied():
    """Strategy and weight limit come from the policy's own table."""
    asked = request(line("a", 20))
    rated = rated_sources(POLICY.quote, request(line("a")), [Source(id="brooklyn"), Source(id="reno")])
    plan = POLICY.packages.plan(asked.cart, rated)
    assert [(p.id, p.quantity) for p in plan.packages] == [("brooklyn-1", 15), ("brooklyn-2", 5)]


def test_an_origin_the_policy_does_not_know_is_an_input_error():
    """A stock system's warehouse that the policy has no calendar for is named, with the known ones."""
    asked = request(line("a", origin="moon"))
    with pytest.raises(
        InputError, match=r"origin: not one of the policy's origins, found 'moon'; use one of"
    ):
        quote_packages(POLICY.quote, asked, plan_packages(asked.cart))


def test_a_source_is_rated_by_the_options_that_have_a_day():
    """A method without dates counts for the cost only, and a source with no other has no day."""
    methods = [
        {"id": "ground", "title": "Ground", "service": "ground", "price": "8.00", "origin": "reno"},
        {"id": "someday", "title": "Someday", "price": "3.00"},
    ]
    policy = ShippingPolicy.from_dict(
        {
            "currency": "USD",
            "origins": {"brooklyn": RENO, "reno": RENO},
            "zones": {"home": {"where": [{"country": "US"}]}},
            "services": {"ground": {"transit": "2-3 business days"}},
            "methods": methods,
        }
    )
    sources = [Source(id="brooklyn", stock={"mug": 1}), Source(id="reno", stock={"mug": 1})]
    found = rated_sources(policy.quote, request(line("mug")), sources)
    assert [(source.package_cost_minor, source.arrives_on) for source in found] == [
        (300, None),
        (300, dt.date(2026, 12, 7)),
    ]
