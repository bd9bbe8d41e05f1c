"""Payments: one port, the test provider and Stripe."""

from checkout_kit.payments.fake import TestPayments
from checkout_kit.payments.port import (
    ClientCall,
    DeclineCode,
    HttpCall,
    HttpReply,
    PaymentNews,
    PaymentProvider,
    PaymentRequest,
    PaymentResult,
    PaymentState,
    SavedMethod,
    Steps,
    run_without_network,
)
from checkout_kit.payments.stripe import StripePayments

__all__ = [
    "ClientCall",
    "DeclineCode",
    "HttpCall",
    "HttpReply",
    "PaymentNews",
    "PaymentProvider",
    "PaymentRequest",
    "PaymentResult",
    "PaymentState",
    "SavedMethod",
    "Steps",
    "StripePayments",
    "TestPayments",
    "run_without_network",
]
