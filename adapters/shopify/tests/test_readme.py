"""The README's example runs as it stands."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from checkout_kit.testing import run_readme


def test_the_example_registers_the_call_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variables set as the step before says, the carrier service is created with our address."""
    for name, value in {
        "SHOP": "demo-store.myshopify.com",
        "CLIENT_SECRET": "secret-1",
        "ACCESS_TOKEN": "token-1",
    }.items():
        monkeypatch.setitem(os.environ, f"CHECKOUT_KIT_SHOPIFY_{name}", value)
    sent: list[Any] = []

    def shopify(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["variables"]["input"])
        made = {"carrierService": {"id": "gid://shopify/DeliveryCarrierService/1"}, "userErrors": []}
        return httpx.Response(200, json={"data": {"carrierServiceCreate": made}})

    client = httpx.Client(transport=httpx.MockTransport(shopify))
    monkeypatch.setattr(httpx, "Client", lambda: client)
    run_readme(Path(__file__).parents[1] / "README.md")
    assert [one["callbackUrl"] for one in sent] == ["https://rates.example/adapters/shopify/rates"]
