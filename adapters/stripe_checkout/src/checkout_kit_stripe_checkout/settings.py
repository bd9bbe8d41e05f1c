"""What the adapter needs to know of one Stripe account."""

import re

from attrs import Attribute, field, frozen
from checkout_kit.adapter import Secret, as_secret, https_url, known_zone, optional_secret
from checkout_kit.errors import InputError


def _version(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not re.fullmatch(r"20\d\d-\d\d-\d\d(\.[a-z]+)?", value):
        raise InputError.of(attribute.name, "not a Stripe version", found=value, remedy="2026-10-28.endive")


def _origins(_instance: object, attribute: "Attribute[tuple[str, ...]]", value: tuple[str, ...]) -> None:
    for origin in value:
        if not re.fullmatch(r"(https://[^/?#@\s]+|http://(localhost|127\.0\.0\.1)(:\d+)?)", origin):
            remedy = "write scheme and host only, such as https://shop.example"
            raise InputError.of(attribute.name, "not a web origin", found=origin, remedy=remedy)


@frozen(kw_only=True)
class StripeCheckoutSettings:
    """One account; the key may be a restricted one for Checkout Sessions and PaymentIntents.

    Attributes:
        webhook_secret: of the endpoint (`whsec_...`); `former_webhook_secret` while it is rolled.
        page_origins: of the pages that report address changes from another host than ours.
        api_version: sent with every call; names of fields and of `ui_mode` differ between versions.
        timezone: where days are counted, and in which same-day ends at midnight.
        locale: of the day in the option's name, as in `en` or `de`.
        tax_behavior: inclusive, exclusive or unspecified, as the shop's prices are.
    """

    secret_key: Secret = field(converter=as_secret)
    webhook_secret: Secret = field(converter=as_secret)
    former_webhook_secret: Secret | None = field(default=None, converter=optional_secret)
    page_origins: tuple[str, ...] = field(default=(), validator=_origins)
    api_base: str = field(default="https://api.stripe.com", validator=https_url)
    api_version: str = field(default="2026-10-28.endive", validator=_version)
    timezone: str = field(default="UTC", validator=known_zone)
    locale: str = "en"
    tax_behavior: str = "unspecified"
    channel: str = "stripe"
