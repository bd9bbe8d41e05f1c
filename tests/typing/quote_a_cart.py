"""How a caller's code is typed; checked by mypy and never run."""

import datetime as dt
from typing import assert_type

from checkout_kit import (
    Address,
    AddressBook,
    Cart,
    DeliveryPromise,
    LineItem,
    Money,
    Quote,
    QuoteRequest,
    ShippingOption,
    ShippingPolicy,
    Withheld,
)
from checkout_kit.address import SavedAddress

policy = ShippingPolicy.load("shipping.toml")
cart = Cart(currency="USD", lines=[LineItem(id="1", sku="MUG", quantity=2, unit_price=1540)])
quote = policy.quote(
    QuoteRequest(cart=cart, destination=Address(country="US"), placed_at=dt.datetime.now(dt.UTC))
)
assert_type(quote, Quote)
assert_type(quote.options, tuple[ShippingOption, ...])
assert_type(quote.withheld, tuple[Withheld, ...])
assert_type(cart.lines, tuple[LineItem, ...])

for option in quote.options:
    assert_type(option.price, Money)
    assert_type(option.promise, DeliveryPromise | None)

cart.currency = "EUR"  # type: ignore[misc]
Cart(currency="USD", lines="MUG")  # type: ignore[arg-type]
Money(3.9, "USD")  # type: ignore[arg-type]
quote.options[0].price + 1  # type: ignore[operator]
assert_type(AddressBook().offer("delivery"), tuple[SavedAddress, ...])
