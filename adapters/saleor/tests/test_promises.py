"""A promise is written where the storefront shows it, and where nobody but the shop can write it."""

import datetime as dt
import json
from typing import Any

import pytest
from checkout_kit.adapter import HttpRequest, HttpResponse, PlatformPromise
from checkout_kit.errors import Refused
from checkout_kit.promise import DeliveryPromise

from checkout_kit_saleor import SaleorAdapter, SaleorSettings, graphql

ADAPTER = SaleorAdapter(SaleorSettings(api_url="https://shop.example/graphql/", app_token="t"))
DAY = dt.date(2026, 12, 3)
PROMISE = PlatformPromise(
    order_id="T3JkZXI6MQ==",
    option_id="economy",
    title="Economy",
    promise=DeliveryPromise(earliest=DAY, latest=DAY, ships_earliest=DAY, ships_on=DAY),
)


def reply(**errors: list[dict[str, str]]) -> HttpResponse:
    """The reply to both mutations, with the errors of each."""
    data: dict[str, Any] = {name: {"errors": found} for name, found in errors.items()}
    return HttpResponse(status=200, body=json.dumps({"data": data}).encode())


def test_promise_is_written_twice_in_one_call() -> None:
    """Public and private metadata get the same pairs."""
    steps = ADAPTER.write_promise(PROMISE)
    request = next(steps)
    assert isinstance(request, HttpRequest)
    query = json.loads(request.body)["query"]
    assert "updateMetadata(id: $id, input: $input)" in query
    assert "updatePrivateMetadata(id: $id, input: $input)" in query
    with pytest.raises(StopIteration):
        steps.send(reply(updateMetadata=[], updatePrivateMetadata=[]))


@pytest.mark.parametrize("refused", ["updateMetadata", "updatePrivateMetadata"])
def test_either_refusal_is_told(refused: str) -> None:
    """A promise that is only shown, or only kept, is not written."""
    steps = ADAPTER.write_promise(PROMISE)
    next(steps)
    both: dict[str, list[dict[str, str]]] = {"updateMetadata": [], "updatePrivateMetadata": []}
    with pytest.raises(Refused, match=refused):
        steps.send(reply(**both | {refused: [{"field": "input", "code": "INVALID"}]}))


def test_orders_are_read_from_private_metadata() -> None:
    """What a shopper may write is not asked for."""
    assert "privateMetafield" in graphql.GET_ORDER
    assert "promisedOn: metafield" not in graphql.GET_ORDER + graphql.LIST_ORDERS
