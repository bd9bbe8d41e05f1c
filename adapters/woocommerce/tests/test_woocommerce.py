"""What is WooCommerce's own: the unsigned ping, two scales of amounts, shipments as meta data, refusals."""

import datetime as dt
import json
from typing import Any

import attrs
import httpx
import pytest
from checkout_kit.adapter import HttpRequest, ShipmentNotice, ShippedLine, answer_webhook, run
from checkout_kit.errors import InputError, NotFound, Refused

from checkout_kit_woocommerce import WooCommerceAdapter, WooCommerceSettings

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SETTINGS = WooCommerceSettings(
    shop="main",
    secret="woo-secret-1",
    former_secret="woo-secret-0",
    site_url="https://shop.example/store/",
    consumer_key="ck_1",
    consumer_secret="cs_1",
)
ADAPTER = WooCommerceAdapter(SETTINGS)
NOTICE = ShipmentNotice(order_id="1", reference="s", tracking_number="T", notify_buyer=False)


def replying(*replies: httpx.Response, seen: list[httpx.Request] | None = None) -> httpx.Client:
    """A client whose shop gives these replies in turn."""
    given = iter(replies)

    def shop(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return next(given)

    return httpx.Client(transport=httpx.MockTransport(shop))


def take(request: HttpRequest) -> Any:
    """What is answered to a webhook."""
    return answer_webhook(ADAPTER, request, now=NOW, is_known=lambda _: False)


def webhook(body: bytes = b'{"id":7}', *, secret: str = "woo-secret-1", **headers: str) -> HttpRequest:
    """A signed webhook."""
    sent = {
        "x-wc-webhook-topic": "order.created",
        "x-wc-webhook-source": "https://shop.example/store/",
        "x-wc-webhook-delivery-id": "d",
    }
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(url="/", headers=sent, body=body)
    return ADAPTER.webhook_signature.sign(request, secret=secret, now=NOW)


def test_ping_is_answered_unsigned_and_does_nothing() -> None:
    """The form `webhook_id=N` that follows registration gets 200, or the hook would be disabled."""
    answer = take(HttpRequest(url="/", body=b"webhook_id=12"))
    assert (answer.response.status, answer.event) == (200, None)


@pytest.mark.parametrize("body", [b"webhook_id=12&x=1", b"webhook_id=", b"webhook_id=a", b'{"id":1}', b""])
def test_only_the_ping_comes_unsigned(body: bytes) -> None:
    """Anything more than a ping needs a signature."""
    assert take(HttpRequest(url="/", body=body)).response.status == 401


def test_ping_with_a_topic_needs_a_signature() -> None:
    """A topic makes it a report."""
    request = HttpRequest(url="/", headers={"x-wc-webhook-topic": "order.created"}, body=b"webhook_id=1")
    assert take(request).response.status == 401


@pytest.mark.parametrize(("secret", "status"), [("woo-secret-1", 200), ("woo-secret-0", 200), ("cs_1", 401)])
def test_webhooks_are_signed_with_the_shared_secret(secret: str, status: int) -> None:
    """The current and the former secret sign webhooks; a REST key does not."""
    assert take(webhook(secret=secret)).response.status == status


@pytest.mark.parametrize(
    "source", ["https://other.example/", "", "shop.example", "https://shop.example.evil/"]
)
def test_webhook_of_another_shop_is_404(source: str) -> None:
    """The source names the shop."""
    assert take(webhook(x_wc_webhook_source=source)).response.status == 404


@pytest.mark.parametrize("name", ["x_wc_webhook_topic", "x_wc_webhook_delivery_id"])
def test_webhook_without_its_headers_is_400(name: str) -> None:
    """A signed body without topic or delivery id cannot be told apart."""
    assert take(webhook(**{name: ""})).response.status == 400


def test_site_in_a_folder_keeps_its_folder() -> None:
    """A site at /store/ is called below /store/, with the keys in a header."""
    seen: list[httpx.Request] = []
    with replying(httpx.Response(404), seen=seen) as client, pytest.raises(NotFound):
        run(ADAPTER.get_order("5"), client)
    assert str(seen[0].url) == "https://shop.example/store/wp-json/wc/v3/orders/5"
    assert seen[0].headers["authorization"] == "Basic Y2tfMTpjc18x"


@pytest.mark.parametrize("url", ["http://shop.example", "https://user:pw@shop.example", "shop.example", ""])
def test_site_must_be_https(url: str) -> None:
    """Over plain http WooCommerce takes no keys, and they would be readable on the way."""
    with pytest.raises(InputError, match="https"):
        attrs.evolve(SETTINGS, site_url=url)


@pytest.mark.parametrize("order_id", ["", "abc", "1/notes", "-1", "1" * 30, "٣"])
def test_order_ids_are_checked(order_id: str) -> None:
    """Only digits are sent."""
    with replying() as client, pytest.raises(InputError, match="WooCommerce order"):
        run(ADAPTER.get_order(order_id), client)


@pytest.mark.parametrize("token", ["", "a\nb", "é"])
def test_cart_tokens_are_checked(token: str) -> None:
    """What cannot be a header is not sent."""
    with replying() as client, pytest.raises(InputError, match="Cart-Token"):
        run(ADAPTER.get_cart(token), client)


def test_refusal_shows_the_code_and_not_the_message() -> None:
    """WooCommerce's messages may echo what was sent; its codes do not."""
    body = {"code": "woocommerce_rest_invalid_id", "message": "ann@example.com is not"}
    with replying(httpx.Response(400, json=body)) as client, pytest.raises(Refused) as caught:
        run(ADAPTER.get_order("5"), client)
    assert "woocommerce_rest_invalid_id" in str(caught.value)
    assert "ann@" not in str(caught.value)


def order(*lines: tuple[int, int], meta: dict[str, str] | None = None) -> httpx.Response:
    """An order with these lines (id, quantity) and shipments."""
    entries = [{"key": key, "value": value} for key, value in (meta or {}).items()]
    items = [{"id": line_id, "quantity": quantity} for line_id, quantity in lines]
    return httpx.Response(200, json={"status": "processing", "line_items": items, "meta_data": entries})


SENT = json.dumps({"lines": [{"line_id": "1", "quantity": 2}]})


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), order()),
        ((), order((1, 2), meta={"checkout_kit_shipment:x": SENT})),
        ((ShippedLine(line_id="1", quantity=3),), order((1, 2))),
        ((ShippedLine(line_id="1", quantity=1),), order((1, 2), meta={"checkout_kit_shipment:x": SENT})),
        ((ShippedLine(line_id="9", quantity=1),), order((1, 2))),
    ],
)
def test_more_than_is_left_is_refused(lines: tuple[ShippedLine, ...], found: httpx.Response) -> None:
    """Nothing is written when less is left than shipped, earlier shipments counted."""
    with replying(found) as client, pytest.raises(Refused, match="left to ship"):
        run(ADAPTER.write_shipment(attrs.evolve(NOTICE, lines=lines)), client)


@pytest.mark.parametrize("reference", ["", "x" * 300])
def test_reference_fits_a_meta_key(reference: str) -> None:
    """A reference that the database would cut short could not be found again."""
    with replying() as client, pytest.raises(InputError, match="reference"):
        run(ADAPTER.write_shipment(attrs.evolve(NOTICE, reference=reference)), client)


def test_tracking_link_that_is_no_https_is_left_out() -> None:
    """The buyer's e-mail holds no other links than https."""
    seen: list[httpx.Request] = []
    notice = attrs.evolve(NOTICE, notify_buyer=True, tracking_url="javascript:alert(1)")
    replies = [order((1, 1)), order((1, 1)), httpx.Response(200, json=[]), httpx.Response(201, json={})]
    with replying(*replies, seen=seen) as client:
        run(ADAPTER.write_shipment(notice), client)
    assert "javascript" not in json.loads(seen[-1].content)["note"]


def test_letter_without_a_number_is_told_once() -> None:
    """Without tracking the note says no number, and is found again by its words."""
    notice = attrs.evolve(NOTICE, notify_buyer=True, tracking_number="", carrier="Post")
    seen: list[httpx.Request] = []
    told = [{"note": "Thank you for your order."}]
    replies = [order((1, 1)), order((1, 1)), httpx.Response(200, json=told), httpx.Response(201, json={})]
    with replying(*replies, seen=seen) as client:
        run(ADAPTER.write_shipment(notice), client)
    note = json.loads(seen[-1].content)["note"]
    assert note == "Your parcel is on its way with Post."
    written = order((1, 1), meta={f"checkout_kit_shipment:{notice.reference}": "{}"})
    with replying(written, httpx.Response(200, json=[*told, {"note": note}])) as client:
        assert run(ADAPTER.write_shipment(notice), client).is_repeat


def test_settings_come_from_the_environment() -> None:
    """Every setting has its variable."""
    fields = {"SHOP": "m", "SECRET": "s", "SITE_URL": "https://x.example", "CONSUMER_KEY": "k"}
    environment = {f"CHECKOUT_KIT_WOOCOMMERCE_{name}": value for name, value in fields.items()}
    environment["CHECKOUT_KIT_WOOCOMMERCE_CONSUMER_SECRET"] = "c"
    assert WooCommerceAdapter.from_environment(environment).settings.consumer_secret.reveal() == "c"
