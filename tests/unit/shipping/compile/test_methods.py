"""Faults and labels of the parts a method is priced by, be they its own or one rate's."""

import pytest

from checkout_kit.errors import PolicyError
from tests.unit.shipping.shop import line, policy, quote

FEE_OF_NOTHING = {"title": "Odd"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (
            {"rates": [{"zones": ["all"], "price": "4", "surcharges": [FEE_OF_NOTHING]}]},
            "methods[0].rates[0].surcharges[0]",
        ),
        (
            {"rates": [{"zones": ["all"], "price": "4"}], "surcharges": [FEE_OF_NOTHING]},
            "methods[0].surcharges[0]",
        ),
        ({"price": "4", "surcharges": [FEE_OF_NOTHING]}, "methods[0].surcharges[0]"),
    ],
)
def test_a_fee_is_faulted_where_it_is_stated(method: dict[str, object], path: str) -> None:
    """At the rate that has fees of its own, else at the method."""
    with pytest.raises(PolicyError) as caught:
        policy(method)
    assert [fault.path for fault in caught.value.faults] == [path]


@pytest.mark.parametrize(
    ("fee", "label"),
    [
        ({"amount": "1", "title": "Toll"}, "Toll"),
        ({"amount": "1"}, "surcharge"),
        ("fuel", "fuel"),
        ("island", "To the island"),
    ],
)
def test_a_fee_goes_by_its_title_else_by_its_name(fee: object, label: str) -> None:
    """A listed fee without a title has its name, one written into the method is a surcharge."""
    listed = {"fuel": {"amount": "1"}, "island": {"amount": "2", "title": "To the island"}}
    shop = policy({"price": "4", "surcharges": [fee]}, surcharges=listed)
    (option,) = quote(shop, line()).options
    assert label in [part.label for part in option.components]


def test_a_share_is_of_the_order_and_not_of_each_item() -> None:
    """A percentage per item would be the same percentage, so it is most likely an amount that was meant."""
    with pytest.raises(PolicyError) as caught:
        policy({"price": "4", "surcharges": [{"percent": "5", "per": "item"}]})
    assert [fault.path for fault in caught.value.faults] == ["methods[0].surcharges[0].per"]


def test_only_one_rate_may_be_for_every_zone() -> None:
    """A second one could never be chosen, and a zone that is priced twice neither."""
    rates = [
        {"price": "4"},
        {"price": "5"},
        {"zones": ["all"], "price": "6"},
        {"zones": ["all"], "price": "7"},
    ]
    with pytest.raises(PolicyError) as caught:
        policy({"rates": rates})
    assert [fault.path for fault in caught.value.faults] == [
        "methods[0].rates[1].zones",
        "methods[0].rates[3].zones[0]",
    ]


def test_zones_stand_at_the_method_or_at_its_rates() -> None:
    """Not at both."""
    with pytest.raises(PolicyError) as caught:
        policy({"rates": [{"zones": ["all"], "price": "4"}], "zones": ["all"]})
    assert [fault.path for fault in caught.value.faults] == ["methods[0].zones"]


def test_pickups_on_no_working_day_are_a_fault() -> None:
    """A parcel that is ready on weekdays is never there for a carrier who comes on Sundays."""
    origin = {"timezone": "America/New_York", "cutoff": "14:00", "works": "Mon-Fri", "pickups": "Sun"}
    with pytest.raises(PolicyError, match="no pickup day is a working day"):
        policy({"price": "4", "service": "fast"}, origins={"o": origin})
