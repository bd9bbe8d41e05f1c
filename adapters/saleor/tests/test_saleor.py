"""What is Saleor's own: synchronous events, the day-long cache, days to delivery, refusals inside 200."""

import datetime as dt
import json
from typing import Any

import attrs
import httpx
import pytest
from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    ShipmentNotice,
    ShippedLine,
    answer_rates,
    run,
)
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote

from checkout_kit_saleor import ORDER_EVENTS, SHIPPING_METHODS, SaleorAdapter, SaleorSettings

NOW = dt.datetime(2026, 11, 23, 18, 0, tzinfo=dt.UTC)
SETTINGS = SaleorSettings(
    api_url="https://shop.example/graphql/", app_token="token-1", secret_key="hex", cache_s=3600
)
ADAPTER = SaleorAdapter(SETTINGS)
CHECKOUT = {
    "channel": {"slug": "web", "currencyCode": "USD"},
    "shippingAddress": {"country": {"code": "US"}},
    "lines": [{"id": "a", "quantity": 1, "undiscountedUnitPrice": {"amount": 1}}],
}
NOTICE = ShipmentNotice(order_id="T3I=", reference="s", tracking_number="T")


def asked(document: Any, **headers: str) -> HttpRequest:
    """A signed question."""
    sent = {"saleor-api-url": "https://shop.example/graphql/"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(url="/", headers=sent, body=json.dumps(document).encode())
    return ADAPTER.signature.sign(request, secret="hex", now=NOW)


def quoted(request: QuoteRequest, *, promise: DeliveryPromise | None = None) -> Quote:
    """Same-day until 18:30 UTC, next-day after it."""
    cutoff = NOW + dt.timedelta(minutes=30)
    is_late = request.placed_at > cutoff
    option = SampleOption(
        method_id="next-day" if is_late else "same-day", title="x", price_minor=1, promise=promise
    )
    until = cutoff + dt.timedelta(days=1) if is_late else cutoff
    return sample_quote([option], currency="USD", placed_at=request.placed_at, valid_until=until)


def answered(adapter: SaleorAdapter, document: Any = None, **headers: str) -> HttpResponse:
    """What is answered at NOW."""
    return answer_rates(adapter, asked(document or {"checkout": CHECKOUT}, **headers), quoted, now=NOW)


def test_rate_kept_by_saleor_does_not_outlive_its_cutoff() -> None:
    """Kept for an hour, same-day is not shown half an hour before its cut-off; kept for a minute it is."""
    assert json.loads(answered(ADAPTER).body)[0]["id"] == "next-day"
    brief = SaleorAdapter(attrs.evolve(SETTINGS, cache_s=60))
    assert json.loads(answered(brief).body)[0]["id"] == "same-day"


def test_a_day_is_assumed_where_nothing_is_said() -> None:
    """Saleor keeps options for 24 h by default, and so does the adapter assume."""
    plain = SaleorSettings(api_url="https://shop.example/graphql/", app_token="t", secret_key="s")
    assert SaleorAdapter(plain).platform_cache_s == 86_400


def test_each_instance_has_its_own_cache_time() -> None:
    """Two adapters do not share what Saleor is set to."""
    brief = SaleorAdapter(attrs.evolve(SETTINGS, cache_s=60))
    assert (brief.platform_cache_s, ADAPTER.platform_cache_s) == (60, 3600)


@pytest.mark.parametrize(
    ("zone", "latest", "days"),
    [
        ("UTC", "2026-11-23", 0),
        ("America/New_York", "2026-11-24", 1),
        ("Pacific/Auckland", "2026-11-24", 0),
        ("Pacific/Auckland", "2026-11-23", 0),
    ],
)
def test_days_are_counted_in_the_origin_s_zone(zone: str, latest: str, days: int) -> None:
    """18:00 UTC is already the next day in Auckland; a day gone by is 0, never negative."""
    day = dt.date.fromisoformat(latest)
    promise = DeliveryPromise(earliest=day, latest=day, ships_earliest=day, ships_on=day)
    adapter = SaleorAdapter(attrs.evolve(SETTINGS, timezone=zone))
    request = asked({"checkout": CHECKOUT})
    body = answer_rates(adapter, request, lambda r: quoted(r, promise=promise), now=NOW).body
    assert json.loads(body)[0]["maximum_delivery_days"] == days


def test_forbidden_field_in_the_subscription_is_named() -> None:
    """Saleor sends null and errors when totals are asked for; the operator is told what to change."""
    response = answered(ADAPTER, {"checkout": None, "errors": [{"message": "secret detail"}]})
    assert response.status == 400
    assert b"synchronous events" in response.body
    assert b"secret detail" not in response.body


def test_other_events_are_not_taken_for_rates() -> None:
    """A webhook pointed to the wrong address is refused."""
    assert answered(ADAPTER, saleor_event="checkout_filter_shipping_methods").status == 400


@pytest.mark.parametrize("url", ["https://other.example/graphql/", "", "nonsense"])
def test_other_instances_are_404(url: str) -> None:
    """The instance names itself in a header."""
    assert answered(ADAPTER, saleor_api_url=url).status == 404


def test_unknown_destination_is_a_definite_none() -> None:
    """A checkout without an address has no country to ship to."""
    response = answered(ADAPTER, {"checkout": {**CHECKOUT, "shippingAddress": None}})
    assert (response.status, response.body) == (200, b"[]")


@pytest.mark.parametrize("lines", [[], [CHECKOUT["lines"][0]] * 1001], ids=["none", "1001"])
def test_line_counts_have_bounds(lines: list[Any]) -> None:
    """No lines and far too many are refused."""
    assert answered(ADAPTER, {"checkout": {**CHECKOUT, "lines": lines}}).status == 400


@pytest.mark.parametrize("query", [SHIPPING_METHODS, ORDER_EVENTS])
def test_subscriptions_ask_for_no_person(query: str) -> None:
    """Neither names, streets, phones nor e-mail addresses are sent to us; braces are balanced."""
    assert query.count("{") == query.count("}")
    for word in ("email", "Name", "street", "phone", "totalPrice", "shippingPrice", " unitPrice"):
        assert word not in query


def replying(*documents: Any) -> httpx.Client:
    """A client whose platform gives these documents in turn."""
    replies = iter(documents)
    return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=next(replies))))


def to_ship(left: int, *allocated: tuple[str, int]) -> Any:
    """The reply that says what is left, and where it lies."""
    places = [{"quantity": quantity, "warehouse": {"id": place}} for place, quantity in allocated]
    line = {"id": "L", "quantityToFulfill": left, "allocations": places}
    return {"data": {"order": {"lines": [line], "fulfillments": []}}}


def test_unpaid_order_is_a_refusal_with_its_code() -> None:
    """By default Saleor ships only what is paid; the code says so, the message is not repeated."""
    errors = [{"field": None, "code": "CANNOT_FULFILL_UNPAID_ORDER", "message": "of Ann"}]
    replies = [to_ship(1, ("W", 1)), {"data": {"orderFulfill": {"fulfillments": [], "errors": errors}}}]
    with replying(*replies) as client, pytest.raises(Refused, match="CANNOT_FULFILL_UNPAID_ORDER") as caught:
        run(ADAPTER.write_shipment(NOTICE), client)
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "state", "reason"),
    [
        ((), to_ship(0), "left to ship"),
        ((ShippedLine(line_id="L", quantity=3),), to_ship(2, ("W", 2)), "left to ship"),
        ((ShippedLine(line_id="X", quantity=1),), to_ship(2, ("W", 2)), "left to ship"),
        ((), to_ship(2, ("W", 1)), "set warehouse_id"),
    ],
)
def test_impossible_shipments_are_refused(lines: tuple[ShippedLine, ...], state: Any, reason: str) -> None:
    """Nothing is written when less is left than shipped, or when it lies nowhere."""
    with replying(state) as client, pytest.raises(Refused, match=reason):
        run(ADAPTER.write_shipment(attrs.evolve(NOTICE, lines=lines)), client)


def test_untracked_stock_ships_from_the_warehouse_set() -> None:
    """What is allocated in no warehouse is taken from the one in the settings."""
    sent: list[Any] = []

    def saleor(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["variables"])
        made = {"data": {"orderFulfill": {"fulfillments": [{"id": "F"}], "errors": []}}}
        return httpx.Response(200, json=to_ship(2, ("W", 1)) if len(sent) == 1 else made)

    adapter = SaleorAdapter(attrs.evolve(SETTINGS, warehouse_id="V"))
    with httpx.Client(transport=httpx.MockTransport(saleor)) as client:
        run(adapter.write_shipment(NOTICE), client)
    stocks = [{"warehouse": "W", "quantity": 1}, {"warehouse": "V", "quantity": 1}]
    assert sent[1]["input"]["lines"] == [{"orderLineId": "L", "stocks": stocks}]


def test_errors_of_the_call_are_a_refusal() -> None:
    """Errors come inside 200, with their code and without their message."""
    error = {"message": "ann@example.com", "extensions": {"exception": {"code": "PermissionDenied"}}}
    with replying({"errors": [error], "data": None}) as client, pytest.raises(Refused, match="PermissionD"):
        run(ADAPTER.get_order("T3I="), client)


def test_answer_that_is_no_graphql_is_unavailable() -> None:
    """A page of a proxy says nothing about the order."""
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>")))
    with client, pytest.raises(Unavailable):
        run(ADAPTER.get_order("T3I="), client)


def test_unknown_order_is_not_found() -> None:
    """Null is an order that does not exist or may not be read."""
    with replying({"data": {"order": None}}) as client, pytest.raises(NotFound):
        run(ADAPTER.get_order("T3I="), client)


@pytest.mark.parametrize("order_id", ["", "a b", 'x"}', "é", "a" * 300])
def test_ids_are_checked(order_id: str) -> None:
    """Only what can be a global id is sent."""
    with replying() as client, pytest.raises(InputError, match="Saleor order"):
        run(ADAPTER.get_order(order_id), client)


@pytest.mark.parametrize("zone", ["Nowhere/Town", "", "../etc"])
def test_time_zone_must_exist(zone: str) -> None:
    """A zone that is none is found at the start."""
    with pytest.raises(InputError, match="time zone"):
        attrs.evolve(SETTINGS, timezone=zone)
