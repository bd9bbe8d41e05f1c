"""The normal form of content and street lines."""

import pytest

from checkout_kit.address import Address, content_key
from checkout_kit.address.streets import read_street


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [
        ("US", ("9 Oak Avenue", "Apt. 4B"), ("9 oak ave #4b", "")),
        ("US", ("9 Oak Ave", "Unit #4"), ("Apt 4, 9 Oak Ave", "")),
        ("US", ("12 North Saint Mary's Street", ""), ("12 N. St. Marys St", "")),
        ("US", ("Oak House", "9 Oak Ave"), ("9 Oak Ave", "Oak House")),
        ("DE", ("Hauptstraße 9", ""), ("hauptstr. 9", "")),
        ("DE", ("Hauptstrasse 9", ""), ("Hauptstr.9", "")),
        ("DE", ("Mu\u0308llerstr. 1", ""), ("Müllerstr. 1", "")),
        ("FR", ("12 Boulevard d'Alésia", ""), ("12 bd d’Alesia", "")),
        ("ES", ("Calle Mayor, nº 5", ""), ("C/ Mayor 5", "")),
        ("PL", ("ul. Długa 5", ""), ("Dluga 5", "")),
        ("JP", ("千代田１丁目２番３号", ""), ("千代田1-2-3", "")),
        ("US", ("9½ Oak Ave", ""), ("9 1/2 Oak Ave", "")),
    ],
)
def test_everyday_spellings_share_one_form(
    country: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    """Case, accents, punctuation, abbreviations, door words and line order are set aside."""
    assert read_street(country, *one) == read_street(country, *other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("9 Oak Ave", ""), ("10 Oak Ave", "")),
        (("9 Oak Ave", "Apt 1"), ("9 Oak Ave", "Apt 2")),
        (("9 Oak Ave", "Apt 1"), ("9 Oak Ave", "Suite 1")),
        (("4 Oak Ave", "Apt 9"), ("9 Oak Ave", "Apt 4")),
        (("9 Oak Ave", ""), ("9 Oak St", "")),
        (("9 N Oak Ave", ""), ("9 S Oak Ave", "")),
        (("9½ Oak Ave", ""), ("912 Oak Ave", "")),
        (("91 1st Ave", ""), ("9 11st Ave", "")),
        (("9 Oak Ave", "Apt B"), ("9 Oak Ave", "Apt C")),
    ],
)
def test_different_doors_never_share_a_form(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Numbers, doors, street types and directions all count."""
    assert read_street("US", *one) != read_street("US", *other)


def test_the_phone_and_a_zips_last_digits_are_not_content() -> None:
    """A new number or a ZIP+4 does not make a new address; a name or company does."""
    home = {"country": "US", "name": "Eva Cruz", "line1": "9 Oak Ave", "city": "Austin"}
    key = content_key(Address(**home, region="TX", postal_code="73301"))
    assert content_key(Address(**home, region="Texas", postal_code="73301-0042", phone="555")) == key
    assert content_key(Address(**home, region="TX", postal_code="73301", company="Acme")) != key
    assert content_key(Address(**home | {"name": "Ben Cruz"}, region="TX", postal_code="73301")) != key
