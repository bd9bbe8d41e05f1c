"""What an adapter can do, and which operations each capability stands for."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Capability(StrEnum):
    """One thing an adapter declares on its class; everything it does not declare raises Unsupported."""

    RATES = "rates"
    CARTS = "carts"
    OPTIONS = "options"
    ORDERS = "orders"
    PROMISES = "promises"
    SHIPMENTS = "shipments"
    WEBHOOKS = "webhooks"
    CHECKOUTS = "checkouts"


MEANING: Final[Mapping[Capability, str]] = MappingProxyType(
    {
        Capability.RATES: "answers the platform when it asks for shipping options",
        Capability.CARTS: "reads a cart from the platform",
        Capability.OPTIONS: "writes the options onto a cart or session of the platform",
        Capability.ORDERS: "reads orders from the platform",
        Capability.PROMISES: "writes the delivery promise onto an order",
        Capability.SHIPMENTS: "writes tracking back to an order",
        Capability.WEBHOOKS: "understands what the platform reports",
        Capability.CHECKOUTS: "serves the whole checkout in a protocol of its own",
    }
)

OPERATIONS: Final[Mapping[Capability, tuple[str, ...]]] = MappingProxyType(
    {
        Capability.RATES: ("parse_rates", "render_rates"),
        Capability.CARTS: ("get_cart",),
        Capability.OPTIONS: ("offer_options",),
        Capability.ORDERS: ("get_order", "list_orders"),
        Capability.PROMISES: ("write_promise",),
        Capability.SHIPMENTS: ("write_shipment",),
        Capability.WEBHOOKS: ("parse_webhook",),
        Capability.CHECKOUTS: ("mount",),
    }
)
