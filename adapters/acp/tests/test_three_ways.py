"""One checkout, driven in turn over UCP, the JSON API, the hosted page and ACP, ends in one order."""

import asyncio
import json
import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from attrs import define
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.server import create_app

from acp_shop import BASE, KEY, Shop, complete_body
from checkout_kit_acp.mounting import acp_routes

ucp = pytest.importorskip("checkout_kit_ucp", reason="the walk over both protocols needs checkout-kit-ucp")
PLATFORM = "https://agent.example/ucp"


@define
class Faces:
    """The four faces of one shop."""

    client: httpx.AsyncClient
    runner: asyncio.Runner
    shop: Shop

    def send(self, method: str, url: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request."""
        content = b"" if body is None else json.dumps(body).encode()
        named = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex, **headers}
        call = self.client.request(method, url, content=content, headers=named, follow_redirects=True)
        return self.runner.run(call)

    def ucp(self, method: str, path: str, body: Any = None) -> Any:
        """One request of a UCP platform."""
        agent = {"ucp-agent": f'profile="{PLATFORM}"'}
        return self.send(method, f"/ucp/2026-04-08{path}", body, **agent).json()

    def acp(self, method: str, path: str, body: Any = None) -> Any:
        """One request of an ACP agent, held to its schema as in every other test."""
        head = {"authorization": f"Bearer {KEY}", "api-version": "2026-04-17"}
        answered = self.send(method, f"/acp{path}", body, **head)
        self.shop.check(method, path, _plain(answered))
        return answered.json()


def _plain(answered: httpx.Response) -> Any:
    from checkout_kit.adapter import HttpResponse

    return HttpResponse(status=answered.status_code, body=answered.content)


@pytest.fixture
def faces(shop: Shop) -> Iterator[Faces]:
    """The shop with both protocols, the JSON API and the page on one server."""
    from checkout_kit_ucp.mounting import ucp_routes

    settings = ucp.UcpSettings(
        base_url=BASE,
        page_url=f"{BASE}/checkout/{{checkout_id}}",
        currency="USD",
        signing_key=ucp.SigningKey.generate(),
        handlers=(ucp.PaymentHandler(name="com.x.t", id="t", payment_of=ucp.token_of_credential("test")),),
        order_reads="by_id",
    )
    profiles = ucp.HttpProfiles([ucp.PlatformProfile(url=PLATFORM)])
    other = ucp.Ucp(shop.service, ProtocolStore(shop.service.parts.store), settings, profiles)
    app = create_app(shop.service, more_routes=lambda _: [*ucp_routes(other), *acp_routes(shop.acp)])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)
    yield Faces(client=client, runner=shop.runner, shop=shop)
    shop.runner.run(client.aclose())
    shop.runner.run(profiles.close())


def amounts(document: Any) -> dict[str, int]:
    """Totals by type."""
    return {row["type"]: row["amount"] for row in document["totals"]}


def chosen_times(session: Any) -> tuple[str, str]:
    """The promised times of the option that is selected over ACP."""
    wanted = session["selected_fulfillment_options"][0]["option_id"]
    option = next(one for one in session["fulfillment_options"] if one["id"] == wanted)
    return option["earliest_delivery_time"], option["latest_delivery_time"]


def ucp_times(checkout: Any) -> tuple[str, str]:
    """The same over UCP."""
    group = checkout["fulfillment"]["methods"][0]["groups"][0]
    option = next(one for one in group["options"] if one["id"] == group["selected_option_id"])
    return option["earliest_fulfillment_time"], option["latest_fulfillment_time"]


def test_page_ucp_and_acp_share_one_checkout(faces: Faces) -> None:
    """Totals, options and promised days agree at every step; one payment makes one order, seen everywhere."""
    home = {
        "id": "home", "first_name": "Eva", "last_name": "Cruz", "street_address": "9 Oak Ave",
        "address_locality": "Austin", "address_region": "TX", "postal_code": "73301", "address_country": "US",
    }  # fmt: skip
    opened = faces.ucp(
        "POST",
        "/checkout-sessions",
        {
            "line_items": [{"item": {"id": "MUG"}, "quantity": 2}],
            "buyer": {"email": "eva@example.com"},
            "fulfillment": {
                "methods": [{"type": "shipping", "destinations": [home], "selected_destination_id": "home"}]
            },
        },
    )
    one, link = opened["id"], urlsplit(opened["continue_url"])
    secret = parse_qs(link.query)["secret"][0]

    coded = faces.send("PATCH", f"/api/checkouts/{one}", {"discount_codes": ["SAVE10"]},
                       **{"checkout-secret": secret}).json()  # fmt: skip
    assert coded["totals"]["order_discount"] == -240

    faces.runner.run(faces.shop.acp.share(one, "agent", secret=secret))
    session = faces.acp("GET", f"/checkout_sessions/{one}")
    seen = faces.ucp("GET", f"/checkout-sessions/{one}")
    assert amounts(session)["discount"] == 240 == -amounts(seen)["discount"]
    assert amounts(session)["total"] == amounts(seen)["total"] == coded["totals"]["total"]
    assert chosen_times(session) == ucp_times(seen)

    select = {
        "selected_fulfillment_options": [{"type": "shipping", "option_id": "two-day", "item_ids": ["MUG"]}]
    }
    session = faces.acp("POST", f"/checkout_sessions/{one}", select)
    seen = faces.ucp("GET", f"/checkout-sessions/{one}")
    assert amounts(session)["fulfillment"] == amounts(seen)["fulfillment"] == 990
    assert chosen_times(session) == ucp_times(seen)

    page = faces.send("GET", f"{link.path}?{link.query}")
    assert page.status_code == 200
    assert f"${amounts(session)['total'] / 100:.2f}" in unescape(page.text)
    fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    form = {name: unescape(text) for name, text in fields} | {"country": "US", "region": "TX"}
    changed = faces.runner.run(
        faces.client.patch(
            link.path,
            content=urlencode({**form, "option": "economy"}),
            headers={"content-type": "application/x-www-form-urlencoded", "origin": BASE},
        )
    )
    assert changed.status_code == 200
    session = faces.acp("GET", f"/checkout_sessions/{one}")
    assert session["selected_fulfillment_options"][0]["option_id"] == "economy"

    done = faces.acp("POST", f"/checkout_sessions/{one}/complete", complete_body())
    assert done["status"] == "completed"
    order_id, total = done["order"]["id"], amounts(session)["total"]
    over_api = faces.send("GET", f"/api/orders/{order_id}", **{"checkout-secret": secret}).json()
    over_ucp = faces.ucp("GET", f"/orders/{order_id}")
    assert total == 2400 - 240 + 390
    assert (
        amounts(done["order"])["total"]
        == amounts(done)["total"]
        == amounts(over_ucp)["total"]
        == over_api["totals"]["total"]
        == total
    )
    promise = over_api["deliveries"][0]["promise"]
    ucp_done = faces.ucp("GET", f"/checkout-sessions/{one}")
    assert ucp_done["status"] == "completed"
    assert ucp_done["order"]["id"] == order_id
    for times in (chosen_times(session), chosen_times(done), ucp_times(ucp_done)):
        assert [time[:10] for time in times] == [promise["earliest"], promise["latest"]]
    assert done["order"]["estimated_delivery"]["latest"][:10] == promise["latest"]
    (payment,) = faces.shop.payments.ledger()
    assert payment[3:] == (total, total, 0)
    confirmed = faces.send("GET", link.path)
    assert f"${total / 100:.2f}" in unescape(confirmed.text)
