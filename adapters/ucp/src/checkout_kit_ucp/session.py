"""What is remembered of a platform's checkout or cart beside the checkout itself."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import asdict, field, frozen

from checkout_kit_ucp.faults import Json
from checkout_kit_ucp.versions import Version

CHECKOUT_KIND, CART_KIND = "ucp.checkout", "ucp.cart"


@frozen(kw_only=True)
class NamedDestination:
    """A destination under the platform's own id, with the members it gave."""

    id: str
    postal: Mapping[str, str] = field(repr=False, hash=False)


@frozen(kw_only=True)
class NamedMethod:
    """The platform's names for one of our deliveries."""

    delivery_id: str
    id: str
    group_id: str
    destinations: tuple[NamedDestination, ...] = ()
    selected_destination_id: str = ""


@frozen(kw_only=True)
class Session:
    """A platform's side of a checkout or cart.

    Attributes:
        platform: the profile URL of the platform that opened it; nobody else gets to see it.
        sealed_secret: the checkout's secret, readable with the shop's signing key only.
        codes: discount codes as submitted, with those that were refused.
        claims: the eligibility claims as submitted.
        missed: (code, sku) of goods that were asked for and could not be had.
        instrument: the payment instrument used, without its credential.
        checkout_id: of a cart: the checkout it became.
    """

    version: Version
    platform: str
    webhook_url: str = ""
    sealed_secret: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    consent: Mapping[str, tuple[bool, str]] = field(factory=dict, hash=False)
    codes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    are_claims_resolved: bool = False
    missed: tuple[tuple[str, str], ...] = ()
    methods: tuple[NamedMethod, ...] = ()
    attribution: Mapping[str, str] | None = field(default=None, hash=False)
    instrument: Json | None = field(default=None, repr=False, hash=False)
    cart_id: str = ""
    checkout_id: str = ""
    is_canceled: bool = False


def pack(session: Session) -> str:
    """The stored JSON text of a session."""
    return json.dumps(asdict(session), separators=(",", ":"))


def unpack(text: str) -> Session:
    """The session of a stored text."""
    given: dict[str, Any] = json.loads(text)
    return Session(
        **{
            **given,
            "consent": {name: (state[0], state[1]) for name, state in given["consent"].items()},
            "codes": tuple(given["codes"]),
            "claims": tuple(given["claims"]),
            "missed": tuple((code, sku) for code, sku in given["missed"]),
            "methods": tuple(
                NamedMethod(
                    **{
                        **method,
                        "destinations": tuple(NamedDestination(**one) for one in method["destinations"]),
                    }
                )
                for method in given["methods"]
            ),
        }
    )
