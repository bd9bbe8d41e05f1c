"""The plain form that plug-ins send: what is optional in it, and what is made of sizes and further facts."""

import datetime as dt
import json
from typing import Any

import pytest

from checkout_kit.adapter import CompanionAdapter, CompanionSettings, HttpRequest
from checkout_kit.cart import LineItem
from checkout_kit.errors import InputError
from checkout_kit.units import Dimensions

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


class Plain(CompanionAdapter[CompanionSettings]):
    """A platform that writes minor units."""

    name = "plain"
    title = "Plain"


def read_line(**facts: Any) -> LineItem:
    """The only line of a cart that a plug-in sends with these facts."""
    item = {"id": "1", "quantity": 1, "unit_price": 100, **facts}
    form = {"shop": "main", "currency": "USD", "destination": {"country": "US"}, "items": [item]}
    request = HttpRequest(url="/", body=json.dumps(form).encode())
    adapter = Plain(CompanionSettings(shop="main", secret="s"))
    (line,) = adapter.parse_rates(request, now=NOW).cart.lines
    return line


def test_facts_left_out_are_unknown() -> None:
    """Of an item only id, quantity and price must be there."""
    line = read_line()
    assert (line.weight_g, line.dimensions, line.is_gift_card, dict(line.attributes)) == (
        None,
        None,
        False,
        {},
    )
    assert line.requires_shipping


def test_box_is_read_in_its_unit() -> None:
    """One unit holds for the three sides; centimetres where none is named."""
    box = {"length": "30", "width": 20, "height": 5.04}
    assert read_line(dimensions={**box, "unit": "cm"}).dimensions == Dimensions(300, 200, 50)
    assert read_line(dimensions={**box, "unit": "In"}).dimensions == Dimensions(762, 508, 128)
    assert read_line(dimensions=box) == read_line(dimensions={**box, "unit": "cm"})


@pytest.mark.parametrize("height", [0, "0", None])
def test_box_without_a_side_is_unknown(height: object) -> None:
    """Two sides make no box."""
    assert read_line(dimensions={"length": 1, "width": 1, "height": height}).dimensions is None


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"dimensions": {"length": 1, "width": 1, "height": 1, "unit": "ell"}}, "items[0].dimensions"),
        ({"dimensions": {"length": -1, "width": 1, "height": 1}}, "items[0].dimensions"),
        ({"attributes": {"material": {}}}, "items[0].attributes.material"),
        ({"attributes": ["glass"]}, "items[0].attributes"),
    ],
)
def test_unusable_facts_are_named(facts: dict[str, Any], place: str) -> None:
    """A fault names the place in the plug-in's own form."""
    with pytest.raises(InputError) as caught:
        read_line(**facts)
    assert [fault.path for fault in caught.value.faults] == [place]


def test_further_facts_are_texts_by_name() -> None:
    """Numbers are taken as text and null is left out; PHP's empty map is an empty array."""
    assert read_line(attributes={"material": "glass", "grade": 2, "note": None}).attributes == {
        "material": "glass",
        "grade": "2",
    }
    assert read_line(attributes=[]).attributes == {}
