"""What is Shopify's own: throttling inside 200, refusals, header names, locations, the 15-minute cache."""

import datetime as dt
import json
from typing import Any

import attrs
import httpx
import pytest
from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    Secret,
    ShipmentNotice,
    ShippedLine,
    answer_rates,
    run,
)
from checkout_kit.errors import InputError, Refused
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote

from checkout_kit_shopify import ShopifyAdapter, ShopifySettings

NOW = dt.datetime(2026, 11, 23, 18, 50, tzinfo=dt.UTC)
SETTINGS = ShopifySettings(
    shop="demo-store.myshopify.com",
    client_secret="now",
    former_client_secret="before",
    access_token="shpat_0123456789abcdef",
)
ADAPTER = ShopifyAdapter(SETTINGS)
BODY = {
    "rate": {
        "destination": {"country": "US"},
        "items": [{"quantity": 1, "price": 100, "grams": 10, "requires_shipping": True}],
        "currency": "USD",
    }
}


def callback(secret: str = "now", **headers: str) -> HttpRequest:
    """A signed call-back."""
    request = HttpRequest(url="/", headers=headers, body=json.dumps(BODY).encode())
    return ADAPTER.signature.sign(request, secret=secret, now=NOW)


def replying(*documents: Any) -> httpx.Client:
    """A client whose platform gives these documents in turn."""
    replies = iter(documents)
    return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=next(replies))))


def same_day(request: QuoteRequest) -> Quote:
    """Same-day until 19:00 UTC, next-day after it."""
    cutoff = NOW + dt.timedelta(minutes=10)
    is_late = request.placed_at > cutoff
    option = SampleOption(method_id="next-day" if is_late else "same-day", title="x", price_minor=1)
    until = cutoff + dt.timedelta(days=1) if is_late else cutoff
    return sample_quote([option], currency="USD", placed_at=request.placed_at, valid_until=until)


def test_rate_kept_for_15_minutes_does_not_outlive_its_cutoff() -> None:
    """Ten minutes before the cut-off same-day is no longer shown; twenty minutes before it is."""
    rates = json.loads(answer_rates(ADAPTER, callback(), same_day, now=NOW).body)["rates"]
    assert [rate["service_code"] for rate in rates] == ["next-day"]
    earlier = NOW - dt.timedelta(minutes=10)
    rates = json.loads(answer_rates(ADAPTER, callback(), same_day, now=earlier).body)["rates"]
    assert [rate["service_code"] for rate in rates] == ["same-day"]


@pytest.mark.parametrize(("secret", "status"), [("now", 200), ("before", 200), ("never", 401)])
def test_former_secret_is_accepted_while_rotating(secret: str, status: int) -> None:
    """Both the current and the former client secret sign; no other does."""
    assert answer_rates(ADAPTER, callback(secret), same_day, now=NOW).status == status


def test_unprefixed_header_names_are_read() -> None:
    """The newer spelling `shopify-hmac-sha256` counts as well."""
    signed = callback()
    value = signed.header("x-shopify-hmac-sha256")
    renamed = attrs.evolve(signed, headers={"Shopify-Hmac-Sha256": value})
    assert answer_rates(ADAPTER, renamed, same_day, now=NOW).status == 200


def test_header_that_comes_twice_in_both_spellings() -> None:
    """The prefixed header wins; a forged one beside a right one does not open."""
    signed = callback()
    forged = attrs.evolve(
        signed,
        headers={
            "x-shopify-hmac-sha256": "AAAA",
            "shopify-hmac-sha256": signed.headers["x-shopify-hmac-sha256"],
        },
    )
    assert answer_rates(ADAPTER, forged, same_day, now=NOW).status == 401


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("10000", 9.0), ("3000", 2.7), ("", 2.7), ("soon", 2.7), ("1", 0.2), ("999999", 9.0)],
)
def test_deadline_follows_the_announced_timeout(header: str, seconds: float) -> None:
    """Nine tenths of what is announced, within reason."""
    request = HttpRequest(url="/", headers={"x-shopify-timeout": header})
    assert ADAPTER.deadline_s(request) == pytest.approx(seconds)


def test_throttling_waits_for_the_cost_that_is_lacking() -> None:
    """Cost 112, 12 available, 50 restored a second: two seconds."""
    throttled = {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": 112,
                "throttleStatus": {"currentlyAvailable": 12, "restoreRate": 50},
            }
        },
    }
    response = HttpResponse(body=json.dumps(throttled).encode())
    assert ADAPTER.throttled_s(response) == 2.0
    waits: list[float] = []
    replies = [throttled, {"data": {"order": None}}]
    with replying(*replies) as client, pytest.raises(LookupError):
        run(ADAPTER.get_order("1"), client, throttle=ADAPTER.throttled_s, sleep=waits.append)
    assert waits[0] >= 2.0


def test_ordinary_answers_are_not_throttled() -> None:
    """The word alone, in a product's name, is no throttling."""
    assert ADAPTER.throttled_s(HttpResponse(body=b'{"data": {"title": "THROTTLED"}}')) is None


def fulfilment_state(*orders: Any) -> dict[str, Any]:
    """The reply that says what is left to ship."""
    return {"data": {"order": {"fulfillments": [], "fulfillmentOrders": {"nodes": list(orders)}}}}


def left_at(location: str, line: str, quantity: int) -> dict[str, Any]:
    """One open fulfilment order with one line."""
    node = {"id": f"fol-{line}", "remainingQuantity": quantity, "lineItem": {"id": line}}
    return {
        "id": f"fo-{line}",
        "status": "OPEN",
        "assignedLocation": {"location": {"id": location}},
        "lineItems": {"nodes": [node]},
    }


NOTICE = ShipmentNotice(order_id="1", reference="s", tracking_number="T")


@pytest.mark.parametrize(
    ("lines", "state", "reason"),
    [
        ((), fulfilment_state(), "left to ship"),
        ((ShippedLine(line_id="a", quantity=3),), fulfilment_state(left_at("x", "a", 2)), "left to ship"),
        ((), fulfilment_state(left_at("x", "a", 1), left_at("y", "b", 1)), "2 locations"),
    ],
)
def test_impossible_shipments_are_refused(lines: tuple[ShippedLine, ...], state: Any, reason: str) -> None:
    """Nothing is written when less is left than shipped, or when the goods lie in several places."""
    with replying(state) as client, pytest.raises(Refused, match=reason):
        run(ADAPTER.write_shipment(attrs.evolve(NOTICE, lines=lines)), client)


def test_user_errors_are_a_refusal() -> None:
    """A mutation answered with userErrors raises, with field and message."""
    errors = {
        "fulfillmentCreate": {"fulfillment": None, "userErrors": [{"field": ["x", "y"], "message": "bad"}]}
    }
    replies = [fulfilment_state(left_at("x", "a", 1)), {"data": errors}]
    with replying(*replies) as client, pytest.raises(Refused, match=r"x\.y: bad"):
        run(ADAPTER.write_shipment(NOTICE), client)


def test_carrier_service_is_registered() -> None:
    """The mutation carries the call-back's address and title."""
    seen: list[Any] = []

    def shopify(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content)["variables"]["input"])
        made = {"carrierService": {"id": "gid://shopify/DeliveryCarrierService/1"}, "userErrors": []}
        return httpx.Response(200, json={"data": {"carrierServiceCreate": made}})

    with httpx.Client(transport=httpx.MockTransport(shopify)) as client:
        made = run(ADAPTER.register_carrier("https://rates.example/x", title="Delivery"), client)
    assert made == "gid://shopify/DeliveryCarrierService/1"
    assert seen == [
        {
            "name": "Delivery",
            "callbackUrl": "https://rates.example/x",
            "supportsServiceDiscovery": True,
            "active": True,
        }
    ]


@pytest.mark.parametrize("order_id", ["", "abc", "gid://shopify/Product/1", "1; drop", "1" * 30, "٤٥٠"])
def test_order_ids_are_checked(order_id: str) -> None:
    """Only a number or an order's gid is sent."""
    with replying() as client, pytest.raises(InputError, match="Order"):
        run(ADAPTER.get_order(order_id), client)


@pytest.mark.parametrize(
    "shop", ["shop.example", "Demo.myshopify.com", "a.b.myshopify.com", "x.myshopify.com.evil"]
)
def test_shop_must_be_a_shopify_domain(shop: str) -> None:
    """A wrong domain is refused at once: the access token would be sent there."""
    with pytest.raises(InputError, match="myshopify"):
        attrs.evolve(SETTINGS, shop=shop)


@pytest.mark.parametrize(
    "cart_id",
    ["", "1", "c1-79e5", "gid://shopify/Order/1", "gid://shopify/Cart/", "gid://shopify/Cart/a?b=c"],
)
def test_cart_ids_are_checked(cart_id: str) -> None:
    """Nothing else than a cart's gid, with its key or without, is asked for."""
    adapter = ShopifyAdapter(attrs.evolve(SETTINGS, storefront_token=Secret("storefront-1")))
    with httpx.Client() as client, pytest.raises(InputError, match="id"):
        run(adapter.get_cart(cart_id), client)


def test_carts_need_a_token_of_their_own() -> None:
    """Who reads carts without the Storefront token is told which setting is missing."""
    with httpx.Client() as client, pytest.raises(InputError, match="STOREFRONT_TOKEN"):
        run(ShopifyAdapter(SETTINGS).get_cart("gid://shopify/Cart/c1"), client)


def test_facts_that_are_named_become_attributes() -> None:
    """A policy may ask for a vendor or a product; what a shopper can write is no fact of the goods."""
    adapter = ShopifyAdapter(attrs.evolve(SETTINGS, attributes=("vendor", "product_id")))
    facts = {"vendor": "Café Größe", "product_id": 632910392, "properties": {"vendor": "another"}}
    items = [{**BODY["rate"]["items"][0], **facts}, {"quantity": 1, "price": 1, "vendor": None}]  # type: ignore[dict-item, index]
    body = json.dumps({"rate": {**BODY["rate"], "items": items}}).encode()
    first, second = adapter.parse_rates(HttpRequest(url="/", body=body), now=NOW).cart.lines
    assert first.attributes == {"vendor": "Café Größe", "product_id": "632910392"}
    assert second.attributes == {}


@pytest.mark.parametrize("name", ["properties", "price", ""])
def test_only_facts_of_the_goods_may_be_named(name: str) -> None:
    """Line item properties come from the shopper's browser, and no price may depend on them."""
    with pytest.raises(InputError, match="attributes"):
        attrs.evolve(SETTINGS, attributes=(name,))
