"""Postal addresses in the protocol's members and in ours."""

from typing import TYPE_CHECKING

from checkout_kit.address import Address, normalise_address

from checkout_kit_acp.faults import Json

if TYPE_CHECKING:
    from checkout_kit_acp.wire import PostalAddress


def to_address(postal: "PostalAddress", *, name: str = "", phone: str = "") -> Address | None:
    """Our address; None where the country is not a two-letter code. `name` stands in for an empty one."""
    country = postal.country.strip()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        return None
    return normalise_address(
        Address(
            country=country.upper(),
            name=postal.name or name,
            company=postal.company or "",
            line1=postal.line_one,
            line2=postal.line_two or "",
            city=postal.city,
            region=postal.state,
            postal_code=postal.postal_code,
            phone=phone,
        )
    )


def from_address(address: Address) -> Json:
    """The protocol's members; those it requires are there even when they are empty."""
    document: Json = {
        "name": address.name,
        "line_one": address.line1,
        "city": address.city,
        "state": address.region,
        "country": address.country,
        "postal_code": address.postal_code,
    }
    optional = {"line_two": address.line2, "company": address.company}
    return document | {member: text for member, text in optional.items() if text}
