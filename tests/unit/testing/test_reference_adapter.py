"""The suite passes on an adapter that is right in every respect."""

from pathlib import Path

from checkout_kit.testing import AdapterConformance
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings


class TestReference(AdapterConformance):
    """The reference adapter conforms."""

    adapter = ReferenceAdapter(
        ReferenceSettings(
            shop="main",
            secret="reference-secret-1",
            api_url="https://reference.example/api",
            token="reference-token-1",
        )
    )
    secret = "reference-secret-1"
    replies = Path(__file__).parent / "replay"
