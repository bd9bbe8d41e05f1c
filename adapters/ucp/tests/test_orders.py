"""Orders: who may read them, what they tell, and the webhooks that carry them."""

import base64
import json
import socket
from typing import Any

import pytest
from checkout_kit.errors import InputError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit_ucp import Adjustment, FulfillmentEvent, PlatformProfile
from checkout_kit_ucp.signatures import signed_request_headers
from checkout_kit_ucp.structured import parse_signature_inputs
from conftest import BASE, Agent, amounts, asked, pays
from judge_shop import AGENT


def signed_get(agent: Agent, order_id: str) -> dict[str, Any]:
    """Read an order by a signed request."""
    headers = {"ucp-agent": f'profile="{agent.profile}"'}
    url = f"{BASE}/ucp/{agent.version}/orders/{order_id}"
    made = signed_request_headers("GET", url, headers, b"", agent.keys.platform, now=agent.clock())
    return agent.call("GET", f"/orders/{order_id}", headers={**headers, **made, "idempotency-key": ""})


def buy(agent: Agent, **more: object) -> tuple[str, str]:
    """Buy roses; the order's and the line's id."""
    opened = agent.open(**more)
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    return done["order"]["id"], opened["line_items"][0]["id"]


def test_order_is_read_by_its_platform_only_when_signed(agent: Agent) -> None:
    """By default an id alone opens no order; a signed request of the platform does."""
    order_id, _ = buy(agent, attribution={"campaign": "spring"})
    refused = agent.call("GET", f"/orders/{order_id}")
    assert (agent.last.status_code, refused["code"]) == (401, "unauthorized")
    order = signed_get(agent, order_id)
    assert agent.last.status_code == 200
    assert order["attribution"] == {"campaign": "spring"}
    (expectation,) = order["fulfillment"]["expectations"]
    assert expectation["description"] == "Economy, up to ten days. Arrives Mon 30 Nov to Thu 3 Dec"
    assert expectation["destination"]["postal_code"] == "73301"


def test_order_by_id_until_it_is_claimed(lenient_agent: Agent) -> None:
    """Where an id opens an order, it stops doing so once a platform has read it with its credential."""
    agent = lenient_agent
    order_id, _ = buy(agent)
    agent.call("GET", f"/orders/{order_id}")
    assert agent.last.status_code == 200
    token = agent.client.post("/testing/oauth/mint").json()["access_token"]
    agent.call("GET", f"/orders/{order_id}", headers={"authorization": f"Bearer {token}"})
    assert agent.last.status_code == 200
    agent.call("GET", f"/orders/{order_id}")
    assert agent.last.status_code == 401
    agent.call("GET", f"/orders/{order_id}", headers={"authorization": "Bearer wrong"})
    assert agent.last.status_code == 401


def test_adjustments_and_events_are_told(agent: Agent) -> None:
    """Lines stay when they are refunded, signs tell the direction, shipments count as fulfilled."""
    opened = agent.open(
        line_items=[{"item": {"id": "ROSES"}, "quantity": 2}, {"item": {"id": "POT"}, "quantity": 1}]
    )
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    order_id = done["order"]["id"]
    record, run = agent.shop.ucp.record, agent.client.runner.run
    refund = Adjustment(
        id="adj_1", type="refund", occurred_at=agent.clock(), quantities={"POT": -1}, amount=-1500
    )
    run(record(order_id, refund))
    run(record(order_id, refund))
    shipped = FulfillmentEvent(
        id="ev_1", type="shipped", occurred_at=agent.clock(), quantities={"ROSES": 1}, carrier="Bicycle"
    )
    run(record(order_id, shipped))
    order = signed_get(agent, order_id)
    lines = {line["id"]: line for line in order["line_items"]}
    assert (lines["POT"]["status"], lines["POT"]["quantity"]["total"]) == ("removed", 0)
    assert (lines["ROSES"]["status"], lines["ROSES"]["quantity"]["fulfilled"]) == ("partial", 1)
    (adjustment,) = order["adjustments"]
    assert adjustment["totals"] == [{"type": "total", "amount": -1500}]
    assert amounts(order["totals"])["total"] == amounts(done["totals"])["total"]
    with pytest.raises(InputError, match="not a line"):
        run(
            record(
                order_id, FulfillmentEvent(id="e", type="x", occurred_at=agent.clock(), quantities={"Z": 1})
            )
        )


def test_webhook_is_signed_and_retried(agent: Agent, httpserver: HTTPServer) -> None:
    """A failing webhook is tried again with the same id; each carries the whole order, signed."""
    seen: list[tuple[dict[str, str], bytes]] = []

    def take(request: Request) -> Response:
        seen.append(({name.lower(): text for name, text in request.headers}, request.get_data()))
        return Response(status=500 if len(seen) == 1 else 200)

    httpserver.expect_request("/hook", method="POST").respond_with_handler(take)
    url = httpserver.url_for("/hook?channel=1")
    agent.shop.ucp.profiles._approved[AGENT] = PlatformProfile(  # type: ignore[attr-defined]
        url=AGENT,
        webhook_url=url,
        keys=agent.shop.ucp.profiles._approved[AGENT].keys,  # type: ignore[attr-defined]
    )
    order_id, line_id = buy(agent)
    assert agent.due() == (1, 1)
    agent.clock.move(seconds=3)
    assert agent.due() == (1, 0)
    (first, body), (second, same) = seen
    assert body == same
    assert first["idempotency-key"] == second["idempotency-key"] == first["webhook-id"]
    assert json.loads(body)["id"] == order_id
    assert first["ucp-agent"] == f'profile="{BASE}/.well-known/ucp"'
    given = parse_signature_inputs(first["signature-input"])
    assert given is not None
    assert {"@method", "@authority", "@path", "@query", "ucp-agent", "idempotency-key"} <= set(
        given["sig1"].components
    )
    assert len(base64.b64decode(first["signature"].removeprefix("sig1=:").removesuffix(":"))) == 64
    entry = FulfillmentEvent(
        id="ev_1", type="shipped", occurred_at=agent.clock(), quantities={line_id: 1}, tracking_number="1Z"
    )
    agent.client.runner.run(agent.shop.ucp.record(order_id, entry))
    assert agent.due() == (1, 0)
    changed = json.loads(seen[2][1])
    assert changed["fulfillment"]["events"][0]["tracking_number"] == "1Z"
    assert changed["line_items"][0]["status"] == "fulfilled"


def test_webhook_does_not_lead_inside(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform's receiver with a public name and a private address gets nothing."""
    looked_up: list[str] = []

    def inside(host: str, *_: object, **__: object) -> list[Any]:
        looked_up.append(host)
        return [(0, 0, 0, "", ("169.254.169.254", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    known = agent.shop.ucp.profiles._approved  # type: ignore[attr-defined]
    known[AGENT] = PlatformProfile(
        url=AGENT, webhook_url="https://agent.example/hook", keys=known[AGENT].keys
    )
    buy(agent)
    assert agent.due() == (1, 1)
    assert looked_up == ["agent.example"]


def test_platform_without_a_webhook_is_passed_over(agent: Agent) -> None:
    """The outbox is emptied although nobody wants the event."""
    buy(agent)
    assert agent.due() == (2, 0)
    assert agent.due() == (0, 0)


def test_cart_bought_on_the_page_tells_its_platform_too(agent: Agent) -> None:
    """A buyer who follows a cart's link to the page makes an order that its platform may read."""
    cart = agent.call("POST", "/carts", {"line_items": asked()["line_items"]})
    headers = {"checkout-secret": agent.secret_of(cart)}
    body = {
        "contact": {"email": "eva@example.com"},
        "delivery": {
            "address": {
                "country": "US", "name": "Eva Cruz", "line1": "9 Oak Ave", "city": "Austin", "region": "TX",
                "postal_code": "73301",
            }
        },
        "payment": {"method": "test", "token": "tok_ok"},
    }  # fmt: skip
    agent.client.patch(f"/api/checkouts/{cart['id']}", json=body, headers=headers).raise_for_status()
    done = agent.client.post(
        f"/api/checkouts/{cart['id']}/complete", json={}, headers={**headers, "idempotency-key": "k1"}
    ).json()
    assert signed_get(agent, done["order_id"])["checkout_id"] == cart["id"]
