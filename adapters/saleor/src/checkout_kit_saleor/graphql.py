"""The GraphQL interface: queries, how they are sent, how refusals are read."""

import json
import re
from typing import Final

from checkout_kit.adapter import HttpRequest, HttpResponse, Tree
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable

from checkout_kit_saleor.answers import OPTION, PROMISED_ON
from checkout_kit_saleor.settings import SaleorSettings
from checkout_kit_saleor.subscriptions import CHECKOUT_FIELDS

PER_PAGE: Final = 100
# Whoever knows an order's id, or had its checkout, may write its public metadata: those are for showing, and
# what is relied on is read from the private ones.
_ORDER: Final = (
    "id number status total { gross { amount currency } } lines { id productSku quantity } "
    f'option: privateMetafield(key: "{OPTION}") promisedOn: privateMetafield(key: "{PROMISED_ON}")'
)
GET_CHECKOUT: Final = f"query checkout($id: ID!) {{ checkout(id: $id) {{ {CHECKOUT_FIELDS} }} }}"
GET_ORDER: Final = f"query order($id: ID!) {{ order(id: $id) {{ {_ORDER} }} }}"
LIST_ORDERS: Final = (
    f"query orders($since: DateTime!, $after: String) {{ orders(first: {PER_PAGE}, after: $after, "
    "filter: { updatedAt: { gte: $since } }, sortBy: { field: LAST_MODIFIED_AT, direction: ASC }) "
    f"{{ edges {{ node {{ {_ORDER} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
)
GET_FULFILMENT: Final = (
    "query fulfilment($id: ID!) { order(id: $id) { lines { id quantityToFulfill "
    "allocations { quantity warehouse { id } } } fulfillments { id status trackingNumber } } }"
)
FULFIL: Final = (
    "mutation fulfil($id: ID!, $input: OrderFulfillInput!) { orderFulfill(order: $id, input: $input) "
    "{ fulfillments { id trackingNumber } errors { field code } } }"
)
SET_METADATA: Final = (
    "mutation promise($id: ID!, $input: [MetadataInput!]!) { "
    "updateMetadata(id: $id, input: $input) { item { metadata { key } } errors { field code } } "
    "updatePrivateMetadata(id: $id, input: $input) { item { privateMetadata { key } } "
    "errors { field code } } }"
)


def graphql(settings: SaleorSettings, query: str, variables: object) -> HttpRequest:
    """The request of a query (which may be repeated) or a mutation (which may not)."""
    return HttpRequest(
        url=settings.api_url,
        headers={
            "content-type": "application/json",
            "authorization": f"Bearer {settings.app_token.reveal()}",
        },
        body=json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode(),
        repeatable=query.startswith("query"),
    )


def data_of(response: HttpResponse, name: str) -> Tree:
    """The object `name` of the reply's data.

    Raises:
        Refused: errors of the call or of the mutation; with codes and fields, without messages and values.
        Unavailable: an answer that is no GraphQL reply.
    """
    try:
        reply = response.json()
        codes = [_word(error["extensions"]["exception"]["code"]) for error in reply["errors"].each()]
        data = reply["data"][name]
        faults = [f"{_word(e['field'])}: {_word(e['code'])}" for e in data["errors"].each()]
    except InputError as error:
        raise Unavailable(f"Saleor gave no GraphQL reply (status {response.status}): {error}") from None
    if codes or not response.is_success:
        raise Refused(
            f"Saleor refused the call with status {response.status}: {', '.join(codes) or 'no code'}"
        )
    if faults:
        raise Refused(f"Saleor refused {name}: {'; '.join(faults)}")
    return data


def found(response: HttpResponse, name: str, wanted: str) -> Tree:
    """The object `name`; raises NotFound when it is null."""
    node = data_of(response, name)
    if node.is_absent:
        raise NotFound(f"Saleor knows no {name} {wanted[:80]!r} that this app may read")
    return node


def checked_id(text: str, kind: str) -> str:
    """A global id as Saleor writes them; raises InputError."""
    if not re.fullmatch(r"[A-Za-z0-9+/=_-]{1,200}", text):
        raise InputError.of(
            "id", f"not the id of a Saleor {kind}", found=text[:60], remedy="use the GraphQL id"
        )
    return text


def _word(tree: Tree) -> str:
    text = tree.text("-")
    return text if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", text) else "-"
