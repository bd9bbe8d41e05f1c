"""The adapter as a server finds it: settings, mounting, discovery."""

import json
from pathlib import Path

import httpx
import pytest
from attrs import evolve
from checkout_kit.adapter import HttpRequest, Secret
from checkout_kit.errors import Forbidden, InputError
from checkout_kit.server import create_app
from checkout_kit.testing import AdapterConformance
from pytest_httpserver import HTTPServer
from starlette.applications import Starlette

from acp_shop import Shop, complete_body, create_body, shop_settings
from checkout_kit_acp import AcpAdapter, AcpEnvironment, Agent, Instrument, shared_payment_tokens
from checkout_kit_acp.adapter import acp_settings
from checkout_kit_acp.mounting import acp_routes
from checkout_kit_acp.sealing import Sealer
from checkout_kit_acp.webhooks import SIGNATURE

ENVIRONMENT = AcpEnvironment(
    base_url="https://shop.example",
    page_url="https://shop.example/checkout/{checkout_id}",
    currency="USD",
    api_key="acp-secret-1",
    sealing_key="s" * 40,
    webhook_url="https://agent.example/events",
    webhook_secret="hook-secret-1",
    terms_url="https://shop.example/terms",
)


class TestAcp(AdapterConformance):
    """What is declared is true, and no secret is shown."""

    adapter = AcpAdapter(ENVIRONMENT)
    secret = "acp-secret-1"


def test_the_environment_makes_the_settings() -> None:
    """With Stripe agents pay by shared payment tokens, else by tokens of the provider the shop has."""
    stripe = acp_settings(ENVIRONMENT, provider="stripe")
    assert [one.psp for one in stripe.handlers] == ["stripe"]
    assert acp_settings(ENVIRONMENT, provider="test").handlers[0].psp == "test"
    assert stripe.links == (("terms_of_use", "https://shop.example/terms"),)


def test_the_zone_of_promised_days_is_checked() -> None:
    """A zone that does not exist is refused by name."""
    assert str(acp_settings(evolve(ENVIRONMENT, timezone="America/New_York"), provider="test").zone) == (
        "America/New_York"
    )
    with pytest.raises(InputError, match="timezone"):
        acp_settings(evolve(ENVIRONMENT, timezone="Mars/Olympus"), provider="test")


def test_shared_payment_tokens_become_stripes_own() -> None:
    """An `spt` credential is handed to the Stripe provider as it is; another kind is not usable."""
    handler = shared_payment_tokens("acct_1")
    given = Instrument(handler_id=handler.id, type="card", credential_type="spt", token="spt_1")
    paid = handler.payment_of(given)
    assert paid is not None
    assert (paid.method, paid.token) == ("stripe", "spt_1")
    other = Instrument(handler_id=handler.id, type="card", credential_type="pan", token="4242")
    assert handler.payment_of(other) is None


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"base_url": "http://shop.example"}, "base_url"),
        ({"currency": "usd"}, "currency"),
        ({"sealing_key": "short"}, "sealing_key"),
        ({"agents": ()}, "agents"),
        ({"handlers": ()}, "handlers"),
        ({"links": (("terms", "https://shop.example"),)}, "links[0]"),
    ],
)
def test_settings_that_cannot_work_are_refused(changed: dict[str, object], path: str) -> None:
    """Every fault of the settings names its place."""
    with pytest.raises(InputError) as caught:
        shop_settings(**changed)
    assert path in {fault.path for fault in caught.value.faults}


def test_an_agent_with_a_receiver_needs_a_secret() -> None:
    """Events are never sent unsigned."""
    with pytest.raises(InputError):
        Agent(name="agent", api_keys=("k",), webhook_url="https://agent.example/events")


def test_sealed_secrets_open_with_key_and_id_alone() -> None:
    """Another key, another checkout's id or an altered text opens nothing."""
    sealer = Sealer(Secret("a" * 32))
    sealed = sealer.seal("hush", bound_to="co_1")
    assert sealer.unseal(sealed, bound_to="co_1") == "hush"
    for key, text, bound_to in (("b", sealed, "co_1"), ("a", sealed, "co_2"), ("a", "AAAA", "co_1")):
        with pytest.raises(Forbidden):
            Sealer(Secret(key * 32)).unseal(text, bound_to=bound_to)


def test_discovery_and_sessions_over_http(shop: Shop) -> None:
    """Mounted on the server: the discovery document, a session, and its page by the link it gives."""

    async def walk() -> None:
        app = create_app(shop.service, more_routes=lambda _: acp_routes(shop.acp))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
            found = await client.get("/.well-known/acp.json")
            assert found.json()["api_base_url"] == "https://shop.example/acp"
            assert found.json()["capabilities"]["services"] == ["checkout", "carts", "orders"]
            assert "max-age" in found.headers["cache-control"]
            headers = {
                "authorization": "Bearer sk_agent_1", "api-version": "2026-04-17", "idempotency-key": "k",
                "content-type": "application/json",
            }  # fmt: skip
            content = json.dumps(create_body()).encode()
            opened = await client.post("/acp/checkout_sessions", headers=headers, content=content)
            assert opened.status_code == 201
            page = await client.get(opened.json()["continue_url"], follow_redirects=True)
            assert page.status_code == 200
            assert "Mug" in page.text
            large = await client.post("/acp/checkout_sessions", headers=headers, content=b"x" * 300_000)
            assert (large.status_code, large.json()["type"]) == (413, "invalid_request")
            odd = await client.get("/acp/carts/a%0Ab", headers=headers)
            assert (odd.status_code, odd.json()["type"]) == (404, "invalid_request")

    shop.runner.run(walk())


def test_mounting_over_a_service_takes_its_events(shop: Shop) -> None:
    """The adapter's routes serve the service it is given, and its events reach both takers."""
    before = shop.service.deliver
    routes = AcpAdapter(ENVIRONMENT).mount(shop.service)
    assert [getattr(route, "path", "") for route in routes] == ["/.well-known/acp.json", "/acp"]
    assert shop.service.deliver is not before


def test_mounting_needs_goods_to_sell(shop: Shop) -> None:
    """A service without a catalogue is refused with the remedy, not served with nothing on its shelves."""
    shop.service.parts = evolve(shop.service.parts, catalog=None)
    with pytest.raises(InputError, match="catalog"):
        AcpAdapter(ENVIRONMENT).mount(shop.service)


def test_goods_may_come_from_a_file(shop: Shop, tmp_path: Path) -> None:
    """Where the service has no catalogue, the settings name a file of goods."""
    file = tmp_path / "goods.json"
    file.write_text('[{"sku": "MUG", "unit_price": 990, "weight_g": 400}]', encoding="utf-8")
    shop.service.parts = evolve(shop.service.parts, catalog=None)
    AcpAdapter(evolve(ENVIRONMENT, catalog=str(file))).mount(shop.service)
    assert shop.service.parts.catalog is not None
    mug = shop.service.parts.catalog("MUG")
    assert mug is not None
    assert mug.unit_price == 990


def test_an_order_of_a_mounted_shop_reaches_the_receiver(shop: Shop, httpserver: HTTPServer) -> None:
    """From environment variables to a signed event: nothing else has to be set for it."""
    httpserver.expect_request("/events", method="POST").respond_with_json({"received": True})
    variables = {
        "BASE_URL": "https://shop.example",
        "PAGE_URL": "https://shop.example/checkout/{checkout_id}",
        "CURRENCY": "USD",
        "API_KEY": "key-1",
        "SEALING_KEY": "s" * 40,
        "WEBHOOK_URL": httpserver.url_for("/events"),
        "WEBHOOK_SECRET": "hook-1",
    }
    named = {f"CHECKOUT_KIT_ACP_{name}": value for name, value in variables.items()}
    adapter = AcpAdapter.from_environment(named)
    shop.service.deliver = None
    app = Starlette(routes=adapter.mount(shop.service))

    async def buy() -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.example/acp") as client:
            client.headers.update({"authorization": "Bearer key-1", "api-version": "2026-04-17"})
            keys = ({"idempotency-key": name} for name in ("a", "b"))
            opened = await client.post("/checkout_sessions", json=create_body(), headers=next(keys))
            path = f"/checkout_sessions/{opened.json()['id']}/complete"
            done = await client.post(path, json=complete_body(), headers=next(keys))
            assert done.json()["status"] == "completed"
        # One round takes one event of each checkout: its opening first, then its order.
        return sum([(await shop.service.run_due()).failed for _ in range(2)])

    assert shop.runner.run(buy()) == 0
    ((request, _),) = httpserver.log
    sent = HttpRequest(url=request.url, headers=dict(request.headers), body=request.data)
    SIGNATURE.verify(sent, secrets=["hook-1"], now=shop.clock())
    assert json.loads(request.data)["type"] == "order_create"
