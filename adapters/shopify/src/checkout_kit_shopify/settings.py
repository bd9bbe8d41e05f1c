"""What the adapter needs to know of one shop and of the app installed there."""

import re

from attrs import Attribute, field, frozen
from checkout_kit.adapter import Secret, as_secret, optional_secret
from checkout_kit.errors import InputError

ITEM_FACTS = ("vendor", "fulfillment_service", "product_id", "variant_id")


def _shop_domain(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com", value):
        raise InputError.of(
            attribute.name, "not a shop's domain", found=value, remedy="write NAME.myshopify.com, lower case"
        )


def _version(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not re.fullmatch(r"20\d\d-(01|04|07|10)", value):
        raise InputError.of(
            attribute.name, "not a version of the API", found=value, remedy="write a quarter such as 2026-10"
        )


def _known_facts(_instance: object, attribute: "Attribute[tuple[str, ...]]", value: tuple[str, ...]) -> None:
    unknown = [name for name in value if name not in ITEM_FACTS]
    if unknown:
        remedy = f"choose from {', '.join(ITEM_FACTS)}"
        raise InputError.of(attribute.name, "not a fact of an item", found=unknown[0], remedy=remedy)


@frozen(kw_only=True)
class ShopifySettings:
    """One shop.

    `former_client_secret` is still accepted while the app's secret is rotated. `storefront_token` is the
    app's private token for the Storefront API; only carts need it. `attributes` are the facts of an item
    that the policy asks for; `properties` are none of them, as shoppers write those themselves.
    """

    shop: str = field(validator=_shop_domain)
    client_secret: Secret = field(converter=as_secret)
    access_token: Secret = field(converter=as_secret)
    former_client_secret: Secret | None = field(default=None, converter=optional_secret)
    storefront_token: Secret | None = field(default=None, converter=optional_secret)
    api_version: str = field(default="2026-10", validator=_version)
    channel: str = "shopify"
    attributes: tuple[str, ...] = field(default=(), validator=_known_facts)
