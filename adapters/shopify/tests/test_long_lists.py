"""Lists longer than a page: lines of an order, what is left to ship, and pages that would cost too much."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from checkout_kit.adapter import ShipmentNotice, run
from checkout_kit.errors import Refused

from checkout_kit_shopify import ShopifyAdapter, ShopifySettings

ADAPTER = ShopifyAdapter(
    ShopifySettings(shop="demo-store.myshopify.com", client_secret="secret-1", access_token="token-1")
)
SINCE = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
COSTLY = {"errors": [{"message": "Query cost is 1752", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}


def shop(answer: Callable[[str, Any], Any], asked: list[Any]) -> httpx.Client:
    """A shop that answers a query by its name and variables; `asked` gets both."""

    def reply(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        name = sent["query"].split("(")[0].split()[1]
        asked.append((name, sent["variables"]))
        return httpx.Response(200, json=answer(name, sent["variables"]))

    return httpx.Client(transport=httpx.MockTransport(reply))


def connection(nodes: list[Any], end: str | None = None) -> dict[str, Any]:
    """A page of nodes; `end` is the cursor of its last one when there are more."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": end is not None, "endCursor": end}}


def order(number: int, lines: dict[str, Any]) -> dict[str, Any]:
    """An order node."""
    return {
        "id": f"gid://shopify/Order/{number}",
        "currencyCode": "USD",
        "totalPriceSet": {"shopMoney": {"amount": "1.00"}},
        "lineItems": lines,
    }


def line(number: int) -> dict[str, Any]:
    """A line node."""
    return {"id": f"l{number}", "sku": f"S{number}", "quantity": 1}


def test_lines_beyond_the_first_page_are_read() -> None:
    """An order of three pages of lines has all of them, whether read alone or in a list."""

    def answer(name: str, variables: Any) -> Any:
        if name == "lines":
            more = {"c1": connection([line(2)], "c2"), "c2": connection([line(3)])}
            return {"data": {"order": {"lineItems": more[variables["after"]]}}}
        first = order(1, connection([line(1)], "c1"))
        return {"data": {"order": first} if name == "order" else {"orders": connection([first])}}

    asked: list[Any] = []
    with shop(answer, asked) as client:
        alone = run(ADAPTER.get_order("1"), client)
        listed = run(ADAPTER.list_orders(SINCE), client)
    assert [one.line_id for one in alone.lines] == ["l1", "l2", "l3"]
    assert listed == (alone,)
    assert asked[1] == ("lines", {"id": "gid://shopify/Order/1", "after": "c1"})


def test_page_that_costs_too_much_is_asked_for_in_halves() -> None:
    """Pages get shorter until Shopify takes them, and every order is read once."""

    def answer(_name: str, variables: Any) -> Any:
        if variables["first"] > 13:
            return COSTLY
        start = int(variables["after"] or 0)
        end = start + variables["first"]
        nodes = [order(number, connection([])) for number in range(start, min(end, 20))]
        return {"data": {"orders": connection(nodes, str(end) if end < 20 else None)}}

    asked: list[Any] = []
    with shop(answer, asked) as client:
        orders = run(ADAPTER.list_orders(SINCE), client)
    assert [one.id.rpartition("/")[2] for one in orders] == [str(number) for number in range(20)]
    assert [variables["first"] for _, variables in asked] == [50, 25, 12, 12]


def test_single_order_that_costs_too_much_is_a_refusal() -> None:
    """Where no page can be shorter, Shopify's code is told."""
    with shop(lambda _name, _variables: COSTLY, []) as client, pytest.raises(Refused, match="MAX_COST"):
        run(ADAPTER.list_orders(SINCE), client)


def to_ship(lines: dict[str, Any], parts_end: str | None = None) -> Any:
    """What is left of an order that lies in one place."""
    part = {
        "id": "fo1",
        "status": "OPEN",
        "assignedLocation": {"location": {"id": "x"}},
        "lineItems": lines,
    }
    parts = connection([part], parts_end)
    return {"data": {"order": {"id": "1", "fulfillments": [], "fulfillmentOrders": parts}}}


def left(number: int) -> dict[str, Any]:
    """A line of which one is left to ship."""
    return {"id": f"fol{number}", "remainingQuantity": 1, "lineItem": {"id": f"l{number}"}}


def test_everything_is_shipped_of_an_order_of_many_lines() -> None:
    """What is left stands on two pages; the fulfilment holds both."""

    def answer(name: str, _variables: Any) -> Any:
        if name == "fulfilment":
            return to_ship(connection([left(1)], "c1"))
        if name == "left":
            return {"data": {"fulfillmentOrder": {"lineItems": connection([left(2)])}}}
        return {"data": {"fulfillmentCreate": {"fulfillment": {"id": "f1"}, "userErrors": []}}}

    asked: list[Any] = []
    with shop(answer, asked) as client:
        run(ADAPTER.write_shipment(ShipmentNotice(order_id="1", reference="s", tracking_number="T")), client)
    (sent,) = asked[2][1]["fulfillment"]["lineItemsByFulfillmentOrder"]
    assert [one["id"] for one in sent["fulfillmentOrderLineItems"]] == ["fol1", "fol2"]


def test_order_in_too_many_parts_is_refused() -> None:
    """Rather than shipping what happens to be on the first page."""
    notice = ShipmentNotice(order_id="1", reference="s", tracking_number="T")
    with (
        shop(lambda _name, _variables: to_ship(connection([left(1)]), "c1"), []) as client,
        pytest.raises(Refused, match="more than 20"),
    ):
        run(ADAPTER.write_shipment(notice), client)
