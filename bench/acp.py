"""CPU that the ACP layer adds to the JSON API, request by request over the same service and database.

Each pair does the same to the same kind of checkout, in turn: once by the JSON API, once by the protocol with
its authentication, idempotency and stored session. The limit is 1 ms for each kind of request.
Run: `python bench/acp.py [--rounds 300]` with checkout-kit-acp installed.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from agent_shop import Caller, open_service
from checkout_kit_acp import AcpSettings, Agent, provider_tokens
from checkout_kit_acp.acp import Acp
from checkout_kit_acp.mounting import acp_routes

from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.server import create_app

LIMIT_MS = 1.0
WARM_UP = 20
STEPS = ("create", "update", "get", "complete")


def build(folder: Path) -> Any:
    """The application with both faces over one database."""
    service = open_service(folder)
    settings = AcpSettings(
        base_url="https://shop.example",
        page_url="https://shop.example/checkout/{checkout_id}",
        currency="USD",
        sealing_key="0123456789abcdef0123456789abcdef",
        agents=(Agent(name="agent", api_keys=("sk_bench",)),),
        handlers=(provider_tokens("test"),),
    )
    acp = Acp(service, ProtocolStore(service.parts.store), settings)
    return create_app(service, more_routes=lambda _page: acp_routes(acp))


def api_body(number: int, option: str) -> dict[str, Any]:
    """A checkout as the JSON API says it; the house number differs each time."""
    address = {
        "country": "US", "name": "Eva Cruz", "line1": f"{number} Oak Ave", "city": "Austin", "region": "TX",
        "postal_code": "73301",
    }  # fmt: skip
    return {
        "lines": [{"sku": "MUG", "quantity": 2}],
        "contact": {"email": "eva@example.com"},
        "delivery": {"address": address, **({"option_id": option} if option else {})},
    }


def acp_body(number: int, option: str) -> dict[str, Any]:
    """The same as the protocol says it."""
    address = {
        "country": "US", "name": "Eva Cruz", "line_one": f"{number} Oak Ave", "city": "Austin",
        "state": "TX", "postal_code": "73301",
    }  # fmt: skip
    body: dict[str, Any] = {
        "line_items": [{"id": "MUG", "quantity": 2}],
        "buyer": {"email": "eva@example.com"},
        "fulfillment_details": {"address": address},
    }
    if option:
        chosen = {"type": "shipping", "option_id": option, "item_ids": ["MUG"]}
        return {**body, "selected_fulfillment_options": [chosen]}
    return {**body, "currency": "usd", "capabilities": {}}


async def by_api(call: Caller, number: int) -> list[float]:
    """CPU seconds of each step over the JSON API; completing is the payment and the completion."""
    plain = {"content-type": "application/json"}
    new = json.dumps({"currency": "USD", **api_body(number, "")}).encode()
    status, answer, created = await call("POST", "/api/checkouts", new, plain)
    assert status == 201, answer
    opened = json.loads(answer)
    secret, one = {**plain, "checkout-secret": opened["secret"]}, f"/api/checkouts/{opened['id']}"
    change = json.dumps(api_body(number + 1, "express")).encode()
    status, answer, updated = await call("PATCH", one, change, secret)
    assert status == 200, answer
    _, _, got = await call("GET", one, b"", secret)
    pay = b'{"payment":{"method":"test","token":"tok_ok"}}'
    _, _, paid = await call("PATCH", one, pay, secret)
    keyed = {**secret, "idempotency-key": uuid.uuid4().hex}
    _, answer, completed = await call("POST", f"{one}/complete", b"{}", keyed)
    assert json.loads(answer)["status"] == "completed", answer
    return [created, updated, got, paid + completed]


async def by_acp(call: Caller, number: int) -> list[float]:
    """CPU seconds of each step over the protocol."""

    def head() -> dict[str, str]:
        return {
            "authorization": "Bearer sk_bench", "api-version": "2026-04-17",
            "content-type": "application/json", "idempotency-key": uuid.uuid4().hex,
        }  # fmt: skip

    at = "/acp/checkout_sessions"
    status, answer, created = await call("POST", at, json.dumps(acp_body(number, "")).encode(), head())
    assert status == 201, answer
    one = f"{at}/{json.loads(answer)['id']}"
    change = json.dumps(acp_body(number + 1, "express")).encode()
    status, answer, updated = await call("POST", one, change, head())
    assert status == 200, answer
    _, _, got = await call("GET", one, b"", head())
    credential = {"type": "spt", "token": "tok_ok"}
    data = {"handler_id": "card_tokenized", "instrument": {"type": "card", "credential": credential}}
    pay = json.dumps({"payment_data": data}).encode()
    _, answer, completed = await call("POST", f"{one}/complete", pay, head())
    assert json.loads(answer)["status"] == "completed", answer
    return [created, updated, got, completed]


async def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """CPU milliseconds of each step by the JSON API and by the protocol: medians of interleaved rounds."""
    spent: dict[str, tuple[list[float], list[float]]] = {step: ([], []) for step in STEPS}
    with tempfile.TemporaryDirectory() as name:
        call = Caller(build(Path(name)))
        for i in range(rounds + WARM_UP):
            taken = await by_api(call, 2 * i), await by_acp(call, 2 * i)
            if i >= WARM_UP:
                for step, api, protocol in zip(STEPS, *taken, strict=True):
                    spent[step][0].append(api)
                    spent[step][1].append(protocol)
    return {
        step: (statistics.median(api) * 1000, statistics.median(protocol) * 1000)
        for step, (api, protocol) in spent.items()
    }


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    found = asyncio.run(measure(parser.parse_args().rounds))
    for step, (api, protocol) in found.items():
        print(f"{step:9} JSON API {api:.2f} ms  ACP {protocol:.2f} ms  adds {protocol - api:.2f} ms")
    worst = max(protocol - api for api, protocol in found.values())
    verdict = "met" if worst <= LIMIT_MS else "missed"
    print(f"acp adds at most {worst:.2f} ms of CPU per request (limit {LIMIT_MS:.1f} ms {verdict})")


if __name__ == "__main__":
    main()
