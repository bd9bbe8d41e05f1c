"""BigCommerce conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_bigcommerce import BigCommerceAdapter, BigCommerceSettings


class TestBigCommerce(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = BigCommerceAdapter(
        BigCommerceSettings(
            store_hash="abc123",
            store_id="1000",
            callback_secret="bc-path-secret-1",
            access_token="bc-token-01",
            # The suite knows one secret; that each opens its own door only is shown in test_bigcommerce.
            client_secret="bc-path-secret-1",
            timezone="America/New_York",
        )
    )
    secret = "bc-path-secret-1"
    replies = Path(__file__).parents[1] / "replay"
