"""Fields of a posted form, cleaned."""

from collections.abc import Mapping
from typing import Final

from checkout_kit.address import Address
from checkout_kit.server.address_fields import country_form

MAX_TEXT: Final = 200


def text_of(form: Mapping[str, str], name: str) -> str:
    """A field's text: one line, trimmed, at most `MAX_TEXT` characters."""
    text = " ".join(form.get(name, "").split())
    return "".join(char for char in text if char.isprintable())[:MAX_TEXT]


def posted_address(form: Mapping[str, str], countries: tuple[str, ...], prefix: str = "") -> Address:
    """The address in the form; its region is taken from the postal code where that tells it."""
    country = text_of(form, prefix + "country").upper()
    country = country if country in countries else countries[0]
    postal_code = text_of(form, prefix + "postal_code")
    derived = country_form(country).region_of(postal_code)
    return Address(
        country=country,
        name=text_of(form, prefix + "name"),
        line1=text_of(form, prefix + "line1"),
        line2=text_of(form, prefix + "line2"),
        city=text_of(form, prefix + "city"),
        region=derived or text_of(form, prefix + "region"),
        postal_code=postal_code,
    )
