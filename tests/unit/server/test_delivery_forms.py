"""Several deliveries in a posted form: goods move, places follow, and nothing unsaid changes."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import UNSET, Checkout, Delivery, DeliveryPatch, PickupPlace, Update
from checkout_kit.checkout.sections import apply_update
from checkout_kit.server.delivery_forms import posted_deliveries, without_options

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
HOME = Address(country="DE", name="Eva", line1="Torstraße 1", city="Berlin", postal_code="10119")
AWAY = Address(country="DE", name="Ana", line1="Domplatz 2", city="Hamburg", postal_code="20095")
ONE = Checkout(
    id="co_1",
    version=1,
    cart=Cart(
        currency="EUR",
        lines=tuple(LineItem(id=i, sku=i, quantity=1, unit_price=100) for i in ("cup", "bowl", "cloth")),
    ),
    created_at=NOW,
    updated_at=NOW,
    expires_at=NOW + dt.timedelta(days=1),
    deliveries=(Delivery(address=HOME),),
)
TWO = evolve(ONE, deliveries=(Delivery(address=HOME), Delivery(id="d-2", line_ids=("cloth",), address=HOME)))


def fields(address: Address, prefix: str = "") -> dict[str, str]:
    """The address as the form sends it."""
    parts = ("country", "name", "line1", "city", "postal_code", "region")
    return {prefix + part: str(getattr(address, part)) for part in parts}


SHOWN = {
    "delivery": "delivery",
    **fields(HOME),
    "d2_delivery": "d-2",
    "d2_place": "same",
    "d2_goods": "1",
    "d2_goes:cloth": "1",
    **fields(Address(country="DE"), "d2_"),
}


def after(checkout: Checkout, form: dict[str, str]) -> Checkout:
    """The checkout once the form has been taken."""
    patches, replaces = posted_deliveries(form, checkout, ("DE", "FR"))
    return apply_update(checkout, Update(deliveries=patches, replaces_deliveries=replaces), {})


def test_the_form_as_it_was_shown_changes_nothing() -> None:
    """Sending back two deliveries as they are is no change at all."""
    assert posted_deliveries(SHOWN, TWO, ("DE",)) == (UNSET, False)


def test_splitting_sends_the_last_line_to_the_same_place() -> None:
    """The first delivery keeps the rest, whatever is added to the cart later."""
    split = after(ONE, {**fields(HOME), "action": "split"})
    assert [(d.id, d.line_ids, d.address) for d in split.deliveries] == [
        ("delivery", (), HOME),
        ("delivery-2", ("cloth",), HOME),
    ]
    alone = evolve(ONE, cart=evolve(ONE.cart, lines=ONE.cart.lines[:1]))
    assert posted_deliveries({**fields(HOME), "action": "split"}, alone, ("DE",)) == (UNSET, False)


def test_a_collected_delivery_is_split_at_its_pickup_point() -> None:
    """Both parts are collected there until the buyer says otherwise."""
    collected = evolve(ONE, deliveries=(Delivery(pickup=PickupPlace(id="shop")),))
    split = after(collected, {"place": "pickup:shop", "action": "split"})
    assert [d.pickup and d.pickup.id for d in split.deliveries] == ["shop", "shop"]


def test_ticks_move_goods_between_deliveries() -> None:
    """Ticked goods come, unticked ones go back to the first."""
    moved = after(TWO, {**SHOWN, "d2_goes:bowl": "1"})
    assert [d.line_ids for d in moved.deliveries] == [(), ("bowl", "cloth")]
    swapped = {**SHOWN, "d2_goes:cup": "1"}
    swapped.pop("d2_goes:cloth")
    assert [d.line_ids for d in after(TWO, swapped).deliveries] == [(), ("cup",)]


@pytest.mark.parametrize("how", ["button", "untick"])
def test_a_delivery_without_goods_is_gone(how: str) -> None:
    """By its button, or because nothing is left in it."""
    form = {**SHOWN, "action": "merge:d-2"} if how == "button" else {**SHOWN}
    if how == "untick":
        form.pop("d2_goes:cloth")
    merged = after(TWO, form)
    assert [(d.id, d.line_ids) for d in merged.deliveries] == [("delivery", ())]


def test_when_all_goods_go_with_the_second_only_it_stays() -> None:
    """A first delivery with nothing in it would wait for an address in vain."""
    form = {**SHOWN, "d2_goes:cup": "1", "d2_goes:bowl": "1", "d2_place": "new", **fields(AWAY, "d2_")}
    (left,) = after(TWO, form).deliveries
    assert (left.id, left.line_ids, left.address) == ("d-2", (), AWAY)


def test_a_place_that_follows_the_first_moves_with_it() -> None:
    """In the very form that changes the first address."""
    moved = after(TWO, {**SHOWN, **fields(AWAY)})
    assert [d.address for d in moved.deliveries] == [AWAY, AWAY]
    patches, _ = posted_deliveries({**SHOWN, "place": "ad_1"}, TWO, ("DE",))
    assert patches == (
        DeliveryPatch(saved_address_id="ad_1"),
        DeliveryPatch(id="d-2", saved_address_id="ad_1"),
    )


def test_deliveries_the_form_does_not_show_are_left_alone() -> None:
    """Another tab may have changed them meanwhile; an unknown id is no delivery."""
    form = {**fields(AWAY), "d2_delivery": "d-9", "d2_place": "new", **fields(AWAY, "d2_")}
    assert [d.address for d in after(TWO, form).deliveries] == [AWAY, HOME]


def test_options_are_taken_out_of_an_update() -> None:
    """Everything else stays in it."""
    update = Update(deliveries=(DeliveryPatch(address=HOME, option_id="gone"),), note="n")
    assert without_options(update) == Update(deliveries=(DeliveryPatch(address=HOME),), note="n")
    assert without_options(Update()) == Update()
