"""The served adapter: `checkout-kit serve --adapter stripe_checkout` answers a page's change of address."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from attrs import define, field
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

POLICY = Path(__file__).with_name("shipping.toml")
PAGE = "https://shop.example"
KEY = "rk_test_served"


@define
class Stripe:
    """One open session with one product; what was written to it, and whether it answers at all."""

    is_down: bool = False
    written: list[dict[str, str]] = field(factory=list)

    def __call__(self, request: Request) -> Response:
        """One request of the server."""
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        if self.is_down:
            return Response("", status=503)
        if request.method == "POST":
            self.written.append(dict(parse_qsl(request.get_data(as_text=True))))
        item = {
            "id": "li_1", "quantity": 1, "amount_subtotal": 2499,
            "price": {"product": {"metadata": {"sku": "W1", "weight_g": "450"}}},
        }  # fmt: skip
        is_list = request.path.endswith("/line_items")
        session = {"id": "cs_1", "object": "checkout.session", "currency": "usd", "status": "open"}
        said = {"object": "list", "data": [item], "has_more": False} if is_list else session
        return Response(json.dumps(said), content_type="application/json")


@pytest.fixture
def stripe(httpserver: HTTPServer) -> Stripe:
    """Stripe, answering below /v1."""
    played = Stripe()
    httpserver.expect_request(re.compile("/v1/.*")).respond_with_handler(played)
    return played


@pytest.fixture
def served(httpserver: HTTPServer, tmp_path: Path) -> Iterator[str]:
    """The address of the page's route at the running server."""
    settings = {
        "SECRET_KEY": KEY, "WEBHOOK_SECRET": "whsec_1", "PAGE_ORIGINS": PAGE,
        "API_BASE": httpserver.url_for("").rstrip("/"),
    }  # fmt: skip
    environment = {f"CHECKOUT_KIT_STRIPE_CHECKOUT_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-c", "from checkout_kit.cli import main; main()", "serve", "--port", "0"]
    command += ["--policy", str(POLICY), "--db", str(tmp_path / "c.db"), "--adapter", "stripe_checkout"]
    said = tmp_path / "said"
    with said.open("w") as out:
        server = subprocess.Popen(
            command, env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"}, stdout=out, stderr=out
        )
    try:
        until = time.monotonic() + 20
        while " at http" not in said.read_text():
            assert server.poll() is None, said.read_text()
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)
        base = said.read_text().partition(" at ")[2].split()[0]
        yield f"{base}/adapters/stripe_checkout/address"
        assert KEY not in said.read_text()
        assert "Oak Avenue" not in said.read_text()
    finally:
        server.terminate()
        server.wait(timeout=20)


def ask(url: str, state: str, postal_code: str) -> httpx.Response:
    """What the page posts."""
    address = {
        "line1": "9 Oak Avenue",
        "city": "X",
        "state": state,
        "postal_code": postal_code,
        "country": "US",
    }
    change = {"checkout_session_id": "cs_1", "shipping_details": {"name": "Ann", "address": address}}
    return httpx.post(url, json=change, headers={"origin": PAGE}, timeout=20)


def test_the_page_s_new_address_rewrites_the_options(served: str, stripe: Stripe) -> None:
    """Options, prices and estimates follow the address; no key and no address reaches the log."""
    allowed = httpx.options(
        served,
        headers={
            "origin": PAGE,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert allowed.headers["access-control-allow-origin"] == PAGE
    near = ask(served, "NY", "11201")
    assert (near.status_code, near.json()) == (200, {"type": "object", "value": {"succeeded": True}})
    assert near.headers["access-control-allow-origin"] == PAGE
    (written,) = stripe.written
    rate = "shipping_options[0][shipping_rate_data]"
    assert written[f"{rate}[fixed_amount][amount]"] == "390"
    assert int(written[f"{rate}[delivery_estimate][maximum][value]"]) >= 10
    assert written["collected_information[shipping_details][address][postal_code]"] == "11201"
    far = ask(served, "AK", "99501")
    assert (far.status_code, far.json()["type"]) == (200, "error")
    stripe.is_down = True
    later = ask(served, "TX", "73301")
    assert (later.status_code, later.json()["type"]) == (503, "error")
    assert len(stripe.written) == 1
    assert httpx.post(served, content=b"{").status_code == 400
    assert httpx.get(served).status_code == 405
