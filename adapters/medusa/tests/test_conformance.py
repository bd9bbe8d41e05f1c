"""Medusa conforms to the adapter contract."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance

from checkout_kit_medusa import MedusaAdapter, MedusaSettings


class TestMedusa(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = MedusaAdapter(
        MedusaSettings(
            shop="main", secret="medusa-secret-1", api_url="https://shop.example", api_key="sk_medusa0123"
        )
    )
    secret = "medusa-secret-1"
    replies = Path(__file__).parents[1] / "replay"
