"""A small shop for the tests of this room: one zone, one origin, what a test names on top."""

import datetime as dt
from collections.abc import Mapping
from itertools import count

from checkout_kit import Address, Cart, LineItem
from checkout_kit.shipping import Quote, QuoteRequest, ShippingPolicy

MONDAY = dt.datetime.fromisoformat("2026-11-23T10:00:00-05:00")
US = Address(country="US", region="NY", postal_code="10001")
Table = Mapping[str, object]
_numbers = count()


def mapping(*methods: Table, **extra: object) -> dict[str, object]:
    """A policy as a mapping; methods get ids, titles and the zone where they lack them."""
    listed = [{"id": f"m{i}", "title": f"M{i}"} | dict(method) for i, method in enumerate(methods)]
    known: dict[str, object] = {
        "currency": "USD",
        "origins": {"o": {"timezone": "America/New_York", "cutoff": "14:00"}},
        "zones": {"all": {"where": [{"everywhere": True}]}},
        "services": {
            "fast": {"transit": "1-2 business days"},
            "today": {"transit": "0 days", "cutoff": "11:00"},
        },
        "methods": listed,
    }
    return known | extra


def policy(*methods: Table, **extra: object) -> ShippingPolicy:
    """The policy of `mapping`, loaded."""
    return ShippingPolicy.from_dict(mapping(*methods, **extra))


def line(**facts: object) -> LineItem:
    """One mug of 500 g for 20.00."""
    known: dict[str, object] = {"id": f"l{next(_numbers)}", "sku": "mug", "quantity": 1, "unit_price": 2000}
    return LineItem(**(known | {"weight_g": 500} | facts))  # type: ignore[arg-type]


def request(*lines: LineItem, to: Address = US, at: dt.datetime = MONDAY, **facts: object) -> QuoteRequest:
    """A request for some lines; facts of the cart and of the request alike."""
    of_cart = {"order_discount", "discount_codes", "prices_include_tax", "currency"}
    cart = {"currency": "USD"} | {name: facts.pop(name) for name in list(facts) if name in of_cart}
    made = Cart(lines=lines or (line(),), **cart)  # type: ignore[arg-type]
    return QuoteRequest(cart=made, destination=to, placed_at=at, **facts)  # type: ignore[arg-type]


def quote(shop: ShippingPolicy, *lines: LineItem, **facts: object) -> Quote:
    """The quote of a request."""
    return shop.quote(request(*lines, **facts))  # type: ignore[arg-type]
