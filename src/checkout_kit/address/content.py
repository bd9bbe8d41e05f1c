"""The content of an address in one normal form: equal keys mean one record."""

from attrs import frozen

from checkout_kit.address.national import fold, normalise_region
from checkout_kit.address.postal import postal_key
from checkout_kit.address.streets import Street, plain_words, read_street
from checkout_kit.address.value import Address

# Goes up when the normal form changes, so that stored keys of an older form never meet new ones.
_EDITION = "a1"
_ZIP_COUNTRIES = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW"})


@frozen
class Content:
    """An address reduced to what makes it this address; the phone number is not part of it."""

    country: str
    region: str
    postal: str
    city: tuple[str, ...]
    street: Street
    name: tuple[str, ...]
    company: str


def read_content(address: Address) -> Content:
    """The parts of the normal form, as `content_key` joins them."""
    country = address.country.strip().upper()
    postal = postal_key(country, address.postal_code)
    region = normalise_region(country, address.region)
    return Content(
        country=country,
        region=fold(address.region if region is None else region),
        # The four digits after a ZIP only repeat what the street line says.
        postal=postal[:5] if country in _ZIP_COUNTRIES else postal,
        city=plain_words(country, address.city),
        street=read_street(country, address.line1, address.line2),
        name=plain_words("", address.name),
        company=fold(address.company),
    )


def content_key(address: Address) -> str:
    """The normal form as one text: two addresses with equal keys are kept as one record.

    Set aside are: case, accents, width and punctuation (NFKC, casefold); which of the two lines a text
    stands on; everyday abbreviations of the country's street words and of doors (`#4`, `Apt 4`); the
    region's spelling; the postal code's separators and a ZIP's last four digits; the phone number.
    Everything else counts.

    >>> content_key(Address(country="US", name="Eva Cruz", line1="9 Oak Avenue", region="Texas"))
    'a1|US|tx|||9 oak ave||eva cruz|'
    """
    content = read_content(address)
    street = content.street
    parts = (
        _EDITION,
        content.country,
        content.region,
        content.postal,
        " ".join(content.city),
        " ".join(street.words),
        ",".join(street.doors),
        " ".join(content.name),
        content.company,
    )
    return "|".join(parts)
