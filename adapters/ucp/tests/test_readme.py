"""The README's example runs as it stands."""

import asyncio
from pathlib import Path

import httpx
from checkout_kit.payments import TestPayments
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.testing import run_readme

from checkout_kit_ucp import PaymentHandler, SigningKey, UcpSettings, token_of_credential
from judge_shop import GOODS, POLICY


def test_the_example_serves_the_protocol() -> None:
    """With settings, store, policy and goods given, the application shows what it offers."""
    settings = UcpSettings(
        base_url="https://shop.example",
        page_url="https://shop.example/checkout/{checkout_id}",
        currency="USD",
        signing_key=SigningKey.generate("shop-1"),
        handlers=(
            PaymentHandler(id="tokens", name="com.example.tokens", payment_of=token_of_credential("test")),
        ),
    )
    made = run_readme(
        Path(__file__).parents[1] / "README.md",
        settings=settings,
        store=open_store("sqlite://"),
        payments=TestPayments(),
        policy=ShippingPolicy.loads(POLICY, "toml", source="shop"),
        catalog=GOODS.get,
    )
    document = asyncio.run(profile_of(made["app"]))
    assert "ucp" in document


async def profile_of(app: object) -> dict[str, object]:
    """The profile that platforms discover."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
        found: dict[str, object] = (await client.get("/.well-known/ucp")).json()
    return found
