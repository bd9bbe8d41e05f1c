"""Shipping: a merchant's policy as data, quoted and explained without I/O."""

from checkout_kit.shipping.policy import ShippingPolicy, policy_schema
from checkout_kit.shipping.quote import MethodFace, Quote, ShippingOption
from checkout_kit.shipping.trace import MethodTrace, Trace, ZoneTrace, replay
from checkout_kit.shipping.values import (
    DESTINATION_KINDS,
    Change,
    FreeShipping,
    Notice,
    PriceComponent,
    QuoteRequest,
    Withheld,
)

__all__ = [
    "DESTINATION_KINDS",
    "Change",
    "FreeShipping",
    "MethodFace",
    "MethodTrace",
    "Notice",
    "PriceComponent",
    "Quote",
    "QuoteRequest",
    "ShippingOption",
    "ShippingPolicy",
    "Trace",
    "Withheld",
    "ZoneTrace",
    "policy_schema",
    "replay",
]
