"""The stored document reads back to an equal value."""

import datetime as dt

import pytest
from attrs import evolve
from pydantic_core import from_json, to_json

from checkout_kit.cart import LineItem
from checkout_kit.checkout import (
    Assignment,
    Billing,
    Business,
    Change,
    Complete,
    PaymentMethod,
    PaymentOutcome,
    PlaceOrder,
    transition,
)
from checkout_kit.checkout.document import UnknownFormat, unpack_checkout
from checkout_kit.orders import place_order
from checkout_kit.orders.document import pack_order, unpack_order
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.checkouts import HOME, NOON, POLICY, empty_checkout, ready_checkout
from checkout_kit.units import Dimensions


def test_an_empty_checkout_is_small() -> None:
    """Defaults are left out, so that a row stays short."""
    assert set(from_json(CheckoutCodec().encode(empty_checkout()))) == {
        "format", "id", "version", "cart", "created_at", "updated_at", "expires_at"
    }  # fmt: skip


def test_every_section_survives() -> None:
    """A checkout with every section filled reads back equal."""
    line = LineItem(
        id="x",
        sku="X",
        quantity=2,
        unit_price=5,
        dimensions=Dimensions(1, 2, 3),
        attributes={"colour": "red"},
    )
    full = evolve(
        ready_checkout(),
        cart=evolve(ready_checkout().cart, lines=(line,), discount_codes=("A",)),
        billing=Billing(address=HOME, saved_address_id="ad_1"),
        business=Business(company="Oak Ltd", tax_id="1"),
        payment=PaymentMethod(method="test", token="tok_ok", label="Card"),
        assignment=Assignment(experiment="free-from", variant="b"),
        rejected_codes=("OLD",),
        changes=(
            Change(
                kind="date", cause="time", delivery_id="delivery", option_id="economy", title="Economy",
                old_latest=dt.date(2026, 11, 24), new_latest=dt.date(2026, 11, 25),
            ),
        ),
    )  # fmt: skip
    paying = transition(evolve(ready_checkout()), Complete(), POLICY.quote, NOON).checkout
    placed = transition(
        paying, PaymentOutcome(attempt=1, state="authorised", payment_id="p"), POLICY.quote, NOON
    ).checkout
    for checkout in (full, paying, placed):
        assert CheckoutCodec().decode(checkout.id, CheckoutCodec().encode(checkout)) == checkout


def test_an_order_survives() -> None:
    """An order reads back equal, with the promise it was placed on."""
    effect = PlaceOrder(order_id="or_1", payment_id="p", is_captured=False)
    order = place_order(ready_checkout(), effect, NOON, provider="test")
    again = unpack_order(from_json(to_json(pack_order(order))))
    assert again == order
    choice = again.deliveries[0].choice
    assert choice is not None
    assert choice.promise is not None


def test_a_newer_format_is_refused() -> None:
    """A document of a later version is not guessed at."""
    with pytest.raises(UnknownFormat, match="upgrade checkout-kit"):
        unpack_checkout({**from_json(CheckoutCodec().encode(empty_checkout())), "format": 2})


def test_a_token_never_shows_in_a_repr() -> None:
    """Payment tokens are kept out of what ends up in logs."""
    assert "tok_ok" not in repr(ready_checkout())
