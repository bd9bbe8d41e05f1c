"""Addresses: the value, its normal form, validation per country, and the address book."""

from checkout_kit.address.national import is_country, is_plausible_postal_code, normalise_region
from checkout_kit.address.postal import compact_postal_code, normalise_postal_code, postal_key
from checkout_kit.address.postal_rules import PostalRule
from checkout_kit.address.value import Address

__all__ = [
    "Address",
    "PostalRule",
    "compact_postal_code",
    "is_country",
    "is_plausible_postal_code",
    "normalise_postal_code",
    "normalise_region",
    "postal_key",
]
