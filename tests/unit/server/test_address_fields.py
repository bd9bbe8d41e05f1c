"""The address form asks for what a country needs, and for no more."""

import pytest

from checkout_kit.address import Address
from checkout_kit.server.address_fields import address_fields, country_form
from checkout_kit.server.words import shipped_words

ENGLISH = shipped_words()["en"]
COUNTRIES = (("US", "United States"), ("DE", "Germany"), ("HK", "Hong Kong"), ("CA", "Canada"))


def shown(address: Address) -> list[str]:
    """The names of the controls a buyer sees."""
    fields = address_fields(address, COUNTRIES, ENGLISH)
    return [field.name for field in fields if not field.is_hidden and field.kind != "more"]


def test_a_region_the_postal_code_gives_is_not_asked_for() -> None:
    """A ZIP code tells the state, which is then shown as a note."""
    address = Address(country="US", postal_code="11231")
    assert shown(address) == ["name", "country", "line1", "postal_code", "city"]
    notes = {field.name: field.note for field in address_fields(address, COUNTRIES, ENGLISH)}
    assert notes["postal_code"] == "New York"


def test_a_region_that_cannot_be_derived_is_asked_for() -> None:
    """With a postal code that no state has, the list appears."""
    assert "region" in shown(Address(country="US", postal_code="00000"))


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("DE", ["name", "country", "line1", "postal_code", "city"]),
        ("HK", ["name", "country", "line1", "city", "region"]),
        ("CA", ["name", "country", "line1", "postal_code", "city"]),
    ],
)
def test_countries_have_their_own_fields(country: str, expected: list[str]) -> None:
    """Germany has no region, Hong Kong no postal code, Canada's region follows from the code."""
    assert shown(Address(country=country)) == expected


@pytest.mark.parametrize(
    ("country", "postal_code", "region"),
    [
        ("US", "94110", "CA"),
        ("US", "20500", "DC"),
        ("CA", "h2x 1y4", "QC"),
        ("BR", "01310-100", "SP"),
        ("AU", "2000", "NSW"),
        ("US", "9", ""),
        ("XX", "123", ""),
    ],
)
def test_region_of(country: str, postal_code: str, region: str) -> None:
    """The region a code lies in; empty when two share it, when it is too short, or the country is unknown."""
    assert country_form(country).region_of(postal_code) == region


def test_fields_carry_autocomplete_tokens() -> None:
    """Every control tells the browser what it is, in its own section."""
    fields = address_fields(Address(country="US"), COUNTRIES, ENGLISH, prefix="billing_", section="billing")
    assert {field.name: field.autocomplete for field in fields}["billing_line1"] == "billing address-line1"
    assert all(field.autocomplete for field in fields)
