"""The README's example runs as it stands."""

from pathlib import Path

import httpx
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.testing import run_readme

from acp_shop import GOODS, POLICY, STOCK


def test_the_example_serves_the_protocol() -> None:
    """With the shop's own store, policy and goods given, the application answers an agent."""
    made = run_readme(
        Path(__file__).parents[1] / "README.md",
        sealing_key="0123456789abcdef0123456789abcdef",
        key="sk_agent_1",
        receiver="https://agent.example/order_events",
        secret="whsec_agent_1",
        stripe_key="sk_test_1",
        stock_of=STOCK.get,
        store=open_store("sqlite://"),
        policy=ShippingPolicy.loads(POLICY, "toml", source="shop"),
        catalog=GOODS.get,
    )
    assert status_of(made["app"]) == 401


def status_of(app: object) -> int:
    """What an agent without a key is answered."""
    import asyncio

    async def ask() -> int:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
            return (await client.get("/acp/checkout_sessions/nope")).status_code

    return asyncio.run(ask())
