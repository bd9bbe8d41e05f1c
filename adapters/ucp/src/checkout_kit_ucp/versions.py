"""The protocol versions spoken here, and what each declares."""

from typing import Final, Literal

from attrs import frozen

Version = Literal["2026-04-08", "2026-08-25"]
V2026_04_08: Final[Version] = "2026-04-08"
V2026_08_25: Final[Version] = "2026-08-25"
VERSIONS: Final[tuple[Version, ...]] = (V2026_04_08, V2026_08_25)

CHECKOUT: Final = "dev.ucp.shopping.checkout"
CART: Final = "dev.ucp.shopping.cart"
ORDER: Final = "dev.ucp.shopping.order"
FULFILLMENT: Final = "dev.ucp.shopping.fulfillment"
DISCOUNT: Final = "dev.ucp.shopping.discount"
CONSENT: Final = "dev.ucp.shopping.buyer_consent"


@frozen
class CapabilityEntry:
    """A capability we declare: its schema's file name, and the capabilities it extends."""

    schema: str
    extends: tuple[str, ...] = ()


def capabilities(version: Version) -> dict[str, CapabilityEntry]:
    """What the profile of a version declares, in the order shown."""
    consent_extends = (CHECKOUT,) if version == V2026_04_08 else (CHECKOUT, CART)
    return {
        CHECKOUT: CapabilityEntry("checkout"),
        CART: CapabilityEntry("cart"),
        ORDER: CapabilityEntry("order"),
        FULFILLMENT: CapabilityEntry("fulfillment", (CHECKOUT,)),
        DISCOUNT: CapabilityEntry("discount", (CHECKOUT, CART)),
        CONSENT: CapabilityEntry("buyer_consent", consent_extends),
    }


def spec_url(version: Version, name: str) -> str:
    """Where a capability or service is specified."""
    return f"https://ucp.dev/{version}/specification/{name.replace('_', '-')}"


def schema_url(version: Version, name: str) -> str:
    """Where the schema of a capability is published."""
    return f"https://ucp.dev/{version}/schemas/shopping/{name}.json"


def is_version(text: str) -> bool:
    """Whether a request may name this version."""
    return text in VERSIONS
