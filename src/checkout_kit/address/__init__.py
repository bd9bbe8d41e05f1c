"""Addresses: the value, its normal form, validation per country, and the address book."""

from checkout_kit.address.book import AddressBook, Purpose, SavedAddress
from checkout_kit.address.check import check_address, normalise_address
from checkout_kit.address.content import content_key
from checkout_kit.address.handover import Adoption, adopt
from checkout_kit.address.kinds import destination_kinds
from checkout_kit.address.layout import format_address
from checkout_kit.address.matching import Exact, Probable, confirm_same, match
from checkout_kit.address.national import (
    is_country,
    is_plausible_postal_code,
    lacks_postal_codes,
    normalise_region,
)
from checkout_kit.address.postal import compact_postal_code, normalise_postal_code, postal_key
from checkout_kit.address.postal_rules import PostalRule
from checkout_kit.address.validator import (
    AddressValidator,
    LocalAddressValidator,
    ServiceReply,
    ServiceRequest,
    Verdict,
    run_validator,
    run_validator_async,
)
from checkout_kit.address.value import Address
from checkout_kit.address.wallet import WalletAddress, from_wallet

__all__ = [
    "Address",
    "AddressBook",
    "AddressValidator",
    "Adoption",
    "Exact",
    "LocalAddressValidator",
    "PostalRule",
    "Probable",
    "Purpose",
    "SavedAddress",
    "ServiceReply",
    "ServiceRequest",
    "Verdict",
    "WalletAddress",
    "adopt",
    "check_address",
    "compact_postal_code",
    "confirm_same",
    "content_key",
    "destination_kinds",
    "format_address",
    "from_wallet",
    "is_country",
    "is_plausible_postal_code",
    "lacks_postal_codes",
    "match",
    "normalise_address",
    "normalise_postal_code",
    "normalise_region",
    "postal_key",
    "run_validator",
    "run_validator_async",
]
