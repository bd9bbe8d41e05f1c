"""Medusa's Admin REST interface: requests, refusals, an order as ours."""

import base64
import datetime as dt
import json
import re
from typing import Final
from urllib.parse import urlencode

from checkout_kit.adapter import HttpRequest, HttpResponse, PlatformLine, PlatformOrder, Tree, from_major
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable

FIELDS: Final = "id,display_id,currency_code,total,status,metadata,*items,*shipping_methods,*fulfillments"


def admin(base: str, path: str, token: str, *, document: object = None, **query: str | int) -> HttpRequest:
    """A request with the secret key as user of HTTP Basic; a GET without a document, else a POST."""
    basic = base64.b64encode(f"{token}:".encode()).decode()
    headers = {"authorization": f"Basic {basic}", "accept": "application/json"}
    if document is not None:
        headers["content-type"] = "application/json"
    return HttpRequest(
        method="GET" if document is None else "POST",
        url=f"{base.rstrip('/')}/admin/{path}" + (f"?{urlencode(query)}" if query else ""),
        headers=headers,
        body=b"" if document is None else json.dumps(document, separators=(",", ":")).encode(),
    )


def accepted(response: HttpResponse, what: str) -> Tree:
    """The reply's document; raises NotFound, Refused (by Medusa's error type) or Unavailable."""
    try:
        reply = response.json()
        kind = reply["type"].text("") if isinstance(reply.value, dict) and not response.is_success else ""
    except InputError as error:
        raise Unavailable(f"Medusa gave no JSON (status {response.status}): {error}") from None
    if response.status == 404:
        raise NotFound(f"Medusa knows no such {what}")
    if not response.is_success:
        raise Refused(f"Medusa refused the {what} with status {response.status} {kind}".rstrip())
    return reply


def order_path(order_id: str) -> str:
    """The path of one order; raises InputError for what is no id."""
    if not re.fullmatch(r"order_[0-9A-Za-z]{1,40}", order_id):
        raise InputError.of("id", "not the id of a Medusa order", found=order_id[:60], remedy="use order_...")
    return f"orders/{order_id}"


def order_of(order: Tree) -> PlatformOrder:
    """One order; the promise is in its metadata, else with the shipping method it was chosen with.

    Metadata that do not name the order came from the cart, where the shopper may write them.
    """
    currency = order["currency_code"].text().upper()
    renewed = order["metadata"]["checkout_kit"]
    is_ours = renewed["order_id"].text("") == order["id"].text()
    kept = renewed if is_ours else _last_parcel(order["shipping_methods"])
    promised = kept["latest"].text("")
    try:
        promised_on = dt.date.fromisoformat(promised) if promised else None
    except ValueError:
        raise InputError.of("shipping_methods.data.latest", "not a date") from None
    lines = tuple(
        PlatformLine(
            line_id=item["id"].text(), sku=item["variant_sku"].text(""), quantity=item["quantity"].whole()
        )
        for item in order["items"].each()
    )
    return PlatformOrder(
        id=order["id"].text(),
        number=order["display_id"].text(""),
        currency=currency,
        total=from_major(order["total"].decimal(), currency),
        option_id=kept["option_id"].text(""),
        promised_on=promised_on,
        is_canceled=order["status"].text("") == "canceled",
        lines=lines,
    )


def _last_parcel(methods: Tree) -> Tree:
    """What is kept with the shipping method that arrives last; each profile has one, some not ours."""
    kept = [method["data"] for method in methods.each()]
    return max(
        kept, key=lambda data: (data["latest"].text(""), data["option_id"].text("")), default=Tree(None)
    )
