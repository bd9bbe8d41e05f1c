"""The postal address as a value; saved addresses with their ids live in `book`."""

from attrs import frozen


@frozen(kw_only=True, cache_hash=True)
class Address:
    """A postal address, or as much of one as is known; only the country is needed.

    Attributes:
        country: ISO 3166-1 alpha-2, upper case.
        region: the subdivision's code within the country (`NY`, `SP`), else its name; empty where unknown.
        postal_code: as the buyer wrote it; compare its normal form, never this text.
    """

    country: str
    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    phone: str = ""
