"""Addresses as wallets hand them over: whole after payment, redacted while the sheet is open."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from checkout_kit.address.check import check_address, normalise_address
from checkout_kit.address.value import Address
from checkout_kit.errors import InputError

# Names of one field, most telling first: ApplePayPaymentContact (Apple Pay on the Web), Address and
# IntermediateAddress (Google Pay API), PaymentAddress (W3C Payment Request), billing details (Stripe); 2025.
_COUNTRY = ("countryCode", "country_code", "country")
_CITY = ("locality", "city")
_DISTRICT = ("subLocality", "dependentLocality")
_REGION = ("administrativeArea", "region", "state", "province")
_POSTAL = ("postalCode", "postal_code", "zip")
_LINES = ("addressLines", "addressLine", "address_lines")
_SINGLE_LINES = (("address1", "line1"), ("address2", "line2"), ("address3", "line3"))
_NAME = ("name", "recipient")
_COMPANY = ("organization", "company", "companyName")
_PHONE = ("phoneNumber", "phone", "phone_number")
_MASKS = str.maketrans("", "", "*•·…")


@frozen
class WalletAddress:
    """What a wallet told; `missing` names what a label still needs, empty when the address is whole."""

    address: Address
    missing: tuple[str, ...]

    @property
    def is_partial(self) -> bool:
        """Whether this is enough for a quote but not for a label."""
        return bool(self.missing)


def from_wallet(contact: Mapping[str, object]) -> WalletAddress:
    """Read an Apple Pay contact, a Google Pay, Payment Request or Stripe address, whole or redacted.

    A masked postal code (`SW1A ***`) keeps what is shown of it; unknown fields are ignored, none is guessed.

    Raises:
        InputError: no country, or a field that is not text.

    >>> from_wallet({"countryCode": "gb", "locality": "London", "postalCode": "SW1A ***"}).address.postal_code
    'SW1A'
    """
    inner = contact.get("address")
    fields = {**contact, **inner} if isinstance(inner, Mapping) else contact
    lines = _lines(fields)
    if district := _text(fields, _DISTRICT):
        lines.append(district)
    address = normalise_address(
        Address(
            country=_text(fields, _COUNTRY),
            name=_text(fields, _NAME) or _given_and_family(fields),
            company=_text(fields, _COMPANY),
            line1=lines[0] if lines else "",
            line2=", ".join(lines[1:]),
            city=_text(fields, _CITY),
            region=_text(fields, _REGION),
            postal_code=_text(fields, _POSTAL).translate(_MASKS),
            phone=_text(fields, _PHONE),
        )
    )
    if not address.country:
        raise InputError.of("countryCode", "a wallet address needs a country")
    return WalletAddress(address, _missing(address))


def _missing(address: Address) -> tuple[str, ...]:
    unfit = (fault.path.rpartition(".")[2] for fault in check_address(address))
    nameless = () if address.name or address.company else ("name",)
    return tuple(dict.fromkeys((*nameless, *unfit)))


def _lines(fields: Mapping[str, object]) -> list[str]:
    for name in _LINES:
        value = fields.get(name)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [_as_text(name, line) for line in value if _as_text(name, line)]
    return [line for names in _SINGLE_LINES if (line := _text(fields, names))]


def _given_and_family(fields: Mapping[str, object]) -> str:
    return f"{_text(fields, ('givenName',))} {_text(fields, ('familyName',))}".strip()


def _text(fields: Mapping[str, object], names: Sequence[str]) -> str:
    for name in names:
        if text := _as_text(name, fields.get(name)):
            return text
    return ""


def _as_text(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError.of(name, f"must be text, not {type(value).__name__}")
    return value.strip()
