"""Payments: one port, the test provider and Stripe."""

from checkout_kit.payments.fake import TestPayments
from checkout_kit.payments.port import (
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

__all__ = [
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
    "TestPayments",
    "run_without_network",
]
