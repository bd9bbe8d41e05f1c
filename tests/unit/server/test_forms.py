"""A posted form becomes an update with only what the buyer changed."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import (
    UNSET,
    Billing,
    Checkout,
    Contact,
    ContactPatch,
    Delivery,
    DeliveryPatch,
    Item,
    PaymentMethod,
    Update,
)
from checkout_kit.server.form_fields import MAX_TEXT, text_of
from checkout_kit.server.forms import MAX_QUANTITY, update_from
from checkout_kit.server.settings import TEST_PAYMENTS

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
HOME = Address(country="US", name="Ada", line1="1 Main St", city="Brooklyn", region="NY", postal_code="11231")
CHECKOUT = Checkout(
    id="co_1",
    version=1,
    cart=Cart(currency="USD", lines=(LineItem(id="a:b", sku="mug", quantity=2, unit_price=1200),)),
    created_at=NOW,
    updated_at=NOW,
    expires_at=NOW + dt.timedelta(days=1),
    contact=Contact(email="ada@example.com"),
    deliveries=(Delivery(address=HOME),),
    payment=PaymentMethod(method="test", token="tok_ok"),
)
SAME = {
    "email": "ada@example.com",
    "name": "Ada",
    "country": "US",
    "line1": "1 Main St",
    "line2": "",
    "city": "Brooklyn",
    "region": "NY",
    "postal_code": "11231",
    "payment": "ok",
    "billing_shown": "1",
    "billing_same": "1",
}


def update(changes: dict[str, str], checkout: Checkout = CHECKOUT, *, without: str = "") -> Update:
    """The update of the unchanged form with these changes."""
    form = {name: value for name, value in {**SAME, **changes}.items() if name != without}
    return update_from(form, checkout, countries=("US", "DE"), payments=TEST_PAYMENTS, is_cart_editable=True)


def test_a_shop_that_splits_nothing_ignores_the_button() -> None:
    """A form made by hand cannot press what the page does not show."""
    two = evolve(CHECKOUT.cart.lines[0], id="b")
    full = evolve(CHECKOUT, cart=evolve(CHECKOUT.cart, lines=(*CHECKOUT.cart.lines, two)))
    form = {**SAME, "action": "split"}
    given = {"countries": ("US", "DE"), "payments": TEST_PAYMENTS}
    assert update_from(form, full, **given).replaces_deliveries  # type: ignore[arg-type]
    assert update_from(form, full, splits_deliveries=False, **given) == Update()  # type: ignore[arg-type]


def test_the_form_as_it_was_shown_changes_nothing() -> None:
    """Sending back what is stored is an empty update."""
    assert update({}) == Update()


def test_codes_change_only_where_the_form_has_the_field() -> None:
    """A page without the field keeps them; the field may add one, separate them by commas, or clear them."""
    cart = evolve(CHECKOUT.cart, discount_codes=("SAVE10",))
    coded = evolve(CHECKOUT, cart=cart)
    assert update({}, coded).discount_codes is UNSET
    assert update({"codes": " SAVE10 "}, coded).discount_codes is UNSET
    assert update({"codes": "SAVE10, VIP,SAVE10"}, coded).discount_codes == ("SAVE10", "VIP")
    assert update({"codes": ""}, coded).discount_codes == ()


def test_a_changed_email_is_all_there_is() -> None:
    """One changed field is one changed section."""
    assert update({"email": " grace@example.com "}) == Update(contact=ContactPatch(email="grace@example.com"))


def test_the_region_follows_the_postal_code() -> None:
    """A stale region in the form gives way to the one the new code lies in."""
    changed = update({"postal_code": "94110"}).deliveries
    assert changed == (DeliveryPatch(address=evolve(HOME, postal_code="94110", region="CA")),)


def test_a_saved_address_is_named_not_copied() -> None:
    """Choosing a saved address sends its id; choosing another address sends that."""
    assert update({"place": "ad_1"}).deliveries == (DeliveryPatch(saved_address_id="ad_1"),)
    at_saved = evolve(CHECKOUT, deliveries=(Delivery(address=HOME, saved_address_id="ad_1"),))
    assert update({"place": "ad_1"}, at_saved) == Update()
    assert update({"place": "new"}, at_saved).deliveries == (DeliveryPatch(address=HOME),)


def test_an_option_is_the_buyers_only_when_it_differs() -> None:
    """The preselected option is not turned into the buyer's choice by sending the form."""
    assert update({"option": "fast"}).deliveries == (DeliveryPatch(option_id="fast"),)


def test_a_billing_address_of_its_own() -> None:
    """Without the tick, the address in the billing fields."""
    form = {"billing_country": "DE", "billing_city": "Berlin"}
    billing = update(form, without="billing_same").billing
    assert billing == Billing(address=Address(country="DE", city="Berlin"))


def test_billing_is_the_delivery_address_again() -> None:
    """Ticking the box clears a billing address given before."""
    before = evolve(CHECKOUT, billing=Billing(address=HOME))
    assert update({}, before).billing is None


def test_a_country_that_is_not_offered_is_not_taken() -> None:
    """A tampered list falls back to the shop's first country."""
    changed = update({"country": "XX"}).deliveries
    assert changed is UNSET


@pytest.mark.parametrize(
    ("step", "quantity"), [("a:b:1", 3), ("a:b:-1", 1), ("a:b:5", None), ("x:1", None), ("", None)]
)
def test_quantity_steps(step: str, quantity: int | None) -> None:
    """One more or one fewer of a line that exists; anything else is nothing."""
    expected = UNSET if quantity is None else (Item(id="a:b", sku="mug", quantity=quantity),)
    assert update({"step": step}).items == expected


def test_quantities_stay_within_bounds() -> None:
    """Never below one, never above the most."""
    (line,) = CHECKOUT.cart.lines
    for quantity, step in ((1, "a:b:-1"), (MAX_QUANTITY, "a:b:1")):
        cart = evolve(CHECKOUT.cart, lines=(evolve(line, quantity=quantity),))
        items = update({"step": step}, evolve(CHECKOUT, cart=cart)).items
        assert items == (Item(id="a:b", sku="mug", quantity=quantity),)


def test_a_fixed_cart_takes_no_steps() -> None:
    """Where the shop does not allow it, the page cannot change quantities."""
    fixed = update_from({"step": "a:b:1"}, CHECKOUT, countries=("US",), payments=TEST_PAYMENTS)
    assert fixed.items is UNSET


def test_text_is_one_clean_line() -> None:
    """Line breaks and control characters go, and nobody stores a novel."""
    assert text_of({"name": " Ada\r\n\tLove\x00lace "}, "name") == "Ada Lovelace"
    assert len(text_of({"name": "x" * 10_000}, "name")) == MAX_TEXT
    assert text_of({}, "name") == ""
