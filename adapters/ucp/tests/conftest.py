"""A shop on this machine and an agent that calls it."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from attrs import define, field

from judge_shop import AGENT, Keys, Shop, build_shop

BASE = "http://127.0.0.1:8000"
MONDAY = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
HOME = {
    "id": "home",
    "first_name": "Eva",
    "last_name": "Cruz",
    "street_address": "9 Oak Ave",
    "address_locality": "Austin",
    "address_region": "TX",
    "postal_code": "73301",
    "address_country": "US",
}


@define
class Clock:
    """A clock that stands still until it is moved."""

    now: dt.datetime = MONDAY

    def __call__(self) -> dt.datetime:
        """The instant it shows."""
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**by)


@define
class Client:
    """Plain calls of the shop's application, on a loop that stands still in between."""

    runner: asyncio.Runner
    http: httpx.AsyncClient

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Send one request."""
        return self.runner.run(self.http.request(method, url, **more))

    def get(self, url: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", url, **more)

    def post(self, url: str, **more: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", url, **more)

    def patch(self, url: str, **more: Any) -> httpx.Response:
        """PATCH."""
        return self.request("PATCH", url, **more)


@define
class Agent:
    """A platform that shops here in one protocol version."""

    client: Client
    shop: Shop
    keys: Keys
    clock: Clock
    version: str = "2026-04-08"
    profile: str = AGENT
    last: httpx.Response = field(init=False)

    def call(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send one request; the document of the answer, whose status `last` has."""
        sent = {
            "ucp-agent": f'profile="{self.profile}"',
            "idempotency-key": str(uuid.uuid4()),
            "content-type": "application/json",
            **(headers or {}),
        }
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"/ucp/{self.version}{path}"
        self.last = self.client.request(method, url, content=content, headers=sent)
        document: dict[str, Any] = self.last.json()
        return document

    def open(self, **more: Any) -> dict[str, Any]:
        """Open a checkout for roses, with everything known but the payment."""
        return self.call("POST", "/checkout-sessions", asked(self.version, **more))

    def due(self) -> tuple[int, int]:
        """Do what is due, as a server does in the background: how many events went out, how many failed."""
        sent, failed = 0, 0
        while True:
            report = self.client.runner.run(self.shop.service.run_due())
            sent, failed = sent + report.events, failed + report.failed
            if not report.events:
                return sent, failed

    def secret_of(self, document: Mapping[str, Any]) -> str:
        """The secret in a continue link."""
        return str(parse_qs(urlsplit(document["continue_url"]).query)["secret"][0])


def asked(version: str = "2026-04-08", **more: Any) -> dict[str, Any]:
    """The body that opens a checkout for roses."""
    home = HOME if version == "2026-04-08" else {**HOME, "type": "shipping_address"}
    method = {"id": "m1", "type": "shipping", "destinations": [home], "selected_destination_id": "home"}
    return {
        "line_items": [{"item": {"id": "ROSES"}, "quantity": 1}],
        "buyer": {"email": "eva@example.com", "first_name": "Eva", "last_name": "Cruz"},
        "fulfillment": {"methods": [method]},
        **more,
    }


def pays(token: str = "success_token", **more: Any) -> dict[str, Any]:
    """The body that completes a checkout."""
    instrument = {
        "id": "i1",
        "handler_id": "spck_tokenpay",
        "type": "card",
        "credential": {"type": "token", "token": token},
    }
    return {"payment": {"instruments": [{**instrument, **more}]}}


def codes(document: Mapping[str, Any]) -> list[str]:
    """The codes of the messages."""
    return [message["code"] for message in document.get("messages", [])]


def amounts(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Totals by type."""
    return {row["type"]: row["amount"] for row in rows}


@pytest.fixture
def clock() -> Clock:
    """Monday morning in New York."""
    return Clock()


def _agent(folder: Path, clock: Clock, *, is_lenient: bool) -> Iterator[Agent]:
    keys = Keys.generate()
    shop = build_shop(
        folder,
        base_url=BASE,
        page_url="https://shop.example/checkout/{checkout_id}",
        version="2026-04-08",
        keys=keys,
        clock=clock,
        is_lenient=is_lenient,
    )
    transport = httpx.ASGITransport(app=shop.app)
    with asyncio.Runner() as runner:
        http = httpx.AsyncClient(transport=transport, base_url=BASE)
        yield Agent(Client(runner, http), shop, keys, clock)
        runner.run(http.aclose())
        runner.run(shop.service.close())
        runner.run(shop.ucp.profiles.close())  # type: ignore[attr-defined]
    shop.payments.close()
    shop.service.parts.store.close()


@pytest.fixture
def agent(tmp_path: Path, clock: Clock) -> Iterator[Agent]:
    """An agent in a shop with the package's defaults."""
    yield from _agent(tmp_path, clock, is_lenient=False)


@pytest.fixture
def lenient_agent(tmp_path: Path, clock: Clock) -> Iterator[Agent]:
    """An agent in the runner's shop."""
    yield from _agent(tmp_path, clock, is_lenient=True)
