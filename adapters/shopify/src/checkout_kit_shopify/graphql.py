"""The Admin GraphQL interface: queries, how they are sent, how refusals are read."""

import json
import re
from typing import Final

from checkout_kit.adapter import HttpRequest, HttpResponse, Tree
from checkout_kit.errors import InputError, Refused, Unavailable

from checkout_kit_shopify.settings import ShopifySettings

# What a query costs follows from the pages it asks for, so lists inside a list are read in short ones.
MOST_ORDERS: Final = 50
_PAGE: Final = "pageInfo { hasNextPage endCursor }"
_LINES: Final = f"nodes {{ id sku quantity }} {_PAGE}"
_ORDER: Final = (
    "id name currencyCode cancelledAt totalPriceSet { shopMoney { amount } } shippingLine { code } "
    f"lineItems(first: 50) {{ {_LINES} }} "
    'promisedOn: metafield(namespace: "checkout_kit", key: "promised_on") { value }'
)
GET_ORDER: Final = f"query order($id: ID!) {{ order(id: $id) {{ {_ORDER} }} }}"
LIST_ORDERS: Final = (
    "query orders($query: String!, $first: Int!, $after: String) { "
    "orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) "
    f"{{ nodes {{ {_ORDER} }} {_PAGE} }} }}"
)
MORE_LINES: Final = (
    "query lines($id: ID!, $after: String!) { order(id: $id) { "
    f"lineItems(first: 250, after: $after) {{ {_LINES} }} }} }}"
)
_LEFT: Final = f"nodes {{ id remainingQuantity lineItem {{ id }} }} {_PAGE}"
GET_FULFILMENT: Final = (
    "query fulfilment($id: ID!) { order(id: $id) { fulfillments(first: 100) { id status "
    "trackingInfo(first: 10) { number } } fulfillmentOrders(first: 20) { nodes { id status "
    f"assignedLocation {{ location {{ id }} }} lineItems(first: 50) {{ {_LEFT} }} }} {_PAGE} }} }} }}"
)
MORE_LEFT: Final = (
    "query left($id: ID!, $after: String!) { fulfillmentOrder(id: $id) { "
    f"lineItems(first: 250, after: $after) {{ {_LEFT} }} }} }}"
)
CREATE_FULFILMENT: Final = (
    "mutation fulfil($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) "
    "{ fulfillment { id } userErrors { field message } } }"
)
SET_METAFIELDS: Final = (
    "mutation promise($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) "
    "{ metafields { id } userErrors { field message code } } }"
)
CREATE_CARRIER: Final = (
    "mutation carrier($input: DeliveryCarrierServiceCreateInput!) { carrierServiceCreate(input: $input) "
    "{ carrierService { id } userErrors { field message } } }"
)


def graphql(settings: ShopifySettings, query: str, variables: object) -> HttpRequest:
    """The request of a query (which may be repeated) or a mutation (which may not)."""
    return HttpRequest(
        url=f"https://{settings.shop}/admin/api/{settings.api_version}/graphql.json",
        headers={
            "content-type": "application/json",
            "x-shopify-access-token": settings.access_token.reveal(),
        },
        body=json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode(),
        repeatable=query.startswith("query"),
    )


def data_of(response: HttpResponse, *path: str) -> Tree:
    """The object at `path` of the reply's data.

    Raises:
        Refused: errors or userErrors; with their codes and fields, without the values sent.
        Unavailable: an answer that is no GraphQL reply.
    """
    try:
        reply = response.json()
        errors = reply["errors"]
        if isinstance(errors.value, str) or not response.is_success:
            raise Refused(f"Shopify refused the call with status {response.status}")
        codes = [error["extensions"]["code"].text("UNKNOWN") for error in errors.each()]
    except InputError as error:
        raise Unavailable(f"Shopify gave no GraphQL reply (status {response.status}): {error}") from None
    if codes:
        raise Refused(f"Shopify refused the call: {', '.join(codes)}")
    data = reply["data"]
    if data.is_absent:
        raise Unavailable("Shopify gave a reply without data")
    for name in path:
        data = data[name]
    faults = [
        ".".join(part.text() for part in fault["field"].each()) + ": " + fault["message"].text("")
        for fault in data["userErrors"].each()
    ]
    if faults:
        raise Refused(f"Shopify refused {path[-1]}: {'; '.join(faults)}")
    return data


def is_too_costly(response: HttpResponse) -> bool:
    """Whether the query was refused for what it would cost, so that a shorter page may do."""
    if b"MAX_COST_EXCEEDED" not in response.body:
        return False
    try:
        codes = [error["extensions"]["code"].text("") for error in response.json()["errors"].each()]
    except InputError:
        return False
    return "MAX_COST_EXCEEDED" in codes


def throttled_s(response: HttpResponse) -> float | None:
    """How long until a throttled query can run: the cost that is lacking, at the rate it is restored."""
    # Cheap test first: parsing every reply twice would cost more than the rare throttling.
    if response.status != 200 or b"THROTTLED" not in response.body:
        return None
    try:
        reply = response.json()
        if not any(error["extensions"]["code"].text("") == "THROTTLED" for error in reply["errors"].each()):
            return None
        cost = reply["extensions"]["cost"]
        status = cost["throttleStatus"]
        lacking = cost["requestedQueryCost"].decimal() - status["currentlyAvailable"].decimal()
        return max(0.0, min(60.0, float(lacking) / max(1.0, float(status["restoreRate"].decimal()))))
    except InputError:
        return 1.0


def global_id(kind: str, text: str) -> str:
    """`gid://shopify/<kind>/<number>` from itself or from the number alone; raises InputError."""
    match = re.fullmatch(rf"(?:gid://shopify/{kind}/)?([0-9]{{1,20}})", text)
    if match is None:
        raise InputError.of(
            "id", f"not the id of a Shopify {kind}", found=text[:60], remedy="use the number or the gid"
        )
    return f"gid://shopify/{kind}/{match[1]}"
