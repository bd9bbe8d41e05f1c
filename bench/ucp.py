"""CPU that the UCP layer adds to the JSON API, request by request over the same service and database.

Each pair does the same to the same kind of checkout: once by the JSON API, once by the protocol with its
profile look-up, idempotency, stored session and signed answer. The last line tells the largest addition; the
limit is 1 ms. Run: `python bench/ucp.py [--rounds 400]` with checkout-kit-ucp installed.
"""

import argparse
import asyncio
import gc
import json
import statistics
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from agent_shop import Caller, open_service
from checkout_kit_ucp import (
    HttpProfiles,
    PaymentHandler,
    PlatformProfile,
    SigningKey,
    Ucp,
    UcpSettings,
    token_of_credential,
)
from checkout_kit_ucp.mounting import ucp_routes

from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.server import create_app
from checkout_kit.server.shop_keys import new_shop_key

LIMIT_MS = 1.0
AGENT = "https://agent.example/ucp"


def build(folder: Path) -> tuple[Any, str]:
    """The application with both faces, and a key of the shop's own server."""
    service = open_service(folder)
    settings = UcpSettings(
        base_url="https://shop.example",
        page_url="https://shop.example/checkout/{checkout_id}",
        currency="USD",
        signing_key=SigningKey.generate(),
        handlers=(
            PaymentHandler(name="com.example.tokens", id="tokens", payment_of=token_of_credential("test")),
        ),
    )
    ucp = Ucp(
        service, ProtocolStore(service.parts.store), settings, HttpProfiles([PlatformProfile(url=AGENT)])
    )
    key, text = new_shop_key("bench")
    app = create_app(service, shop_keys=[key], more_routes=lambda _page: ucp_routes(ucp))
    return app, text


def bodies(number: int) -> tuple[bytes, bytes]:
    """The same checkout as the JSON API and as the protocol says it; the house number differs each time."""
    street = f"{number} Oak Ave"
    api = {
        "lines": [{"id": "a", "sku": "MUG", "quantity": 2}],
        "contact": {"email": "eva@example.com"},
        "delivery": {
            "address": {
                "country": "US", "name": "Eva Cruz", "line1": street, "city": "Austin", "region": "TX",
                "postal_code": "73301",
            },
            "option_id": "economy",
        },
    }  # fmt: skip
    destination = {
        "id": "home", "address_country": "US", "first_name": "Eva", "last_name": "Cruz",
        "street_address": street, "address_locality": "Austin", "address_region": "TX",
        "postal_code": "73301",
    }  # fmt: skip
    ucp = {
        "line_items": [{"id": "a", "item": {"id": "MUG"}, "quantity": 2}],
        "buyer": {"email": "eva@example.com"},
        "fulfillment": {
            "methods": [
                {
                    "id": "m", "type": "shipping", "destinations": [destination],
                    "selected_destination_id": "home",
                    "groups": [{"id": "g", "selected_option_id": "economy"}],
                }
            ]
        },
    }  # fmt: skip
    return json.dumps(api).encode(), json.dumps(ucp).encode()


def head() -> dict[str, str]:
    """The headers of a protocol request, with a fresh Idempotency-Key."""
    return {
        "content-type": "application/json",
        "ucp-agent": f'profile="{AGENT}"',
        "idempotency-key": str(uuid.uuid4()),
    }


async def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """CPU milliseconds of each request by the JSON API and by the protocol, medians of interleaved rounds."""
    with tempfile.TemporaryDirectory() as name:
        app, _ = build(Path(name))
        call = Caller(app)
        spent: dict[str, tuple[list[float], list[float]]] = {
            step: ([], []) for step in ("create", "update", "get", "complete")
        }
        for i in range(rounds + 20):
            kept = i >= 20
            gc.collect() if i == 20 else None
            api_body, ucp_body = bodies(i)
            plain = {"content-type": "application/json"}
            new = json.dumps({"currency": "USD", **json.loads(api_body)}).encode()
            status, answer, took = await call("POST", "/api/checkouts", new, plain)
            assert status == 201, answer
            opened = json.loads(answer)
            secret = {**plain, "checkout-secret": opened["secret"]}
            one = f"/api/checkouts/{opened['id']}"
            api = [took]
            changed = bodies(i + 1_000_000)
            status, answer, took = await call("PATCH", one, changed[0], secret)
            assert status == 200, answer
            api.append(took)
            api.append((await call("GET", one, b"", secret))[2])
            pay = b'{"payment":{"method":"test","token":"tok_ok"}}'
            took = (await call("PATCH", one, pay, secret))[2]
            status, answer, more = await call(
                "POST", f"{one}/complete", b"{}", {**secret, "idempotency-key": uuid.uuid4().hex}
            )
            assert json.loads(answer)["status"] == "completed", answer
            api.append(took + more)

            at = "/ucp/2026-04-08/checkout-sessions"
            status, answer, took = await call("POST", at, ucp_body, head())
            assert status == 201, answer
            one, protocol = f"{at}/{json.loads(answer)['id']}", [took]
            status, answer, took = await call("PUT", one, changed[1], head())
            assert status == 200, answer
            protocol.append(took)
            protocol.append((await call("GET", one, b"", head()))[2])
            instrument = {
                "id": "i", "handler_id": "tokens", "type": "card",
                "credential": {"type": "token", "token": "tok_ok"},
            }  # fmt: skip
            paid = json.dumps({"payment": {"instruments": [instrument]}}).encode()
            status, answer, took = await call("POST", f"{one}/complete", paid, head())
            assert json.loads(answer)["status"] == "completed", answer
            protocol.append(took)
            if kept:
                for step, a, b in zip(spent, api, protocol, strict=True):
                    spent[step][0].append(a)
                    spent[step][1].append(b)
    return {
        step: (statistics.median(a) * 1000, statistics.median(b) * 1000) for step, (a, b) in spent.items()
    }


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    found = asyncio.run(measure(options.rounds))
    for step, (api, protocol) in found.items():
        print(f"{step:9} JSON API {api:.2f} ms  UCP {protocol:.2f} ms  adds {protocol - api:.2f} ms")
    worst = max(protocol - api for api, protocol in found.values())
    verdict = "met" if worst <= LIMIT_MS else "missed"
    print(f"ucp adds at most {worst:.2f} ms of CPU per request (limit {LIMIT_MS:.1f} ms {verdict})")


if __name__ == "__main__":
    main()
