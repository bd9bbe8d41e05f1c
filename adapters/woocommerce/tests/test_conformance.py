"""WooCommerce conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_woocommerce import WooCommerceAdapter, WooCommerceSettings


class TestWooCommerce(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = WooCommerceAdapter(
        WooCommerceSettings(
            shop="main",
            secret="woo-secret-1",
            site_url="https://shop.example",
            consumer_key="ck_0123456789abcdef",
            consumer_secret="cs_0123456789abcdef",
        )
    )
    secret = "woo-secret-1"
    replies = Path(__file__).parents[1] / "replay"
