"""Wallet contacts."""

import pytest

from checkout_kit.address import Address, from_wallet
from checkout_kit.errors import InputError

EVA = Address(
    country="US",
    name="Eva Cruz",
    line1="9 Oak Ave",
    line2="Apt 4",
    city="Austin",
    region="TX",
    postal_code="73301",
    phone="+1 512 555 0100",
)
APPLE = {
    "givenName": "Eva",
    "familyName": "Cruz",
    "addressLines": ["9 Oak Ave", "Apt 4"],
    "locality": "Austin",
    "administrativeArea": "TX",
    "postalCode": "73301",
    "country": "United States",
    "countryCode": "us",
    "phoneNumber": "+1 512 555 0100",
    "emailAddress": "eva@example.test",
}
GOOGLE = {
    "name": "Eva Cruz",
    "address1": "9 Oak Ave",
    "address2": "Apt 4",
    "address3": "",
    "locality": "Austin",
    "administrativeArea": "TX",
    "countryCode": "US",
    "postalCode": "73301",
    "phoneNumber": "+1 512 555 0100",
}
W3C = {
    "recipient": "Eva Cruz",
    "addressLine": ["9 Oak Ave", "Apt 4"],
    "city": "Austin",
    "region": "Texas",
    "country": "US",
    "postalCode": "73301",
    "phone": "+1 512 555 0100",
}
STRIPE = {
    "name": "Eva Cruz",
    "phone": "+1 512 555 0100",
    "address": {
        "line1": "9 Oak Ave",
        "line2": "Apt 4",
        "city": "Austin",
        "state": "TX",
        "postal_code": "73301",
        "country": "US",
    },
}


@pytest.mark.parametrize("contact", [APPLE, GOOGLE, W3C, STRIPE])
def test_every_wallet_gives_the_same_address(contact: dict[str, object]) -> None:
    """Apple Pay, Google Pay, Payment Request and Stripe shapes come to one value."""
    found = from_wallet(contact)
    assert (found.address, found.missing, found.is_partial) == (EVA, (), False)


@pytest.mark.parametrize(
    ("contact", "postal_code", "missing"),
    [
        (
            {"countryCode": "GB", "locality": "London", "postalCode": "SW1A "},
            "SW1A",
            ("name", "line1", "postal_code"),
        ),
        (
            {"countryCode": "CA", "administrativeArea": "ON", "locality": "Ottawa", "postalCode": "K1A ***"},
            "K1A",
            ("name", "line1", "postal_code"),
        ),
        ({"countryCode": "HK", "givenName": "Eva"}, "", ("line1", "region")),
    ],
)
def test_a_redacted_contact_is_partial_and_nothing_is_guessed(
    contact: dict[str, object], postal_code: str, missing: tuple[str, ...]
) -> None:
    """While the sheet is open a wallet tells little; what is missing is named."""
    found = from_wallet(contact)
    assert (found.address.postal_code, found.missing, found.is_partial) == (postal_code, missing, True)


def test_a_district_goes_with_the_street() -> None:
    """A Brazilian bairro is needed on the label, so it is kept on the second line."""
    contact = {"country": "BR", "addressLine": ["Rua Augusta 1"], "dependentLocality": "Consolação"}
    assert from_wallet(contact).address.line2 == "Consolação"


@pytest.mark.parametrize("contact", [{}, {"countryCode": 7}, {"countryCode": "US", "addressLines": [1]}])
def test_a_contact_that_is_no_address_is_refused(contact: dict[str, object]) -> None:
    """No country, or a field that is not text, is an input error."""
    with pytest.raises(InputError):
        from_wallet(contact)
