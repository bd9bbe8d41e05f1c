"""Shopify conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_shopify import ShopifyAdapter, ShopifySettings


class TestShopify(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = ShopifyAdapter(
        ShopifySettings(
            shop="demo-store.myshopify.com",
            client_secret="shopify-client-secret-1",
            access_token="shpat_0123456789abcdef",
            storefront_token="shpss_storefront01",
        )
    )
    secret = "shopify-client-secret-1"
    replies = Path(__file__).parents[1] / "replay"
