"""What the adapter needs to know of one store and of the app installed there."""

import re

from attrs import Attribute, field, frozen
from checkout_kit.adapter import Secret, as_secret, optional_secret
from checkout_kit.errors import InputError


def _hash(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not re.fullmatch(r"[a-z0-9]{4,20}", value):
        raise InputError.of(attribute.name, "not a store hash", found=value, remedy="as in /stores/<hash>/")


@frozen(kw_only=True)
class BigCommerceSettings:
    """One store. `callback_secret` is the last part of the quote URL, as BigCommerce signs nothing."""

    store_hash: str = field(validator=_hash)
    store_id: str
    callback_secret: Secret = field(converter=as_secret)
    access_token: Secret = field(converter=as_secret)
    former_callback_secret: Secret | None = field(default=None, converter=optional_secret)
    carrier_name: str = "Delivery"
    channel: str = "bigcommerce"
