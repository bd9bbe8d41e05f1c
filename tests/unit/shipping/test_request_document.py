"""Carts, addresses and requests as JSON: all that is wrong is reported at once, and no address is shown."""

import datetime as dt

import pytest

from checkout_kit.errors import InputError
from checkout_kit.shipping.request_document import (
    parse_address,
    parse_cart,
    parse_instant,
    parse_request,
    read_json,
)

NOW = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
CART = {"currency": "USD", "lines": [{"sku": "mug", "quantity": 2, "unit_price": 1540, "weight_g": 400}]}
HOME = {"country": "US", "region": "NY", "postal_code": "10001"}


def test_a_cart_and_its_defaults() -> None:
    """Lines without an id are numbered; what is not said is not guessed."""
    cart = parse_cart(CART)
    assert [(line.id, line.weight_g, line.tax_rate_bp) for line in cart.lines] == [("line-1", 400, None)]
    box = {"length_mm": 1, "width_mm": 2, "height_mm": 3}
    rich = {"sku": "a", "quantity": 1, "unit_price": 0, "dimensions": box, "release_on": "2026-12-01"}
    line = parse_cart({"currency": "USD", "lines": [rich]}).lines[0]
    assert line.dimensions is not None
    assert (line.dimensions.volume_mm3, line.release_on) == (6, "2026-12-01")


def test_a_cart_with_many_faults() -> None:
    """Negative quantity, a fraction of a cent, an unknown key and a missing one come together."""
    lines = [
        {"sku": "a", "quantity": -1, "unit_price": 1.5, "colour": "red"},
        {"quantity": 1, "unit_price": 1},
    ]
    with pytest.raises(InputError) as caught:
        parse_cart({"currency": "USD", "lines": lines})
    assert {fault.path for fault in caught.value.faults} == {
        "lines[0].quantity",
        "lines[0].unit_price",
        "lines[0].colour",
        "lines[1].sku",
    }


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ({"country": "ZZ"}, "country"),
        ({"country": "usa"}, "country"),
        ({"country": "US", "postal_code": "ABC"}, "postal_code"),
        ({"country": "US", "region": "Kent"}, "region"),
        ({"country": "US", "line1": 5}, "line1"),
    ],
)
def test_an_unusable_address(address: dict[str, object], path: str) -> None:
    """Unknown country, impossible postal code, unknown region."""
    with pytest.raises(InputError) as caught:
        parse_address(address)
    assert f"address.{path}" in [fault.path for fault in caught.value.faults]


def test_no_name_or_street_is_shown() -> None:
    """A fault in a private field says what is wrong and not what was written."""
    with pytest.raises(InputError) as caught:
        parse_address({"country": "US", "line1": ["12 Secret Lane"], "name": 7})
    assert "Secret" not in str(caught.value)
    assert all(not fault.found for fault in caught.value.faults)


def test_a_whole_request_reports_all_parts() -> None:
    """Faults of cart, destination and time stand side by side."""
    raw = {
        "cart": CART | {"currency": "ABC"},
        "destination": HOME | {"postal_code": "x"},
        "placed_at": "2026-11-23T10:00:00",
    }
    with pytest.raises(InputError) as caught:
        parse_request(raw, now=NOW)
    assert [fault.path for fault in caught.value.faults] == [
        "cart.currency",
        "destination.postal_code",
        "placed_at",
    ]
    request = parse_request({"cart": CART, "destination": HOME, "customer": {"groups": ["trade"]}}, now=NOW)
    assert (request.placed_at, request.customer.groups) == (NOW, ("trade",))


@pytest.mark.parametrize("raw", [None, [], "x", 5, {}])
def test_what_is_no_request(raw: object) -> None:
    """Any JSON value gets an InputError, never another exception."""
    with pytest.raises(InputError):
        parse_request(raw, now=NOW)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"", '{"a":' * 50_000])
def test_broken_json(body: bytes | str) -> None:
    """Broken, undecodable or endlessly nested text is one fault."""
    with pytest.raises(InputError, match="not readable as JSON"):
        read_json(body, what="cart")


def test_an_instant_needs_its_offset() -> None:
    """A naive time is refused, and so is what is no time."""
    assert parse_instant("2026-11-23T10:00:00Z") == NOW.replace(hour=10)
    for text in ("2026-11-23T10:00:00", "noon"):
        with pytest.raises(InputError):
            parse_instant(text)
