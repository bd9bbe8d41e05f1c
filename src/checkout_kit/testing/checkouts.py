"""A complete sample checkout and the pieces it is made of, for tests of stores, providers and pages."""

import datetime as dt
from typing import Final

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import (
    Checkout,
    ContactPatch,
    DeliveryPatch,
    PaymentMethod,
    Update,
    transition,
)
from checkout_kit.testing.policies import FixedMethod, FixedPolicy

NOON: Final = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
ECONOMY: Final = FixedMethod(
    method_id="economy", title="Economy", price_minor=390, days=7, free_from_minor=3500
)
EXPRESS: Final = FixedMethod(
    method_id="express", title="Express", price_minor=1900, days=1, skips=("AK", "HI")
)
POLICY: Final = FixedPolicy(methods=(ECONOMY, EXPRESS))
HOME: Final = Address(
    country="US", name="Eva Cruz", line1="9 Oak Ave", city="Austin", region="TX", postal_code="73301"
)
MUG: Final = LineItem(id="l1", sku="MUG", title="Mug", quantity=1, unit_price=1200, weight_g=400)


def pays_with(token: str) -> PaymentMethod:
    """The test provider's method of this token."""
    return PaymentMethod(method="test", token=token)


def filled_in(token: str = "tok_ok", *, lines: tuple[LineItem, ...] = (MUG,)) -> Update:  # noqa: S107 - a fake
    """An update that fills every section a guest has to fill."""
    return Update(
        lines=lines,
        contact=ContactPatch(email="eva@example.com"),
        deliveries=(DeliveryPatch(address=HOME),),
        payment=pays_with(token),
    )


def empty_checkout(checkout_id: str = "co_1", *, now: dt.datetime = NOON) -> Checkout:
    """A checkout of version 1 with nothing in it."""
    return Checkout(
        id=checkout_id,
        version=1,
        cart=Cart(currency="USD", lines=()),
        created_at=now,
        updated_at=now,
        expires_at=now + dt.timedelta(days=7),
    )


def ready_checkout(checkout_id: str = "co_1", *, now: dt.datetime = NOON) -> Checkout:
    """A checkout of version 2 that can be completed."""
    return transition(empty_checkout(checkout_id, now=now), filled_in(), POLICY.quote, now).checkout
