"""Stripe Checkout for checkout_kit."""

from checkout_kit_stripe_checkout.adapter import StripeCheckoutAdapter
from checkout_kit_stripe_checkout.settings import StripeCheckoutSettings

__all__ = ["StripeCheckoutAdapter", "StripeCheckoutSettings"]
