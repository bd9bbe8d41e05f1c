"""What is BigCommerce's own: durations above zero, limits of fields, two secrets, pages, partial codes."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import httpx
import pytest
from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    ShipmentNotice,
    ShippedLine,
    answer_question,
    answer_rates,
    read_rates,
    run,
)
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote
from checkout_kit.units import Dimensions

from checkout_kit_bigcommerce import BigCommerceAdapter, BigCommerceSettings
from checkout_kit_bigcommerce.rates import code_of, transit_time

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SETTINGS = BigCommerceSettings(
    store_hash="abc123",
    store_id="1000",
    callback_secret="path-1",
    former_callback_secret="path-0",
    client_secret="client-1",
    access_token="token-1",
)
ADAPTER = BigCommerceAdapter(SETTINGS)
ITEM = {
    "sku": "W1",
    "quantity": 2,
    "weight": {"units": "oz", "value": 12},
    "declared_value": {"currency": "USD", "amount": "24.99"},
}
BASE = {"store_id": "1000", "destination": {"country_iso2": "US"}, "items": [ITEM]}
NOTICE = ShipmentNotice(order_id="118", reference="s", tracking_number="T")


def asked(secret: str = "path-1", **changes: Any) -> HttpRequest:
    """A quote request with this secret at the end of its path."""
    body = json.dumps({"base_options": {**BASE, **changes}}).encode()
    return HttpRequest(url=f"/adapters/bigcommerce/rates/{secret}", body=body)


def read(**changes: Any) -> QuoteRequest:
    """The request in our terms."""
    found = read_rates(ADAPTER, asked(**changes), now=NOW)
    assert isinstance(found, QuoteRequest)
    return found


def answered(*options: SampleOption, adapter: BigCommerceAdapter = ADAPTER, valid_s: int = 3600) -> Any:
    """The answer's document."""

    def quoter(request: QuoteRequest) -> Quote:
        until = NOW + dt.timedelta(seconds=valid_s)
        return sample_quote(options, currency="USD", placed_at=request.placed_at, valid_until=until)

    return json.loads(answer_rates(adapter, asked(), quoter, now=NOW).body)


def option(name: str, latest: str = "", **changes: Any) -> SampleOption:
    """One option, promised for one day or for none."""
    promise = None
    if latest:
        day = dt.date.fromisoformat(latest)
        promise = DeliveryPromise(earliest=day, latest=day, ships_earliest=day, ships_on=day)
    return attrs.evolve(
        SampleOption(method_id=name, title="Standard", price_minor=499, promise=promise), **changes
    )


def first(document: Any) -> Any:
    """The first quote of an answer."""
    return document["carrier_quotes"][0]["quotes"][0]


@pytest.mark.parametrize(
    ("secret", "status"), [("path-1", 200), ("path-0", 200), ("client-1", 401), ("token-1", 401), ("", 401)]
)
def test_only_the_secret_of_the_path_opens_quotes(secret: str, status: int) -> None:
    """The current and the former one; neither the app's client secret nor its token."""
    found = read_rates(ADAPTER, asked(secret), now=NOW)
    assert (found.status if isinstance(found, HttpResponse) else 200) == status


@pytest.mark.parametrize(
    ("days", "at", "expected"),
    [
        (1, "10:00", ("DAYS", 1)),
        (90, "10:00", ("DAYS", 90)),
        (0, "10:00", ("HOURS", 14)),
        (0, "00:00", ("HOURS", 24)),
        (0, "23:59", ("HOURS", 1)),
        (-3, "10:00", ("HOURS", 14)),
    ],
)
def test_durations_lie_between_1_and_90(days: int, at: str, expected: tuple[str, int]) -> None:
    """The same day is in hours until midnight, because BigCommerce allows no 0."""
    found = transit_time(days, dt.datetime.fromisoformat(f"2026-11-23T{at}:00-05:00"))
    assert found == {"units": expected[0], "duration": expected[1]}


@pytest.mark.parametrize(
    ("ordered_at", "hours"), [("2026-11-01T01:30", 24), ("2026-11-01T12:00", 12), ("2027-03-14T00:30", 23)]
)
def test_hours_of_a_day_on_which_clocks_change(ordered_at: str, hours: int) -> None:
    """The first of November has 25 hours in New York, of which 24 may be said; 14 March has 23."""
    at = dt.datetime.fromisoformat(ordered_at).replace(tzinfo=ZoneInfo("America/New_York"))
    assert transit_time(0, at) == {"units": "HOURS", "duration": hours}


def test_longer_than_90_days_is_left_out() -> None:
    """Ninety days in place of a hundred would promise too much."""
    quote = first(answered(option("slow", "2027-03-03")))
    assert "transit_time" not in quote
    assert quote["display_name"].endswith("by Wed 3 Mar")


def test_today_is_that_of_the_store_s_zone() -> None:
    """At 15:00 UTC it is already the next day in Auckland."""
    there = BigCommerceAdapter(attrs.evolve(SETTINGS, timezone="Pacific/Auckland"))
    units = [
        first(answered(option("a", "2026-11-24"), adapter=adapter))["transit_time"]["units"]
        for adapter in (ADAPTER, there)
    ]
    assert units == ["DAYS", "HOURS"]


def test_fields_fit_their_limits() -> None:
    """Long titles keep the day, long descriptions are cut, long ids stay different."""
    long = option("x" * 60, "2026-11-24", title="T" * 200, description="d" * 600)
    quote = first(answered(long))
    assert (len(quote["display_name"]), len(quote["description"]), len(quote["code"])) == (100, 500, 50)
    assert quote["display_name"].endswith("T, by Tue 24 Nov")
    assert code_of("x" * 60 + "a") != code_of("x" * 60 + "b")
    assert code_of("x" * 50) == "x" * 50


@pytest.mark.parametrize(("valid_s", "ttl"), [(3600, 300), (40, 40), (0, 0)])
def test_ttl_ends_with_the_cutoff(valid_s: int, ttl: int) -> None:
    """BigCommerce keeps quotes for the time we name, which is never longer than they hold."""
    assert answered(option("a"), valid_s=valid_s)["ttl"] == ttl


def test_price_is_exact() -> None:
    """A price whose float has a tail is written with its two decimals."""
    quote = first(answered(option("a", price_minor=110)))
    assert json.dumps(quote["cost"]["amount"]) == "1.1"


def test_weights_may_mix() -> None:
    """Each item is converted by its own unit; a weight of 0 is unknown."""
    grams = {**ITEM, "weight": {"units": "g", "value": 450.4}}
    lines = read(items=[ITEM, grams, {**ITEM, "weight": {"units": "g", "value": 0}}]).cart.lines
    assert [line.weight_g for line in lines] == [340, 450, None]


@pytest.mark.parametrize(("country", "code"), [("GB", "SW1"), ("CA", "K1A"), ("US", "")])
def test_partial_postal_codes_are_taken(country: str, code: str) -> None:
    """Wallets cut them after three characters."""
    assert read(destination={"country_iso2": country, "zip": code}).destination.postal_code == code


@pytest.mark.parametrize(("kind", "read_as"), [("RESIDENTIAL", "residential"), ("commercial", "business")])
def test_kind_of_address_is_read_in_any_case(kind: str, read_as: str) -> None:
    """The documentation writes capitals, its samples do not."""
    destination = {"country_iso2": "US", "address_type": kind}
    assert read(destination=destination).destination_kind == read_as


def test_metafields_are_facts_of_the_goods() -> None:
    """What the merchant keeps in the carrier's namespace reaches the policy's conditions."""
    attributes = [{"key": "shipping_class", "value": "bulky"}, {"key": "origin", "value": "west"}]
    (line,) = read(items=[{**ITEM, "attributes": attributes}]).cart.lines
    assert (line.shipping_class, line.attributes["origin"]) == ("bulky", "west")


def test_two_currencies_in_one_cart_are_malformed() -> None:
    """Prices in two currencies have no sum."""
    euros = {"currency": "EUR", "amount": 1}
    for other in ({**ITEM, "declared_value": euros}, {**ITEM, "discounted_price": euros}):
        found = read_rates(ADAPTER, asked(items=[ITEM, other]), now=NOW)
        assert isinstance(found, HttpResponse)
        assert found.status == 400


@pytest.mark.parametrize("without", ["declared_value", "discounted_price"])
def test_one_of_two_prices_is_enough(without: str) -> None:
    """No field of an item is required: the price before discounts or the one after may be all there is."""
    money = {"currency": "USD", "amount": "24.99"}
    item = {**ITEM, "declared_value": money, "discounted_price": money}
    del item[without]
    assert read(items=[item]).cart.goods_total == 4998


def test_dimensions_may_mix_units_and_miss() -> None:
    """Each side is converted by its own unit; a box with an unknown side is unknown."""
    box = {"length": {"units": "in", "value": 6}, "width": {"units": "cm", "value": 10.5}}
    (line, open_box, none) = read(
        items=[{**ITEM, **box, "height": {"units": "cm", "value": 4}}, {**ITEM, **box}, ITEM]
    ).cart.lines
    assert line.dimensions == Dimensions(length_mm=152, width_mm=105, height_mm=40)
    assert (open_box.dimensions, none.dimensions) == (None, None)


def unasked(_request: QuoteRequest) -> Quote:
    """Nothing is quoted."""
    raise AssertionError("a connection is checked without a quote")


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (b'{"connection_options": {"zone": "a"}}', "path-1", 200),
        (b"{}", "path-1", 200),
        (b'{"connection_options": {}}', "other", 401),
        (b'{"connection_options": []}', "path-1", 400),
        (b"{", "path-1", 400),
    ],
)
def test_connection_is_checked(body: bytes, secret: str, status: int) -> None:
    """A merchant who saves the connection learns whether the quote URL's secret is right."""
    request = HttpRequest(url=f"/adapters/bigcommerce/check_connection_options/{secret}", body=body)
    answer = answer_question(ADAPTER, "check_connection_options", request, unasked, now=NOW)
    assert answer.status == status
    if status == 200:
        assert json.loads(answer.body) == {"valid": True, "messages": []}


def test_refusals_have_the_platform_s_shape() -> None:
    """A refusal carries its reasons as messages, of 500 characters at most, and no quotes."""
    found = read_rates(ADAPTER, asked(items=[{}] * 400), now=NOW)
    assert isinstance(found, HttpResponse)
    document = json.loads(found.body)
    assert (found.status, document["carrier_quotes"], document["ttl"]) == (400, [], 0)
    assert document["messages"][0]["type"] == "ERROR"
    assert 0 < len(document["messages"][0]["text"]) <= 500


def replying(*replies: httpx.Response, seen: list[httpx.Request] | None = None) -> httpx.Client:
    """A client whose store gives these replies in turn."""
    given = iter(replies)

    def store(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return next(given)

    return httpx.Client(transport=httpx.MockTransport(store))


def products(*left: tuple[int, int, int]) -> httpx.Response:
    """The order's products as (id, quantity left, address)."""
    rows = [
        {"id": n, "quantity": q, "quantity_shipped": 0, "order_address_id": place} for n, q, place in left
    ]
    return httpx.Response(200, json=rows)


@pytest.mark.parametrize(
    ("lines", "found", "reason"),
    [
        ((), products(), "left to ship"),
        ((), products((1, 0, 9)), "left to ship"),
        ((ShippedLine(line_id="1", quantity=3),), products((1, 2, 9)), "left to ship"),
        ((ShippedLine(line_id="7", quantity=1),), products((1, 2, 9)), "left to ship"),
        ((), products((1, 1, 8), (2, 1, 9)), "2 addresses"),
    ],
)
def test_impossible_shipments_are_refused(
    lines: tuple[ShippedLine, ...], found: httpx.Response, reason: str
) -> None:
    """Nothing is written when less is left than shipped, or when the goods go to several addresses."""
    client = replying(httpx.Response(204), found)
    with client, pytest.raises(Refused, match=reason):
        run(ADAPTER.write_shipment(attrs.evolve(NOTICE, lines=lines)), client)


def test_only_what_can_be_shipped_is_left() -> None:
    """Downloads, gift certificates and refunded units stay out of a shipment of everything."""
    rows = [
        {"id": 1, "type": "physical", "quantity": 5, "quantity_shipped": 1, "quantity_refunded": 2},
        {"id": 2, "type": "digital", "quantity": 1},
        {"id": 3, "type": "giftcertificate", "quantity": 1},
    ]
    found = httpx.Response(200, json=[{**row, "order_address_id": row["id"]} for row in rows])
    seen: list[httpx.Request] = []
    with replying(httpx.Response(204), found, httpx.Response(201, json={"id": 7}), seen=seen) as client:
        run(ADAPTER.write_shipment(NOTICE), client)
    assert json.loads(seen[-1].content)["items"] == [{"order_product_id": 1, "quantity": 2}]


def test_parcel_without_a_number_is_no_repeat_of_another() -> None:
    """Two letters without tracking are two shipments."""
    other = httpx.Response(200, json=[{"id": 6, "tracking_number": ""}])
    replies = (other, products((1, 1, 9)), httpx.Response(201, json={"id": 7}))
    with replying(*replies) as client:
        receipt = run(ADAPTER.write_shipment(attrs.evolve(NOTICE, tracking_number="")), client)
    assert (receipt.id, receipt.is_repeat) == ("7", False)


def test_all_pages_of_products_are_read() -> None:
    """An order of 251 products is shipped whole, not only its first page."""
    seen: list[httpx.Request] = []
    many = products(*((n, 1, 9) for n in range(1, 251)))
    replies = [httpx.Response(204), many, products((251, 1, 9)), httpx.Response(201, json={"id": 5})]
    with replying(*replies, seen=seen) as client:
        run(ADAPTER.write_shipment(NOTICE), client)
    assert len(json.loads(seen[-1].content)["items"]) == 251
    assert seen[2].url.params["page"] == "2"


@pytest.mark.parametrize(
    ("quotes", "option_id"),
    [
        (httpx.Response(200, json={"rate_id": "two-day"}), "two-day"),
        (httpx.Response(200, json=[{"rate_id": "two-day"}]), "two-day"),
        (httpx.Response(200, json=[]), ""),
        (httpx.Response(204), ""),
        (httpx.Response(404, json={}), ""),
    ],
)
def test_chosen_option_is_that_of_the_order_s_quote(quotes: httpx.Response, option_id: str) -> None:
    """Until our metafield is written, the quote kept with the order says which option the shopper took."""
    order = httpx.Response(200, json={"id": 118, "currency_code": "USD", "total_inc_tax": "1.00"})
    seen: list[httpx.Request] = []
    nothing = httpx.Response(200, json={"data": []})
    with replying(order, products((1, 1, 9)), nothing, quotes, seen=seen) as client:
        assert run(ADAPTER.get_order("118"), client).option_id == option_id
    assert seen[-1].url.path.endswith("/v2/orders/118/shipping_addresses/9/shipping_quotes")


def test_order_of_downloads_has_no_option() -> None:
    """What goes nowhere was sent no way; no quote is asked for."""
    order = httpx.Response(200, json={"id": 118, "currency_code": "USD", "total_inc_tax": "1.00"})
    with replying(order, products((1, 1, 0)), httpx.Response(200, json={"data": []})) as client:
        assert run(ADAPTER.get_order("118"), client).option_id == ""


def test_quota_is_waited_for() -> None:
    """A 429 says in milliseconds when the window starts anew."""
    headers = {"x-rate-limit-time-reset-ms": "1500"}
    assert ADAPTER.throttled_s(HttpResponse(status=429, headers=headers)) == 1.5
    assert ADAPTER.throttled_s(HttpResponse(status=200, headers=headers)) is None
    assert ADAPTER.throttled_s(HttpResponse(status=429, headers={"x-rate-limit-time-reset-ms": "x"})) is None


def test_conflict_of_versions_is_a_refusal() -> None:
    """What another has changed meanwhile is not written over."""
    with replying(httpx.Response(409, json={})) as client, pytest.raises(Refused, match="409"):
        run(ADAPTER.get_order("118"), client)


def test_page_of_a_proxy_is_unavailable() -> None:
    """An answer that is no JSON says nothing about the order."""
    with replying(httpx.Response(200, text="<html>")) as client, pytest.raises(Unavailable):
        run(ADAPTER.get_order("118"), client)


def test_unknown_cart_is_not_found() -> None:
    """A cart that was ordered or has expired is gone."""
    with replying(httpx.Response(404)) as client, pytest.raises(NotFound):
        run(ADAPTER.get_cart("bc218c65-7a32-4ab7-8082-68730c074d02"), client)


@pytest.mark.parametrize("text", ["", "1/products", "x" * 50, "-1", "٣"])
def test_ids_are_checked(text: str) -> None:
    """Only what can be an id becomes part of an address."""
    for steps in (ADAPTER.get_order(text), ADAPTER.get_cart(text)):
        with replying() as client, pytest.raises(InputError, match="BigCommerce"):
            run(steps, client)


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Nowhere/Town"},
        {"store_hash": "ABC/1"},
        {"store_hash": ""},
        {"callback_secret": "two/parts"},
        {"former_callback_secret": "a%20b"},
    ],
)
def test_settings_are_checked(change: dict[str, str]) -> None:
    """What cannot work is found at the start."""
    with pytest.raises(InputError):
        attrs.evolve(SETTINGS, **change)  # type: ignore[arg-type]
