"""Postal addresses in the protocol's members and in ours."""

import hashlib
from collections.abc import Mapping

from checkout_kit.address import Address, content_key, normalise_address


def to_address(postal: Mapping[str, str], *, country: str = "") -> Address | None:
    """Our address; None where neither it nor the buyer's context says the country.

    The protocol has no member for a company; a second line of the address stays a line.
    """
    code = postal.get("address_country", "") or country
    if len(code) != 2 or not code.isalpha():
        return None
    name = " ".join(part for part in (postal.get("first_name", ""), postal.get("last_name", "")) if part)
    return normalise_address(
        Address(
            country=code.upper(),
            name=name,
            line1=postal.get("street_address", ""),
            line2=postal.get("extended_address", ""),
            city=postal.get("address_locality", ""),
            region=postal.get("address_region", ""),
            postal_code=postal.get("postal_code", ""),
            phone=postal.get("phone_number", ""),
        )
    )


def from_address(address: Address) -> dict[str, str]:
    """The protocol's members; a name is divided at its last space."""
    first, _, last = address.name.rpartition(" ")
    members = {
        "first_name": first,
        "last_name": last,
        "street_address": address.line1,
        "extended_address": ", ".join(part for part in (address.company, address.line2) if part),
        "address_locality": address.city,
        "address_region": address.region,
        "postal_code": address.postal_code,
        "address_country": address.country,
        "phone_number": address.phone,
    }
    return {name: text for name, text in members.items() if text}


def address_id(address: Address) -> str:
    """A stable id for an address the platform did not give us."""
    return "dest_" + hashlib.sha256(content_key(address).encode()).hexdigest()[:12]
