"""Payments: one port, the test provider, and Stripe, whose library is loaded with `StripePayments`."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from checkout_kit.errors import MissingExtra
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

if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    if name != "StripePayments":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if find_spec("stripe") is None:
        raise MissingExtra("stripe", needed_for="payments through Stripe")
    from checkout_kit.payments.stripe import StripePayments

    globals()[name] = StripePayments
    return StripePayments
