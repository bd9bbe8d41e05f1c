"""Totals, slots and parcels as other systems' own tests and users' reports have them."""

import datetime as dt
import json

import pytest

from checkout_kit.cart import Cart, LineItem
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService
from checkout_kit.service.wire import parse_new_checkout
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.packages import Incoming, Source, by_availability, plan_packages
from checkout_kit.shipping.slots import SlotSchedule, SlotWindow, list_slots
from checkout_kit.storage import open_store

HOME = {"country": "US", "region": "NY", "postal_code": "10001"}


def totals_of(items: list[dict[str, object]], shop: dict[str, object], **cart: object) -> dict[str, int]:
    """The totals of a new checkout of these items in a shop with one method."""
    policy = ShippingPolicy.from_dict(
        {
            "currency": "USD",
            "origins": {"o": {"timezone": "UTC", "cutoff": "14:00"}},
            "zones": {"all": {"where": [{"everywhere": True}]}},
        }
        | shop
    )
    service = CheckoutService(store=open_store("sqlite://"), policy=policy, payments=TestPayments())
    lines = [{"id": str(i), "sku": f"s{i}", "quantity": 1} | item for i, item in enumerate(items)]
    body = {"currency": "USD", "lines": lines, "delivery": {"address": HOME}} | cart
    opened = service.create(parse_new_checkout(json.dumps(body).encode(), trusted=True))
    found = opened.view.to_dict()["totals"]
    assert isinstance(found, dict)
    return found


def method(price: str) -> dict[str, object]:
    """One method at a flat price."""
    return {"methods": [{"id": "m", "title": "M", "price": price}]}


CUT = {"promotions": [{"id": "cut", "percent": "10"}]}
CONTAINED = {"tax": {"prices": "included", "rate": "10"}}


@pytest.mark.parametrize(
    ("item", "shop", "cart", "expected"),
    [
        (
            {"unit_price": 1000, "tax_rate_bp": 2300},
            method("50") | CONTAINED | CUT,
            {"prices_include_tax": True},
            {"tax_included": 596, "tax": 0, "total": 5500},
        ),
        (
            {"unit_price": 1000, "tax_rate_bp": 2300},
            method("50") | CONTAINED | CUT,
            {},
            {"tax_included": 409, "tax": 230, "total": 5730},
        ),
        (
            {"unit_price": 1000, "tax_rate_bp": 500},
            method("10") | CONTAINED,
            {},
            {"shipping": 1000, "tax": 50, "tax_included": 91, "total": 2050},
        ),
        (
            {"unit_price": 10_000},
            method("10") | {"promotions": [{"id": "cut", "percent": "20"}]},
            {},
            {"shipping": 1000, "shipping_discount": -200, "total": 10_800},
        ),
        (
            {"unit_price": 0},
            method("5") | {"tax": {"prices": "added", "rate": "20"}},
            {},
            {"shipping": 500, "tax": 100, "total": 600},
        ),
    ],
)
def test_totals_with_tax_on_goods_and_shipping(
    item: dict[str, object], shop: dict[str, object], cart: dict[str, object], expected: dict[str, int]
) -> None:
    """Tax contained in goods, in shipping, in both or in neither (Sylius, vendure)."""
    found = totals_of([item], shop, **cart)
    assert {name: found[name] for name in expected} == expected


def test_a_slot_closes_at_its_cutoff() -> None:
    """At 16:15 the evening slot of a 16:00 cut-off is no longer offered (coopcycle-web, issue 2614)."""
    window = SlotWindow(
        weekdays=(1, 2, 3, 4, 5, 6, 7), starts="18:00", ends="21:00", capacity=9, cutoff="16:00"
    )
    schedule = SlotSchedule(id="evening", timezone="America/Los_Angeles", windows=(window,))
    first = list_slots(schedule, dt.datetime.fromisoformat("2021-07-09T16:15:00-07:00"))[0]
    assert (str(first.starts_at.date()), first.is_offered, first.reason) == (
        "2021-07-09",
        False,
        "cutoff_passed",
    )


def test_what_is_on_the_shelf_goes_apart_from_what_is_to_come() -> None:
    """Four units on hand and five backordered are two parcels (solidus, backordered splitter)."""
    later = Incoming(quantity=5, on=dt.date(2026, 12, 1))
    cart = Cart(currency="USD", lines=[LineItem(id="1", sku="A", quantity=9, unit_price=100, weight_g=1)])
    source = Source(id="shop", stock={"A": 4}, incoming={"A": later})
    plan = plan_packages(cart, [source], splitters=[by_availability])
    assert sorted(package.quantity for package in plan.packages) == [4, 5]
