"""Vendure conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_vendure import VendureAdapter, VendureSettings


class TestVendure(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = VendureAdapter(
        VendureSettings(
            shop="main",
            secret="vendure-secret-1",
            api_url="https://shop.example/admin-api",
            username="robot",
            password="vendure-password-1",
        )
    )
    secret = "vendure-secret-1"
    replies = Path(__file__).parents[1] / "replay"
