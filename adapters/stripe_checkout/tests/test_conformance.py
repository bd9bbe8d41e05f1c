"""Stripe Checkout conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_stripe_checkout import StripeCheckoutAdapter, StripeCheckoutSettings


class TestStripeCheckout(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = StripeCheckoutAdapter(
        StripeCheckoutSettings(
            secret_key="rk_test_0123456789",
            webhook_secret="whsec_0123456789",
            timezone="America/New_York",
        )
    )
    secret = "whsec_0123456789"
    replies = Path(__file__).parents[1] / "replay"
