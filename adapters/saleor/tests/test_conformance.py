"""Saleor conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_saleor import SaleorAdapter, SaleorSettings


class TestSaleor(AdapterConformance):
    """Plays the payloads in replay/; those of the detached signature are in test_signatures."""

    adapter = SaleorAdapter(
        SaleorSettings(
            api_url="https://shop.example/graphql/",
            app_token="saleor-app-token-1",
            secret_key="saleor-secret-1",
            timezone="America/New_York",
        )
    )
    secret = "saleor-secret-1"
    replies = Path(__file__).parents[1] / "replay"
