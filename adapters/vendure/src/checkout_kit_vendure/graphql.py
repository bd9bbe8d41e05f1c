"""Vendure's Admin GraphQL interface: queries, and how its answers and refusals are read."""

import json
from typing import Final

from checkout_kit.adapter import HttpRequest, HttpResponse, Tree
from checkout_kit.errors import Forbidden, InputError, Refused, Unavailable

_ORDER: Final = (
    "id code state currencyCode totalWithTax customFields { checkoutKitOption checkoutKitPromisedOn } "
    "lines { id quantity productVariant { sku } } "
    "fulfillments { id state trackingCode lines { orderLineId quantity } }"
)
LOGIN: Final = (
    "mutation login($user: String!, $password: String!) { login(username: $user, password: $password) "
    "{ __typename ... on ErrorResult { errorCode } } }"
)
ORDER: Final = (
    "query order($code: String!) { orders(options: {take: 1, filter: {code: {eq: $code}}}) "
    f"{{ items {{ {_ORDER} }} }} }}"
)
ORDERS: Final = (
    "query orders($since: DateTime!, $skip: Int!) { orders(options: {take: 100, skip: $skip, "
    "sort: {updatedAt: ASC}, filter: {updatedAt: {after: $since}}}) "
    f"{{ totalItems items {{ {_ORDER} }} }} }}"
)
KEEP_PROMISE: Final = (
    "mutation promise($id: ID!, $option: String!, $day: String!, $promise: String!) "
    "{ setOrderCustomFields(input: {id: $id, customFields: {checkoutKitOption: $option, "
    "checkoutKitPromisedOn: $day, checkoutKitPromise: $promise}}) { id } }"
)
FULFIL: Final = (
    "mutation fulfil($input: FulfillOrderInput!) { addFulfillmentToOrder(input: $input) "
    "{ __typename ... on Fulfillment { id state } ... on ErrorResult { errorCode } } }"
)
SHIP: Final = (
    'mutation ship($id: ID!) { transitionFulfillmentToState(id: $id, state: "Shipped") '
    "{ __typename ... on Fulfillment { id state } ... on ErrorResult { errorCode } } }"
)


def graphql(url: str, query: str, variables: object, *, token: str = "", channel: str = "") -> HttpRequest:
    """A query (which may be repeated) or a mutation (which may not); logging in twice does no harm."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if channel:
        headers["vendure-token"] = channel
    body = json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode()
    return HttpRequest(
        url=url, headers=headers, body=body, repeatable=query.startswith("query") or query == LOGIN
    )


def data_of(response: HttpResponse, name: str) -> Tree:
    """One field of the reply's data.

    Raises:
        Refused: an error of the request, or an ErrorResult, which comes with status 200; by its code.
        Forbidden: not logged in, or without the permission.
        Unavailable: no GraphQL reply.
    """
    try:
        reply = response.json()
        codes = [error["extensions"]["code"].text("UNKNOWN") for error in reply["errors"].each()]
        found = reply["data"][name]
        refusal = found["errorCode"].text("") if isinstance(found.value, dict) else ""
    except InputError as error:
        raise Unavailable(f"Vendure gave no GraphQL reply (status {response.status}): {error}") from None
    if "FORBIDDEN" in codes:
        raise Forbidden("Vendure refused the call; check the administrator's permissions")
    if codes or refusal or not response.is_success:
        reason = ", ".join(codes) or refusal or f"status {response.status}"
        raise Refused(f"Vendure refused {name}: {reason}")
    if found.is_absent:
        raise Unavailable(f"Vendure gave a reply without {name!r} (status {response.status})")
    return found
