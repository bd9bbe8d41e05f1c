"""What other commerce systems' own tests agree on about addresses, as facts with their public source."""

import pytest

from checkout_kit.address import (
    Address,
    AddressBook,
    PostalRule,
    SavedAddress,
    compact_postal_code,
    is_plausible_postal_code,
    postal_key,
)

SALEOR = "saleor/saleor: saleor/shipping/tests/test_postal_codes.py"
SOLIDUS = "solidusio/solidus: core/spec/models/spree/concerns/user_address_book_spec.rb"
SPREE = "spree/spree: spree/core/spec/models/spree/delivery_zone_member_spec.rb"
WOOCOMMERCE = "woocommerce/woocommerce: plugins/woocommerce/tests/legacy/unit-tests/util/validation.php"
OSCAR = "django-oscar/django-oscar: tests/integration/address/test_models.py"
FORMVALIDATION = "formvalidation/formvalidation: issues/1252"


@pytest.mark.parametrize(
    ("source", "country", "code", "start", "end", "inside"),
    [
        (SALEOR, "JE", "GY16 7HZ", "GY16 7HA", "GY16 7HG", False),
        (SALEOR, "JE", "GY16 7HF", "GY16 7HA", "GY16 7HG", True),
        (SALEOR, "GG", "GG16 7HZ", "GG16 7HA", "GG16 7HG", False),
        (SALEOR, "IM", "IM16 7HF", "IM16 7HA", None, True),
        (SALEOR, "GB", "BH16 7HF", "BH16 7HA", "BH16 7HG", True),
        (SALEOR, "PL", "64-620", "63-200", "63-650", False),
        (SALEOR, "PL", "64-620", "63-200", "64-650", True),
        (SALEOR, "PL", "64-620", "63-200", None, True),
    ],
)
def test_postal_ranges(
    source: str, country: str, code: str, start: str, end: str | None, inside: bool
) -> None:
    """Ranges include both ends, may be open above, and compare British codes part by part."""
    rule = PostalRule.between(country, start, end)
    assert rule.matches(postal_key(country, code)) is inside, source


@pytest.mark.parametrize(
    ("source", "country", "code", "valid"),
    [
        (FORMVALIDATION, "ZZ", "anything 1", True),
        (OSCAR, "CZ", "612 00", True),
        (OSCAR, "GB", "N1 9RT", True),
        (OSCAR, "GB", "not-a-postcode", False),
        (OSCAR, "DE", "123b4", False),
        (WOOCOMMERCE, "IE", "A65F4E2", True),
        (WOOCOMMERCE, "IE", "B23F854", False),
        (WOOCOMMERCE, "CA", "D0A 9A9", False),
        (WOOCOMMERCE, "NL", "3852 SA", False),
        (WOOCOMMERCE, "JP", "1340-088", False),
        (WOOCOMMERCE, "BA", "7850", False),
        (WOOCOMMERCE, "BA", "78256", True),
        (WOOCOMMERCE, "CH", "99999", False),
        (WOOCOMMERCE, "DK", "DK-3900", False),
        (WOOCOMMERCE, "GB", "9999 999", False),
        (WOOCOMMERCE, "NL", "3852 gc", True),
        (WOOCOMMERCE, "SI", "1234", True),
    ],
)
def test_postal_formats(source: str, country: str, code: str, valid: bool) -> None:
    """Codes that others accept are accepted, and those they refuse refused."""
    assert is_plausible_postal_code(country, code) is valid, source


def test_a_rule_prefix_is_normalised() -> None:
    """Blanks, case and separators in a merchant's prefix do not matter."""
    assert compact_postal_code(" sw1-a ") == "SW1A", SPREE


def oak(number: int, city: str = "Austin") -> Address:
    """The address the Solidus examples vary."""
    return Address(
        country="US",
        name="Eva Cruz",
        line1=f"{number} Oak Ave",
        city=city,
        region="TX",
        postal_code="73301",
    )


def test_saving_a_changed_city_keeps_the_old_address() -> None:
    """Another town is another record; the old one is not edited, so past orders keep pointing to it."""
    before = SavedAddress(id="a1", address=oak(9))
    book, saved = AddressBook(saved=(before,)).save(oak(9, "Dallas"), id="a2")
    assert (len(book.saved), saved.id, book.get("a1")) == (2, "a2", before), SOLIDUS


def test_going_back_and_forth_between_addresses_adds_none() -> None:
    """Saving known content as the default moves the default and keeps three records three."""
    book = AddressBook(saved=tuple(SavedAddress(id=f"a{n}", address=oak(n + 8)) for n in (1, 2, 3)))
    for number in (10, 9, 10):
        book, saved = book.save(oak(number), id="new")
        book = book.set_default(saved.id, "delivery")
    default = book.default("delivery")
    assert default is not None
    assert (len(book.saved), default.id) == (3, "a2"), SOLIDUS
