"""The Agentic Commerce Protocol for checkout_kit: agents buy from the shop's own checkout."""

from checkout_kit_acp.adapter import AcpAdapter, AcpEnvironment
from checkout_kit_acp.discounts import AppliedDiscount
from checkout_kit_acp.handlers import (
    Instrument,
    PaymentHandler,
    provider_tokens,
    shared_payment_tokens,
    token_for,
)
from checkout_kit_acp.settings import AcpSettings, Acquirer, Agent, MarketingChannel

__all__ = [
    "AcpAdapter",
    "AcpEnvironment",
    "AcpSettings",
    "Acquirer",
    "Agent",
    "AppliedDiscount",
    "Instrument",
    "MarketingChannel",
    "PaymentHandler",
    "provider_tokens",
    "shared_payment_tokens",
    "token_for",
]
