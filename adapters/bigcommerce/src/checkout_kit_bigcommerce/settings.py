"""What the adapter needs to know of one store and of the app installed there."""

import re

from attrs import Attribute, field, frozen, validators
from checkout_kit.adapter import Secret, as_secret, known_zone, optional_secret
from checkout_kit.errors import InputError


def _hash(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not re.fullmatch(r"[a-z0-9]{4,20}", value):
        raise InputError.of(attribute.name, "not a store hash", found=value, remedy="as in /stores/<hash>/")


def _path_part(_instance: object, attribute: "Attribute[Secret]", value: Secret) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._~-]+", value.reveal()):
        remedy = "use letters, digits and - . _ ~ only, as in openssl rand -hex 24"
        raise InputError.of(attribute.name, "cannot stand in the path of a URL as it is", remedy=remedy)


@frozen(kw_only=True)
class BigCommerceSettings:
    """One store.

    Attributes:
        callback_secret: the last part of the quote URL, as BigCommerce signs no quote request.
        client_secret: the app's; signs webhooks, which are refused without it.
        timezone: where days to delivery are counted; usually that of the origin.
    """

    store_hash: str = field(validator=_hash)
    store_id: str
    callback_secret: Secret = field(converter=as_secret, validator=_path_part)
    access_token: Secret = field(converter=as_secret)
    former_callback_secret: Secret | None = field(
        default=None, converter=optional_secret, validator=validators.optional(_path_part)
    )
    client_secret: Secret | None = field(default=None, converter=optional_secret)
    timezone: str = field(default="UTC", validator=known_zone)
    carrier_name: str = "Delivery"
    channel: str = "bigcommerce"
