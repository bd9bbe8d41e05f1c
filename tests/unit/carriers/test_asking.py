"""What live sources are asked for a cart."""

import datetime as dt

import pytest

from checkout_kit.address import Address
from checkout_kit.carriers import Parcel, rate_request
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.units import Dimensions

SHOP = Address(country="US", region="NY", postal_code="11201")


def asked(*lines, kind="", **settings):
    """The rate request of a cart of these lines."""
    request = QuoteRequest(
        cart=Cart(currency="USD", lines=lines),
        destination=Address(country="US", region="IL", postal_code="60601"),
        placed_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
        destination_kind=kind,
    )
    return rate_request(request, origin=SHOP, **settings)


def line(name, quantity=1, **facts):
    """One line."""
    return LineItem(id=name, sku=name, quantity=quantity, unit_price=100, **facts)


def test_everything_that_ships_is_one_parcel():
    """Weights add up over units; what needs no shipping is left out."""
    found = asked(line("a", 2, weight_g=300), line("b", weight_g=50), line("c", requires_shipping=False))
    assert (found.parcels, found.currency, found.origin) == ((Parcel(weight_g=650),), "USD", SHOP)


def test_a_single_unit_keeps_its_size():
    """The box of one unit is that of the parcel; the box of several is unknown."""
    box = Dimensions(300, 200, 100)
    assert asked(line("a", weight_g=1, dimensions=box)).parcels[0].dimensions == box
    assert asked(line("a", 2, weight_g=1, dimensions=box)).parcels[0].dimensions is None


def test_nothing_to_ship_is_nothing_to_ask():
    """A cart of downloads has no request."""
    assert asked(line("a", requires_shipping=False)) is None


def test_unknown_weights_are_faults_unless_there_is_a_default():
    """Every line without a weight is named; none is guessed."""
    with pytest.raises(InputError) as caught:
        asked(line("a"), line("b", weight_g=5), line("c"))
    assert [fault.path for fault in caught.value.faults] == ["lines.a.weight_g", "lines.c.weight_g"]
    assert asked(line("a", 3), default_weight_g=400).parcels == (Parcel(weight_g=1200),)


@pytest.mark.parametrize(
    ("kind", "known"), [("residential", True), ("business", False), ("locker", None), ("", None)]
)
def test_whether_it_is_a_home_is_told_where_it_is_known(kind, known):
    """Carriers price homes apart; an unknown kind stays unknown."""
    assert asked(line("a", weight_g=1), kind=kind).is_residential is known
