"""Post office boxes and military mail are known by the address itself."""

import pytest
from attrs import evolve

from checkout_kit import Address
from checkout_kit.shipping import Quote, QuoteRequest, ShippingPolicy
from tests.unit.shipping.shop import mapping, request

BOX = Address(country="US", region="NY", line1="P.O. Box 12", postal_code="10001")
APO = Address(country="US", region="AE", line1="PSC 3, Unit 7", postal_code="09012")
BOTH = evolve(APO, line1="PO Box 7")
STREET = Address(country="US", region="NY", line1="9 Postbox Lane", postal_code="10001")


def barring(*kinds: str) -> ShippingPolicy:
    """A policy whose one method does not go to these kinds of destination."""
    method = {"price": "5", "when": {"destination_kinds": {"none": list(kinds)}}}
    return ShippingPolicy.from_dict(mapping(method))


def asked(policy: ShippingPolicy, to: Address, kind: str = "") -> Quote:
    """The quote for an ordinary cart sent there."""
    return policy.quote(evolve(request(), destination=to, destination_kind=kind))


@pytest.mark.parametrize(
    ("barred", "to", "kind", "is_offered"),
    [
        ("po_box", BOX, "", False),
        ("po_box", BOTH, "", False),
        ("military", BOTH, "", False),
        ("military", APO, "", False),
        ("military", BOX, "", True),
        ("po_box", STREET, "", True),
        ("po_box", BOX, "residential", True),
        ("residential", STREET, "residential", False),
    ],
)
def test_what_the_address_says_counts(barred: str, to: Address, kind: str, *, is_offered: bool) -> None:
    """A method barred for boxes is withheld for a box, unless the caller knows better."""
    assert bool(asked(barring(barred), to, kind).options) is is_offered


def test_a_street_instead_of_the_box_is_the_hint() -> None:
    """The way out is another place, and taking it offers the method."""
    (withheld,) = asked(barring("po_box"), BOX).withheld
    assert [change.kind for change in withheld.changes] == ["leave_destination_kind"]
    assert asked(barring("po_box"), STREET).options


@pytest.mark.parametrize("to", [BOX, APO, BOTH, STREET])
def test_bounds_hold_whatever_kind_the_place_turns_out_to_be(to: Address) -> None:
    """A fee for boxes and one for military mail may both fall due, and the bounds know."""
    fees = [
        {"title": "Box", "amount": "2", "when": {"destination_kinds": ["po_box"]}},
        {"title": "Military", "amount": "3", "when": {"destination_kinds": ["military"]}},
    ]
    policy = ShippingPolicy.from_dict(mapping({"price": "5", "surcharges": fees}))
    partial: QuoteRequest = evolve(request(), destination=Address(country="US"))
    (bounds,) = policy.quote_bounds(partial).options
    (option,) = asked(policy, to).options
    assert bounds.price_min <= option.price <= bounds.price_max
