"""The Universal Commerce Protocol (UCP) over checkout_kit: agents buy from the shop's own checkout."""

from checkout_kit.adapter.protocol_orders import Adjustment, FulfillmentEvent

from checkout_kit_ucp.adapter import UcpAdapter, UcpEnvironment
from checkout_kit_ucp.discounts import AppliedDiscount
from checkout_kit_ucp.keys import SigningKey
from checkout_kit_ucp.platforms import HttpProfiles, PlatformProfile, ProfileResolver
from checkout_kit_ucp.settings import (
    Claimed,
    Instrument,
    PaymentHandler,
    UcpSettings,
    token_of_credential,
)
from checkout_kit_ucp.ucp import Ucp
from checkout_kit_ucp.webhooks import OrderWebhooks

__all__ = [
    "Adjustment",
    "AppliedDiscount",
    "Claimed",
    "FulfillmentEvent",
    "HttpProfiles",
    "Instrument",
    "OrderWebhooks",
    "PaymentHandler",
    "PlatformProfile",
    "ProfileResolver",
    "SigningKey",
    "Ucp",
    "UcpAdapter",
    "UcpEnvironment",
    "UcpSettings",
    "token_of_credential",
]
