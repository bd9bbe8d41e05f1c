"""What pickup points and lockers take."""

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.shipping.slots import PickupPoint
from checkout_kit.units import Dimensions


def cart(**facts):
    """A cart of two units of one line."""
    line = LineItem(**{"id": "l", "sku": "x", "quantity": 2, "unit_price": 100, **facts})
    return Cart(currency="USD", lines=(line,))


LOCKER = PickupPoint(
    id="l1",
    title="Locker",
    kind="locker",
    address=Address(country="US", postal_code="11201"),
    max_weight_g=5000,
    max_size=Dimensions(600, 400, 200),
)


def test_a_box_fits_whichever_way_it_is_turned():
    """Sides are compared by length, not by name."""
    assert LOCKER.refuses(cart(weight_g=2500, dimensions=Dimensions(200, 600, 400))) == ()


def test_too_heavy_and_too_large_are_both_said():
    """All reasons are given at once."""
    assert LOCKER.refuses(cart(weight_g=2501, dimensions=Dimensions(201, 600, 400))) == (
        "weighs 5002 g, at most 5000 g are taken here",
        "line 'l' does not fit the largest compartment",
    )


def test_unknown_facts_are_said_to_be_unknown():
    """Neither size nor weight is guessed; a default weight stands in for the weight."""
    assert LOCKER.refuses(cart()) == (
        "an item's weight is unknown, at most 5000 g are taken here",
        "the size of line 'l' is unknown",
    )
    assert LOCKER.refuses(cart(dimensions=Dimensions(1, 1, 1)), default_weight_g=100) == ()


def test_what_needs_no_shipping_needs_no_room():
    """A download fits every locker."""
    assert LOCKER.refuses(cart(requires_shipping=False)) == ()


def test_conditions_see_lockers_apart_from_other_points():
    """The destination kind follows the kind of point."""
    store = PickupPoint(id="s", title="Shop", kind="store", address=LOCKER.address)
    assert (LOCKER.destination_kind, store.destination_kind) == ("locker", "pickup_point")
