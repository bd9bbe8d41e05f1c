"""The README's example runs as it stands."""

import json
import os
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from checkout_kit.testing import run_readme

HERE = Path(__file__).parents[1]
POLICY = Path(__file__).with_name("shipping.toml")


def test_the_example_writes_the_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the variables of the step before, the session's goods are quoted and its options written."""
    for name, value in {"SECRET_KEY": "rk_test_1", "WEBHOOK_SECRET": "whsec_1"}.items():
        monkeypatch.setitem(os.environ, f"CHECKOUT_KIT_STRIPE_CHECKOUT_{name}", value)
    shutil.copy(POLICY, tmp_path / "shipping.toml")
    monkeypatch.chdir(tmp_path)
    calls = json.loads((HERE / "replay" / "calls.json").read_text(encoding="utf-8"))
    recorded = next(call["exchange"] for call in calls if call["case"] == "get_cart")
    replies = {one["request"]["url"]: one["response"]["body"] for one in recorded}
    written: list[dict[str, str]] = []

    def stripe(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            written.append(dict(parse_qsl(request.content.decode())))
            return httpx.Response(200, json={"id": "cs_test_a1"})
        return httpx.Response(200, json=replies[str(request.url)])

    client = httpx.Client(transport=httpx.MockTransport(stripe))
    monkeypatch.setattr(httpx, "Client", lambda: client)
    run_readme(HERE / "README.md")
    (form,) = written
    assert form["shipping_options[0][shipping_rate_data][fixed_amount][currency]"] == "usd"
